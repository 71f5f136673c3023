"""``crisis weakest``: takes out each part of the centre in turn and ranks the losses."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from simulator.cli.answer import asked_anew, finish
from simulator.cli.options import PLUGIN, SET, VARIANT, How, simulating

KINDS = ("site", "link", "trench", "platform", "role", "team")


@click.command("weakest")
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@click.option("--measure", default="people_never_served", metavar="MEASURE", show_default=True, help="What the losses are ranked by.")
@click.option("--at", "at", default="T+0", metavar="INSTANT", show_default=True, help="When a part is lost: T+2h or 2026-03-10T11:00.")
@click.option("--lasts", default="", metavar="DURATION", help="How long it is lost.  [default: to the end of the run]")
@click.option("--only", "kinds", multiple=True, type=click.Choice(KINDS), help="Only parts of this kind (repeatable).")
@VARIANT
@SET
@PLUGIN
@click.pass_context
@simulating(least=2)
def command(
    context: click.Context,
    how: How,
    file: Path | None,
    measure: str,
    at: str,
    lasts: str,
    kinds: tuple[str, ...],
    variant: str | None,
    overrides: tuple[str, ...],
) -> None:
    """Lose each site, link, trench, platform, role and team of FILE in turn and rank what that costs.

    The customers are the same every time. Exit codes: 0 fine, 1 our bug, 2 bad input, 130 interrupted.
    """
    if file is None:
        if how.interrupted is None and how.earlier is None:
            raise click.UsageError("Missing argument 'FILE'.")
        context.exit(finish(asked_anew(how, lambda **_: None, how.replications), how))
    from simulator import api
    from simulator.experiment.questions.weakest import Weakest

    scenario = how.read(file, overrides)
    question = Weakest(
        measure=measure, variant=variant, at=at, lasts=lasts, kinds=kinds or KINDS,
        replications=how.worlds(scenario), seed=how.world(scenario),
    )  # fmt: skip
    how.hold(scenario, question.replications)
    context.exit(finish(asked_anew(how, partial(api.ask, question, scenario), question.replications), how))
