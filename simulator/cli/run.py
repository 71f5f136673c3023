"""``crisis run``: simulate a scenario and show what happens."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulator.cli.check import PLUGIN, SET
from simulator.cli.earlier import only_resumed, scenario_of
from simulator.cli.executor import EXECUTOR, LOCAL, SCHEDULER, check_executor, runner_of
from simulator.cli.memory import MAX_MEMORY, hold
from simulator.cli.trouble import blamed, blocks, failed, say, tell
from simulator.errors import ExitCode, OutputError
from simulator.experiment.question import MOST

if TYPE_CHECKING:
    from simulator.experiment.result import Result


@click.command("run")
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@click.option("-n", "--replications", type=click.IntRange(min=1), help="How many worlds to simulate.  [default: the file's, else 30]")
@click.option("--seed", type=click.IntRange(min=0), help="Which worlds: the same seed gives the same bytes.  [default: the file's, else 1]")
@click.option("-j", "--jobs", default="auto", metavar="JOBS", help="Worker processes, or auto for one per core.", show_default=True)
@EXECUTOR
@SCHEDULER
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), default=Path("results"), metavar="DIR", show_default=True, help="Where results go."
)
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
@click.option(
    "--extend", "earlier", type=click.Path(path_type=Path), metavar="RUN", help="Add replications to a finished run, in a new folder."
)
@click.option(
    "--resume",
    "interrupted",
    type=click.Path(path_type=Path),
    metavar="RUN",
    help="Finish a run that was interrupted, as it was asked for.",
)
@MAX_MEMORY
@click.option("--records", is_flag=True, help="Also write one CSV row per contact attempt.")
@click.option("--dry-run", is_flag=True, help="Check everything, say what would be run, and stop.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout instead of the summary.")
@click.option(
    "--progress", "shown", type=click.Choice(["auto", "plain", "none"]), default="auto", show_default=True, help="How progress is shown."
)
@click.option("-q", "--quiet", is_flag=True, help="No talk on stderr except errors.")
@click.option("-v", "--verbose", is_flag=True, help="Say more: every table of the summary, and where the time went.")
@click.pass_context
def command(
    context: click.Context,
    file: Path | None,
    replications: int | None,
    seed: int | None,
    jobs: str,
    executor: str,
    scheduler: str | None,
    out: Path,
    variant: str | None,
    overrides: tuple[str, ...],
    thresholds: tuple[str, ...],
    no_thresholds: bool,
    fail_on: str,
    precision: tuple[str, ...],
    max_replications: int,
    strict_precision: bool,
    earlier: Path | None,
    interrupted: Path | None,
    records: bool,
    dry_run: bool,
    as_json: bool,
    shown: str,
    quiet: bool,
    verbose: bool,
) -> None:
    """Simulate FILE and write a report.

    The summary goes to stdout, talk to stderr. Exit codes: 0 fine, 1 our bug, 2 bad input or nowhere to write,
    3 a threshold is breached, 4 precision not reached (with --strict-precision), 130 interrupted.
    """
    if quiet and verbose:
        raise click.UsageError("--quiet and --verbose exclude each other")
    if interrupted is not None:
        only_resumed(context)
    elif file is None and earlier is None:
        raise click.UsageError("Missing argument 'FILE'.")
    if strict_precision and not precision and interrupted is None:
        raise click.UsageError("--strict-precision needs a --precision")
    workers = workers_named(jobs)
    check_executor(executor, scheduler)
    if workers != 1 and executor == LOCAL and not dry_run:
        from simulator.experiment.workers import start_loading

        start_loading()
    scenario = scenario_of(file, overrides, earlier, seed, variant, records=records)
    if scenario is not None and scenario.warnings and not quiet:
        say(blocks(scenario.warnings))

    wanted = replications or (None if scenario is None else scenario.replications) or 30
    chosen = seed if seed is not None else scenario.seed if scenario is not None and scenario.seed is not None else 1
    hold(scenario, wanted, workers, local=executor == LOCAL, records=records, quiet=quiet or dry_run)
    if dry_run:
        from simulator.cli.plan import plan

        tell(plan(scenario, earlier, variant, thresholds, precision, no_thresholds=no_thresholds, n=wanted, seed=chosen, out=out))
        return
    from simulator import api
    from simulator.cli.progress import bar
    from simulator.engine.build import state

    if not quiet:
        _about_engine(state())
    with (
        runner_of(executor, scheduler, workers, quiet=quiet) as runner,
        bar(wanted if interrupted is None else None, shown="none" if quiet else shown) as progress,
        printing(as_json, full=verbose),
    ):
        if interrupted is not None:
            result = api.resume(interrupted, jobs=workers, progress=progress, runner=runner)
        elif earlier is not None:
            result = api.extend(
                earlier, replications=wanted, jobs=workers, out=out, thresholds=thresholds, own_thresholds=not no_thresholds,
                precision=precision, max_replications=max_replications, progress=progress, runner=runner,
            )  # fmt: skip
        else:
            assert scenario is not None
            result = api.run(
                scenario, replications=wanted, seed=chosen, jobs=workers, variant=variant, out=out, records=records, thresholds=thresholds,
                own_thresholds=not no_thresholds, precision=precision, max_replications=max_replications, progress=progress, runner=runner,
            )  # fmt: skip
    assert result.folder is not None  # `out` is given, so it was written
    _print(result, as_json=as_json, full=verbose)
    _about_worlds(result)
    if result.interrupted:
        say(
            f"Interrupted: {result.replications} of {result.asked} replications were finished and written. "
            f"The others: crisis run --resume {shlex.quote(str(result.folder))}"
        )
    if not quiet:
        if verbose:
            _about_time(result)
        say(f"Report: {result.folder / 'report.html'}")
    context.exit(_code(result, fail_on, strict=strict_precision))


@contextmanager
def printing(as_json: bool, *, full: bool = False) -> Iterator[None]:
    """Show what was found even where it could not be written."""
    try:
        yield
    except OutputError as error:
        result = getattr(error, "result", None)
        if result is not None:
            _print(result, as_json=as_json, full=full)
        raise


def _print(result: Result, *, as_json: bool, full: bool = False) -> None:
    if result.contest is not None:
        from simulator.cli.compare import show

        show(result, as_json=as_json)
    elif as_json:
        from simulator.report.answer import answer
        from simulator.report.document import text

        click.echo(text(answer(result)), nl=False)
    else:
        from simulator.report.terminal import summary_text

        tell(summary_text(result, unicode=_speaks_unicode(), full=full))


def workers_named(text: str) -> int | None:
    """The number of worker processes; None for one per core."""
    if text == "auto":
        return None
    if not text.isdecimal() or int(text) < 1:
        raise click.BadParameter(f"{text!r} is neither a whole number from 1 nor auto", param_hint="--jobs")
    return int(text)


def _about_engine(state: str) -> None:
    if state == "pure":
        say("The engine is not compiled here: the results are the same, only slower. A C compiler at installation makes it fast.")
    elif state == "stale":
        say("The compiled engine is older than its sources: install again to bring it up to date.")


def _speaks_unicode() -> bool:
    return "utf" in (sys.stdout.encoding or "").lower()


def _about_worlds(result: Result) -> None:
    """What went wrong with some of them."""
    for failure in result.failures:
        say(f"failed: {failure}")
    if result.spoilt:
        entries = "1 entry of what was kept was" if result.spoilt == 1 else f"{result.spoilt} entries of what was kept were"
        say(f"{entries} damaged and left out: their worlds were simulated again.")


def _about_time(result: Result) -> None:
    effort = result.effort
    rate = effort.attempts / effort.simulating if effort.simulating else 0.0
    say(f"{effort.attempts:,} contact attempts, {rate:,.0f} simulated per CPU second")
    say(f"CPU seconds: {effort.drawing:.1f} drawing, {effort.simulating:.1f} simulating, {effort.tallying:.1f} tallying")


def _code(result: Result, fail_on: str, *, strict: bool) -> ExitCode:
    if result.interrupted:
        return ExitCode.INTERRUPTED
    if result.failures:
        return blamed(result.failures)
    if result.contest is not None:
        from simulator.cli.compare import code

        return code(result, strict=strict)
    statuses = result.statuses
    for mark, status in zip(result.summary.thresholds, statuses, strict=True):
        if status == "empty":
            say(failed(f"threshold {mark.text} has no data: nothing was measured there in any world"))
    if "empty" in statuses:
        return ExitCode.BAD_INPUT
    close = fail_on != "error" and "inconclusive" in statuses
    warned = fail_on == "warn" and bool(result.scenario.warnings)
    if "fail" in statuses or close or warned:
        return ExitCode.BREACHED
    return ExitCode.IMPRECISE if strict and not result.precise else ExitCode.OK
