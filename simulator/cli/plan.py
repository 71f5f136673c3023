"""What ``crisis run --dry-run`` says: everything that would be run, checked as far as possible without running it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.cli.options import How
    from simulator.scenario import Scenario


def plan(
    scenario: Scenario | None, how: How, variant: str | None, thresholds: Sequence[str], precision: Sequence[str], *, no_thresholds: bool
) -> str:
    """The plan as text. Raises UsageError for what does not exist."""
    from simulator.asking import opened
    from simulator.experiment.questions.run import Run
    from simulator.report.folder import place_of
    from simulator.statistics.thresholds import as_text

    done, n, seed = 0, how.worlds(scenario), how.world(scenario)
    if how.earlier is not None:
        there = opened(how.earlier)
        question = there.question
        assert isinstance(question, Run)
        scenario, variant, seed = there.scenario, question.variant, question.seed
        done = question.extended(there.found(question.plan(scenario)), 0).replications
    assert scenario is not None
    asked = Run(
        replications=n, seed=seed, variant=variant, thresholds=tuple(thresholds), own_thresholds=not no_thresholds,
        precision=tuple(precision),
    )  # fmt: skip
    models = asked.plan(scenario).models
    marks = next(iter(models.values())).thresholds
    rows = [
        ("scenario", f"{scenario.name} ({scenario.path})"),
        ("set", " ".join(scenario.overrides)),
        ("variants", " ".join(models)),
        ("seed", str(seed)),
        ("replications", f"{n} more than {done}" if done else str(n)),
        ("thresholds", "; ".join(mark.text or as_text(mark) for mark in marks)),
        ("precision", "; ".join(precision)),
        ("results in", str(how.out / place_of(scenario.name))),
    ]
    lines = [f"{name:<14}{said}" for name, said in rows if said]
    return "\n".join(["Nothing was simulated. This would be run:", *lines]) + "\n"
