"""The week as people write it: days such as ``mon-fri``, opening hours, shares by hour of the day."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any, TypeVar

from simulator.scenario import quantity
from simulator.scenario.calendar import Calendar, clock_time
from simulator.scenario.problem import Problem, Wrong, shown, wrong

T = TypeVar("T")
Span = tuple[timedelta, timedelta]
"""From one time of day to another; an end that is not later is of the next day."""
Hours = Mapping[int, tuple[Span, ...]]
"""Opening hours by weekday (0 is Monday); a day that is not there is closed."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
GROUPS = {"weekday": WEEKDAYS[:5], "weekend": WEEKDAYS[5:]}
DAY = timedelta(days=1)
_HOURS = re.compile(r"(\d{1,2})(?:\s*-\s*(\d{1,2}))?", re.ASCII)


def days(text: object) -> list[str]:
    """The weekdays of ``mon-fri sun``, ``weekday`` or ``weekend``; raises Wrong."""
    found: list[str] = []
    for word in str(text).lower().replace(",", " ").split():
        first, dash, last = word.partition("-")
        if word in GROUPS:
            found += GROUPS[word]
        elif first in WEEKDAYS and (not dash or (last in WEEKDAYS and WEEKDAYS.index(first) <= WEEKDAYS.index(last))):
            found += WEEKDAYS[WEEKDAYS.index(first) : WEEKDAYS.index(last if dash else first) + 1]
        else:
            raise wrong(f"expected days such as mon-fri, sat or weekend, got {shown(word)}", "a week starts with mon and ends with sun")
    if not found:
        raise wrong("expected days such as mon-fri, sat or weekend, got nothing")
    return found


def day_list(raw: Any) -> list[str]:
    """Days as one text (``mon-fri sun``) or as a list of such texts; raises Wrong."""
    if not isinstance(raw, list):
        return days(raw)
    found: list[str] = []
    problems: list[Problem] = []
    for i, item in enumerate(raw):
        try:
            found += days(item)
        except Wrong as error:
            problems += [p.under(i) for p in error.problems]
    if problems:
        raise Wrong(*problems)
    return found


def by_day(raw: Any, read: Callable[[Any], T]) -> dict[int, T]:
    """A map from days to values, by weekday; raises Wrong with every problem, a day given twice among them."""
    if not isinstance(raw, dict) or not raw:
        raise wrong(f"expected a map from days such as mon-fri, got {shown(raw)}")
    made: dict[int, T] = {}
    said: dict[int, str] = {}
    problems: list[Problem] = []
    for key, value in raw.items():
        try:
            numbers = [WEEKDAYS.index(day) for day in days(key)]
        except Wrong as error:
            problems += [Problem(p.message, p.help, at=(key,), on_key=True) for p in error.problems]
            continue
        twice = next((n for n in numbers if n in said), None)
        if twice is not None:
            message = f"`{WEEKDAYS[twice]}` stands here and in `{said[twice]}`"
            problems.append(Problem(message, "name each day once", at=(key,), on_key=True))
            continue
        said |= dict.fromkeys(numbers, str(key))
        try:
            made |= dict.fromkeys(numbers, read(value))
        except Wrong as error:
            problems += [p.under(key) for p in error.problems]
    if problems:
        raise Wrong(*problems)
    return made


def opening(raw: Any) -> Hours | None:
    """Opening hours: ``always`` (None), or spans by day, ``{mon-fri: 08:00-20:00, sat: [09:00-12:00, 13:00-17:00]}``."""
    if raw == "always":
        return None
    if not isinstance(raw, dict):
        raise wrong(f"expected `always` or opening hours by day, got {shown(raw)}", "for example {mon-fri: 08:00-20:00, sat: 09:00-14:00}")
    return by_day(raw, _spans)


