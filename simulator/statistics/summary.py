"""What is known about one variant after its replications, and how variants differ: numbers with intervals.

Units: durations in seconds, shares as fractions, instants in seconds since the scenario's start. An undefined number
(nothing to divide by) is NaN. Scopes are mappings out of phase, need, channel, site and group; the empty mapping is everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from simulator.errors import UsageError
from simulator.statistics.measures import in_words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from simulator.model.world import Tolerance
    from simulator.records.run import LogEntry
    from simulator.statistics.verdicts import Verdict

    Floats = NDArray[np.float64]

Scope = Mapping[str, str]


@dataclass(frozen=True)
class Estimate:
    """A measure over replications.

    ``mean`` ± ``half_width`` is a 95 % confidence interval (what we do not know because we simulated ``n`` worlds only);
    ``p5``, ``p50``, ``p95`` say how single worlds differ. A ratio's ``mean`` is the ratio of sums over all replications.

    Where worlds can be endless (never recovered), ``endless`` is their share. They enter the mean with the longest value
    that the run could have shown, so that the mean is a lower bound; ``p5``, ``p50`` and ``p95`` are infinite where such
    a world stands there.
    """

    measure: str
    scope: Scope
    unit: str  #: share | duration | count | ratio
    better: str  #: higher | lower | none
    mean: float
    half_width: float  #: NaN with fewer than two replications
    p5: float
    p50: float
    p95: float
    n: int  #: replications in which the measure is defined
    endless: float = 0.0  #: share of those in which it is infinite


@dataclass(frozen=True)
class IntervalSeries:
    """A quantity by interval. Arrays have one value an interval, in order of ``Summary.interval_starts``."""

    name: str
    scope: Scope
    unit: str
    mean: Floats  #: ratio of sums over replications, or mean of values
    p5: Floats
    p95: Floats


@dataclass(frozen=True)
class Spread:
    """Instants over worlds."""

    mean: float
    p5: float
    p95: float


@dataclass(frozen=True)
class StepTimeline:
    """How one event or action went, over all worlds. Counts are worlds."""

    id: str
    kind: str  #: event | action
    act: str  #: registered name, for example ``site.lose``
    worlds: int
    triggered: int
    done: int
    ended: int
    refused: int
    reasons: tuple[str, ...]  #: why it was refused, most frequent first
    triggered_at: Spread | None  #: None where it never was
    started_at: Spread | None
    done_at: Spread | None
    ended_at: Spread | None
    cost: float = 0.0  #: mean cost of a world


@dataclass(frozen=True)
class ThresholdResult:
    """A pass mark and how it went. ``value`` ± ``half_width`` in the measure's unit.

    ``judged_by`` says whether ``verdict`` is on the worlds in which it holds or on the mean; ``worlds`` counts them either way.
    """

    id: str
    text: str  #: for example ``never_served[find-relative] <= 40 %``
    measure: str
    scope: Scope
    min: float | None
    max: float | None
    value: float
    half_width: float
    status: str  #: pass | fail | inconclusive
    verdict: str  #: met | missed | too close to call | no verdict
    judged_by: str  #: worlds | mean
    worlds: Verdict
    needs: Mapping[str, Verdict] = field(default_factory=dict)  #: with each need, where it is judged by worlds and names none
    endless: float = 0.0
    n: int = 0


@dataclass(frozen=True)
class Objective:
    """One continuity objective and in how many worlds it was met."""

    id: str  #: rto | mtpd | mbco
    limit: float  #: seconds for rto and mtpd, a fraction for mbco
    says: str  #: the rule in words
    verdict: Verdict


@dataclass(frozen=True)
class ContinuityVerdict:
    """RTO, MTPD and MBCO over all worlds."""

    rto: Objective
    mtpd: Objective
    mbco: Objective
    above: Estimate  #: share of intervals after the impact at or above the minimum level
    longest_below: Estimate  #: longest stretch below it
    all_met: int  #: worlds that met all three
    needs: Mapping[str, tuple[Objective, Objective, Objective]]  #: the same with each need, where there are several


@dataclass(frozen=True)
class ConstraintShares:
    """What held service down: the share of each interval after the impact, on average over the worlds. Rows of ``shares`` add up to 1."""

    names: tuple[str, ...]  #: :data:`simulator.statistics.constraint.NAMES`
    start: Floats  #: (T,) start of each interval; the first starts at the impact
    shares: Floats  #: (T, names)


@dataclass(frozen=True)
class RuleOfEvaluation:
    """What one rule of evaluation does to agents and calls.

    ``counts`` are means over worlds, named in :data:`simulator.statistics.evaluation.COLUMNS`.
    """

    rule: str
    counts: Mapping[str, float]


@dataclass(frozen=True)
class ToleranceResult:
    """How an important service fared by its tolerance: ``verdict`` says in how many worlds it stayed within."""

    tolerance: Tolerance
    verdict: Verdict
    longest: Estimate  #: longest stretch below its level, of the need that fared worst in each world
    unserved: Estimate  #: share of people still without help after the limit
    people: Estimate  #: their number
    undecided: Estimate  #: people without help whose limit had not run out at the end of the run


@dataclass(frozen=True)
class StaffingTarget:
    """What the agents required on a channel are for: ``share`` of its contacts answered within so many seconds.

    Both are None where contacts are kept until somebody answers: there it is their work alone, spread over the interval.
    """

    channel: str
    share: float | None
    within: float | None


@dataclass(frozen=True)
class StaffingPlan:
    """Agents by interval (T of them), required, on the roster and at work. N needs, R worlds."""

    starts: Floats  #: (T,) start of each interval, in seconds
    needs: tuple[str, ...]
    targets: tuple[StaffingTarget, ...]  #: of the channels that people use
    expected: Floats  #: (T, N) first contacts expected that want an agent
    required: Floats  #: (T, N) agents
    scheduled: Floats  #: (T,) agents that the roster has, breaks left out
    present: Floats  #: (R, T) agents at work, on average over the interval
    over: Floats  #: (R, T) of them more than required
    under: Floats  #: (R, T) fewer than required


@dataclass(frozen=True)
class PhaseSpan:
    """A phase by name and instants."""

    name: str
    start: float
    end: float


@dataclass(frozen=True)
class ReplicationTable:
    """One row per replication: ``columns`` are whole-run measures by name, then ``measure[need]`` for people's fates."""

    replication: tuple[int, ...]
    columns: Mapping[str, Floats]


