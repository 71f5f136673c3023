"""What was observed, whoever exported it: intervals by queue, single calls where there are any, and agents at work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Moments = NDArray[np.datetime64]
Codes = NDArray[np.int64]
SUMS = ("arrived", "answered", "abandoned", "sent_away", "answered_in_time", "answer_wait", "abandon_wait", "talk", "wrap")
"""Columns of intervals: calls, and seconds summed over them; NaN where the export does not say."""
MEANS = {"answer_wait": "answered", "abandon_wait": "abandoned", "talk": "answered", "wrap": "answered"}
"""Sums of seconds, and the calls over which they are."""


class Outcome(IntEnum):
    """What became of a call."""

    ANSWERED = 0
    ABANDONED = 1
    SENT_AWAY = 2  #: by a rule, a callback or a repair: the caller would have waited on


@dataclass(frozen=True)
class Bins:
    """Waits by bin: ``edges`` (k,) in seconds, the last bin is open; calls (rows, k + 1). Rows that have none are NaN."""

    edges: Floats
    answered: Floats
    abandoned: Floats


@dataclass(frozen=True)
class Intervals:
    """Rows of queue x interval, in order of time. ``length`` is in seconds; ``start`` is local time."""

    length: float
    queues: tuple[str, ...]
    queue: Codes
    start: Moments
    columns: Mapping[str, Floats]
    bins: Bins | None = None

    def __len__(self) -> int:
        return len(self.start)

    def __getitem__(self, name: str) -> Floats:
        return self.columns.get(name, np.full(len(self), np.nan))

    def known(self, name: str) -> bool:
        """Whether most rows with calls have a value of ``name``."""
        over = self[MEANS.get(name, "arrived")]
        busy = ~(over == 0)
        return bool(busy.any()) and bool(np.isfinite(self[name][busy]).mean() > 0.5)

    def of(self, queue: str) -> Intervals:
        """The rows of one queue."""
        return self.where(self.queue == self.queues.index(queue))

    def where(self, kept: NDArray[np.bool_]) -> Intervals:
        """Some rows."""
        bins = None if self.bins is None else Bins(self.bins.edges, self.bins.answered[kept], self.bins.abandoned[kept])
        columns = {name: values[kept] for name, values in self.columns.items()}
        return Intervals(self.length, self.queues, self.queue[kept], self.start[kept], columns, bins)

    @property
    def days(self) -> Moments:
        """The day of each row."""
        return self.start.astype("datetime64[D]")


@dataclass(frozen=True)
class Calls:
    """Single calls in order of time; ``talk`` and ``wrap`` are NaN where unknown. ``since`` is seconds since the caller's last call."""

    queues: tuple[str, ...]
    queue: Codes
    start: Moments
    wait: Floats
    outcome: Codes
    talk: Floats
    wrap: Floats
    since: Floats
    last: Codes  #: outcome of the caller's last call, -1 where there was none or callers are unknown

    def __len__(self) -> int:
        return len(self.start)

    def where(self, kept: NDArray[np.bool_]) -> Calls:
        """Some of them."""
        names = ("queue", "start", "wait", "outcome", "talk", "wrap", "since", "last")
        return Calls(self.queues, *(getattr(self, name)[kept] for name in names))

    def of(self, queue: str) -> Calls:
        """Those of one queue."""
        return self.where(self.queue == self.queues.index(queue))


@dataclass(frozen=True)
class AtWork:
    """How many agents were at work by interval. ``queues`` are those that they serve."""

    name: str
    queues: tuple[str, ...]
    start: Moments
    agents: Floats
    length: float


@dataclass(frozen=True)
class Observed:
    """Everything that the files of one import say."""

    intervals: Intervals
    calls: Calls | None = None
    staff: tuple[AtWork, ...] = ()
    special: Mapping[str, str] = field(default_factory=dict)  #: days kept out of the mean, by ISO date, and why
    files: tuple[str, ...] = ()


def counted(calls: Calls, length: float) -> Intervals:
    """Single calls by interval of their arrival, empty intervals between the first and the last call of a day left out."""
    start = (calls.start.astype("datetime64[s]").astype(np.int64) // int(length)) * int(length)
    keys = np.stack([start, calls.queue])
    cells, place = np.unique(keys, axis=1, return_inverse=True)
    place = place.reshape(-1)
    n = cells.shape[1]

    def total(values: Floats, mask: NDArray[np.bool_]) -> Floats:
        kept = mask & np.isfinite(values)
        found = np.bincount(place[kept], values[kept], n)
        known = np.bincount(place[kept], minlength=n)
        calls_of = np.bincount(place[mask], minlength=n)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(calls_of == 0, 0.0, np.where(known > 0, found * calls_of / known, np.nan))

    ones = np.ones(len(calls))
    answered, abandoned, away = (calls.outcome == kind for kind in Outcome)
    columns = {
        "arrived": np.bincount(place, minlength=n).astype(np.float64),
        "answered": np.bincount(place, answered, n).astype(np.float64),
        "abandoned": np.bincount(place, abandoned, n).astype(np.float64),
        "sent_away": np.bincount(place, away, n).astype(np.float64),
        "answered_in_time": total(ones, answered & (calls.wait <= 20.0)),
        "answer_wait": total(calls.wait, answered),
        "abandon_wait": total(calls.wait, abandoned),
        "talk": total(calls.talk, answered),
        "wrap": total(calls.wrap, answered),
    }
    order = np.lexsort((cells[1], cells[0]))
    moments = cells[0].astype("datetime64[s]")
    return Intervals(length, calls.queues, cells[1][order], moments[order], {k: v[order] for k, v in columns.items()})


def summed(rows: Intervals) -> Intervals:
    """One row for each queue and interval, where there were several."""
    keys = np.stack([rows.start.astype("datetime64[s]").astype(np.int64), rows.queue])
    cells, place = np.unique(keys, axis=1, return_inverse=True)
    place = place.reshape(-1)
    columns = {name: np.bincount(place, values, cells.shape[1]).astype(np.float64) for name, values in rows.columns.items()}
    return Intervals(rows.length, rows.queues, cells[1], cells[0].astype("datetime64[s]"), columns)


def joined(parts: Sequence[Intervals]) -> Intervals:
    """The rows of several files, which have intervals of one length; raises ValueError where they have not."""
    if len({part.length for part in parts}) > 1:
        raise ValueError("lengths")
    names = tuple(sorted({name for part in parts for name in part.queues}))
    queue = np.concatenate([np.array([names.index(q) for q in part.queues], dtype=np.int64)[part.queue] for part in parts])
    start = np.concatenate([part.start for part in parts])
    order = np.lexsort((queue, start))
    columns = {name: np.concatenate([part[name] for part in parts])[order] for name in SUMS}
    binned = [part.bins for part in parts if part.bins is not None]
    bins = None
    if binned and all(np.array_equal(b.edges, binned[0].edges) for b in binned):
        k = len(binned[0].edges) + 1
        none = [np.full((len(part), k), np.nan) for part in parts]
        both = [
            np.concatenate([getattr(p.bins, name) if p.bins is not None else empty for p, empty in zip(parts, none, strict=True)])[order]
            for name in ("answered", "abandoned")
        ]
        bins = Bins(binned[0].edges, both[0], both[1])
    return Intervals(parts[0].length, names, queue[order], start[order], columns, bins)