def _spans(raw: Any) -> tuple[Span, ...]:
    found: list[Span] = []
    problems: list[Problem] = []
    for i, item in enumerate(raw if isinstance(raw, list) else [raw]):
        try:
            found.append(_span(item))
        except Wrong as error:
            problems += [p.under(i) if isinstance(raw, list) else p for p in error.problems]
    if problems:
        raise Wrong(*problems)
    return tuple(found)


def _span(raw: Any) -> Span:
    first, dash, last = raw.partition("-") if isinstance(raw, str) else ("", "", "")
    if not dash:
        raise wrong(f"expected hours such as 08:00-20:00, got {shown(raw)}", "leave a day out that is closed")
    if _HOURS.fullmatch(raw.strip()):
        raise wrong(f"expected hours such as 08:00-20:00, got {shown(raw)}", f"did you mean {int(first):02d}:00-{int(last):02d}:00?")
    start, end = clock_time(first), clock_time(last)
    if start == end:
        raise wrong(f"{raw} opens and closes at one time", "a whole day is 00:00-24:00")
    return start, end


def spans(hours: Hours, calendar: Calendar) -> tuple[tuple[float, float], ...]:
    """The stretches of the run (seconds from its start) within ``hours``, in order, joined where they touch."""
    found = sorted(_within(hours, calendar))
    made: list[tuple[float, float]] = []
    for start, end in found:
        if made and start <= made[-1][1]:
            made[-1] = (made[-1][0], max(made[-1][1], end))
        else:
            made.append((start, end))
    return tuple(made)


def _within(hours: Hours, calendar: Calendar) -> Iterator[tuple[float, float]]:
    for day in calendar.days(before=1):
        for opens, closes in hours.get(day.weekday(), ()):
            start = max(calendar.on(day, opens), 0.0)
            end = min(calendar.on(day, closes if closes > opens else closes + DAY), calendar.length)
            if start < end:
                yield start, end


def open_at(hours: Hours | None, day: int, hour: int) -> bool:
    """Whether a channel with these hours is open at the full ``hour`` (0 to 23) of a weekday."""
    if hours is None:
        return True
    clock = timedelta(hours=hour)
    today = any(start <= clock < (end if end > start else DAY) for start, end in hours.get(day, ()))
    return today or any(end <= start and clock < end for start, end in hours.get((day - 1) % 7, ()))


def by_hour(raw: Any) -> tuple[tuple[float, ...], ...]:
    """A share by weekday and hour: ``30%``, or ``{weekday: {9-12: 30%, 18-21: 45%}, weekend: 40%}``; 0 where nothing is said.

    The answer is 7 days (0 is Monday) of 24 hours.
    """
    share = quantity.perhaps_a_range(quantity.share)
    if not isinstance(raw, dict):
        return ((share(raw),) * 24,) * 7
    found = by_day(raw, lambda value: _hours_of_a_day(value, share))
    return tuple(found.get(day, (0.0,) * 24) for day in range(7))


def _hours_of_a_day(raw: Any, share: Callable[[Any], float]) -> tuple[float, ...]:
    if not isinstance(raw, dict):
        return (share(raw),) * 24
    day = [0.0] * 24
    said: dict[int, str] = {}
    problems: list[Problem] = []
    for key, value in raw.items():
        match = _HOURS.fullmatch(str(key).strip())
        first = int(match.group(1)) if match else 24
        last = int(match.group(2)) if match and match.group(2) else first + 1
        if not first < last <= 24:
            problems.append(Problem(f"expected hours such as 9-12, got {shown(key)}", "0-24 is the whole day", at=(key,), on_key=True))
            continue
        twice = next((hour for hour in range(first, last) if hour in said), None)
        if twice is not None:
            problems.append(Problem(f"the hour from {twice}:00 stands here and in `{said[twice]}`", at=(key,), on_key=True))
            continue
        said |= dict.fromkeys(range(first, last), str(key))
        try:
            day[first:last] = [share(value)] * (last - first)
        except Wrong as error:
            problems += [p.under(key) for p in error.problems]
    if problems:
        raise Wrong(*problems)
    return tuple(day)
