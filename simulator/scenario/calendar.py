"""The scenario's clock: local wall time to seconds since the start and back, correct on days of 23 and 25 hours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from simulator.scenario.problem import did_you_mean, shown, wrong
from simulator.scenario.quantity import duration

DAY, HOUR = 86_400.0, 3_600.0
WRITTEN = "an instant is written start, start+2h, T+5h, T-10m (T is `clock.impact`) or 2017-09-19T11:00"
YEARS = range(1900, 2201)
_RELATIVE = re.compile(r"(T|start)(?:\s*([-+])\s*(.+))?")
_CLOCK_TIME = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?", re.ASCII)


def zone(name: str) -> ZoneInfo:
    """The time zone of this name; raises Wrong with a suggestion."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise wrong(f"there is no time zone {shown(name)}", did_you_mean(name, sorted(available_timezones()))) from None


def local_moment(text: str, tz: ZoneInfo) -> datetime:
    """A wall-clock time such as ``2017-09-19T11:00`` in ``tz``, with offset.

    A time that the clocks skip is refused; of one that they show twice, the first is meant unless an offset is written.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise wrong(f"expected a local date and time such as 2017-09-19T07:00, got {shown(text)}") from None
    if moment.year not in YEARS:
        raise wrong(f"{text} is not between the years {YEARS.start} and {YEARS.stop - 1}")
    if len(text.strip()) <= 10:
        raise wrong(f"the date {shown(text)} has no time of day", f"did you mean {text.strip()}T00:00?")
    if moment.tzinfo is not None:
        return moment.astimezone(tz)
    moment = moment.replace(tzinfo=tz)
    if moment.astimezone(UTC).astimezone(tz).replace(tzinfo=None) != moment.replace(tzinfo=None):
        raise wrong(f"{text} does not exist in {tz.key}: the clocks skip it that night")
    return moment


def clock_time(text: object) -> timedelta:
    """A time of day ``07:00`` or ``07:00:00`` (up to ``24:00``) as the time on the clock since midnight."""
    match = _CLOCK_TIME.fullmatch(text.strip()) if isinstance(text, str) else None
    hours, minutes, seconds = (int(part or 0) for part in match.groups()) if match else (99, 0, 0)
    if hours > 24 or minutes > 59 or seconds > 59 or (hours == 24 and (minutes or seconds)):
        hint = f'did you mean "{text:02d}:00"?' if isinstance(text, int) and 0 <= text <= 24 else ""
        raise wrong(f'expected a time of day such as "07:00", got {shown(text)}', hint)
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


def spoken(seconds: float) -> str:
    """A duration as people write it: ``1d6h``, ``1h30m``, ``45s``."""
    parts: list[str] = []
    rest = round(seconds)
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")):
        if rest >= size:
            parts.append(f"{rest // size}{unit}")
            rest %= size
    return "".join(parts) or "0s"


@dataclass(frozen=True)
class Offset:
    """A stretch of instants during which the clock is ``ahead`` seconds ahead of UTC."""

    begins: float
    ends: float
    ahead: float


class Calendar:
    """Turns instants of one scenario into seconds since its start."""

    def __init__(self, start: datetime, impact: float | None, length: float) -> None:
        assert isinstance(start.tzinfo, ZoneInfo)
        self.tz = start.tzinfo
        self.start = start
        self.impact = impact
        self.length = length
        self._origin = start.astimezone(UTC)

    def seconds(self, moment: datetime) -> float:
        """Seconds from the start to an aware ``moment``."""
        return (moment.astimezone(UTC) - self._origin).total_seconds()

    def local(self, seconds: float) -> datetime:
        """The wall clock, ``seconds`` after the start."""
        return (self._origin + timedelta(seconds=seconds)).astimezone(self.tz)

    def on(self, day: date, clock: timedelta) -> float:
        """Seconds from the start to a time of day; ``clock`` may reach into the next day.

        Of a time that the clocks show twice the first is meant; one that they skip is the instant at which they are put forward, so
        that a later time of day is never an earlier instant.
        """
        beyond, rest = divmod(clock, timedelta(days=1))
        naive = datetime.combine(day + timedelta(days=beyond), time.min) + rest
        first, second = (self.seconds(naive.replace(tzinfo=self.tz, fold=fold)) for fold in (0, 1))
        return first if second >= first else self._change(second, first)

    def _change(self, before: float, after: float) -> float:
        """The first second of a new offset from UTC between two instants with different ones."""
        old = self.local(before).utcoffset()
        while after - before > 1:
            middle = (before + after) // 2
            before, after = (middle, after) if self.local(middle).utcoffset() == old else (before, middle)
        return after

    @cached_property
    def offsets(self) -> tuple[Offset, ...]:
        """How far the clock is ahead of UTC, by stretches between changes, from two days before the run to two days after it."""
        ends = self.length + 2 * DAY
        made: list[Offset] = []
        begins = instant = -2.0 * DAY
        while instant < ends:
            onward = min(instant + HOUR, ends)
            if self._ahead(onward) != self._ahead(instant):
                change = self._change(instant, onward)
                made.append(Offset(begins, change, self._ahead(instant)))
                begins = change
            instant = onward
        return (*made, Offset(begins, ends, self._ahead(begins)))

    def _ahead(self, instant: float) -> float:
        offset = self.local(instant).utcoffset()
        assert offset is not None
        return offset.total_seconds()

    def shown(self, moment: datetime, length: float) -> tuple[tuple[float, float], ...]:
        """When the clock shows a time from the naive ``moment`` on and before ``length`` seconds later: stretches of instants, in order.

        One, as a rule; none where the clocks skip it all; two where they show it twice, perhaps touching. Known within two days of the run.
        """
        clock = (moment - self._origin.replace(tzinfo=None)).total_seconds()
        found: list[tuple[float, float]] = []
        for stretch in self.offsets:
            start, end = max(clock - stretch.ahead, stretch.begins), min(clock + length - stretch.ahead, stretch.ends)
            if start < end:
                found.append((start, end))
        return tuple(found)

    def times_shown(self, moment: datetime) -> int:
        """How often the clock shows a naive ``moment`` of any day: once, twice when it is put back, never when it is put forward."""
        first, second = (moment.replace(tzinfo=self.tz, fold=fold).utcoffset() for fold in (0, 1))
        assert first is not None
        assert second is not None
        return 1 if first == second else 2 if first > second else 0

    def skips(self, moment: datetime, length: float) -> float | None:
        """The instant at which the clocks are put forward over all of a time that they never show; None of any other time."""
        clock = (moment - self._origin.replace(tzinfo=None)).total_seconds()
        for before, after in pairwise(self.offsets):
            if after.begins + before.ahead <= clock and clock + length <= after.begins + after.ahead:
                return after.begins
        return None

    def days(self, before: int = 0) -> Iterator[date]:
        """The local days of the run, and ``before`` days before them."""
        day = self.local(0.0).date() - timedelta(days=before)
        while self.on(day, timedelta()) < self.length:
            yield day
            day += timedelta(days=1)

    def instant(self, text: object) -> float:
        """Seconds from the start of ``start``, ``T+5h``, ``T-10m`` or ``2017-09-19T11:00``, within the run; raises Wrong."""
        seconds = self.any_instant(text)
        if seconds < 0:
            raise wrong(f"{text} is before the start ({self.start:%Y-%m-%dT%H:%M})")
        return self.not_after_the_end(text, seconds)

    def not_after_the_end(self, text: object, seconds: float) -> float:
        """The instant; raises Wrong where the run is over by then."""
        if seconds > self.length:
            raise wrong(f"{text} is after the end of the run ({self.local(self.length):%Y-%m-%dT%H:%M})")
        return seconds

    def any_instant(self, text: object) -> float:
        """The same of an instant that may also lie before the run, or after it."""
        if not isinstance(text, str):
            raise wrong(f"expected an instant, got {shown(text)}", WRITTEN)
        match = _RELATIVE.fullmatch(text.strip())
        if match:
            anchor, sign, distance = match.groups()
            if anchor == "T" and self.impact is None:
                raise wrong(f"{shown(text)} counts from the impact, but `clock.impact` is not given")
            origin = self.impact if anchor == "T" else 0.0
            assert origin is not None
            far = (0.0 if distance == "0" else duration(distance)) if distance else 0.0
            seconds = origin - far if sign == "-" else origin + far
        else:
            if not re.match(r"^\d{4}-", text.strip()):
                raise wrong(f"expected an instant, got {shown(text)}", WRITTEN)
            seconds = self.seconds(local_moment(text, self.tz))
        return seconds
