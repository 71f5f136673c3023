"""Dates and times of day as exports write them. The order of day and month is read from the column, never guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, timedelta

from simulator.calibration.amounts import Unreadable

ORDERS = ("day-first", "month-first")
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january ene enero januar janv janvier gen gennaio janeiro",
            "feb february febrero februar fev fevr fevrier febbraio fevereiro",
            "mar march marzo marz maerz mrz mars marco", "apr april abr abril avr avril aprile", "may mayo mai maggio maio mag",
            "jun june junio juni juin giugno junho giu", "jul july julio juli juil juillet luglio julho lug",
            "aug august ago agosto aout", "sep sept september septiembre septembre settembre setembro set",
            "oct october octubre okt oktober octobre ottobre outubro out ott", "nov november noviembre novembre novembro",
            "dec december dic diciembre dez dezember decembre dicembre dezembro",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
"""Months in words, without accents."""
_NUMERIC = re.compile(r"(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_WORDS = re.compile(r"[a-z]+")
_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(?:[:.](\d{2})(?:[.,]\d+)?)?\s*([ap])?\.?\s?m?\.?")
_ZONE = re.compile(r"(Z|[+-]\d{2}:?\d{2})\Z")
FIRST, LAST = date(1980, 1, 1), date(2100, 1, 1)
EPOCH = date(1970, 1, 1)


def plain(text: str) -> str:
    """Small letters without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.strip().lower()) if not unicodedata.combining(c))


def order_of(texts: Iterable[str]) -> tuple[str | None, str]:
    """The order of day and month of a column of dates and a cell that shows it; None and a cell where no cell decides.

    An empty cell is shown where the order plays no part. Raises Unreadable where two cells contradict each other.
    """
    shown: dict[str, str] = {}
    open_ = ""
    for text in texts:
        match = _NUMERIC.fullmatch(text.strip())
        if match is None or len(match[1]) == 4:
            continue
        first, second = int(match[1]), int(match[2])
        if "." in text or first > 12 >= second:
            shown.setdefault(ORDERS[0], text)
        elif second > 12 >= first:
            shown.setdefault(ORDERS[1], text)
        elif first != second:
            open_ = open_ or text
    if len(shown) > 1:
        raise Unreadable(" and ".join(shown.values()))
    for order, text in shown.items():
        return order, text
    return (None, open_) if open_ else (ORDERS[0], "")


def day(text: str, order: str) -> date:
    """A date; raises Unreadable."""
    bare = text.strip()
    compact = _COMPACT.fullmatch(bare)
    match = compact or _NUMERIC.fullmatch(bare)
    try:
        if match is None:
            return _in_words(plain(bare))
        one, two, three = (int(part) for part in match.groups())
        year_first = compact or len(match[1]) == 4
        found = date(one, two, three) if year_first else _of(three, *((two, one) if order == ORDERS[0] else (one, two)))
    except ValueError:
        raise Unreadable(text) from None
    if not FIRST <= found < LAST:
        raise Unreadable(text)
    return found


def _of(year: int, month: int, number: int) -> date:
    return date(year + 2000 if year < 70 else year + 1900 if year < 100 else year, month, number)


def _in_words(text: str) -> date:
    month = next((MONTHS[word] for word in _WORDS.findall(text) if word in MONTHS), None)
    numbers = [int(n) for n in re.findall(r"\d+", text)]
    if month is None or len(numbers) != 2:
        raise ValueError(text)
    number, year = (numbers[1], numbers[0]) if numbers[0] > 31 else numbers
    return _of(year, month, number)


def clock(text: str, *, hhmm: bool = False) -> timedelta:
    """A time of day since midnight, the first of a span such as ``08:00 - 08:30``; ``hhmm`` reads 930 as half past nine.

    Raises Unreadable.
    """
    bare = re.split(r"\s*(?:-|–|to|bis|a)\s+|(?<=\d)-(?=\d)", text.strip().lower())[0].strip()
    if hhmm and bare.isdecimal() and len(bare) <= 4:
        return _clock(int(bare) // 100, int(bare) % 100, 0, text)
    match = _CLOCK.fullmatch(bare)
    if match is None or (match[2] is None and match[4] is None and len(match[1]) > 2):
        raise Unreadable(text)
    hour, minute, second = int(match[1]), int(match[2] or 0), int(match[3] or 0)
    if match[4]:
        if not 1 <= hour <= 12:
            raise Unreadable(text)
        hour = hour % 12 + (12 if match[4] == "p" else 0)
    return _clock(hour, minute, second, text)


def _clock(hour: int, minute: int, second: int, text: str) -> timedelta:
    if not (hour < 24 or (hour == 24 and minute == second == 0)) or minute > 59 or second > 59:
        raise Unreadable(text)
    return timedelta(hours=hour, minutes=minute, seconds=second)


def parts(text: str) -> tuple[str, str, str]:
    """The date, the time of day and the offset (or ``Z``) of a moment; seconds since 1970 have the offset ``Z``. Raises Unreadable."""
    bare = text.strip()
    if re.fullmatch(r"\d{9,10}(?:\.\d+)?|\d{12,13}", bare):
        seconds = float(bare) / (1000 if len(bare.partition(".")[0]) > 10 else 1)
        moment = timedelta(days=int(seconds // 86400), seconds=int(seconds % 86400))
        return (EPOCH + timedelta(days=moment.days)).isoformat(), str(timedelta(seconds=moment.seconds)), "Z"
    split = re.fullmatch(r"(.*?\d)(?:T|,?\s+)(\d{1,2}[:.h].*|\d{1,2}\s*[apAP]\.?[mM]?.*)", bare)
    if split is None:
        return bare, "", ""
    zone = _ZONE.search(split[2])
    return split[1], (split[2][: zone.start()] if zone else split[2]).strip(), zone[1] if zone else ""
