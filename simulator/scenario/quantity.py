"""Quantities as people write them: durations, shares, counts, rates. Units are required; a bare number is refused with a guess.

Every reader takes a value of the tree and returns a float (seconds, fraction, per second), or a
:class:`~simulator.model.ranges.Range` where the value is a :class:`Spread`. It raises :class:`~simulator.scenario.problem.Wrong`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.model.ranges import Range
from simulator.scenario.problem import Problem, Wrong, shown, wrong

SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|min|s|m|h|d|w)", re.ASCII)
_DURATION = re.compile(rf"(?:{_PART.pattern}\s*)+", re.ASCII)
_SHARE = re.compile(r"([-+]?\d+(?:\.\d+)?)\s*%", re.ASCII)
_COUNT = re.compile(r"(\d+(?:\.\d+)?)\s*([kM]?)", re.ASCII)
_RATE = re.compile(r"(\d+(?:\.\d+)?)\s*([kM]?)\s*/\s*(s|min|m|h|d)", re.ASCII)
_FACTOR = re.compile(r"x\s*(\d+(?:\.\d+)?)", re.ASCII)
MOST = 1e12
"""Above this a number is a slip of the keyboard."""
_OPEN = re.compile(r"[1-9]\d{0,2}\.\d{3}", re.ASCII)
_THOUSANDS = {"": 1.0, "k": 1e3, "M": 1e6}


@dataclass(frozen=True)
class Spread:
    """A range as written, before its unit is known, with the dotted path that names it."""

    path: str
    values: Mapping[str, Any]


def duration(raw: Any) -> float:
    """Seconds: ``30s``, ``15m``, ``1h30m``, ``2d``."""
    if isinstance(raw, str) and _DURATION.fullmatch(raw.strip()):
        return _sane(math.fsum(float(number) * SECONDS[unit] for number, unit in _PART.findall(raw)), raw)
    if _is_number(raw) and raw == 0:
        return 0.0
    digits = str(raw).strip() if not isinstance(raw, (dict, list, bool)) and raw is not None else ""
    hint = f"did you mean {digits}s or {digits}m?" if re.fullmatch(r"\d+(\.\d+)?", digits) else ""
    if isinstance(raw, str) and re.fullmatch(r"\d+:\d\d(:\d\d)?", raw.strip()):
        parts = raw.strip().split(":")
        hint = f"did you mean {int(parts[0])}h{int(parts[1])}m or {int(parts[0])}m{int(parts[1])}s?"
    elif isinstance(raw, str) and raw.strip().startswith("-"):
        hint = "a duration cannot be negative"
    raise wrong(f"expected a duration such as 30s, 15m or 1h30m, got {shown(raw)}", hint)


def proportion(raw: Any) -> float:
    """A fraction of something, which may exceed one: ``60%``, ``140%``."""
    match = _SHARE.fullmatch(raw.strip()) if isinstance(raw, str) else None
    if match:
        value = float(match.group(1)) / 100
        if value < 0:
            raise wrong(f"a share cannot be negative, got {shown(raw)}")
        return _sane(value, raw)
    bare = float(raw) if re.fullmatch(r"\d+(\.\d+)?", str(raw).strip()) else None
    hint = "" if bare is None else f"did you mean {bare * 100:g}%?" if bare <= 1 else f"did you mean {bare:g}%?"
    raise wrong(f"expected a share such as 35%, got {shown(raw)}", hint)


def share(raw: Any) -> float:
    """A fraction of something, 0 to 1: ``35%``."""
    value = proportion(raw)
    if value > 1:
        raise wrong(f"a share is at most 100%, got {shown(raw)}")
    return value


def of_worlds(raw: Any) -> float:
    """A share of the simulated worlds that simulating could show: ``80%``, more than 0 and less than 1."""
    value = share(raw)
    if not 0 < value < 1:
        hint = "no number of worlds shows what always holds" if value else ""
        raise wrong(f"expected more than 0% and less than 100% of the worlds, got {shown(raw)}", hint)
    return value


def count(raw: Any) -> float:
    """How many, at least 0: ``200``, ``30k``, ``1.5M``."""
    if _is_number(raw) and raw >= 0:
        return _sane(float(raw), raw)
    match = _COUNT.fullmatch(raw.strip()) if isinstance(raw, str) else None
    if match:
        _check_thousands(raw, match.group(1), match.group(2), "")
        return _sane(float(match.group(1)) * _THOUSANDS[match.group(2)], raw)
    hint = "a count cannot be negative" if _is_number(raw) else ""
    if isinstance(raw, str) and re.fullmatch(r"\d{1,3}([.,' ]\d{3})+", raw.strip()):
        hint = f"did you mean {re.sub(r'[^0-9]', '', raw)}?"
    raise wrong(f"expected a count such as 200 or 30k, got {shown(raw)}", hint)


def whole(raw: Any) -> int:
    """A fixed whole number, at least 0; not a range."""
    if isinstance(raw, Spread):
        raise wrong("expected a fixed whole number, got a range", "a range is not possible here: try the values in variants")
    try:
        value = count(raw)
    except Wrong as error:
        raise wrong(f"expected a whole number such as 200 or 30k, got {shown(raw)}", error.problems[0].help) from None
    if value != int(value):
        raise wrong(f"expected a whole number such as 200 or 30k, got {shown(raw)}")
    return int(value)


def rate(raw: Any) -> float:
    """Events per second: ``40/h``, ``10/min``, ``30k/d``."""
    match = _RATE.fullmatch(raw.strip()) if isinstance(raw, str) else None
    if match:
        _check_thousands(raw, match.group(1), match.group(2), f"/{match.group(3)}")
        return _sane(float(match.group(1)) * _THOUSANDS[match.group(2)], raw) / SECONDS[match.group(3)]
    hint = f"did you mean {raw:g}/h?" if _is_number(raw) and raw >= 0 else ""
    raise wrong(f"expected a rate such as 40/h or 10/min, got {shown(raw)}", hint)


def number(raw: Any) -> float:
    """A plain number, at least 0."""
    if _is_number(raw) and raw >= 0:
        return _sane(float(raw), raw)
    hint = ""
    match = _SHARE.fullmatch(raw.strip()) if isinstance(raw, str) else None
    if match:
        hint = f"did you mean {float(match.group(1)) / 100:g}?"
    raise wrong(f"expected a number such as 0.7, got {shown(raw)}", hint)


def factor(raw: Any) -> float:
    """What something is multiplied by: ``x1.6`` or 1.6."""
    match = _FACTOR.fullmatch(raw.strip()) if isinstance(raw, str) else None
    if match:
        return _sane(float(match.group(1)), raw)
    if _is_number(raw) and raw >= 0:
        return _sane(float(raw), raw)
    raise wrong(f"expected a factor such as x1.6, got {shown(raw)}")


def text(raw: Any) -> str:
    """A text."""
    if isinstance(raw, str):
        return raw
    hint = f'write "{raw}" in quotes' if isinstance(raw, (int, float)) else ""
    raise wrong(f"expected a text, got {shown(raw)}", hint)


def yes_no(raw: Any) -> bool:
    """``true`` or ``false``."""
    if isinstance(raw, bool):
        return raw
    raise wrong(f"expected true or false, got {shown(raw)}")


def target(raw: Any) -> tuple[float, float]:
    """A service-level target ``80% in 20s`` as (fraction, seconds)."""
    parts = re.split(r"\s+in\s+", raw.strip()) if isinstance(raw, str) else []
    if len(parts) == 2:
        return share(parts[0]), duration(parts[1])
    raise wrong(f"expected a target such as 80% in 20s, got {shown(raw)}")


def perhaps_a_range(reader: Callable[[Any], float]) -> Callable[[Any], float]:
    """A reader of the same quantity that takes ``{likely, low, high}`` too."""

    def read(raw: Any) -> float:
        if isinstance(raw, dict) and {"likely", "low", "high"} & raw.keys():
            raise wrong("a range has `likely`, `low` and `high`, and nothing else", f"given: {', '.join(raw)}")
        return _range(raw, reader) if isinstance(raw, Spread) else reader(raw)

    return read


def _range(spread: Spread, reader: Callable[[Any], float]) -> Range:
    missing = [k for k in ("likely", "low", "high") if k not in spread.values]
    if missing:
        raise wrong("a range has `likely`, `low` and `high`, and nothing else", f"missing: {', '.join(missing)}")
    values: dict[str, float] = {}
    problems: list[Problem] = []
    for key, raw in spread.values.items():
        try:
            values[key] = reader(raw)
        except Wrong as error:
            problems += [p.under(key) for p in error.problems]
    if problems:
        raise Wrong(*problems)
    if not values["low"] <= values["likely"] <= values["high"]:
        given = " / ".join(str(spread.values[k]) for k in ("low", "likely", "high"))
        raise wrong(f"a range needs low <= likely <= high, got {given}")
    return Range(values["likely"], values["low"], values["high"], spread.path)


def scaled(value: float, by: float, plus: float = 0.0) -> float:
    """``value`` times ``by``, plus ``plus``: still a range of the same name if it is one."""
    if isinstance(value, Range):
        return Range(value.likely * by + plus, value.low * by + plus, value.high * by + plus, value.name)
    return value * by + plus


def _check_thousands(raw: str, digits: str, suffix: str, unit: str) -> None:
    """Raise Wrong where a text may mean thousands: three digits after a point, and no more than three before it."""
    if not suffix and _OPEN.fullmatch(digits):
        thousands, decimals = digits.replace(".", ""), f"{float(digits):g}"
        raise wrong(
            f"is {shown(raw)} {thousands}{unit} or {decimals}{unit}?", "write it without the point, or with other than three decimals"
        )


def _sane(value: float, raw: Any) -> float:
    if value > MOST:
        raise wrong(f"{shown(raw)} is too large to be meant")
    return value


def _is_number(raw: Any) -> bool:
    return isinstance(raw, (int, float)) and not isinstance(raw, bool)
