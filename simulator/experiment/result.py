"""What an experiment found: a summary per variant, the paired comparison, and what went wrong on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.experiment.task import Failure

if TYPE_CHECKING:
    from simulator.model.world import Model
    from simulator.scenario import Scenario
    from simulator.statistics.summary import Comparison, Summary


@dataclass(frozen=True)
class Effort:
    """What the run took: CPU seconds, summed over worker processes, and contact attempts simulated."""

    attempts: int = 0
    drawing: float = 0.0
    simulating: float = 0.0
    tallying: float = 0.0


@dataclass(frozen=True)
class Result:
    """The findings of :func:`simulator.run`.

    ``summaries`` has one entry per variant, in the order in which they ran. ``comparison`` is None for a single variant.
    ``partial`` tells that fewer replications finished than were asked for, because somebody interrupted or some failed.
    """

    scenario: Scenario
    models: Mapping[str, Model]
    seed: int
    asked: int  #: replications asked for
    replications: int  #: replications that finished, in every variant
    summaries: Mapping[str, Summary]
    comparison: Comparison | None
    baseline: str  #: the variant that others are compared with: the file as written if it is among them, else the first
    failures: tuple[Failure, ...] = ()
    interrupted: bool = False
    effort: Effort = field(default_factory=Effort)
    variant: str | None = None  #: as asked for: None is the file as written
    folder: Path | None = None  #: where the results were written, None if nowhere

    @property
    def partial(self) -> bool:
        return self.replications < self.asked

    @property
    def summary(self) -> Summary:
        """The summary of the baseline, which is the only one where a single variant ran."""
        return self.summaries[self.baseline]

    @property
    def breached(self) -> bool:
        """Whether the baseline fails one of its thresholds."""
        return any(t.status == "fail" for t in self.summary.thresholds)
