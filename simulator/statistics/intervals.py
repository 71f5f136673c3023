"""Series over intervals: mean and the band of single worlds (p5 to p95), for figures and the interval table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.statistics.books import CONTACT_SUMS
from simulator.statistics.contents import applies
from simulator.statistics.estimation import linearised, mean_interval, per_run, percentiles
from simulator.statistics.measures import measures, terms
from simulator.statistics.summary import IntervalSeries

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from simulator.statistics.worlds import Scope, Worlds

    Floats = NDArray[np.float64]

COUNTED = (
    "attempted", "fresh_contacts", "redials", "lost_upstream", "arrived", "blocked", "blocked_no_line", "blocked_reserved",
    "blocked_down", "contained", "offered", "balked", "answered", "answered_in_time", "handled", "dropped", "cut_off", "abandoned",
    "abandoned_short",
)  # fmt: skip
WHERE_THERE = {
    "self-service": ("self_served",),
    "deflection": ("deflected",),
    "callback-offers": ("callbacks_promised",),
    "callbacks": ("callbacks_listed", "callbacks_not_reached", "dials", "dials_reached"),
    "conversations": ("conversations", "replies"),
    "contagion": ("posts",),
}
"""Sums that are series where the scenario contains what they are about."""

DIVIDED = ("service_level", "reachability", "abandon_rate", "block_rate", "lost_upstream_rate", "mean_wait", "asa", "aht")
DIVIDED_WHERE_THERE = {"conversations": ("first_reply", "reply_time", "replies_in_time")}
OF_CHANNELS = (
    "attempted", "arrived", "offered", "answered", "answered_in_time", "handled", "abandoned", "contained", "deflected",
)  # fmt: skip
DIVIDED_OF_CHANNELS = ("service_level", "mean_wait")
"""What is also a series of each channel, where there are several."""

AT_SITES = {"agents_online": "online", "seats": "seats", "waiting_for_seat": "waiting_for_seat", "on_the_way": "on_the_way"}


def interval_series(worlds: Worlds) -> Iterator[IntervalSeries]:
    """Every series: contacts and waits of all, of each need and channel; agents and seats by site; lines by link; the floor's state.

    Counts, ratios and waits are those of the contacts that arrived in the interval; ``queue``, agents at sites, seats and lines
    are as they stood at the interval's end; ``available``, ``busy``, ``wrap``, ``break``, ``away`` and ``absent`` are mean numbers
    of agents over it.
    """
    frame = worlds.frame
    there = worlds.tallies[0].contents
    counted = (*COUNTED, *(name for what, names in WHERE_THERE.items() if what in there for name in names))
    divided = (*DIVIDED, *(name for what, names in DIVIDED_WHERE_THERE.items() if what in there for name in names))
    sums = np.stack([frame.by_interval(t.contacts, axis=1) for t in worlds.tallies])
    by_need, by_channel = sums.sum(axis=4), sums.sum(axis=3)  # each (R, sums, T, needs or channels)
    queue = np.stack([t.observed["queue"] for t in worlds.tallies])
    queue = queue.reshape(*queue.shape[:2], len(worlds.names["channel"]), -1)  # (R, T, C, N)
    for n, need in enumerate(("", *worlds.names["need"])):
        scope: Scope = {"need": need} if need else {}
        yield from _of_contacts(by_need.sum(axis=3) if n == 0 else by_need[..., n - 1], scope, counted, divided)
        for k, name in enumerate(("wait_p50", "wait_p90")):
            yield _plain(name, scope, "duration", np.stack([t.wait_quantiles[k, :, n] for t in worlds.tallies]))
        yield _plain("queue", scope, "count", queue.sum(axis=(2, 3)) if n == 0 else queue[:, :, :, n - 1].sum(axis=2))
    if len(worlds.names["channel"]) > 1:
        for c, channel in enumerate(worlds.names["channel"]):
            if not applies("", worlds.tallies[0].kinds[c]):
                continue  # nobody makes contact there
            yield from _of_contacts(by_channel[..., c], {"channel": channel}, OF_CHANNELS, DIVIDED_OF_CHANNELS)
            yield _plain("queue", {"channel": channel}, "count", queue[:, :, c].sum(axis=2))
    yield from _open(worlds)
    yield from _of_places(worlds)
    for name in ("free_agents", "numbers_live", "deciding", "available", "busy", "wrap", "break", "away", "absent"):
        yield _plain(name, {}, "count", np.stack([t.observed[name] for t in worlds.tallies]))
    busy, wrap, free = (np.stack([t.observed[name] for t in worlds.tallies]) for name in ("busy", "wrap", "available"))
    yield _divided("occupancy", {}, "share", busy + wrap, busy + wrap + free)


def _of_contacts(sums: Floats, scope: Scope, counted: Iterable[str], divided: Iterable[str]) -> Iterator[IntervalSeries]:
    """Series of contacts out of their sums by world, name and interval (R, CONTACT_SUMS, T)."""
    table = dict(zip(CONTACT_SUMS, np.moveaxis(sums, 1, 0), strict=True))
    for name in counted:
        yield _plain(name, scope, "count", table[name])
    for name in divided:
        measure = measures[name]
        y = sum((sign * table[term] for sign, term in terms(measure.numerator)), np.zeros_like(table["arrived"]))
        x = sum((sign * table[term] for sign, term in terms(measure.denominator)), np.zeros_like(y))
        yield _divided(name, scope, measure.unit, y, x)


def _open(worlds: Worlds) -> Iterator[IntervalSeries]:
    """What stands open at each interval's end: conversations, what is kept and not answered, entries of the list; and agents' strain."""
    seen = worlds.tallies[0].observed
    for name, column in (("conversations_open", "conversations"), ("backlog", "backlog")):
        if column in seen:
            values = np.stack([t.observed[column] for t in worlds.tallies])  # (R, T, C)
            yield _plain(name, {}, "count", values.sum(axis=2))
            for c, channel in enumerate(worlds.names["channel"]):
                if values[:, :, c].any():
                    yield _plain(name, {"channel": channel}, "count", values[:, :, c])
    for name, unit in (("list_open", "count"), ("list_reached", "count"), ("list_given_up", "count"), ("strain", "share")):
        if name in seen:
            yield _plain(name, {}, unit, np.stack([t.observed[name] for t in worlds.tallies]))


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
