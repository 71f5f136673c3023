"""Numbers and instants as people read them: one place for the terminal, the figures' labels and the page."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from simulator.model.world import Clock
    from simulator.statistics.summary import PairedDifference
    from simulator.statistics.verdicts import Verdict

NONE = "–"


def duration(seconds: float) -> str:
    """Return seconds as a planner says them: ``11 s``, ``4 min 52 s``, ``17 min``, ``6 h 50 min``, ``2 d 3 h``; ``never`` if endless."""
    if math.isnan(seconds):
        return NONE
    if math.isinf(seconds):
        return "never"
    sign, total = ("−" if round(seconds) < 0 else ""), abs(round(seconds))
    if total < 60:
        return f"{sign}{total} s"
    if total < 600 and total % 60:
        return f"{sign}{total // 60} min {total % 60} s"
    if round(total / 60) < 60:
        return f"{sign}{round(total / 60)} min"
    minutes = round(total / 60)
    if minutes < 48 * 60:
        return f"{sign}{minutes // 60} h" + (f" {minutes % 60:02d} min" if minutes % 60 else "")
    hours = round(total / 3600)
    return f"{sign}{hours // 24} d" + (f" {hours % 24} h" if hours % 24 else "")


def about(seconds: float, step: float = 60.0) -> str:
    """A duration to the nearest ``step``, which nobody knows more exactly; at least one."""
    return duration(max(round(seconds / step), 1) * step) if math.isfinite(seconds) else duration(seconds)


def count(value: float) -> str:
    """Return a number of people, calls or agents, as precisely as it deserves: ``31,212``, ``12.4``."""
    if not math.isfinite(value):
        return NONE
    text = f"{value:,.0f}" if abs(value) >= 20 or value == round(value) else f"{value:,.1f}"
    return text.replace("-", "−") if text not in ("-0", "-0.0") else "0"


def share(fraction: float) -> str:
    """Return a fraction as ``39.6 %``."""
    return NONE if not math.isfinite(fraction) else f"{100 * fraction:.1f} %".replace("-", "−")


def amount(value: float, unit: str) -> str:
    """Return ``value`` in the words of its unit: share, duration, count or ratio."""
    if unit == "share":
        return share(value)
    if unit == "duration":
        return duration(value)
    if unit == "count":
        return count(value)
    return NONE if not math.isfinite(value) else f"{value:.2f}".replace("-", "−")


def times(factor: float) -> str:
    """A factor in three digits: ``4.8``, ``363``, ``47,900``."""
    return NONE if math.isnan(factor) else "∞" if math.isinf(factor) else count(float(f"{factor:.3g}")) if factor >= 10 else f"{factor:.2g}"


def margin(half_width: float, unit: str) -> str:
    """Return the half width of an interval in two digits: ``± 1.1 pp``; nothing where it is not known, or none."""
    if not math.isfinite(half_width) or not half_width:
        return ""
    said = _to_its_digits(half_width, half_width, unit)
    return f"± {said} pp" if unit == "share" else f"± {said}"


def measured(value: float, half_width: float, unit: str) -> str:
    """Return a value with its interval, as exactly as that is known: ``2,590 ± 450``, ``39.6 % ± 1.1 pp``, ``6 h 29 min ± 18 min``."""
    if not math.isfinite(half_width) or not half_width or not math.isfinite(value):
        return amount(value, unit)
    said = _to_its_digits(value, half_width, unit)
    return f"{said} % {margin(half_width, unit)}" if unit == "share" else f"{said} {margin(half_width, unit)}"


def changed(value: float, half_width: float, unit: str) -> str:
    """Return a difference with its sign and its interval: ``−2,590 ± 450``, ``+1.2 pp ± 0.4 pp``."""
    if not math.isfinite(half_width) or not half_width or not math.isfinite(value):
        return change(value, unit)
    size = _to_its_digits(abs(value), half_width, unit)
    return f"{'−' if value < 0 else '+'}{size}{' pp' if unit == 'share' else ''} {margin(half_width, unit)}"


def _to_its_digits(value: float, half_width: float, unit: str) -> str:
    """A value in the digits in which the half width of its interval has two; shares in per cent, without the sign for it."""
    scale = 100.0 if unit == "share" else 1.0
    places = 1 - math.floor(math.log10(scale * half_width))
    if unit == "duration":
        if half_width < 10 and abs(value) < 60:
            return f"{value:.{places}f} s".replace("-", "−")
        step = 1.0 if half_width < 60 else 60.0 if half_width < 36_000 else 3600.0
        return duration(round(value / step) * step)
    number = round(scale * value, places)
    return f"{number:,.{max(places, 0)}f}".replace("-", "−")


def change(value: float, unit: str) -> str:
    """Return a difference with its sign: ``+1,204``, ``−12.4 pp``."""
    if not math.isfinite(value):
        return NONE
    size = f"{100 * abs(value):.1f} pp" if unit == "share" else amount(abs(value), unit)
    return f"{'−' if value < 0 else '+'}{size}"


ENDED = {
    "time_to_recover": "back", "list_cleared_at": "cleared", "decision_latency": "decided", "time_to_first_agent_p50": "half answered",
    "resolution_time_p50": "half solved",
}  # fmt: skip
"""What has happened in a world in which a measure that may be endless is not."""


def difference(d: PairedDifference, half_width: float) -> str:
    """``−2 h 10 min ± 5 min``; where some worlds never ended ``at least −2 h 10 min``, or ``back in 0 of 8 worlds, against 8``."""
    if d.is_number:
        return changed(d.mean, half_width, d.unit)
    if math.isfinite(d.at_least) and max(d.never, d.never_baseline) < d.n:
        return f"at least {change(d.at_least, d.unit)}"
    return f"{ENDED.get(d.measure, 'ended')} in {d.n - d.never} of {d.n} worlds, against {d.n - d.never_baseline}"


def held_in(found: Verdict) -> str:
    """In how many worlds something holds: ``met in 29 of 30 worlds``, ``missed in 24 of 30 worlds``."""
    if not found.worlds:
        return "no data"
    of = f"of {found.worlds} world{'' if found.worlds == 1 else 's'}"
    if found.word == "missed":
        return f"missed in {found.worlds - found.met} {of}"
    return f"met in {found.met} {of}" if found.word == "met" else f"{found.word}, met in {found.met} {of}"


class LocalTime:
    """Instants of a run (seconds since its start) as wall-clock time of its place, and as time since the impact."""

    def __init__(self, clock: Clock) -> None:
        self._start = datetime.fromisoformat(clock.start).astimezone(UTC)
        self._zone = ZoneInfo(clock.timezone)
        self._impact = clock.impact
        self.zone = clock.timezone

    def at(self, instant: float) -> datetime:
        """The local date and time, with its offset."""
        return (self._start + timedelta(seconds=instant)).astimezone(self._zone)

    def iso(self, instant: float) -> str:
        """The local date and time to the second, ISO 8601 with offset; an empty text for what never happened."""
        return self.at(instant).isoformat(timespec="seconds") if math.isfinite(instant) else ""

    def clock(self, instant: float) -> str:
        """``Tue 13:14``."""
        return f"{self.at(instant):%a %H:%M}" if math.isfinite(instant) else NONE

    def hour(self, instant: float) -> str:
        """``13:14``."""
        return f"{self.at(instant):%H:%M}"

    def since(self, instant: float) -> str:
        """``T+1:30`` hours and minutes after the impact, ``T−0:10`` before it; nothing where there is no impact."""
        if self._impact is None or not math.isfinite(instant):
            return ""
        minutes = round((instant - self._impact) / 60)
        return f"T{'−' if minutes < 0 else '+'}{abs(minutes) // 60}:{abs(minutes) % 60:02d}"
