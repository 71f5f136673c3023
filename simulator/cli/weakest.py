"""``crisis weakest``: takes out each part of the centre in turn and ranks the losses."""

from __future__ import annotations

from pathlib import Path

import click

from simulator.cli.check import PLUGIN, SET
from simulator.cli.run import workers_named
from simulator.cli.sheets import SHEET, finish, read

KINDS = ("site", "link", "trench", "platform", "role", "team")


@click.command("weakest")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--measure", default="people_never_served", metavar="MEASURE", show_default=True, help="What the losses are ranked by.")
@click.option("--at", "at", default="T+0", metavar="INSTANT", show_default=True, help="When a part is lost: T+2h or 2026-03-10T11:00.")
@click.option("--lasts", default="", metavar="DURATION", help="How long it is lost.  [default: to the end of the run]")
@click.option("--only", "kinds", multiple=True, type=click.Choice(KINDS), help="Only parts of this kind (repeatable).")
@click.option("--variant", metavar="ID", help="A variant of the file.  [default: the file as written]")
@SET
@PLUGIN
@SHEET
@click.pass_context
def command(
    context: click.Context,
    file: Path,
    measure: str,
    at: str,
    lasts: str,
    kinds: tuple[str, ...],
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
    """Lose each site, link, trench, platform, role and team of FILE in turn and rank what that costs.

    The customers are the same every time. Exit codes: 0 fine, 1 our bug, 2 bad input, 130 interrupted.
    """
    from simulator.experiment.weakest import Question

    workers = workers_named(jobs)
    scenario = read(file, overrides, quiet=quiet)
    question = Question(
        measure=measure, variant=variant, at=at, lasts=lasts, kinds=kinds or KINDS,
        replications=replications or scenario.replications or 30, seed=seed if seed is not None else scenario.seed or 1,
    )  # fmt: skip
    from simulator.report.weakest import answer

    context.exit(finish(answer, scenario, question, workers=workers, out=out, as_json=as_json, shown=shown, quiet=quiet))
