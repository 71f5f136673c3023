"""Goals as one line of text: ``voice.abandon_rate[shock] <= 40%`` is a pass mark, ``voice.service_level[shock]=2pp`` a precision.

A channel may stand before the measure; phases, needs, channels, sites and groups stand in brackets behind it, in any order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from simulator.errors import UsageError
from simulator.model.world import Model, Threshold
from simulator.scenario.problem import Wrong
from simulator.scenario.quantity import duration, of_worlds
from simulator.scenario.thresholds import READERS
from simulator.statistics.limits import TIMED, in_units
from simulator.statistics.measures import DIMENSIONS, Measure, check_scope, measure_named
from simulator.statistics.precision import Precision

if TYPE_CHECKING:
    from collections.abc import Callable

_PLACE = r"(?:(?P<channel>[^.\[\]<>=]+)\.)?(?P<measure>\w+)\s*(?:\[(?P<words>[^\[\]]*)\])?"
_MARK = re.compile(rf"\s*{_PLACE}\s*(?P<sign>[<>=!]+)(?P<limit>.*)", re.DOTALL)
_ALONE = re.compile(rf"\s*{_PLACE}\s*")
_POINTS = re.compile(r"(\d+(?:\.\d+)?)\s*pp")


def marked(models: Mapping[str, Model], texts: Sequence[str], *, own: bool = True) -> dict[str, Model]:
    """``models`` with the pass marks of ``texts`` beside their own, or instead of them.

    Raises UsageError for a text that is no pass mark, an unknown measure and a scope that some variant does not have.
    """
    return {name: replace(model, thresholds=tuple(_named(model, texts, own=own))) for name, model in models.items()}


def _named(model: Model, texts: Sequence[str], *, own: bool) -> Iterable[Threshold]:
    """Pass marks with names of their own: a second one of a measure and scope gets a number."""
    taken = {mark.id for mark in model.thresholds} if own else set()
    yield from model.thresholds if own else ()
    for text in texts:
        mark = threshold(text, model)
        name, number = mark.id, 2
        while mark.id in taken:
            mark = replace(mark, id=f"{name}-{number}")
            number += 1
        taken.add(mark.id)
        yield mark


def threshold(text: str, model: Model) -> Threshold:
    """Read ``[channel.]measure[scope] <= limit [in share]`` (or ``>=``) in the names of ``model``. Raises UsageError.

    The share is of the worlds in which it must hold.
    """
    measure, scope, sign, limit = _read(text, model, "a threshold", "voice.abandon_rate[shock] <= 40%")
    if sign not in ("<=", ">="):
        raise UsageError(f"threshold `{text}`: a limit is set with <= or >=, not {sign}")
    limit, *share = re.split(r"\s+in\s+", limit, maxsplit=1)
    value = _quantity(READERS[measure.unit], limit, f"threshold `{text}`")
    worlds = _quantity(of_worlds, share[0], f"threshold `{text}`") if share else None
    name = "-".join([measure.name, *scope.values()])
    least, most = (value, None) if sign == ">=" else (None, value)
    return Threshold(name, measure.name, scope, min=least, max=most, in_worlds=worlds)


def precision(text: str, model: Model, what: str = "a precision", width: str = "the half-width") -> Precision:
    """Read ``[channel.]measure[scope]=half-width`` in the names of ``model``; shares in percentage points. Raises UsageError.

    ``what`` and ``width`` are how messages call the text and what stands behind its sign.
    """
    measure, scope, sign, limit = _read(text, model, what, "voice.service_level[shock]=2pp")
    said = f"{what.partition(' ')[2]} `{text}`"
    if sign != "=":
        raise UsageError(f"{said}: {width} is given with =, not {sign}")
    if measure.unit == "share":
        points = _POINTS.fullmatch(limit)
        if points is None:
            digits = re.match(r"\d+(\.\d+)?", limit)
            guess = f"; did you mean {digits[0]}pp?" if digits and float(digits[0]) else ""
            raise UsageError(f"{said}: expected percentage points such as 2pp, got `{limit}`{guess}")
        wanted = float(points[1]) / 100
    else:
        wanted = _quantity(READERS[measure.unit], limit, said)
    if wanted <= 0:
        raise UsageError(f"{said}: {width} must be more than 0, or no number of replications is enough")
    return Precision(text, measure.name, scope, wanted)


def measure_in(text: str, model: Model) -> tuple[Measure, dict[str, str]]:
    """Read ``[channel.]measure[scope]`` in the names of ``model``. Raises UsageError."""
    found = _ALONE.fullmatch(text)
    if found is None:
        raise UsageError(f"`{text}` is not a measure; write it like `never_served` or `voice.abandon_rate[shock]`")
    return _placed(found, model, f"measure `{text}`")


def _read(text: str, model: Model, what: str, example: str) -> tuple[Measure, dict[str, str], str, str]:
    found = _MARK.fullmatch(text)
    if found is None:
        raise UsageError(f"`{text}` is not {what}; write it like `{example}`")
    return *_placed(found, model, f"{what.partition(' ')[2]} `{text}`"), found["sign"], found["limit"].strip()


def _placed(found: re.Match[str], model: Model, said: str) -> tuple[Measure, dict[str, str]]:
    """The measure and the scope of a text that names them; ``said`` is the text in the words of a message."""
    names: dict[str, tuple[str, ...]] = {
        "phase": tuple(phase.name for phase in model.clock.phases if phase.start < model.clock.duration),
        "need": tuple(need.name for need in model.needs),
        "channel": tuple(channel.name for channel in model.channels),
        "site": tuple(site.name for site in model.sites),
        "group": tuple(model.groups),
    }
    words = [word.strip() for word in found["words"].split(",")] if found["words"] is not None else []
    scope: dict[str, str] = {}
    several = ""
    try:
        measure = measure_named(found["measure"])
        places = [("channel", found["channel"].strip())] if found["channel"] else []
        for dimension, name in [*places, *(_place(word, names) for word in words)]:
            if scope.setdefault(dimension, name) != name:
                several = f"`{scope[dimension]}` and `{name}` are both a {'limit of time' if dimension == TIMED else dimension}"
                break
        scope = {dimension: scope[dimension] for dimension in (*DIMENSIONS, TIMED) if dimension in scope}
        check_scope(measure, scope, names)
    except UsageError as error:
        raise UsageError(f"{said}: {error}") from None
    if several:
        raise UsageError(f"{said}: {several}")
    return measure, scope


def _place(word: str, names: Mapping[str, Sequence[str]]) -> tuple[str, str]:
    """What a word in brackets restricts: ``shock``, or ``phase=shock`` where several things have that name."""
    dimension, equals, name = (part.strip() for part in word.partition("="))
    if equals:
        return dimension, name
    having = [known for known in DIMENSIONS if word in names[known]]
    if len(having) == 1:
        return having[0], word
    if not having and word[:1].isdigit():
        with suppress(Wrong):
            return TIMED, in_units(duration(word))  # 90m is 1h30m
    if having:
        raise UsageError(f"`{word}` is a {' and a '.join(having)}: write `{having[0]}={word}`")
    known = ", ".join(name for dimension in DIMENSIONS for name in names[dimension])
    kinds = "phase, need, channel, site or group" if names["group"] else "phase, need, channel or site"
    raise UsageError(f"there is no {kinds} `{word}`; there are {known}" if word else "the brackets are empty")


def _quantity(reader: Callable[[object], float], text: str, where: str) -> float:
    """A limit in the measure's unit; plain numbers are numbers, as in a file."""
    try:
        return float(reader(int(text) if text.isdecimal() else float(text) if re.fullmatch(r"\d+\.\d+", text) else text))
    except Wrong as error:
        problem = error.problems[0]
        raise UsageError(f"{where}: {problem.message}" + (f"; {problem.help}" if problem.help else "")) from None
