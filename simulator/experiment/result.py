"""What a run or a comparison found: a summary per variant, the paired comparison, and what went wrong on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.experiment.question import Findings

if TYPE_CHECKING:
    from simulator.experiment.contest import Contest
    from simulator.model.world import Model
    from simulator.statistics.precision import Reached
    from simulator.statistics.summary import Comparison, Summary
    from simulator.statistics.tally import Tally


@dataclass(frozen=True, kw_only=True)
class Result(Findings):
    """The findings of :func:`simulator.run`.

    ``summaries`` has one entry per variant, in the order in which they ran. ``comparison`` is None for a single variant.
    """

    models: Mapping[str, Model]
    summaries: Mapping[str, Summary]
    comparison: Comparison | None
    baseline: str  #: the variant that others are compared with: the file as written if it is among them, else the first
    tallies: Mapping[str, Sequence[Tally]] = field(repr=False, default_factory=dict)  #: by variant, in order of replication
    precision: tuple[Reached, ...] = ()  #: how far each wish for precision has come, in the variant furthest from it
    contest: Contest | None = None  #: of a comparison

    @property
    def variant(self) -> str | None:
        """As asked for: None is the file as written."""
        found: str | None = self.question.variant
        return found

    @property
    def summary(self) -> Summary:
        """The summary of the baseline, which is the only one where a single variant ran."""
        return self.summaries[self.baseline]

    @property
    def statuses(self) -> tuple[str, ...]:
        """How the baseline's pass marks went: each pass, fail, inconclusive or, without any data, empty."""
        return tuple("empty" if t.n == 0 else t.status for t in self.summary.thresholds)

    @property
    def precise(self) -> bool:
        """Whether every interval is as narrow as asked."""
        return all(r.enough for r in self.precision)
