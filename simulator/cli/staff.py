"""``crisis staff``: how many agents, where and when, so that targets hold, and how sure that is."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from simulator.cli.options import ANEW, EXECUTOR, LOCAL, PLUGIN, SCHEDULER, SET, check_executor, runner_of, workers_named
from simulator.cli.trouble import blamed, blocks, say
from simulator.errors import ExitCode

if TYPE_CHECKING:
    from simulator.experiment.questions.staff import Answer, Staff
    from simulator.scenario import Scenario


@click.command("staff")
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@click.option("--target", "targets", multiple=True, metavar="EXPR", help="What must hold, 'voice.service_level >= 80%' (repeatable).")
@click.option("--probability", metavar="SHARE", help="In which share of the worlds all targets hold, such as 90%.  [default: on average]")
@click.option(
    "--by", type=click.Choice(["run", "phase", "interval"]), default="run", show_default=True, help="Whether each phase or interval must."
)
@click.option("--max-cost", type=click.FloatRange(min=0, min_open=True), help="What the roster may cost.")
@click.option("--teams", metavar="NAMES", help="Only these teams, between commas.  [default: all that may change]")
@click.option("--variant", metavar="ID", help="A variant of the file.  [default: the file as written]")
@click.option("-n", "--replications", type=click.IntRange(min=10), help="Fresh worlds that confirm the roster.  [default: 200]")
@click.option("--seed", type=click.IntRange(min=0), help="Which worlds: the same seed gives the same bytes.  [default: the file's, else 1]")
@click.option("-j", "--jobs", default="auto", metavar="JOBS", help="Worker processes, or auto for one per core.", show_default=True)
@EXECUTOR
@SCHEDULER
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), default=Path("results"), metavar="DIR", show_default=True, help="Where results go."
)
@SET
@PLUGIN
@click.option("--resume", "interrupted", type=click.Path(path_type=Path), metavar="RUN", help="Go on with a search that was interrupted.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout instead of the answer.")
@click.option(
    "--progress", "shown", type=click.Choice(["auto", "plain", "none"]), default="auto", show_default=True, help="How progress is shown."
)
@click.option("-q", "--quiet", is_flag=True, help="No talk on stderr except errors.")
@click.pass_context
def command(
    context: click.Context,
    file: Path | None,
    targets: tuple[str, ...],
    probability: str | None,
    by: str,
    max_cost: float | None,
    teams: str | None,
    variant: str | None,
    replications: int | None,
    seed: int | None,
    jobs: str,
    executor: str,
    scheduler: str | None,
    out: Path,
    overrides: tuple[str, ...],
    interrupted: Path | None,
    as_json: bool,
    shown: str,
    quiet: bool,
) -> None:
    """Find the cheapest roster of FILE with which every target holds.

    Shifts, costs and limits stand under `staffing` in the file; without it agents are found by interval.
    Exit codes: 0 fine, 1 our bug, 2 bad input or nowhere to write, 3 no number of agents will do, 130 interrupted.
    """
    if interrupted is not None:
        _only_resumed(context)
    elif file is None:
        raise click.UsageError("Missing argument 'FILE'.")
    workers = workers_named(jobs)
    check_executor(executor, scheduler)
    share = None if probability is None else _share(probability)
    if workers != 1 and executor == LOCAL:
        from simulator.experiment.workers import start_loading

        start_loading()
    from simulator import asking

    with runner_of(executor, scheduler, workers, quiet=quiet) as runner:
        if interrupted is not None:
            answer = asking.resume(interrupted, jobs=workers, progress=None if quiet else _Told(shown), runner=runner)
        else:
            assert file is not None
            scenario = _read(file, overrides, quiet=quiet)
            question = _question(
                scenario,
                targets=targets,
                probability=share,
                by=by,
                max_cost=max_cost,
                teams=teams,
                variant=variant,
                n=replications,
                seed=seed,
            )
            told = None if quiet else _Told(shown)
            answer = asking.ask(question, scenario, jobs=workers, out=out, progress=told, runner=runner)
    _show(answer, as_json=as_json)
    for failure in answer.failures[:5]:
        say(f"failed: {failure}")
    if answer.interrupted:
        say(f"Interrupted: the best so far was written. To go on: crisis staff --resume {shlex.quote(str(answer.folder))}")
    if not quiet:
        say(f"Report: {answer.folder / 'report.html'}")
    context.exit(_code(answer))


def _question(
    scenario: Scenario, *, targets: tuple[str, ...], probability: float | None, by: str, max_cost: float | None, teams: str | None,
    variant: str | None, n: int | None, seed: int | None,
) -> Staff:  # fmt: skip
    from simulator.experiment.questions.staff import CONFIRM, Staff

    names = () if teams is None else tuple(name.strip() for name in teams.split(","))
    if not all(names):
        raise click.BadParameter(f"{teams!r}: a name is missing between two commas", param_hint="--teams")
    return Staff(
        targets=targets, probability=probability, by=by, variant=variant, teams=names, max_cost=max_cost or 0.0,
        replications=n or CONFIRM, seed=seed if seed is not None else scenario.seed if scenario.seed is not None else 1,
    )  # fmt: skip


def _read(file: Path, overrides: tuple[str, ...], *, quiet: bool) -> Scenario:
    from simulator.scenario import load

    scenario = load(file, overrides)
    if scenario.warnings and not quiet:
        say(blocks(scenario.warnings))
    return scenario


def _share(text: str) -> float:
    from simulator.scenario.problem import Wrong
    from simulator.scenario.quantity import of_worlds

    try:
        return of_worlds(text)
    except Wrong as error:
        raise click.BadParameter(error.problems[0].message, param_hint="--probability") from None


def _only_resumed(context: click.Context) -> None:
    """Refuse what would make a resumed search another one."""
    given = [
        p for p in context.command.params if p.name not in ANEW and context.get_parameter_source(p.name or "") != ParameterSource.DEFAULT
    ]
    if given:
        names = ", ".join(p.opts[0] if isinstance(p, click.Option) else "FILE" for p in given)
        raise click.UsageError(f"--resume goes on as it was asked: it takes no {names}")


class _Told:
    """A line now and then: a search does not know how long it takes."""

    def __init__(self, shown: str) -> None:
        self.shown, self.said = shown, 0.0

    def __call__(self, done: int, asked: int) -> None:
        import time

        if self.shown == "none" or time.monotonic() - self.said < (2.0 if self.shown == "auto" and sys.stderr.isatty() else 10.0):
            return
        self.said = time.monotonic()
        say(f"Simulated {done} worlds of {asked} asked for so far")


def _show(answer: Answer, *, as_json: bool) -> None:
    from simulator.document.program import json_text
    from simulator.document.terminal import ascii_text
    from simulator.report import staff

    told = json_text(staff.numbers(answer)) if as_json else staff.text(answer)
    click.echo(told if as_json or "utf" in (sys.stdout.encoding or "").lower() else ascii_text(told), nl=False)


def _code(answer: Answer) -> ExitCode:
    if answer.interrupted:
        return ExitCode.INTERRUPTED
    if answer.failures:
        return blamed(answer.failures)
    return ExitCode.OK if answer.plan_holds else ExitCode.BREACHED
