"""Pieces of work: messages by when they were written, dials and hand-overs by when they began."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.vocabulary import Piece
from simulator.workload.order import by_number, by_size

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.records.run import Run
    from simulator.statistics.basis import Basis
    from simulator.statistics.cells import Cells
    from simulator.statistics.frame import Frame

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Rows = NDArray[np.intp]


class Work:
    """Sums over the pieces of work of one run by cell."""

    def __init__(self, basis: Basis, cells: Cells, frame: Frame) -> None:
        self.basis, self.work, self.cells, self.frame = basis, basis.run.pieces, cells, frame
        self._channel = basis.run.ledger.channel[self.work.contact]

    def count(self, pieces: Rows, since: Floats) -> Floats:
        """How many of ``pieces`` are in each cell; each belongs to the slot of its instant ``since``."""
        return self.cells.count(self._cell(pieces, since))

    def add(self, pieces: Rows, since: Floats, until: Floats) -> Floats:
        """The time of ``pieces`` in each cell, from ``since`` to ``until``."""
        return self.cells.add(self._cell(pieces, since), until[pieces] - since[pieces])

    def _cell(self, pieces: Rows, since: Floats) -> Rows:
        return self.cells.at(self.frame.slot_of(since[pieces]), self.work.contact[pieces])

    @cached_property
    def turns(self) -> Rows:
        return turns_of(self.basis.run)

    @cached_property
    def first(self) -> Rows:
        """The first message of each conversation."""
        turns = self.turns
        return turns[np.flatnonzero(~_follows(self.work.contact[turns]))]

    def handed_over(self) -> Rows:
        """Messages that somebody else answers than the one before."""
        turns = self.turns
        handed = _follows(self.work.contact[turns]) & (np.diff(self.work.agent[turns], prepend=-1) != 0)
        return turns[np.flatnonzero(handed)]

    def replied_in_time(self) -> Rows:
        """Messages whose answer kept what the channel promises."""
        took = self.work.ended[self.turns] - self.work.due[self.turns]
        in_time = took <= self.basis.limits("answer_within")[self._channel[self.turns]]
        return self.turns[np.flatnonzero(in_time)]

    @cached_property
    def dials(self) -> Rows:
        return np.flatnonzero(self.basis.calls_out[self._channel])

    def dialled(self, what: Piece) -> Rows:
        """Dials that came to this."""
        return self.dials[np.flatnonzero(self.work.what[self.dials] == what)]

    def unfinished(self, *, under_way: bool) -> Rows:
        """Dials that were cut, or are under way at the end."""
        cut = self.dialled(Piece.UNFINISHED)
        return cut[np.flatnonzero((self.work.ended[cut] >= self.basis.run.ended_at) == under_way)]

    @cached_property
    def taken_over(self) -> Rows:
        """Talks with customers that somebody else goes on with."""
        work = self.work
        talks = np.flatnonzero((work.what == Piece.TALK.value) & ~self.basis.calls_out[self._channel])
        talks = talks[np.lexsort((work.begun[talks], work.contact[talks]))]
        return talks[np.flatnonzero(_follows(work.contact[talks]))]


OF_WORK: Mapping[str, Callable[[Work], Floats]] = {
    "first_replies": lambda w: w.count(w.first, w.work.due),
    "first_reply_time": lambda w: w.add(w.first, w.work.due, w.work.ended),
    "replies": lambda w: w.count(w.turns, w.work.due),
    "all_reply_time": lambda w: w.add(w.turns, w.work.due, w.work.ended),
    "replies_within": lambda w: w.count(w.replied_in_time(), w.work.due),
    "handovers": lambda w: w.count(w.handed_over(), w.work.due),
    "dials": lambda w: w.count(w.dials, w.work.begun),
    "hours_dialled": lambda w: w.add(w.dials, w.work.begun, w.work.ended),
    "dials_no_answer": lambda w: w.count(w.dialled(Piece.NO_ANSWER), w.work.begun),
    "dials_voicemail": lambda w: w.count(w.dialled(Piece.VOICEMAIL), w.work.begun),
    "dials_wrong_moment": lambda w: w.count(w.dialled(Piece.WRONG_MOMENT), w.work.begun),
    "dials_already_solved": lambda w: w.count(w.dialled(Piece.ALREADY_SOLVED), w.work.begun),
    "dials_reached": lambda w: w.count(w.dialled(Piece.REACHED), w.work.begun),
    "dials_not_connected": lambda w: w.count(w.dialled(Piece.NOT_CONNECTED), w.work.begun),
    "dials_cut": lambda w: w.count(w.unfinished(under_way=False), w.work.begun),
    "dials_under_way": lambda w: w.count(w.unfinished(under_way=True), w.work.begun),
    "taken_over": lambda w: w.count(w.taken_over, w.work.begun),
    "supervisor_time": lambda w: w.add(w.taken_over, w.work.begun, w.work.ended),
}
"""Sums over pieces of work, and how each is added up."""


def turns_of(run: Run) -> Rows:
    """Pieces of work that are messages: contact by contact, those of each in the order in which they were written."""
    work = run.pieces
    turns = np.flatnonzero(work.what == Piece.TURN.value)
    turns = turns[by_size(work.due[turns])]
    return turns[by_number(work.contact[turns], len(run.ledger))]


def _follows(contact: NDArray[Any]) -> Flags:
    """Whether each piece belongs to the same contact as the one before it."""
    return np.asarray(np.diff(contact, prepend=np.int32(-1)) == 0, dtype=np.bool_)
