"""What answers the scenario's question: the measures that it asks for, variant by variant or need by need, and who pays for it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from simulator.model.answer import Answer, Asked
from simulator.report.columns import estimated
from simulator.report.verdict import most_urgent
from simulator.statistics.compare import paired, paired_all
from simulator.statistics.measures import measures
from simulator.statistics.summary import Comparison
from simulator.statistics.verdicts import LEAST
from simulator.statistics.worlds import Worlds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.experiment.result import Result
    from simulator.model.world import Model
    from simulator.statistics.summary import Estimate, PairedDifference

OUTCOMES = {
    "people_never_served", "never_served", "gave_up", "harm", "harm_rate", "time_to_recover", "longest_below", "time_to_first_agent_p50",
    "resolution_time_p50", "people_heard", "people_reached", "first_reply", "reply_time", "handovers", "mean_wait", "wait_p90",
    "abandon_rate", "block_rate", "service_level", "service_level_of_arrived", "reachability", "complaints", "satisfaction", "cost",
}  # fmt: skip
"""Measures of what somebody got or lost. The others are work done, which is neither better nor worse where it is more."""
OF_QUEUE = {"abandon_rate", "mean_wait", "wait_p90", "service_level"}
"""Outcomes of those who got into the queue: fewer let in can make them look better."""
POPULATION = {
    "people_heard": "distressed", "people_reached": "people_listed", "handovers": "replies", "first_reply": "conversations",
    "reply_time": "replies", "callbacks_open_at_end": "callbacks_listed",
}  # fmt: skip
"""Of whom some measures are: where there are none, there is nothing to judge."""


@dataclass(frozen=True)
class Value:
    """One measure for one row: what it comes to, and how far that is from the row that the others are put beside."""

    asked: Asked
    estimate: Estimate | None
    change: PairedDifference | None = None
    population: float = math.nan  #: how many it is of, where that is known

    @property
    def empty(self) -> bool:
        """Whether there is nobody of whom it could be told."""
        return self.estimate is None or not self.estimate.n or self.population == 0

    @property
    def same(self) -> bool:
        """Whether it is the same in all worlds."""
        return self.change is not None and self.change.is_number and self.change.mean == 0 and self.change.half_width == 0

    @property
    def word(self) -> str:
        """``better``, ``worse`` or ``unclear``; nothing for work, and where nobody is counted."""
        return judged(self.change) if self.change is not None and not self.same and not self.empty else ""


@dataclass(frozen=True)
class Row:
    """One of what the answer is given for."""

    name: str
    values: tuple[Value, ...]
    cost: float = 0.0  #: mean, over the worlds

    @property
    def first(self) -> Value:
        return self.values[0]


@dataclass(frozen=True)
class Paying:
    """People of a need, or of a group, who lose where a plan wins on the whole."""

    plan: str
    against: str
    dimension: str
    name: str
    change: PairedDifference


@dataclass(frozen=True)
class Lead:
    """The answer: the row that the others are put beside, if any, and the others, the best first."""

    answer: Answer
    base: Row | None
    rows: tuple[Row, ...]
    own: str  #: the row that is the file as written
    paying: tuple[Paying, ...] = ()

    @property
    def costs(self) -> bool:
        """Whether cost stands beside what is gained."""
        return self.answer.per_cost and any(row.cost for row in self.rows)


def judged(d: PairedDifference) -> str:
    """``better``, ``worse`` or ``unclear``; nothing for what is no outcome for anybody."""
    if d.better == "none" or d.measure not in OUTCOMES or not d.n:
        return ""
    if not d.clear:
        return "unclear"
    return "better" if (d.mean < 0) == (d.better == "lower") else "worse"


def usual(model: Model) -> Answer:
    """The answer of a scenario that does not say which: who got nobody, of the most urgent need too, and when the centre was back."""
    urgent = most_urgent(model)
    asked = [Asked("people_never_served")]
    asked += [Asked("people_never_served", {"need": urgent})] if urgent else []
    asked += [Asked("time_to_recover")] if model.clock.impact is not None else []
    return Answer(tuple(asked))


def lead(result: Result) -> Lead:
    """What answers the question of a run."""
    model = result.models[result.baseline]
    answer = model.answer or usual(model)
    if answer.per != "variant":
        return _by_dimension(result, answer)
    if len(result.summaries) == 1:
        return Lead(
            answer, Row(result.baseline, tuple(_value(result, result.baseline, one) for one in answer.measures)), (), result.baseline
        )
    return _by_variant(result, answer)


def alone(result: Result, variant: str) -> Result:
    """The result as if one variant had run by itself."""
    return replace(
        result, summaries={variant: result.summaries[variant]}, models={variant: result.models[variant]}, baseline=variant, comparison=None
    )


def _by_dimension(result: Result, answer: Answer) -> Lead:
    """A row for each need, channel, phase and so on; needs by urgency, others as the file has them."""
    model, summary = result.models[result.baseline], result.summary
    if answer.per == "phase":
        names: Sequence[str] = [phase.name for phase in summary.phases]
    elif answer.per == "need":
        names = [need.name for need in sorted(model.needs, key=lambda n: n.urgency)]
    else:
        names = list(summary.inbound if answer.per == "channel" else getattr(summary, f"{answer.per}s"))
    rows = []
    for name in names:
        asked = [Asked(one.measure, {**one.scope, answer.per: name}, one.says) for one in answer.measures]
        values = tuple(_value(result, result.baseline, one) for one in asked)
        if any(v.estimate is not None and v.estimate.n for v in values):
            rows.append(Row(name, values))
    return Lead(answer, _row(result, result.baseline, answer), tuple(rows), result.baseline)


def _by_variant(result: Result, answer: Answer) -> Lead:
    against = answer.against if answer.against in result.summaries else result.baseline
    others = [name for name in result.summaries if name != against]
    beside = Beside(result, against)
    rows = []
    for name in others:
        changes = [beside.change(name, one) for one in answer.measures]
        values = [_value(result, name, one, d) for one, d in zip(answer.measures, changes, strict=True)]
        rows.append(Row(name, tuple(values), _cost(result, name)))
    rows.sort(key=lambda row: _rank(row.first))
    return Lead(answer, _row(result, against, answer), tuple(rows), result.baseline, tuple(_paying(result, beside, rows)))


def _row(result: Result, variant: str, answer: Answer) -> Row:
    return Row(variant, tuple(_value(result, variant, one) for one in answer.measures), _cost(result, variant))


def _rank(value: Value) -> float:
    """What is best comes first: by how far it is better than what it is put beside."""
    d = value.change
    if d is None or not d.n:
        return math.inf
    size = d.mean if d.is_number else d.at_least
    size = (math.inf if d.never > d.never_baseline else -math.inf if d.never < d.never_baseline else 0.0) if math.isnan(size) else size
    return -size if d.better == "higher" else size


def _value(result: Result, variant: str, asked: Asked, change: PairedDifference | None = None) -> Value:
    found = estimated(result.summaries[variant], asked.measure, **asked.scope)
    if found is None and variant in result.tallies:
        found = Worlds(result.tallies[variant]).estimates(asked.scope, [measures[asked.measure]])[0]
    of = POPULATION.get(asked.measure, "customers" if measures[asked.measure].kind == "customers" else "")
    everybody = estimated(result.summaries[variant], of, **asked.scope) if of else None
    population = math.nan if everybody is None else everybody.mean if everybody.n else 0.0
    return Value(asked, found, change, population)


def _cost(result: Result, variant: str) -> float:
    found = estimated(result.summaries[variant], "cost")
    return found.mean if found is not None and found.n else 0.0


class Beside:
    """Paired differences from one variant, in the worlds that all of them share."""

    def __init__(self, result: Result, against: str) -> None:
        self.result = result
        self.against = against
        self.worlds: dict[str, Worlds] = {}
        self.known: Mapping[tuple[str, str, frozenset[tuple[str, str]]], PairedDifference] = {}
        if result.comparison is not None and result.comparison.baseline == against:
            self.known = {(d.variant, d.measure, frozenset(d.scope.items())): d for d in result.comparison.differences}

    def change(self, variant: str, asked: Asked) -> PairedDifference | None:
        """The difference of a variant in one measure; None where it cannot be told."""
        found = self.known.get((variant, asked.measure, frozenset(asked.scope.items())))
        if found is not None or variant not in self.result.tallies or self.against not in self.result.tallies:
            return found
        ours, base = self._of(variant), self._of(self.against)
        scope = dict(asked.scope)
        if any(name not in side.names[dimension] for side in (ours, base) for dimension, name in scope.items()):
            return None
        return paired(variant, ours, base, measures[asked.measure], scope, len(self.result.summaries) - 1)

    def comparison(self, asked: Sequence[Asked]) -> Comparison | None:
        """All variants beside this one, in the measures asked for; None where single worlds are not at hand."""
        result = self.result
        others = tuple(name for name in result.summaries if name != self.against)
        if not all(name in result.tallies for name in result.summaries):
            return None
        base = self._of(self.against)
        scopes = {frozenset(one.scope.items()): dict(one.scope) for one in asked}
        found: list[PairedDifference] = []
        for key, scope in scopes.items():
            chosen = [measures[one.measure] for one in asked if frozenset(one.scope.items()) == key]
            for name in others:
                found += paired_all(name, self._of(name), base, chosen, scope, len(others))
        return Comparison(self.against, others, len(base.replications), tuple(found))

    def _of(self, variant: str) -> Worlds:
        if variant not in self.worlds:
            tallies = self.result.tallies
            common = set.intersection(*({t.replication for t in tallies[name]} for name in self.result.summaries))
            self.worlds[variant] = Worlds([t for t in tallies[variant] if t.replication in common]).slim()
        return self.worlds[variant]


def _paying(result: Result, beside: Beside, rows: Sequence[Row]) -> Iterator[Paying]:
    """Whose people pay: for the best row against what it is put beside, and against the file as written."""
    best = next((row for row in rows if row.first.word == "better"), None)
    if best is None or measures[best.first.asked.measure].kind != "customers" or best.first.asked.scope:
        return
    sides = [beside] if result.baseline in (best.name, beside.against) else [beside, Beside(result, result.baseline)]
    model = result.models[result.baseline]
    people = [*(("need", need.name) for need in sorted(model.needs, key=lambda n: n.urgency)), *(("group", name) for name in model.groups)]
    for side in sides:
        for dimension, name in people:
            change = side.change(best.name, Asked("people_never_served", {dimension: name}))
            if change is not None and change.n >= LEAST and judged(change) == "worse":
                yield Paying(best.name, side.against, dimension, name, change)
