"""What an experiment found: a summary per variant, the paired comparison, and what went wrong on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.experiment.request import Request
from simulator.experiment.task import Effort, Failure

if TYPE_CHECKING:
    from simulator.experiment.contest import Contest
    from simulator.model.world import Model
    from simulator.scenario import Scenario
    from simulator.statistics.precision import Reached
    from simulator.statistics.summary import Comparison, Summary
    from simulator.statistics.tally import Tally


@dataclass(frozen=True)
class Result:
    """The findings of :func:`simulator.run`.

    ``summaries`` has one entry per variant, in the order in which they ran. ``comparison`` is None for a single variant.
    ``partial`` tells that fewer replications finished than were asked for, because somebody interrupted or some failed.
    """

    scenario: Scenario
    models: Mapping[str, Model]
    request: Request
    asked: int  #: replications asked for
    replications: int  #: replications that finished, in every variant
    summaries: Mapping[str, Summary]
    comparison: Comparison | None
    baseline: str  #: the variant that others are compared with: the file as written if it is among them, else the first
    tallies: Mapping[str, Sequence[Tally]] = field(repr=False, default_factory=dict)  #: by variant, in order of replication
    precision: tuple[Reached, ...] = ()  #: how far each wish for precision has come, in the variant furthest from it
    failures: tuple[Failure, ...] = ()
    interrupted: bool = False
    earlier: tuple[int, ...] = ()  #: the worlds of the run that this one has extended
    effort: Effort = field(default_factory=Effort)
    contest: Contest | None = None  #: what `crisis compare` asks beside, else None
    folder: Path | None = None  #: where the results were written, None if nowhere

    @property
    def seed(self) -> int:
        return self.request.seed

    @property
    def variant(self) -> str | None:
        """As asked for: None is the file as written."""
        return self.request.variant

    @property
    def partial(self) -> bool:
        return self.replications < self.asked

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
