"""Numbers as tables write them: what separates decimals in one country separates thousands in another.

A column is read in one way. Where all its numbers can be read in one way only, that is it. Where they can be read in both, and not
alike (three digits after a single separator: is 1.180 more than a thousand, or little more than one?), the user is asked, since
whatever is not meant is wrong by a factor of a thousand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from simulator.scenario.problem import Wrong, wrong

SPACES = (" ", "'", "\u2019", "\u00a0", "\u2009", "\u202f")
"""What separates thousands and never decimals."""
THOUSANDS = (".", ",", " ", "'")
DECIMAL = (".", ",")
MOST = 1e9


@dataclass(frozen=True)
class Way:
    """A way to read numbers: the mark before decimals, and the marks that may separate thousands."""

    decimal: str
    thousands: tuple[str, ...]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What its numbers look like."""
        mark = re.escape(self.decimal)
        groups = "|".join(rf"(?:{re.escape(between)}\d{{3}})+" for between in self.thousands)
        return re.compile(rf"(\d*|[1-9]\d{{0,2}}(?:{groups}))(?:{mark}(\d*))?(e[-+]?\d+)?", re.ASCII | re.IGNORECASE)

    def read(self, text: str) -> float | None:
        """The number, or None where it is none in this way."""
        match = self.pattern.fullmatch(text)
        if match is None or not (match[1] or match[2]) or (match[3] and not match[1].isdecimal()):
            return None
        return float(f"{re.sub('[^0-9]', '', match[1]) or 0}.{match[2] or 0}{match[3] or ''}")


def ways(thousands: str | None, decimal: str | None) -> tuple[Way, ...]:
    """The ways that what the user says leaves open; none where it contradicts itself."""
    spaces = thousands in SPACES
    found = (Way(mark, SPACES if spaces else (other, *SPACES)) for mark, other in zip(DECIMAL, reversed(DECIMAL), strict=True))
    return tuple(way for way in found if decimal in (None, way.decimal) and (thousands is None or thousands in way.thousands))


class Column:
    """The numbers of one column of a table."""

    def __init__(self, name: str, texts: Iterable[str], possible: tuple[Way, ...], ask: str) -> None:
        """``possible`` is at least one way; ``ask`` tells the user how to say which is meant, of a ``{mark}``."""
        self.name = name
        self.possible = possible
        self.wrong: dict[str, Wrong] = {}  #: numbers that make the column one that cannot be read, until they are met
        only: dict[Way, str] = {}  # the first number that can be read in this way only
        open_: list[str] = []
        for text in dict.fromkeys(texts):
            able = {way: value for way in possible if (value := way.read(text)) is not None}
            if len(able) == 1:
                only.setdefault(next(iter(able)), text)
            elif len(set(able.values())) > 1:
                open_.append(text)
        self.way = next(iter(only), possible[0])
        if len(only) > 1:
            first, second = only.values()
            message = f"{name}: `{second}` and `{first}` use separators in two ways"
            self.wrong[second] = wrong(message, "write all numbers of a column alike")
        elif open_ and not only:
            low, high = sorted(way.read(open_[0]) or 0.0 for way in possible)
            mark = "," if "," in open_[0] else "."
            self.wrong[open_[0]] = wrong(f"{name}: is `{open_[0]}` {high:.0f} or {low:g}?", ask.format(mark=mark))

    def able(self, text: str) -> bool:
        """Whether a text is a number in some way."""
        return any(way.read(text) is not None for way in self.possible)

    def read(self, text: str) -> float:
        """The number, at least 0; raises Wrong, and for the column as a whole only once."""
        if text in self.wrong:
            raise self.wrong.pop(text)
        value = next((value for way in (self.way, *self.possible) if (value := way.read(text)) is not None), None)
        if value is not None and value < MOST:
            return value
        if value is None and any(way.read(text) is not None for way in ways(None, None)):
            hint = f"decimals have a `{self.way.decimal}` here, as `thousands` or `decimal` says"
            raise wrong(f"{self.name}: expected a number, got `{text}`", hint)
        least = " that is at least 0" if value is not None or _is_other_number(text) else ""
        raise wrong(f"{self.name}: expected a number{least}, got `{text}`")


def _is_other_number(text: str) -> bool:
    """Whether it is negative or endless."""
    try:
        float(text)
    except ValueError:
        return False
    return text.isascii() and "_" not in text
