"""The list from which we call: when it was cleared, and how it stood over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.statistics.books import entries_of
from simulator.statistics.spans import Spans, in_order, until
from simulator.statistics.whose import Whose, key
from simulator.vocabulary import Cause, Outcome
from simulator.workload.order import places_by

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from simulator.model.world import Model
    from simulator.records.run import Run
    from simulator.statistics.frame import Frame
    from simulator.statistics.whose import Key

    Floats = NDArray[np.float64]


def entries(run: Run, model: Model) -> NDArray[np.intp]:
    """Rows of the ledger that are entries of a list."""
    return np.flatnonzero(entries_of(run, model))


def cleared(run: Run, model: Model, frame: Frame) -> Iterator[tuple[Key, float]]:
    """Seconds from the impact (or the start) until the last entry was closed, by need and group; infinite if one is open."""
    mine = entries(run, model)
    book = run.ledger
    is_open = np.isin(book.outcome[mine], (Outcome.OPEN_AT_END, Outcome.IN_SERVICE_AT_END))
    closed = np.where(is_open, np.inf, book.ended[mine]) - zero(frame)
    for scopes, which in Whose.rows(run, model, frame, mine, frame.slot_of(book.arrived[mine])).splits((), ("need",), ("group",)):
        for scope, theirs in zip(scopes, places_by(which, len(scopes)), strict=True):
            if scope is not None and len(theirs):
                yield key("list_cleared_at", scope), float(closed[theirs].max())


def zero(frame: Frame) -> float:
    """The instant from which the clearing of the list counts."""
    return float(frame.impact) if frame.after_impact.any() else 0.0


def over_time(run: Run, model: Model, at: Floats) -> dict[str, Floats]:
    """Entries open, people spoken to so far and entries given up so far, at each instant."""
    book = run.ledger
    mine = entries(run, model)
    closed = book.ended[mine]
    spoke = spoken_to(run, mine)
    first = np.full(len(run.persons), np.inf)
    np.minimum.at(first, book.customer[spoke], np.fmin(book.answered[spoke], book.ended[spoke]))
    given_up = book.outcome[mine] == Outcome.NOT_REACHED.value

    return {
        "list_open": Spans.of(book.arrived[mine], closed).over(at),
        "list_reached": until(in_order(first), at).astype(np.float64),
        "list_given_up": until(in_order(closed[given_up]), at).astype(np.float64),
    }


def spoken_to(run: Run, mine: NDArray[np.intp]) -> NDArray[np.intp]:
    """Entries in which somebody spoke to the person: a talk, now or at the end, or that the need was over."""
    book = run.ledger
    solved = (book.outcome[mine] == Outcome.CONTAINED.value) & (book.cause[mine] == Cause.ALREADY_SOLVED.value) & (book.agent[mine] >= 0)
    talked = np.isin(book.outcome[mine], (Outcome.HANDLED, Outcome.IN_SERVICE_AT_END)) & ~np.isnan(book.answered[mine])
    return np.asarray(mine[talked | solved], dtype=np.intp)
