"""Series over intervals: mean and the band of single worlds (p5 to p95), for figures and the interval table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.statistics.books import CONTACT_SUMS
from simulator.statistics.contents import applies
from simulator.statistics.estimation import jackknifed, means, per_run, percentiles
from simulator.statistics.measures import measures, terms
from simulator.statistics.summary import IntervalSeries

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from simulator.statistics.scoped import Scope
    from simulator.statistics.worlds import Worlds

    Floats = NDArray[np.float64]
    Seen = tuple[str, Scope, str, Floats]
    """Name, scope and unit of a series, and its values by world and interval (R, T)."""

COUNTED = (
    "attempted", "fresh_contacts", "redials", "lost_upstream", "arrived", "blocked", "blocked_no_line", "blocked_reserved",
    "blocked_down", "contained", "offered", "balked", "answered", "answered_in_time", "handled", "dropped", "cut_off", "abandoned",
    "abandoned_short",
)  # fmt: skip
WHERE_THERE = {
    "self-service": ("self_served",),
    "deflection": ("deflected",),
    "callback-offers": ("callbacks_promised", "called_back"),
    "callbacks": ("callbacks_listed", "callbacks_not_reached", "dials", "dials_reached"),
    "conversations": ("conversations", "replies"),
    "contagion": ("posts",),
}
"""Sums that are series where the scenario contains what they are about."""

DIVIDED = (
    "service_level", "service_level_of_arrived", "reachability", "abandon_rate", "block_rate", "lost_upstream_rate", "mean_wait", "asa",
    "aht",
)  # fmt: skip
DIVIDED_WHERE_THERE = {"conversations": ("first_reply", "reply_time", "replies_in_time")}
OF_CHANNELS = (
    "attempted", "lost_upstream", "arrived", "blocked", "offered", "answered", "answered_in_time", "handled", "abandoned", "contained",
    "deflected",
)  # fmt: skip
DIVIDED_OF_CHANNELS = ("service_level", "service_level_of_arrived", "abandon_rate", "block_rate", "lost_upstream_rate", "mean_wait")
"""What is also a series of each channel, where there are several."""

WAITS = ("wait_p50", "wait_p90")
FLOOR = ("free_agents", "numbers_live", "deciding", "available", "busy", "wrap", "break", "away", "absent")
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
    summed = {*counted, *OF_CHANNELS, *(name for of in divided for name in _terms_of(of))}
    used = sorted(map(CONTACT_SUMS.index, summed))
    names = [CONTACT_SUMS[place] for place in used]
    sums = np.stack([frame.by_interval(t.contacts[used], axis=1) for t in worlds.tallies])
    by_need, by_channel = sums.sum(axis=4), sums.sum(axis=3)  # each (R, names, T, needs or channels)
    queue = np.stack([t.observed["queue"] for t in worlds.tallies])
    queue = queue.reshape(*queue.shape[:2], len(worlds.names["channel"]), -1)  # (R, T, C, N)
    for n, need in enumerate(("", *worlds.names["need"])):
        scope: Scope = {"need": need} if need else {}
        of_need = by_need.sum(axis=3) if n == 0 else by_need[..., n - 1]
        yield from _of_contacts(dict(zip(names, np.moveaxis(of_need, 1, 0), strict=True)), scope, counted, divided)
        waits = (np.stack([t.wait_quantiles[k, :, n] for t in worlds.tallies]) for k in (0, 1))
        waiting = queue.sum(axis=(2, 3)) if n == 0 else queue[:, :, :, n - 1].sum(axis=2)
        yield from _plain(
            [*((name, scope, "duration", wait) for name, wait in zip(WAITS, waits, strict=True)), ("queue", scope, "count", waiting)]
        )
    if len(worlds.names["channel"]) > 1:
        for c, channel in enumerate(worlds.names["channel"]):
            if not applies("", worlds.tallies[0].kinds[c]):
                continue  # nobody makes contact there
            scope = {"channel": channel}
            of_channel = dict(zip(names, np.moveaxis(by_channel[..., c], 1, 0), strict=True))
            yield from _of_contacts(of_channel, scope, OF_CHANNELS, DIVIDED_OF_CHANNELS)
            place = 1 + len(worlds.names["need"]) + c
            waits = (np.stack([t.wait_quantiles[k, :, place] for t in worlds.tallies]) for k in (0, 1))
            yield from _plain(
                [
                    *((name, scope, "duration", wait) for name, wait in zip(WAITS, waits, strict=True)),
                    ("queue", scope, "count", queue[:, :, c].sum(axis=2)),
                ]
            )
    observed = {name: np.stack([t.observed[name] for t in worlds.tallies]) for name in worlds.tallies[0].observed}
    yield from _plain([*_open(worlds, observed), *_of_places(worlds, observed), *((name, {}, "count", observed[name]) for name in FLOOR)])
    busy = observed["busy"] + observed["wrap"]
    yield from _divided([("occupancy", {}, "share", busy, busy + observed["available"])])


def _of_contacts(sums: Mapping[str, Floats], scope: Scope, counted: Iterable[str], divided: Iterable[str]) -> Iterator[IntervalSeries]:
    """Series of contacts out of their ``sums`` by world and interval (R, T)."""
    yield from _plain([(name, scope, "count", sums[name]) for name in counted])
    sides = []
    for name in divided:
        measure = measures[name]
        y, x = (
            sum((sign * sums[term] for sign, term in terms(side)), np.zeros_like(sums["arrived"]))
            for side in (measure.numerator, measure.denominator)
        )
        sides.append((name, scope, measure.unit, y, x))
    yield from _divided(sides)


def _terms_of(name: str) -> Iterator[str]:
    """The sums of which the measure called ``name`` is a ratio."""
    for side in (measures[name].numerator, measures[name].denominator):
        yield from (term for _, term in terms(side))


def _open(worlds: Worlds, observed: Mapping[str, Floats]) -> Iterator[Seen]:
    """What stands open at each interval's end: conversations, what is kept and not answered, entries of the list; and agents' strain."""
    for name, column in (("conversations_open", "conversations"), ("backlog", "backlog")):
        if column in observed:
            values = observed[column]  # (R, T, C)
            yield name, {}, "count", values.sum(axis=2)
            for c, channel in enumerate(worlds.names["channel"]):
                if values[:, :, c].any():
                    yield name, {"channel": channel}, "count", values[:, :, c]
    for name, unit in (("list_open", "count"), ("list_reached", "count"), ("list_given_up", "count"), ("strain", "share")):
        if name in observed:
            yield name, {}, unit, observed[name]


def _of_places(worlds: Worlds, observed: Mapping[str, Floats]) -> Iterator[Seen]:
    for name, column in AT_SITES.items():
        yield name, {}, "count", observed[column].sum(axis=2)
        for s, site in enumerate(worlds.names["site"]):
            yield name, {"site": site}, "count", observed[column][:, :, s]
    yield "lines", {}, "count", observed["lines"].sum(axis=2)
    for k, link in enumerate(worlds.tallies[0].links):
        yield "lines", {"link": link}, "count", observed["lines"][:, :, k]


def _plain(seen: Sequence[Seen]) -> Iterator[IntervalSeries]:
    """Series out of one value per world and interval each; worlds without a value are left out."""
    values = np.concatenate([of_one for *_, of_one in seen], axis=1)
    yield from _series([about for *about, _ in seen], means(values)[0], values)


def _divided(sides: Sequence[tuple[str, Scope, str, Floats, Floats]]) -> Iterator[IntervalSeries]:
    """Series that are ratios of sums over worlds, out of numerators and denominators by world and interval."""
    y, x = (np.concatenate(of_all, axis=1) for of_all in ([side[-2] for side in sides], [side[-1] for side in sides]))
    yield from _series([about for *about, _, _ in sides], jackknifed(y, x)[0], per_run(y, x))


def _series(about: Sequence[Sequence[Any]], mean: Floats, values: Floats) -> Iterator[IntervalSeries]:
    """As many series as ``about`` has (name, scope, unit), which stand side by side in ``values`` (R, series times T)."""
    told = (np.split(of_all, len(about)) for of_all in (mean, *percentiles(values, (0.05, 0.95))))
    for (name, scope, unit), *numbers in zip(about, *told, strict=True):
        yield IntervalSeries(name, scope, unit, *numbers)
