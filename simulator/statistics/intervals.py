"""Series over intervals: mean and the band of single worlds (p5 to p95), for figures and the interval table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.statistics.books import CONTACT_SUMS
from simulator.statistics.estimation import linearised, mean_interval, per_run, percentiles
from simulator.statistics.measures import measures, terms
from simulator.statistics.summary import IntervalSeries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from simulator.statistics.worlds import Scope, Worlds

    Floats = NDArray[np.float64]

COUNTED = (
    "attempted", "fresh_contacts", "redials", "lost_upstream", "arrived", "blocked", "blocked_no_line", "blocked_reserved",
    "blocked_down", "contained", "offered", "balked", "answered", "answered_in_time", "handled", "dropped", "cut_off", "abandoned",
    "abandoned_short",
)  # fmt: skip
DIVIDED = ("service_level", "reachability", "abandon_rate", "block_rate", "lost_upstream_rate", "mean_wait", "asa", "aht")
AT_SITES = {"agents_online": "online", "seats": "seats", "waiting_for_seat": "waiting_for_seat", "on_the_way": "on_the_way"}


def interval_series(worlds: Worlds) -> Iterator[IntervalSeries]:
    """Every series: contacts and waits of all and of each need; agents and seats by site; lines by link; the state of the floor.

    Counts, ratios and waits are those of the contacts that arrived in the interval; ``queue``, agents at sites, seats and lines
    are as they stood at the interval's end; ``available``, ``busy``, ``wrap``, ``break``, ``away`` and ``absent`` are mean numbers
    of agents over it.
    """
    frame = worlds.frame
    sums = np.stack([np.stack([frame.by_interval(part) for part in t.contacts.sum(axis=3)]) for t in worlds.tallies])  # (R, sums, T, N)
    queue = np.stack([t.observed["queue"] for t in worlds.tallies])
    queue = queue.reshape(*queue.shape[:2], len(worlds.names["channel"]), -1)  # (R, T, C, N)
    for n, need in enumerate(("", *worlds.names["need"])):
        scope: Scope = {"need": need} if need else {}
        table = dict(zip(CONTACT_SUMS, np.moveaxis(sums.sum(axis=3) if n == 0 else sums[..., n - 1], 1, 0), strict=True))
        for name in COUNTED:
            yield _plain(name, scope, "count", table[name])
        for name in DIVIDED:
            measure = measures[name]
            y = sum((sign * table[term] for sign, term in terms(measure.numerator)), np.zeros_like(table["arrived"]))
            x = sum((sign * table[term] for sign, term in terms(measure.denominator)), np.zeros_like(y))
            yield _divided(name, scope, measure.unit, y, x)
        for k, name in enumerate(("wait_p50", "wait_p90")):
            yield _plain(name, scope, "duration", np.stack([t.wait_quantiles[k, :, n] for t in worlds.tallies]))
        yield _plain("queue", scope, "count", queue.sum(axis=(2, 3)) if n == 0 else queue[:, :, :, n - 1].sum(axis=2))
    yield from _of_places(worlds)
    for name in ("free_agents", "numbers_live", "deciding", "available", "busy", "wrap", "break", "away", "absent"):
        yield _plain(name, {}, "count", np.stack([t.observed[name] for t in worlds.tallies]))
    busy, wrap, free = (np.stack([t.observed[name] for t in worlds.tallies]) for name in ("busy", "wrap", "available"))
    yield _divided("occupancy", {}, "share", busy + wrap, busy + wrap + free)


def _of_places(worlds: Worlds) -> Iterator[IntervalSeries]:
    for name, column in AT_SITES.items():
        seen = np.stack([t.observed[column] for t in worlds.tallies])
        yield _plain(name, {}, "count", seen.sum(axis=2))
        for s, site in enumerate(worlds.names["site"]):
            yield _plain(name, {"site": site}, "count", seen[:, :, s])
    lines = np.stack([t.observed["lines"] for t in worlds.tallies])
    yield _plain("lines", {}, "count", lines.sum(axis=2))
    for k, link in enumerate(worlds.tallies[0].links):
        yield _plain("lines", {"link": link}, "count", lines[:, :, k])


def _plain(name: str, scope: Scope, unit: str, values: Floats) -> IntervalSeries:
    """A series out of one value per world and interval (R, T); worlds without a value are left out."""
    low, high = percentiles(values, (0.05, 0.95))
    return IntervalSeries(name, scope, unit, mean_interval(values)[0], low, high)


def _divided(name: str, scope: Scope, unit: str, y: Floats, x: Floats) -> IntervalSeries:
    low, high = percentiles(per_run(y, x), (0.05, 0.95))
    return IntervalSeries(name, scope, unit, linearised(y, x)[0], low, high)
