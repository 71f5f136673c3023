"""Conversations and backlogs: reply times, and how much stood open, out of the records of one run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.model.world import KINDS
from simulator.statistics.quantiles import Sorted
from simulator.statistics.spans import Spans
from simulator.statistics.whose import Whose, key
from simulator.statistics.work import turns_of
from simulator.vocabulary import Piece
from simulator.workload.order import places_by

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from simulator.model.world import Model
    from simulator.records.run import Run
    from simulator.statistics.frame import Frame
    from simulator.statistics.whose import Key

    Floats = NDArray[np.float64]

REPLIES = {"reply_time_p50": 0.5, "reply_time_p90": 0.9}
FIRST = {"first_reply_p50": 0.5, "first_reply_p90": 0.9}
SIDES = ((), ("need",), ("channel",), ("need", "channel"), ("group",))
"""By what the most that stood open at one instant is known."""


def reply_times(run: Run, model: Model, frame: Frame) -> Iterator[tuple[Key, float]]:
    """Quantiles of the time from a message to our answer; a message belongs to the phase in which it was written."""
    work = run.pieces
    turns = turns_of(run)
    first = turns[np.diff(work.contact[turns], prepend=-1) != 0]
    for shares, chosen in ((REPLIES, turns), (FIRST, first)):
        whose = Whose.rows(run, model, frame, work.contact[chosen].astype(np.intp), frame.slot_of(work.due[chosen]))
        yield from whose.quantiles(Sorted((work.ended - work.due)[chosen]), shares)


def conversations_open(run: Run, model: Model, frame: Frame) -> Iterator[tuple[Key, float]]:
    """The most conversations that were open at one instant, by need and channel and by group."""
    book = run.ledger
    of_kind = np.array([KINDS[channel.kind].turns for channel in model.channels], dtype=bool)
    begun = np.flatnonzero(~np.isnan(book.answered) & of_kind[book.channel])
    spans = Spans.of(book.answered[begun], book.released[begun])
    for scopes, which in Whose.rows(run, model, frame, begun, frame.slot_of(book.answered[begun])).splits(*SIDES):
        for scope, part in zip(scopes, spans.parts(which, len(scopes)), strict=True):
            if scope is not None and ("channel" not in scope or of_kind[run.channels.index(scope["channel"])]):
                yield key("conversations_open_peak", scope), part.peak()


@dataclass(frozen=True)
class Backlog:
    """What is kept until somebody answers: contacts and later messages, in no order."""

    spans: Spans
    channel: NDArray[Any]
    waited: Floats  #: so far, in seconds
    whose: Whose

    def values(self) -> Iterator[tuple[Key, float]]:
        """The largest backlog and the oldest of what was in it, by need and channel and by group."""
        for scopes, which in self.whose.splits(*SIDES):
            of_each = zip(scopes, self.spans.parts(which, len(scopes)), places_by(which, len(scopes)), strict=True)
            for scope, part, mine in of_each:
                if scope is not None and len(mine):
                    yield key("backlog_peak", scope), part.peak()
                    yield key("backlog_age_peak", scope), float(self.waited[mine].max())

    def standing(self, at: Floats, channels: int) -> Floats:
        """How much was kept on each of so many ``channels`` at each instant ``at``: (instants, channels)."""
        made = np.zeros((len(at), channels))
        for c, part in enumerate(self.spans.parts(self.channel, channels)):
            made[:, c] = part.over(at)
        return made


def backlog(run: Run, model: Model, frame: Frame) -> Backlog:
    """What ``run`` kept on the channels that keep contacts."""
    book, work = run.ledger, run.pieces
    keeps = np.array([KINDS[channel.kind].keeps and not KINDS[channel.kind].calls_out for channel in model.channels], dtype=bool)
    kept = np.flatnonzero(keeps[book.channel] & ~np.isnan(book.queued))
    left = np.where(np.isnan(book.answered[kept]), book.released[kept], book.answered[kept])
    later = work.due > book.queued[work.contact]  # the first message is the contact itself
    turns = np.flatnonzero((work.what == Piece.TURN.value) & later)
    came = np.concatenate((book.queued[kept], work.due[turns]))
    left = np.concatenate((left, work.begun[turns]))
    rows = np.concatenate((kept, work.contact[turns].astype(np.intp)))
    waited = np.where(np.isnan(left), run.ended_at, np.minimum(left, run.ended_at)) - came
    return Backlog(Spans.of(came, left), book.channel[rows], waited, Whose.rows(run, model, frame, rows, frame.slot_of(came)))
