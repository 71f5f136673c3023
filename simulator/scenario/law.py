"""The one grammar of distributions.

A scalar is a mean: exponential where people wait, constant where work takes time. A map with one key names the family,
or says what is known of an exponential law: its ``mean``, its ``median`` or ``half_life``, or a quantile (``98%: 24h``).
A name is a law that ships with the product. Where no time at all makes sense (patience, wrap-up), every law may have a mean of 0,
and elsewhere none may: whatever is said of a plain 0 holds for all of them (:func:`_sound`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from itertools import pairwise
from typing import Annotated, Any

from pydantic import ValidationInfo

from simulator.model.distributions import Constant, Distribution, Empirical, Exponential, Lognormal, PiecewiseHazard, families, named_laws
from simulator.model.ranges import Range
from simulator.scenario import quantity
from simulator.scenario.declared import read_declared
from simulator.scenario.problem import Problem, Wrong, did_you_mean, shown, wrong
from simulator.scenario.quantity import Spread, scaled
from simulator.scenario.section import FixedDuration, Reads, Section, Setting, Written, read_section, setting_of

_QUANTILE = re.compile(r"(\d+(?:\.\d+)?)%", re.ASCII)
_duration = quantity.perhaps_a_range(quantity.duration)


class _LognormalForm(Section):
    mean: FixedDuration | None = None
    sd: FixedDuration | None = None


class _HazardForm(Section):
    edges: list[FixedDuration]
    per_minute: list[float]


def read_law(raw: Any, setting: Setting, scalar: type[Distribution] = Constant, *, at_once: bool = False) -> Distribution:
    """The distribution that ``raw`` describes; ``scalar`` is the family of a bare mean, ``at_once`` lets it take no time. Raises Wrong."""
    if isinstance(raw, str) and raw in named_laws:
        return named_laws[raw]()
    if isinstance(raw, Spread) or not isinstance(raw, dict):
        if isinstance(raw, str) and raw[:1].isalpha():
            raise wrong(f"there is no law called {shown(raw)}", did_you_mean(raw, named_laws), "unknown-name")
        return _sound(scalar(_duration(raw)), at_once)  # type: ignore[call-arg]  # Constant and Exponential take one duration
    if len(raw) != 1:
        raise wrong(
            f"a distribution is one law, got {len(raw)}: {', '.join(raw)}", f"possible: {', '.join(families)}, mean, median, half_life, 98%"
        )
    ((key, value),) = raw.items()
    try:
        return _sound(_one_law(key, value, setting), at_once)
    except Wrong as error:
        raise Wrong(*(p.under(key) for p in error.problems)) from None


def of_needs(scalar: type[Distribution], *, at_once: bool) -> Callable[[Any, ValidationInfo], dict[str, Distribution]]:
    """A reader of one law for all needs, or of a map from needs to laws. The answer is by need; the rest as in :func:`read_law`."""

    def read(raw: Any, info: ValidationInfo) -> dict[str, Distribution]:
        setting = setting_of(info)
        needs = setting.names.get("need", ())
        if not isinstance(raw, dict) or any(_is_law_word(key) for key in raw):
            return dict.fromkeys(needs, read_law(raw, setting, scalar, at_once=at_once))
        made: dict[str, Distribution] = {}
        problems: list[Problem] = []
        for key, value in raw.items():
            if key not in needs:
                message = f"there is no need and no distribution `{key}`"
                problems.append(Problem(message, did_you_mean(key, needs), "unknown-name", (key,), on_key=True))
                continue
            try:
                made[key] = read_law(value, setting, scalar, at_once=at_once)
            except Wrong as error:
                problems += [p.under(key) for p in error.problems]
        if problems:
            raise Wrong(*problems)
        return made

    return read


def _is_law_word(key: str) -> bool:
    return key in families or key in ("mean", "median", "half_life") or _QUANTILE.fullmatch(key) is not None


def _one_law(key: str, value: Any, setting: Setting) -> Distribution:
    quantile = _QUANTILE.fullmatch(key)
    if quantile:
        level = float(quantile.group(1)) / 100
        if not 0 < level < 1:
            raise wrong(f"a quantile lies between 0% and 100%, got {key}")
        return Exponential(scaled(_duration(value), -1 / math.log1p(-level)))
    if key == "mean":
        return Exponential(_duration(value))
    if key in ("median", "half_life"):
        return Exponential(scaled(_duration(value), 1 / math.log(2)))
    if key == "empirical":
        return _empirical(value)
    if key == "hazard":
        return _hazard(read_section(_HazardForm, value, setting))
    if key not in families:
        known = (*families, "mean", "median", "half_life")
        raise wrong(f"there is no distribution `{key}`", did_you_mean(key, known), "unknown-name", on_key=True)
    if key == "lognormal" and isinstance(value, dict) and {"mean", "sd"} & value.keys():
        return _lognormal(value, setting)
    if key == "constant" and not isinstance(value, dict):
        return Constant(_duration(value))
    return read_declared(families[key], value, setting)


def _lognormal(value: dict[str, Any], setting: Setting) -> Lognormal:
    for name in ("mean", "sd"):
        if isinstance(value.get(name), Spread):
            raise wrong(
                "a range is not possible here", "give the median and sigma instead: {lognormal: {median: ..., sigma: ...}}", at=(name,)
            )
    form = read_section(_LognormalForm, value, setting)
    if form.mean is None or form.sd is None:
        raise wrong(f"`{'mean' if form.mean is None else 'sd'}` is missing", "", "missing-key", on_key=True)
    if form.mean <= 0:
        return Lognormal(0.0, 0.0)
    return Lognormal.of_mean(form.mean, form.sd)


def _empirical(value: Any) -> Empirical:
    if not isinstance(value, list) or not value:
        raise wrong(f"expected a list of durations, got {shown(value)}")
    values, problems = [], []
    for i, item in enumerate(value):
        try:
            values.append(quantity.duration(item))
        except Wrong as error:
            problems += [p.under(i) for p in error.problems]
    if problems:
        raise Wrong(*problems)
    return Empirical(tuple(values))


def _hazard(form: _HazardForm) -> PiecewiseHazard:
    edges, rates = form.edges, form.per_minute
    if not edges or edges[0] != 0 or any(b <= a for a, b in pairwise(edges)):
        raise wrong("edges start at 0s and grow", at=("edges",))
    if len(rates) != len(edges):
        raise wrong(f"expected one hazard per edge ({len(edges)}; the last lasts for ever), got {len(rates)}", at=("per_minute",))
    if not all(0 <= rate < math.inf for rate in rates) or rates[-1] <= 0:
        raise wrong("hazards are at least 0, and the last is above 0: everybody leaves at last", at=("per_minute",))
    return PiecewiseHazard(tuple(edges), tuple(r / 60 for r in rates))


def _sound(law: Distribution, at_once: bool) -> Distribution:
    """Refuse parameters for which the law does not exist, and a law that takes no time unless that may be: it is then ``Constant(0)``."""
    an = f"{'an' if law.name[0] in 'aeiou' else 'a'} {law.name} law"
    if _takes_no_time(law):
        if at_once:
            return law if any(isinstance(getattr(law, name, None), Range) for name in SCALES) else Constant(0.0)
        raise wrong(f"the mean of {an} must be more than 0")
    for name in ("shape", "first", "second"):
        value = getattr(law, name, None)
        if value is not None and low(value) <= 0:
            raise wrong(f"the {name} of {an} must be more than 0")
    for name, (least, most) in SANE.items():
        value = getattr(law, name, None)
        if value is not None and not (least <= low(value) and high(value) <= most):
            raise wrong(f"the {name} of a {law.name} law lies between {least:g} and {most:g}")
    return law


def _takes_no_time(law: Distribution) -> bool:
    """Whether the mean of a law is 0, or may be where it is a range."""
    if isinstance(law, Empirical):
        return not any(law.values)
    return (
        any(low(getattr(law, name, 1.0)) <= 0 for name in SCALES)
        or low(getattr(law, "first", 1.0)) == low(getattr(law, "second", 1.0)) == 0
    )


SCALES = ("value", "mean_", "median")
"""Parameters to which the durations of a law are proportional."""
SANE = {"shape": (0.05, 1000.0), "sigma": (0.0, 10.0)}
"""Parameters outside these bounds are slips, and their laws cannot be computed."""


def low(value: float) -> float:
    """The least that a value can be."""
    return value.low if isinstance(value, Range) else value


def high(value: float) -> float:
    """The most that a value can be."""
    return value.high if isinstance(value, Range) else value


def _validator(scalar: type[Distribution], *, at_once: bool) -> Reads:
    def check(raw: Any, info: ValidationInfo) -> Distribution:
        return read_law(raw, setting_of(info), scalar, at_once=at_once)

    return Reads(check, written=Written("law"))


Waiting = Annotated[Distribution, _validator(Exponential, at_once=False)]
"""A law of how long it is until something happens, which takes some time: a bare mean is exponential."""
Staying = Annotated[Distribution, _validator(Exponential, at_once=True)]
"""A law of how long people put up with something, perhaps not at all: a bare mean is exponential."""
Taking = Annotated[Distribution, _validator(Constant, at_once=True)]
"""A law of how long work takes, perhaps no time: a bare duration is constant."""
