"""Numbers and durations as exports write them: decimal commas, thousands, percent signs, ``mm:ss``, milliseconds."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from simulator.scenario.numerals import DECIMAL, Way, ways

NOTHING = frozenset({"", "-", "--", "–", "n/a", "na", "nan", "null", "none", "#n/a", "#div/0!", "nil", "(null)"})
"""What stands in a cell that holds nothing."""
COLONS = re.compile(r"(?:(\d+)[d.]\s*)?(\d+):([0-5]?\d)(?::([0-5]?\d(?:[.,]\d+)?))?")
WORDS = re.compile(
    r"(?:(\d+)\s*d)?\s*(?:(\d+)\s*h(?:ours?|rs?)?)?\s*(?:(\d+)\s*m(?:in(?:utes?|s)?)?)?\s*(?:(\d+(?:[.,]\d+)?)\s*s(?:ec(?:onds?|s)?)?)?",
    re.IGNORECASE,
)
UNITS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0}
YES = frozenset({"1", "true", "yes", "y", "t", "si", "sí", "ja", "oui", "x", "wahr", "verdadero"})
NO = frozenset({"0", "false", "no", "n", "f", "nein", "non", "falsch", "falso", *NOTHING})


class Unreadable(ValueError):
    """A cell cannot be read."""


class Open(ValueError):
    """A column can be read in two ways that differ: ``example`` is a cell, ``values`` what it would be."""

    def __init__(self, example: str, values: tuple[float, float]) -> None:
        super().__init__(example)
        self.example = example
        self.values = values


def way_of(texts: Iterable[str], decimal: str | None = None) -> Way:
    """The one way in which the numbers of a table are written; raises Open where the numbers leave it open."""
    possible = ways(None, decimal)
    spare: str | None = None
    votes = dict.fromkeys(possible, 0)
    for text in texts:
        able = {way: value for way in possible if (value := way.read(_bare(text))) is not None}
        if len(able) == 1:
            votes[next(iter(able))] += 1
        elif len(set(able.values())) > 1:
            spare = spare or text
    if spare is not None and not any(votes.values()):
        low, high = sorted(way.read(_bare(spare)) or 0.0 for way in possible)
        raise Open(spare, (low, high))
    return max(possible, key=lambda way: (votes[way], way.decimal == DECIMAL[0]))


def _bare(text: str) -> str:
    return text.strip().removesuffix("%").removeprefix("+").strip()


def number(text: str, way: Way) -> float:
    """A number, NaN for an empty cell; raises Unreadable."""
    bare = _bare(text)
    if bare.lower() in NOTHING:
        return math.nan
    value = way.read(bare)
    if value is None or not value < 1e12:
        raise Unreadable(text)
    return value


def share(text: str, way: Way) -> float:
    """A fraction; ``7,2 %`` and 7.2 are both seven in a hundred, see :func:`as_fractions` for bare numbers."""
    value = number(text, way)
    return value / 100 if text.strip().endswith("%") else value


def duration(text: str, way: Way, unit: float, *, hours_first: bool = False) -> float:
    """Seconds, NaN for an empty cell; a bare number is in ``unit``. ``hours_first`` reads ``1:30`` as hours. Raises Unreadable."""
    bare = text.strip()
    if bare.lower() in NOTHING:
        return math.nan
    clock = COLONS.fullmatch(bare)
    if clock:
        days, first, second, third = (float((part or "0").replace(",", ".")) for part in clock.groups())
        if clock[4] is None and not hours_first:
            return days * 86400 + first * 60 + second
        return days * 86400 + first * 3600 + second * 60 + third
    value = way.read(bare)
    if value is not None and value < 1e12:
        return value * unit
    words = WORDS.fullmatch(bare)
    if words and any(words.groups()):
        parts = (float((part or "0").replace(",", ".")) for part in words.groups())
        return sum(part * seconds for part, seconds in zip(parts, (86400, 3600, 60, 1), strict=True))
    raise Unreadable(text)


def flag(text: str) -> bool:
    """Yes or no; raises Unreadable."""
    low = text.strip().lower()
    if low in YES:
        return True
    if low in NO:
        return False
    raise Unreadable(text)
