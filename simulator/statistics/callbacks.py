"""The list from which we call: when it was cleared, and how it stood over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.statistics.books import entries_of
from simulator.statistics.spans import Spans, in_order, until
from simulator.statistics.whose import Whose, key
from simulator.vocabulary import Cause, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from simulator.model.world import Channel, Model
    from simulator.records.run import Run
    from simulator.statistics.frame import Frame
    from simulator.statistics.whose import Key

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Promises:
    """Contacts that took the offer of a callback (rows of the ledger), by what became of the call."""

    kept: NDArray[np.intp]  #: somebody spoke to them, or their need was over when we called
    pending: NDArray[np.intp]  #: the call is due when the run ends, and not late

    @staticmethod
    def of(run: Run, model: Model, listed: NDArray[np.bool_] | None) -> Promises:
        """An entry of the list belongs to the contact of that customer which took the offer just before it."""
        book = run.ledger
        took = np.flatnonzero(book.outcome == Outcome.CALLBACK_ACCEPTED.value)
        if listed is None or not len(took):
            return Promises(took[:0], took[:0])
        mine = np.flatnonzero(listed)
        size = len(book) + 1
        places = book.customer[mine].astype(np.int64) * size + mine
        order = np.argsort(places, kind="stable")
        wanted = book.customer[took].astype(np.int64) * size + took
        entry = mine[order][np.minimum(np.searchsorted(places[order], wanted), len(mine) - 1)]
        outcome = book.outcome[entry]
        talked = (outcome == Outcome.IN_SERVICE_AT_END.value) & ~np.isnan(book.answered[entry])
        kept = np.isin(outcome, (Outcome.HANDLED.value, Outcome.CONTAINED.value)) | talked
        within = np.array([_within(channel) for channel in model.channels])
        waits = np.isin(outcome, (Outcome.OPEN_AT_END.value, Outcome.IN_SERVICE_AT_END.value)) & ~talked
        return Promises(took[kept], took[waits & (run.ended_at - book.arrived[entry] <= within[book.channel[entry]])])


def _within(channel: Channel) -> float:
    """How long an entry may wait: what is promised or, where nothing is, what is aimed at."""
    promise = float("inf") if channel.calling is None else float(channel.calling.promise)
    return promise if np.isfinite(promise) else float(channel.answer_within)


def entries(run: Run, model: Model) -> NDArray[np.intp]:
    """Rows of the ledger that are entries of a list."""
    return np.flatnonzero(entries_of(run, model))


def cleared(run: Run, model: Model, frame: Frame) -> Iterator[tuple[Key, float]]:
    """Seconds from the impact (or the start) until the last entry was closed, by need and group; infinite if one is open."""
    mine = entries(run, model)
    book = run.ledger
    is_open = np.isin(book.outcome[mine], (Outcome.OPEN_AT_END, Outcome.IN_SERVICE_AT_END))
    closed = np.where(is_open, np.inf, book.ended[mine]) - zero(frame)
    for scope, theirs in Whose.rows(run, model, frame, mine, frame.slot_of(book.arrived[mine])).sides((), ("need",), ("group",)):
        if len(closed[theirs]):
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
        "list_open": Spans(book.arrived[mine], closed).over(at),
        "list_reached": until(in_order(first), at).astype(np.float64),
        "list_given_up": until(in_order(closed[given_up]), at).astype(np.float64),
    }


def spoken_to(run: Run, mine: NDArray[np.intp]) -> NDArray[np.intp]:
    """Entries in which somebody spoke to the person: a talk, now or at the end, or that the need was over."""
    book = run.ledger
    solved = (book.outcome[mine] == Outcome.CONTAINED.value) & (book.cause[mine] == Cause.ALREADY_SOLVED.value) & (book.agent[mine] >= 0)
    talked = np.isin(book.outcome[mine], (Outcome.HANDLED, Outcome.IN_SERVICE_AT_END)) & ~np.isnan(book.answered[mine])
    return np.asarray(mine[talked | solved], dtype=np.intp)