@dataclass(frozen=True)
class Summary:
    """Everything the reports say about one variant."""

    name: str
    variant: str
    replications: int
    needs: tuple[str, ...]
    channels: tuple[str, ...]
    sites: tuple[str, ...]
    links: tuple[str, ...]
    phases: tuple[PhaseSpan, ...]
    interval: float
    interval_starts: Floats  #: (T,)
    impact: float | None
    ended_at: float
    estimates: tuple[Estimate, ...]
    series: tuple[IntervalSeries, ...]
    fates: Mapping[str, Mapping[str, Estimate]]  #: need ("" = all) -> measure -> people, in order served … people_in_service_at_end
    thresholds: tuple[ThresholdResult, ...]
    tolerances: tuple[ToleranceResult, ...]
    continuity: ContinuityVerdict | None
    constraint: ConstraintShares | None
    below: Mapping[int, tuple[tuple[float, float], ...]]  #: replication -> from when until when the level was below what is asked
    steps: tuple[StepTimeline, ...]
    by_replication: ReplicationTable
    logs: Mapping[int, tuple[LogEntry, ...]]  #: replication -> logbook
    warnings: tuple[str, ...] = ()
    evaluation: tuple[RuleOfEvaluation, ...] = ()  #: empty where nobody is in distress
    groups: tuple[str, ...] = ()  #: of people whom the scenario follows by themselves
    inbound: tuple[str, ...] = ()  #: channels by which people make contact, the telephone first
    staffing: StaffingPlan | None = None  #: what the demand asks for; None where the model has none

    @cached_property
    def _index(self) -> dict[tuple[str, frozenset[tuple[str, str]]], Estimate]:
        return {(e.measure, frozenset(e.scope.items())): e for e in self.estimates}

    def by_channel(self) -> list[dict[str, str]]:
        """Scopes by which waits, hanging up and service levels are told: each channel, never several together, the telephone first."""
        return [{"channel": name} for name in self.inbound] if len(self.inbound) > 1 else [{}]

    def estimate(self, measure: str, **scope: str) -> Estimate:
        """The estimate of ``measure`` in ``scope``; raises UsageError where there is none."""
        found = self._index.get((measure, frozenset(scope.items())))
        if found is None:
            raise UsageError(f"there is no measure {in_words(measure, scope)} in this summary")
        return found

    def over_time(self, name: str, **scope: str) -> IntervalSeries:
        """The series called ``name`` in ``scope``; raises UsageError where there is none."""
        for one in self.series:
            if one.name == name and dict(one.scope) == scope:
                return one
        raise UsageError(f"there is no series {in_words(name, scope)} in this summary")


@dataclass(frozen=True)
class PairedDifference:
    """``variant`` minus ``baseline`` in the same worlds.

    ``mean`` ± ``half_width`` is a 95 % interval of the difference; ``half_width_all`` holds for all differences of this
    measure and scope together (Bonferroni over variants). ``wins`` is the share of worlds in which the variant is better
    than the baseline (ties count half; NaN for measures without a better side).

    *Never* less something is no number: where a world is endless, ``mean`` and its intervals are those of times cut at the end of
    the run, by which variants can be ranked but no size can be told; ``at_least`` says what can.
    """

    measure: str
    scope: Scope
    unit: str
    better: str
    variant: str
    mean: float
    half_width: float
    half_width_all: float
    p5: float
    p50: float
    p95: float
    n: int  #: pairs of worlds in which both are defined
    wins: float
    never: int = 0  #: pairs in which the variant is infinite
    never_baseline: int = 0  #: pairs in which the baseline is
    endless: float = 0.0  #: share of pairs in which one or both are

    @property
    def is_number(self) -> bool:
        """Whether the difference is a number: in every pair both came to an end."""
        return self.endless == 0

    @property
    def at_least(self) -> float:
        """The mean difference is at least as far from 0 as this, on the same side; NaN where nothing can be told.

        It can where one side alone has worlds that are endless and is the larger one for it.
        """
        if self.is_number:
            return self.mean
        bound = (self.never == 0 and self.mean < 0) or (self.never_baseline == 0 and self.mean > 0)
        return self.mean if bound else float("nan")

    @property
    def clear(self) -> bool:
        """Whether the simultaneous interval excludes no difference at all."""
        return abs(self.mean) > self.half_width_all


@dataclass(frozen=True)
class Comparison:
    """Variants against ``baseline``, paired by replication."""

    baseline: str
    variants: tuple[str, ...]  #: without the baseline
    replications: int
    differences: tuple[PairedDifference, ...]

    @cached_property
    def _index(self) -> dict[tuple[str, str, frozenset[tuple[str, str]]], PairedDifference]:
        return {(d.variant, d.measure, frozenset(d.scope.items())): d for d in self.differences}

    def difference(self, variant: str, measure: str, **scope: str) -> PairedDifference:
        """The paired difference; raises UsageError where there is none."""
        found = self._index.get((variant, measure, frozenset(scope.items())))
        if found is None:
            raise UsageError(f"there is no difference of {in_words(measure, scope)} for variant {variant} in this comparison")
        return found
