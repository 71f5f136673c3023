"""How a number of a case is read off its simulated worlds: a numerator, and perhaps a denominator, for each world."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from simulator.statistics.books import CONTACT_SUMS
from simulator.statistics.measures import Measure, measure_named
from simulator.vocabulary import AgentState

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.statistics.tally import Tally
    from simulator.statistics.worlds import Worlds

    Floats = NDArray[np.float64]

Quantity = Callable[["Worlds"], tuple["Floats", "Floats | None"]]
HOUR, DAY = 3600.0, 86400.0


def measured(name: str, **scope: str) -> Quantity:
    """A measure of the product, in a scope."""
    return lambda worlds: worlds.figures(measure_named(name), scope)


def ratio(numerator: str, denominator: str, **scope: str) -> Quantity:
    """A ratio of two sums over contacts that is no measure of its own."""
    made = Measure(f"{numerator}/{denominator}", "contacts", "share", "none", "", numerator, denominator, ("phase", "need"))
    return lambda worlds: worlds.figures(made, scope)


def finished(numerator: str, denominator: str, need: str = "") -> Quantity:
    """A ratio of two sums over the contacts of all intervals but the last: those who came then may not have ended when the run does.

    Of those who are in talk at the end the long talks are more than their share, and a mean without them is too short.
    """

    def read(worlds: Worlds) -> tuple[Floats, Floats]:
        of_need = worlds.tallies[0].needs.index(need) if need else slice(None)
        rows = worlds.frame.interval_of < len(worlds.frame.intervals) - 2

        def sums(name: str) -> Floats:
            place = CONTACT_SUMS.index(name)
            return np.array([t.contacts[place][rows][:, of_need].sum() for t in worlds.tallies])

        return sums(numerator), sums(denominator)

    return read


def weighed(name: str, weights: Mapping[str, float], **scope: str) -> Quantity:
    """A sum over needs of a ratio measure times a weight; by world, so that its needs stay together."""

    def read(worlds: Worlds) -> tuple[Floats, None]:
        found = np.zeros(len(worlds.tallies))
        for need, weight in weights.items():
            top, bottom = worlds.figures(measure_named(name), {**scope, "need": need})
            found += weight * (top if bottom is None else top / bottom)
        return found, None

    return read


def spread(quantity: Quantity, about: float) -> Quantity:
    """The squared distance of a number from its known mean."""
    return lambda worlds: (_centred(quantity(worlds)[0], about), None)


def kept_books() -> Quantity:
    """Time in queue over summed waits, of a whole run, those still waiting at the end left out."""
    spent = Measure("queue_time", "time", "duration", "none", "", "queue_time")
    waits = Measure("waits", "contacts", "duration", "none", "", "wait_answered + wait_abandoned")
    return lambda worlds: (worlds.figures(spent, {})[0], worlds.figures(waits, {})[0])


def at_instants(seen: str, row: int, about: float | None = None, *, column: int = 0) -> Quantity:
    """What was seen at the end of interval ``row`` (its squared distance from ``about``, if given)."""
    return lambda worlds: (_centred(np.array([t.observed[seen][row, column] for t in worlds.tallies]), about), None)


def looks(seen: str, about: float | None = None) -> Quantity:
    """At how many intervals' ends anything was seen (its squared distance from ``about``, if given)."""
    return lambda worlds: (_centred(np.array([(t.observed[seen][:, 0] > 0).sum() for t in worlds.tallies], dtype=np.float64), about), None)


def down(links: int) -> Quantity:
    """The share of time in which at least so many links were down by chance, out of the logbook."""

    def share(tally: Tally) -> float:
        since, broken, spent = 0.0, 0, 0.0
        for entry in tally.log:
            if entry.what in ("failed", "mended"):
                spent += (entry.instant - since) * (broken >= links)
                since, broken = entry.instant, broken + (1 if entry.what == "failed" else -1)
        return (spent + (tally.ended_at - since) * (broken >= links)) / tally.ended_at

    return lambda worlds: (np.array([share(t) for t in worlds.tallies]), None)


def daily(seen: str, hour: int, about: float | None = None) -> Quantity:
    """What was seen at ``hour`` o'clock of each day but the first, averaged over the days of each world."""

    def read(worlds: Worlds) -> tuple[Floats, None]:
        ends = worlds.frame.intervals[1:]
        rows = (ends % DAY == hour * HOUR) & (ends > DAY)
        return np.array([_centred(t.observed[seen][rows, 0], about).mean() for t in worlds.tallies]), None

    return read


def in_hour(hour: int, numerator: str, denominator: str = "elapsed") -> Quantity:
    """A sum over the hour that begins at ``hour`` o'clock of each day, over another; intervals must be hours.

    Sums are those over contacts by the hour in which they arrived, and hours: ``queue_time``, ``busy_time`` and ``elapsed``.
    """

    def read(worlds: Worlds) -> tuple[Floats, Floats]:
        rows = worlds.frame.slots[:-1] % DAY == hour * HOUR
        return _hourly(worlds, numerator)[:, rows].sum(axis=1), _hourly(worlds, denominator)[:, rows].sum(axis=1)

    return read


def _hourly(worlds: Worlds, name: str) -> Floats:
    """(worlds, slots)."""
    if name == "elapsed":
        return np.array([t.elapsed for t in worlds.tallies]) / HOUR
    if name == "queue_time":
        return np.array([t.queue_time.sum(axis=(1, 2)) for t in worlds.tallies]) / HOUR
    if name == "busy_time":
        return np.array([t.agent_time[:, AgentState.BUSY] for t in worlds.tallies]) / HOUR
    place = CONTACT_SUMS.index(name)
    return np.array([t.contacts[place].sum(axis=(1, 2)) for t in worlds.tallies])


def counted(name: str, about: float, power: int) -> Quantity:
    """A sum over contacts by interval, averaged over the intervals of each world; with ``power`` 2 its variance about ``about``."""
    place = CONTACT_SUMS.index(name)

    def read(worlds: Worlds) -> tuple[Floats, None]:
        by_interval = (worlds.frame.by_interval(t.contacts[place].sum(axis=(1, 2))) for t in worlds.tallies)
        return np.array([_centred(counts, about if power == 2 else None).mean() for counts in by_interval]), None

    return read


def _centred(values: Floats, about: float | None) -> Floats:
    """The values themselves, or their squared distance from a mean that is known."""
    return values if about is None else (values - about) ** 2
