"""Who wanted an agent, and who got one: by row of the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.model.world import KINDS
from simulator.statistics.hours import Hours
from simulator.statistics.promises import Promises
from simulator.vocabulary import Outcome

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.model.world import Model
    from simulator.records.run import Run

    Flags = NDArray[np.bool_]

WANTS = np.array([outcome not in {Outcome.NONE, Outcome.CONTAINED, Outcome.DEFLECTED} for outcome in Outcome])
"""By outcome, whether such a contact wants an agent: the others want none any more, or ask for one elsewhere."""


@dataclass(frozen=True)
class Through:
    """Which contacts wanted an agent, and which of them were answered or called back."""

    wants: Flags
    got: Flags
    promises: Promises

    @staticmethod
    def of(run: Run, model: Model, listed: Flags | None) -> Through:
        """``listed`` are the rows that are entries of a list from which we call."""
        wants, promises = _wanted(run, model, listed), Promises.of(run, model, listed)
        got = ~np.isnan(run.ledger.answered)
        got[promises.kept] = True
        return Through(wants, got & wants, promises)


def _wanted(run: Run, model: Model, listed: Flags | None) -> Flags:
    """Whether each contact wanted an agent while its channel was open.

    It did also where it never reached the centre, whether a cable was cut or the carrier's network was full. Whom an announcement or a
    machine has helped does not any more, and who was led to another channel does so there; an entry ``listed`` for callback is no contact.
    """
    book = run.ledger
    wants: Flags = WANTS[book.outcome]
    if listed is not None:
        wants &= ~listed
    for number, channel in enumerate(model.channels):
        if channel.hours is not None and not KINDS[channel.kind].calls_out:
            theirs = np.flatnonzero(book.channel == number)
            wants[theirs] &= Hours([channel], run.ended_at).open(book.arrived[theirs])
    return wants
