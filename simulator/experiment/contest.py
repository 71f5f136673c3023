"""A contest: what the worlds say about the alternatives of a comparison, goal by goal, and about those who pay for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.experiment.stability import Condition
    from simulator.experiment.task import Failure
    from simulator.statistics.precision import Precision
    from simulator.statistics.ranking import Column, Goal, Ranking
    from simulator.statistics.selection import Selection
    from simulator.statistics.summary import PairedDifference

INPUTS_EQUAL = ("routing",)
"""Alternatives that differ in these sections only meet the same world with the same people and things."""


@dataclass(frozen=True)
class Contrast:
    """``alternative`` less ``against`` in one goal, in the same worlds.

    ``mean`` ± ``half_width`` is a 95 % interval that holds for all alternatives against one at once (Bonferroni), with
    control variates where they help. ``typical`` is the median world, from ``low`` to ``high`` with 95 % confidence.
    """

    goal: Goal
    alternative: str
    against: str
    mean: float
    half_width: float
    controls: tuple[str, ...]
    explained: float
    plain: PairedDifference  #: without control variates
    typical: float
    low: float
    high: float
    ahead: int  #: worlds in which the alternative is better
    even: int  #: worlds in which both are the same
    reduction: float  #: how many times fewer worlds the pairs need than independent ones

    @property
    def clear(self) -> bool:
        return abs(self.mean) > self.half_width

    @property
    def better(self) -> bool:
        """Whether the alternative is better on average."""
        return self.mean * self.goal.sign < 0


@dataclass(frozen=True)
class Contest:
    """The findings. Alternatives stand in the order in which they were named."""

    alternatives: tuple[str, ...]
    baseline: str
    goals: tuple[Goal, ...]  #: those in which every alternative has a value; the first decides who wins
    rankings: tuple[Ranking, ...]  #: one a goal
    contrasts: tuple[Contrast, ...]  #: of every other alternative to the baseline, goal by goal
    lead: Contrast  #: of the winner to the baseline, or to the best rival where the baseline wins, in the first goal
    dominated_by: Mapping[str, tuple[str, ...]]  #: by alternative, those that are no worse in any goal and clearly better in one
    neglected: tuple[
        Contrast, ...
    ]  #: needs and groups whose people are clearly worse off with the winner than in the alternative of ``lead``
    differing: Mapping[str, Mapping[str, str]]  #: by dotted path, the value of each alternative
    columns: Mapping[str, tuple[Column, ...]]  #: by alternative, one a goal, over the worlds that all have
    never_served: Ranking | None = None  #: of everybody; None where nobody calls
    urgent: tuple[Ranking, ...] = ()  #: the share who got nobody of each need that is more urgent than another, the most urgent first
    refused: Ranking | None = None  #: the share of arriving contacts that the door refuses
    selection: Selection | None = None
    zone: Precision | None = None  #: what was asked to be ranked, and the difference that does not matter
    stability: tuple[Condition, ...] = ()
    failed: Mapping[str, tuple[Failure, ...]] = field(default_factory=dict)
    """Alternatives that failed in some world, which are none of ``alternatives``: a strategy is not judged by the worlds it survives."""
    paired: bool = True  #: whether the alternatives met the same customers; finished runs may have worlds of their own

    @property
    def winner(self) -> str:
        """The best mean in the first goal, or the one that ranking has left."""
        if self.selection is not None and self.selection.decided:
            return self.alternatives[self.selection.left[0]]
        return self.rankings[0].standings[0].alternative

    @property
    def tied(self) -> tuple[str, ...]:
        """The winner and those that cannot be told apart from it."""
        if self.selection is not None:
            return tuple(self.alternatives[i] for i in self.selection.left)
        return self.rankings[0].tied

    @property
    def undominated(self) -> tuple[str, ...]:
        """The alternatives that no other dominates (the Pareto set)."""
        return tuple(name for name in self.alternatives if not self.dominated_by[name])

    @property
    def inputs_equal(self) -> bool:
        """Whether only rules differ, not what there is or what happens."""
        return all(path.split(".")[0] in INPUTS_EQUAL for path in self.differing)
