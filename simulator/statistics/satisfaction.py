"""Satisfaction: a simple model of how content people are in the end. An assumption, not a measurement.

Sources and reasons are in docs/explanation/satisfaction.md. The score is a share: 0 is as bad as can be, 1 delighted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.statistics.books import entries_of
from simulator.vocabulary import Fate, Heard, Outcome, Solved

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.model.world import Model
    from simulator.records.run import Run

    Floats = NDArray[np.float64]

HELPED = 0.85  #: the need ended, at the first contact, at once
UNRESOLVED = 0.5  #: an agent answered, and the need did not end, or not before the run
BY_THEMSELVES = 0.5  #: the need ended without us
NEVER = 0.2  #: nobody helped
EACH_CONTACT_MORE = 0.15  #: off for every contact after the first
MOST_CONTACTS = 3  #: of which so many count
WAITING = 0.05  #: off for every doubling of the wait beyond ten times what was promised
MOST_WAITING = 0.2
HEARD = 0.10  #: on for people in distress who were heard
UNHEARD = 0.25  #: off for those who were not
CALLED_BACK = 0.15  #: on for people whom we called of our own accord and talked to
STANDING = 0.10  #: on or off for those who came with a good or a bad opinion

DISSATISFIED = 0.4
DELIGHTED = 0.85
IN_PUBLIC = 0.05  #: the share of the dissatisfied who say so in public, where the scenario gives none
PRAISE = 0.55  #: the delighted who say so, as a share of the dissatisfied who do

_HELPING = (Solved.ANNOUNCEMENT, Solved.REACHED, Solved.LOCATED, Solved.INFORMED, Solved.SELF_SERVED)


_STARTS = np.full((len(Fate), len(Solved), 2), NEVER)
"""By fate, by how it was solved and by whether an answer resolved it."""
_STARTS[Fate.SERVED] = UNRESOLVED, HELPED
_STARTS[Fate.IN_SERVICE] = UNRESOLVED
_STARTS[Fate.SOLVED_ELSEWHERE] = [[HELPED if solved in _HELPING else BY_THEMSELVES] * 2 for solved in Solved]
_BEGINNINGS = np.subtract.outer(_STARTS, EACH_CONTACT_MORE * np.clip(np.arange(256.0) - 1, 0, MOST_CONTACTS)).ravel()
"""The same, less what each further contact takes away: by number of attempts as well."""
_FOR_BEING_HEARD = np.array([{Heard.HEARD: HEARD, Heard.UNHEARD: -UNHEARD}.get(heard, 0.0) for heard in Heard])


@dataclass(frozen=True)
class Opinion:
    """What people think in the end and the probability that they say so in public; each over all persons of the run."""

    satisfaction: Floats
    complaint: Floats
    praise: Floats


def opinion(run: Run, model: Model) -> Opinion:
    """The opinion of every person of ``run``."""
    people, book = run.persons, run.ledger
    ours = entries_of(run, model)
    came_to = (people.fate * np.uint8(len(Solved)) + people.solved) * np.uint8(2) + (people.resolved > 0)
    called_back = np.zeros(len(people), dtype=bool)
    called_back[book.customer[np.flatnonzero(ours & (book.outcome == Outcome.HANDLED.value))]] = True
    score = _BEGINNINGS[came_to.astype(np.intp) * 256 + people.attempts]
    score = score - _for_waiting(run, model) + STANDING * people.standing + CALLED_BACK * called_back
    score += _FOR_BEING_HEARD[people.heard]
    score = np.clip(score, 0.0, 1.0)
    loud = _in_public(run, model)
    return Opinion(score, loud * (score < DISSATISFIED), PRAISE * loud * (score > DELIGHTED))


def _for_waiting(run: Run, model: Model) -> Floats:
    """What waiting for the first answer takes away, measured against what the channel of that answer promises."""
    book = run.ledger
    answered = np.flatnonzero(~np.isnan(book.answered))[::-1]
    first = np.full(len(run.persons), -1)
    first[book.customer[answered]] = answered  # the earliest is written last
    found = np.flatnonzero(first >= 0)
    row = first[found]
    since = np.fmax(book.arrived[row], book.queued[row])  # nobody meets the agents before the attempt
    promised = np.array([channel.answer_within for channel in model.channels], dtype=np.float64)[book.channel[row]]
    off = np.zeros(len(run.persons))
    off[found] = np.minimum(WAITING * np.log2(1 + (book.answered[row] - since) / np.maximum(10 * promised, 1.0)), MOST_WAITING)
    return off


def _in_public(run: Run, model: Model) -> Floats:
    """The probability that somebody who has something to say says it in public; those of bad standing are louder."""
    share = IN_PUBLIC if model.contagion is None else float(model.contagion.posts)
    publicity = np.array([0.0 if d.standing is None else float(d.standing.publicity) for d in model.demand] or [0.0])
    return np.minimum(share * np.exp(-publicity[run.persons.demand] * run.persons.standing), 1.0)
