"""``crisis run``: simulate a scenario and show what happens."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulator.cli.trouble import blocks, say
from simulator.errors import ExitCode

if TYPE_CHECKING:
    from simulator.experiment.result import Result


@click.command("run")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("-n", "--replications", type=click.IntRange(min=1), help="How many worlds to simulate.  [default: the file's, else 30]")
@click.option("--seed", type=click.IntRange(min=0), help="Which worlds: the same seed gives the same bytes.  [default: the file's, else 1]")
@click.option("-j", "--jobs", default="auto", metavar="JOBS", help="Worker processes, or auto for one per core.", show_default=True)
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), default=Path("results"), metavar="DIR", show_default=True, help="Where results go."
)
@click.option("--variant", metavar="ID|all", help="A variant of the file, or all of them on the same customers.")
@click.option("--records", is_flag=True, help="Also write one CSV row per contact attempt.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout instead of the summary.")
@click.option("-q", "--quiet", is_flag=True, help="No talk on stderr except errors.")
@click.option("-v", "--verbose", is_flag=True, help="Say more: where the time went.")
@click.pass_context
def command(
    context: click.Context,
    file: Path,
    replications: int | None,
    seed: int | None,
    jobs: str,
    out: Path,
    variant: str | None,
    records: bool,
    as_json: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Simulate FILE and write a report.

    The summary goes to stdout, talk to stderr. Exit codes: 0 fine, 1 our bug, 2 bad input or nowhere to write,
    3 a threshold is breached, 130 interrupted.
    """
    if quiet and verbose:
        raise click.UsageError("--quiet and --verbose exclude each other")
    workers = _workers(jobs)
    if workers != 1:
        from simulator.experiment.workers import start_loading

        start_loading()
    from simulator.scenario import load

    scenario = load(file)
    if scenario.warnings and not quiet:
        say(blocks(scenario.warnings))

    from simulator.api import run
    from simulator.cli.progress import bar
    from simulator.engine.build import state

    if not quiet:
        _about_engine(state())
    replications = replications or scenario.replications or 30
    with bar(replications, quiet=quiet) as progress:
        result = run(
            scenario,
            replications=replications,
            seed=seed if seed is not None else scenario.seed if scenario.seed is not None else 1,
            jobs=workers,
            variant=variant,
            out=out,
            records=records,
            progress=progress,
        )
    assert result.folder is not None  # `out` is given, so it was written
    if as_json:
        from simulator.report.answer import answer
        from simulator.report.document import text

        click.echo(text(answer(result)), nl=False)
    else:
        from simulator.report.terminal import summary_text

        click.echo(summary_text(result, unicode=_speaks_unicode()), nl=False)
    for failure in result.failures:
        say(f"failed: {failure}")
    if result.interrupted:
        say(f"Interrupted: {result.replications} of {result.asked} replications were finished and written.")
    if not quiet:
        if verbose:
            _about_time(result)
        say(f"Report: {result.folder / 'report.html'}")
    context.exit(_code(result))


def _workers(text: str) -> int | None:
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


def _about_time(result: Result) -> None:
    effort = result.effort
    rate = effort.attempts / effort.simulating if effort.simulating else 0.0
    say(f"{effort.attempts:,} contact attempts, {rate:,.0f} simulated per CPU second")
    say(f"CPU seconds: {effort.drawing:.1f} drawing, {effort.simulating:.1f} simulating, {effort.tallying:.1f} tallying")


def _code(result: Result) -> ExitCode:
    if result.interrupted:
        return ExitCode.INTERRUPTED
    if result.failures:
        return ExitCode.BUG
    return ExitCode.BREACHED if result.breached else ExitCode.OK
