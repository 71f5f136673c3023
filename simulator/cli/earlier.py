"""``crisis run`` with a run that is there already: what may be asked of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from simulator.errors import UsageError

if TYPE_CHECKING:
    from simulator.scenario import Scenario

HOW = {"interrupted", "plugins", "jobs", "executor", "scheduler", "fail_on", "strict_precision", "as_json", "shown", "quiet", "verbose"}
"""What can be chosen anew for a run that is resumed: how it is worked on and told, never what it finds."""


def only_resumed(context: click.Context) -> None:
    """Refuse what would make a resumed run another one."""
    given = [
        p for p in context.command.params if p.name not in HOW and context.get_parameter_source(p.name or "") != ParameterSource.DEFAULT
    ]
    if given:
        names = ", ".join(p.opts[0] if isinstance(p, click.Option) else "FILE" for p in given)
        raise click.UsageError(f"--resume finishes a run as it was asked for, and where it is: it takes no {names}")


def scenario_of(
    file: Path | None, overrides: tuple[str, ...], earlier: Path | None, seed: int | None, variant: str | None, *, records: bool
) -> Scenario | None:
    """The scenario of ``file``; with ``earlier`` everything that is given must be what was run there. None without a file."""
    if file is None and overrides:
        raise UsageError("--set changes the scenario: a finished run cannot be extended with another one")
    scenario = None
    if file is not None:
        from simulator.scenario import load

        scenario = load(file, overrides)
    if earlier is None:
        return scenario
    from simulator.experiment import kept
    from simulator.experiment.questions.run import Run

    there = kept.read(earlier)
    question = there.question
    if not isinstance(question, Run):
        raise UsageError(f"{earlier} answers `crisis {question.name}`: crisis {question.name} --extend adds worlds to it")
    if scenario is not None and scenario.sha256 != there.scenario.sha256:
        raise UsageError(f"{file} is not the scenario that was run in {earlier}: what it says has changed since; run it afresh")
    if seed is not None and seed != question.seed:
        raise UsageError(f"{earlier} was run with seed {question.seed}, not {seed}: worlds of one seed belong together")
    if variant is not None and variant != question.variant:
        raise UsageError(f"{earlier} was run with {_variant(question.variant)}, not with {_variant(variant)}")
    if records and not question.records:
        raise UsageError(f"{earlier} was run without --records: the contacts of its worlds are not there to be extended; run it afresh")
    return scenario


def _variant(name: str | None) -> str:
    return "the file as written" if name is None else "all variants" if name == "all" else f"variant {name}"
