"""``crisis run``: simulate a scenario and show what happens."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.cli.answer import asked_anew, code_of, finish
from simulator.cli.options import PLUGIN, SET, How, simulating
from simulator.cli.trouble import blocks, say, tell
from simulator.errors import UsageError
from simulator.experiment.question import MOST

if TYPE_CHECKING:
    from simulator.experiment.result import Result
    from simulator.scenario import Scenario


@click.command("run")
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@click.option("--variant", metavar="ID|all", help="A variant of the file, or all of them and the file itself on the same customers.")
@SET
@PLUGIN
@click.option(
    "--threshold", "thresholds", multiple=True, metavar="EXPR", help="One more pass mark, 'voice.abandon_rate[shock] <= 40%' (repeatable)."
)
@click.option("--no-thresholds", is_flag=True, help="Leave out the pass marks of the file.")
@click.option(
    "--fail-on", type=click.Choice(["error", "inconclusive", "warn"]), default="error", show_default=True,
    help="What is exit code 3: a breached threshold, also one too close to call, also warnings about the file.",
)  # fmt: skip
@click.option(
    "--precision", multiple=True, metavar="EXPR",
    help="Add replications until this half-width is reached, 'voice.service_level[shock]=2pp' (repeatable).",
)  # fmt: skip
@click.option("--max-replications", type=click.IntRange(min=1), default=MOST, show_default=True, help="Where --precision gives up.")
@click.option("--strict-precision", is_flag=True, help="Exit with code 4 if --precision is not reached.")
@click.option("--records", is_flag=True, help="Also write one CSV row per contact attempt.")
@click.option("--dry-run", is_flag=True, help="Check everything, say what would be run, and stop.")
@click.option("-v", "--verbose", is_flag=True, help="Say more: every table of the summary, and where the time went.")
@click.pass_context
@simulating(checked=True)
def command(
    context: click.Context,
    how: How,
    file: Path | None,
    variant: str | None,
    overrides: tuple[str, ...],
    thresholds: tuple[str, ...],
    no_thresholds: bool,
    fail_on: str,
    precision: tuple[str, ...],
    max_replications: int,
    strict_precision: bool,
    records: bool,
    dry_run: bool,
    verbose: bool,
) -> None:
    """Simulate FILE and write a report.

    The summary goes to stdout, talk to stderr. Exit codes: 0 fine, 1 our bug, 2 bad input or nowhere to write,
    3 a threshold is breached, 4 precision not reached (with --strict-precision), 130 interrupted.
    """
    if how.quiet and verbose:
        raise click.UsageError("--quiet and --verbose exclude each other")
    if how.interrupted is None and file is None and how.earlier is None:
        raise click.UsageError("Missing argument 'FILE'.")
    if strict_precision and not precision and how.interrupted is None:
        raise click.UsageError("--strict-precision needs a --precision")
    scenario = _scenario(how, file, overrides, variant, records=records)
    if scenario is not None and scenario.warnings and not how.quiet:
        say(blocks(scenario.warnings))
    how.hold(scenario, how.worlds(scenario), records=records, quiet=dry_run)
    if dry_run:
        from simulator.cli.plan import plan

        tell(plan(scenario, how, variant, thresholds, precision, no_thresholds=no_thresholds))
        return
    from simulator import api

    about_engine(quiet=how.quiet)
    of_run: dict[str, Any] = {
        "thresholds": thresholds, "own_thresholds": not no_thresholds, "precision": precision, "max_replications": max_replications,
    }  # fmt: skip

    def ask(**work: Any) -> Result:
        assert scenario is not None
        return api.run(
            scenario, replications=how.worlds(scenario), seed=how.world(scenario), variant=variant, records=records, **of_run, **work
        )

    result = asked_anew(how, ask, how.worlds(scenario), full=verbose, **of_run)
    talk = _about_time(result) if verbose else ""
    context.exit(finish(result, how, lambda: code_of(result, fail_on=fail_on, strict=strict_precision), full=verbose, talk=talk))


def _scenario(how: How, file: Path | None, overrides: tuple[str, ...], variant: str | None, *, records: bool) -> Scenario | None:
    """The scenario of ``file``; where a run is extended, what is given must be what was run there. None without a file."""
    if file is None and overrides:
        raise UsageError("--set changes the scenario: a finished run cannot be extended with another one")
    scenario = None
    if file is not None:
        from simulator.scenario import load

        scenario = load(file, overrides)
    if how.earlier is None:
        return scenario
    from simulator.asking import opened

    there = opened(how.earlier)
    question: Any = there.question
    if scenario is not None and scenario.sha256 != there.scenario.sha256:
        raise UsageError(f"{file} is not the scenario that was run in {how.earlier}: what it says has changed since; run it afresh")
    if how.seed is not None and how.seed != question.seed:
        raise UsageError(f"{how.earlier} was run with seed {question.seed}, not {how.seed}: worlds of one seed belong together")
    if variant is not None and variant != getattr(question, "variant", None):
        raise UsageError(f"{how.earlier} was run with {_variant(question.variant)}, not with {_variant(variant)}")
    if records and not getattr(question, "records", False):
        raise UsageError(
            f"{how.earlier} was run without --records: the contacts of its worlds are not there to be extended; run it afresh"
        )
    return scenario


def _variant(name: str | None) -> str:
    return "the file as written" if name is None else "all variants" if name == "all" else f"variant {name}"


def about_engine(*, quiet: bool) -> None:
    """Tell where the engine is slower than it could be."""
    from simulator.engine.build import state

    if quiet:
        return
    if state() == "pure":
        say("The engine is not compiled here: the results are the same, only slower. A C compiler at installation makes it fast.")
    elif state() == "stale":
        say("The compiled engine is older than its sources: install again to bring it up to date.")


def _about_time(result: Result) -> str:
    effort = result.effort
    rate = effort.attempts / effort.simulating if effort.simulating else 0.0
    return (
        f"{effort.attempts:,} contact attempts, {rate:,.0f} simulated per CPU second\n"
        f"CPU seconds: {effort.drawing:.1f} drawing, {effort.simulating:.1f} simulating, {effort.tallying:.1f} tallying"
    )
