"""Conversations and backlogs: reply times, and how much stood open, out of the records of one run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.model.world import KINDS
from simulator.statistics.quantiles import Sorted
from simulator.statistics.waiting import Scoped, in_order, peak, until
from simulator.vocabulary import Piece

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from simulator.model.world import Model
    from simulator.records.run import Run
    from simulator.statistics.frame import Frame
    from simulator.statistics.waiting import Key

    Floats = NDArray[np.float64]

REPLIES = {"reply_time_p50": 0.5, "reply_time_p90": 0.9}
FIRST = {"first_reply_p50": 0.5, "first_reply_p90": 0.9}


def reply_times(run: Run, frame: Frame) -> Iterator[tuple[Key, float]]:
    """Quantiles of the time from a message to our answer, by phase of the message, need and channel."""
    work = run.pieces
    turns = np.flatnonzero(work.what == Piece.TURN)
    turns = turns[np.lexsort((work.due[turns], work.contact[turns]))]
    first = turns[np.diff(work.contact[turns], prepend=-1) != 0]
    for shares, chosen in ((REPLIES, turns), (FIRST, first)):
        scoped = Scoped.rows(run, frame, work.contact[chosen].astype(np.intp), frame.slot_of(work.due[chosen]))
        yield from scoped.quantiles(Sorted((work.ended - work.due)[chosen]), shares)


def conversations_open(run: Run, model: Model) -> Iterator[tuple[Key, float]]:
    """The most conversations that were open at one instant, of all channels with turns and of each."""
    book = run.ledger
    of_kind = np.array([KINDS[channel.kind].turns for channel in model.channels], dtype=bool)
    begun = np.flatnonzero(~np.isnan(book.answered) & of_kind[book.channel])
    for c, channel in enumerate(("", *run.channels)):
        if c == 0 or of_kind[c - 1]:
            mine = begun if c == 0 else begun[book.channel[begun] == c - 1]
            yield ("conversations_open_peak", "", "", channel, ""), peak(in_order(book.answered[mine]), in_order(book.released[mine]))


@dataclass(frozen=True)
class Backlog:
    """What is kept until somebody answers: contacts and later messages."""

    came: Floats  #: in order
    left: Floats  #: in order; fewer where some still wait
    oldest: float  #: the longest that one of them waited, in seconds


def backlog(run: Run, model: Model) -> dict[int, Backlog]:
    """The backlog of each channel that keeps contacts, where there is any."""
    book, work = run.ledger, run.pieces
    keeps = np.array([KINDS[channel.kind].keeps and not KINDS[channel.kind].calls_out for channel in model.channels], dtype=bool)
    kept = np.flatnonzero(keeps[book.channel] & ~np.isnan(book.queued))
    left = np.where(np.isnan(book.answered), book.released, book.answered)[kept]
    turns = np.flatnonzero((work.what == Piece.TURN) & (work.due > book.queued[work.contact]))  # the first message is the contact itself
    came = np.concatenate((book.queued[kept], work.due[turns]))
    left = np.concatenate((left, work.begun[turns]))
    on = np.concatenate((book.channel[kept], book.channel[work.contact[turns]]))
    waited = np.where(np.isnan(left), run.ended_at, np.minimum(left, run.ended_at)) - came
    there = ((c, on == c) for c in np.flatnonzero(np.bincount(on)).tolist())
    return {c: Backlog(in_order(came[mine]), in_order(left[mine]), float(waited[mine].max())) for c, mine in there}


def backlogs(run: Run, kept: Mapping[int, Backlog]) -> Iterator[tuple[Key, float]]:
    """The largest backlog and the oldest of what was in it, of all channels that keep contacts and of each."""
    if not kept:
        return
    came, left = (np.concatenate(parts) for parts in zip(*((one.came, one.left) for one in kept.values()), strict=True))
    every = Backlog(np.sort(came, kind="stable"), np.sort(left, kind="stable"), max(one.oldest for one in kept.values()))
    for channel, one in (("", every), *((run.channels[c], one) for c, one in kept.items())):
        yield ("backlog_peak", "", "", channel, ""), peak(one.came, one.left)
        yield ("backlog_age_peak", "", "", channel, ""), one.oldest


def standing_at(at: Floats, came: Floats, left: Floats) -> Floats:
    """How many spans lie over each instant ``at``, out of their beginnings and ends in order."""
    return (until(came, at) - until(left, at)).astype(np.float64)
