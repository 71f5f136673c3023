"""Rules by which agents are evaluated, applied to one run: whom, and which calls, each would punish or reward.

Every rule gives each handled contact a score (more is worse), an agent the mean of their contacts' scores, and limits to
that mean: an agent beyond ``worse`` is punished, one beyond ``better`` rewarded. A contact counts against its agent
where its score is beyond ``worse``, and in their favour where it is better than the centre's average. It *tips* the
evaluation where the agent would have passed without it. Who takes a contact over is measured by their own part of it.

- ``aht-ceiling``: handle time, against 10 % more or less than planned for these contacts (talk and wrap-up of the needs);
- ``aht-z-score``: handle time, against two standard deviations of the team's means either way;
- ``aht-by-need``: handle time over the mean of the same need, against two standard deviations either way;
- ``customer-outcome``: whether it went wrong for the customer (the need not ended, or contact again, or distress not
  heard; somebody in distress who was heard was helped), against two standard deviations either way;
- ``commendations``: people in distress who were heard; nobody is punished.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.statistics.contacts import handle_times
from simulator.vocabulary import Heard, Piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from simulator.model.world import Model
    from simulator.records.run import Run

    Floats = NDArray[np.float64]
    Rows = NDArray[np.intp]
    Flags = NDArray[np.bool_]

RULES = ("aht-ceiling", "aht-z-score", "aht-by-need", "customer-outcome", "commendations")
COLUMNS = ("agents", "punished", "rewarded", "carers", "carers_punished", "carers_rewarded", "calls", "against", "in_favour", "tipped")
"""What is counted for each rule. Carers are agents who heard somebody in distress; calls are those in which they did."""

CEILING = 0.10
DEVIATIONS = 2.0
LEAST = 10
"""Agents with fewer handled contacts are not evaluated."""


@dataclass(frozen=True)
class Evaluation:
    """What one rule says.

    ``contact``, ``heard``, ``score``, ``against``, ``in_favour`` and ``tipped`` have one value a contact; ``agent``, ``mean``,
    ``worse``, ``better``, ``punished`` and ``rewarded`` one an agent.
    """

    rule: str
    contact: Rows  #: rows of the ledger
    heard: NDArray[np.uint8]  #: :class:`~simulator.vocabulary.Heard`
    score: Floats
    against: Flags
    in_favour: Flags
    tipped: Flags  #: without it the agent would not have been punished
    agent: Rows  #: numbers of the agents evaluated
    mean: Floats  #: of their scores
    worse: Floats  #: the agent is punished whose mean is beyond it
    better: Floats
    punished: Flags
    rewarded: Flags


def evaluate(run: Run, model: Model, least: int = LEAST) -> Iterator[Evaluation]:
    """Each rule applied to ``run``, in the order of :data:`RULES`; agents with fewer than ``least`` contacts are left out."""
    rows, took = handle_times(run, model)
    took = _own_part(run, rows, took)
    by = run.ledger.agent[rows]
    calls = np.bincount(by, minlength=len(run.team_of)) if len(rows) else np.zeros(len(run.team_of), dtype=np.intp)
    evaluated = calls >= max(least, 1)
    agents = np.flatnonzero(evaluated)
    kept = evaluated[by]
    rows, took = rows[kept], took[kept]
    number = (np.cumsum(evaluated) - 1)[by[kept]]
    heard = run.persons.heard[run.ledger.customer[rows]]
    size = calls[agents]
    for rule in RULES:
        score, limits = _scores(rule, run, model, rows, took, heard)
        mean = np.bincount(number, weights=score, minlength=len(agents)) / np.maximum(size, 1)
        worse, better = _deviating(mean, run.team_of[agents]) if limits is None else (np.full(len(agents), limit) for limit in limits)
        punished, rewarded = mean > worse, mean < better
        against = score > worse[number]
        tipped = np.zeros(len(rows), dtype=bool)
        chosen = np.flatnonzero((punished & (size > 1))[number])
        of = number[chosen]
        tipped[chosen] = (mean[of] * size[of] - score[chosen]) / (size[of] - 1) <= worse[of]
        yield Evaluation(
            rule=rule,
            contact=rows,
            heard=heard,
            score=score,
            against=against,
            in_favour=~against & (score < (score.mean() if len(score) else 0.0)),
            tipped=tipped,
            agent=agents,
            mean=mean,
            worse=worse,
            better=better,
            punished=punished,
            rewarded=rewarded,
        )


def counted(run: Run, model: Model) -> Floats:
    """How many agents and calls each rule punishes and rewards: (RULES, COLUMNS)."""
    made = np.zeros((len(RULES), len(COLUMNS)))
    for k, found in enumerate(evaluate(run, model)):
        heard = found.heard == Heard.HEARD.value
        carers = np.bincount(run.ledger.agent[found.contact[np.flatnonzero(heard)]], minlength=len(run.team_of))[found.agent] > 0
        flags = (
            np.ones(len(found.agent), dtype=bool), found.punished, found.rewarded, carers, carers & found.punished,
            carers & found.rewarded, heard, heard & found.against, heard & found.in_favour, heard & found.tipped,
        )  # fmt: skip
        made[k] = [float(flag.sum()) for flag in flags]
    return made


def _scores(
    rule: str, run: Run, model: Model, rows: Rows, took: Floats, heard: NDArray[np.uint8]
) -> tuple[Floats, tuple[float, float] | None]:
    """The score of each contact, and the limits to an agent's mean where they do not follow from the agents' means."""
    need = run.ledger.need[rows]
    if rule == "aht-ceiling":
        means = np.array([float(n.talk_time.mean) + float(n.wrap_up.mean) for n in model.needs])
        planned = float(means[need].mean()) if len(need) else 0.0
        return took, ((1 + CEILING) * planned, (1 - CEILING) * planned)
    if rule == "aht-by-need":
        size = len(model.needs)
        usual = np.bincount(need, weights=took, minlength=size) / np.maximum(np.bincount(need, minlength=size), 1)
        return took / np.maximum(usual[need], 1e-9), None
    if rule == "customer-outcome":
        people, customer = run.persons, run.ledger.customer[rows]
        well = (people.resolved[customer] > 0) & (people.repeats[customer] == 0) & (heard != Heard.UNHEARD.value)
        return 1.0 - (well | (heard == Heard.HEARD.value)), None
    if rule == "commendations":
        return np.where(heard == Heard.HEARD.value, -1.0, 0.0), (np.inf, 0.0)
    return took, None


def _own_part(run: Run, rows: Rows, took: Floats) -> Floats:
    """Of talks that were handed over, the time of the agent who had them last."""
    work, book = run.pieces, run.ledger
    talks = np.flatnonzero(work.what == Piece.TALK.value)
    last = np.full(len(book), np.nan)
    last[work.contact[talks]] = (work.ended - work.begun)[talks]  # pieces are in the order in which they ended
    own = last[rows] + (book.ended - book.released)[rows]
    return np.where(np.isnan(own), took, own)


def _deviating(mean: Floats, team: NDArray[np.int32]) -> tuple[Floats, Floats]:
    """The limits that the means of a team set its agents; none where there are fewer than three."""
    worse, better = np.full(len(mean), np.inf), np.full(len(mean), -np.inf)
    for one in np.unique(team):
        mine = team == one
        if mine.sum() >= 3:
            middle, reach = mean[mine].mean(), DEVIATIONS * mean[mine].std(ddof=1)
            worse[mine], better[mine] = middle + reach, middle - reach
    return worse, better
