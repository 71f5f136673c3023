"""Promises: contacts that took the offer of a callback, and what became of the call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.vocabulary import Outcome

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.model.world import Channel, Model
    from simulator.records.run import Run


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
