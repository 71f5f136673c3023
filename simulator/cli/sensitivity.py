"""``crisis sensitivity``: which assumptions move the answer, and where a plan stops paying."""

from __future__ import annotations

from pathlib import Path

import click

from simulator.cli.check import PLUGIN, SET
from simulator.cli.run import workers_named
from simulator.cli.sheets import SHEET, finish, read


@click.command("sensitivity")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
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
@click.option("--variant", metavar="ID", help="A variant of the file.  [default: the file as written]")
@SET
@PLUGIN
@SHEET
@click.pass_context
def command(
    context: click.Context,
    file: Path,
    measures: tuple[str, ...],
    against: str | None,
    factors: tuple[str, ...],
    vary: tuple[str, ...],
    levels: int,
    variant: str | None,
    overrides: tuple[str, ...],
    replications: int | None,
    seed: int | None,
    jobs: str,
    out: Path,
    as_json: bool,
    shown: str,
    quiet: bool,
) -> None:
    """Find out which assumptions of FILE move the answer.

    Each range is held at its low and at its high end, on the same customers; with --against, also where this variant stops
    being better than the other. Exit codes: 0 fine, 1 our bug, 2 bad input, 130 interrupted.
    """
    from simulator.experiment.factors import as_range
    from simulator.experiment.sensitivity import Question

    workers = workers_named(jobs)
    scenario = read(file, overrides, quiet=quiet)
    if vary:
        scenario = read(file, (*overrides, *(as_range(scenario, text) for text in vary)), quiet=True)
    question = Question(
        measures=measures, variant=variant, against=against, factors=factors, levels=levels,
        replications=replications or scenario.replications or 30, seed=seed if seed is not None else scenario.seed or 1,
    )  # fmt: skip
    from simulator.report.sensitivity import answer

    context.exit(finish(answer, scenario, question, workers=workers, out=out, as_json=as_json, shown=shown, quiet=quiet))
