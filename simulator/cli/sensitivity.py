"""``crisis sensitivity``: which assumptions move the answer, and where a plan stops paying."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from simulator.cli.answer import asked_anew, finish
from simulator.cli.options import PLUGIN, SET, VARIANT, How, simulating


@click.command("sensitivity")
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--measure", "measures", multiple=True, metavar="MEASURE",
    help="What should be explained, 'never_served[find-relative]' (repeatable).  [default: people who got nobody, and the pass marks]",
)  # fmt: skip
@click.option(
    "--against", metavar="ID", help="Another variant: where along each assumption is this one better than that? no-action exists."
)
@click.option("--assumption", "factors", multiple=True, metavar="PATH", help="Only this assumption (repeatable).  [default: all ranges]")
@click.option(
    "--vary",
    multiple=True,
    metavar="PATH=LOW:HIGH",
    help="Take a value for an assumption too, as if only known to lie between (repeatable).",
)
@click.option("--levels", type=click.IntRange(2, 41), default=5, show_default=True, help="Places of a range to compare at, with --against.")
@VARIANT
@SET
@PLUGIN
@click.pass_context
@simulating(least=2)
def command(
    context: click.Context,
    how: How,
    file: Path | None,
    measures: tuple[str, ...],
    against: str | None,
    factors: tuple[str, ...],
    vary: tuple[str, ...],
    levels: int,
    variant: str | None,
    overrides: tuple[str, ...],
) -> None:
    """Find out which assumptions of FILE move the answer.

    Each range is held at its low and at its high end, on the same customers; with --against, also where this variant stops
    being better than the other. Exit codes: 0 fine, 1 our bug, 2 bad input, 130 interrupted.
    """
    if file is None:
        if how.interrupted is None and how.earlier is None:
            raise click.UsageError("Missing argument 'FILE'.")
        context.exit(finish(asked_anew(how, lambda **_: None, how.replications), how))
    from simulator import api
    from simulator.experiment.factors import as_range
    from simulator.experiment.questions.sensitivity import Sensitivity
    from simulator.scenario import load

    scenario = how.read(file, overrides)
    if vary:
        scenario = load(file, (*overrides, *(as_range(scenario, text) for text in vary)))
    question = Sensitivity(
        measures=measures, variant=variant, against=against, factors=factors, levels=levels,
        replications=how.worlds(scenario), seed=how.world(scenario),
    )  # fmt: skip
    how.hold(scenario, question.replications)
    context.exit(finish(asked_anew(how, partial(api.ask, question, scenario), question.replications), how))
