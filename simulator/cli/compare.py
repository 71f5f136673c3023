"""``crisis compare``: the same customers, different strategies or plans, and which of them is best."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from simulator import disk
from simulator.cli.check import PLUGIN, SET
from simulator.cli.executor import EXECUTOR, LOCAL, SCHEDULER, check_executor, runner_of
from simulator.cli.memory import MAX_MEMORY, hold
from simulator.cli.run import printing, workers_named
from simulator.cli.trouble import blamed, blocks, say, tell
from simulator.errors import ExitCode
from simulator.experiment.question import MOST, STABILITY

OF_RUNS = {"files", "baseline", "measures", "plugins", "out", "as_json", "quiet", "jobs", "shown"}
"""What can be chosen where finished runs are compared."""

if TYPE_CHECKING:
    from simulator.experiment.result import Result
    from simulator.scenario import Scenario


@click.command("compare")
@click.argument("files", metavar="FILE|RUN...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--strategies", metavar="A,B,...", help="Routing strategies, 'priority,first-come:agent=best-skill'.")
@click.option("--variants", metavar="X,Y,...", help="Variants of the file; as-written is the file itself.")
@click.option(
    "--vary", multiple=True, metavar="PATH=A:B:STEP", help="Values to try, 'sites.temporary.seats=100:300:50' or '=a,b,c' (twice at most)."
)
@click.option(
    "--baseline", default="", metavar="ID", help="What the others are compared with.  [default: the file as written, else the first]"
)
@click.option(
    "--measure", "measures", multiple=True, metavar="MEASURE", help="A goal, 'never_served[find-relative]' (repeatable); the first decides."
)
@click.option("-n", "--replications", type=click.IntRange(min=1), help="How many worlds to simulate.  [default: the file's, else 30]")
@click.option("--seed", type=click.IntRange(min=0), help="Which worlds: the same seed gives the same bytes.  [default: the file's, else 1]")
@click.option(
    "--precision", multiple=True, metavar="EXPR", help="Add worlds until every alternative has this half-width, 'never_served=1pp'."
)
@click.option(
    "--rank", default="", metavar="MEASURE=SIZE",
    help="Add worlds until one is the best or no worse by more than this, 'never_served=0.5pp'; those that cannot be leave.",
)  # fmt: skip
@click.option(
    "--max-replications", type=click.IntRange(min=1), default=MOST, show_default=True, help="Where --precision and --rank give up."
)
@click.option("--strict-precision", is_flag=True, help="Exit with code 4 if they do.")
@click.option(
    "--stability", type=click.IntRange(min=0), default=STABILITY, show_default=True,
    help="Worlds under each other condition (surge and patience, more and less); 0 for none.",
)  # fmt: skip
@SET
@PLUGIN
@click.option("-j", "--jobs", default="auto", metavar="JOBS", help="Worker processes, or auto for one per core.", show_default=True)
@EXECUTOR
@SCHEDULER
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), default=Path("results"), metavar="DIR", show_default=True, help="Where results go."
)
@click.option("--dry-run", is_flag=True, help="Check everything, say what would be compared, and stop.")
@MAX_MEMORY
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout instead of the summary.")
@click.option(
    "--progress", "shown", type=click.Choice(["auto", "plain", "none"]), default="auto", show_default=True, help="How progress is shown."
)
@click.option("-q", "--quiet", is_flag=True, help="No talk on stderr except errors.")
@click.pass_context
def command(
    context: click.Context,
    files: tuple[Path, ...],
    strategies: str | None,
    variants: str | None,
    vary: tuple[str, ...],
    baseline: str,
    measures: tuple[str, ...],
    replications: int | None,
    seed: int | None,
    precision: tuple[str, ...],
    rank: str,
    max_replications: int,
    strict_precision: bool,
    stability: int,
    overrides: tuple[str, ...],
    jobs: str,
    executor: str,
    scheduler: str | None,
    out: Path,
    dry_run: bool,
    as_json: bool,
    shown: str,
    quiet: bool,
) -> None:
    """Compare strategies, variants, values or files in the same worlds; or finished runs.

    Every combination of what is named is an alternative; without a name the variants of FILE are. Where folders of finished
    runs are named, what they found is compared and nothing is simulated. Exit codes: 0 fine,
    1 our bug, 2 bad input, 4 not precise enough or not decided (with --strict-precision), 130 interrupted.
    """
    if any(disk.is_folder(file) for file in files):
        _finish(context, _compared(context, files, baseline, measures, out, as_json=as_json), as_json=as_json, strict=False, quiet=quiet)
        return
    if strict_precision and not (precision or rank):
        raise click.UsageError("--strict-precision needs a --precision or a --rank")
    workers = workers_named(jobs)
    check_executor(executor, scheduler)
    if workers != 1 and executor == LOCAL and not dry_run:
        from simulator.experiment.workers import start_loading

        start_loading()
    scenarios = _read(files, overrides, quiet=quiet)
    wanted = replications or scenarios[0].replications or 30
    chosen = seed if seed is not None else scenarios[0].seed if scenarios[0].seed is not None else 1
    hold(scenarios[0], wanted, workers, local=executor == LOCAL, quiet=quiet or dry_run)
    named = {"strategies": _names(strategies, "--strategies"), "variants": _names(variants, "--variants"), "vary": vary}
    from simulator import api

    if dry_run:
        asked = {"baseline": baseline, "measures": measures, "rank": rank, "precision": precision}
        _plan(scenarios, named, asked, n=wanted, seed=chosen)
        return
    from simulator.cli.progress import bar

    with (
        runner_of(executor, scheduler, workers, quiet=quiet) as runner,
        bar(wanted, shown="none" if quiet else shown) as progress,
        printing(as_json),
    ):
        result = api.compare(
            scenarios, **named, baseline=baseline, measures=measures, rank=rank, stability=stability, replications=wanted, seed=chosen,
            jobs=workers, out=out, precision=precision, max_replications=max_replications, progress=progress, runner=runner,
        )  # fmt: skip
    _finish(context, result, as_json=as_json, strict=strict_precision, quiet=quiet)


def _compared(
    context: click.Context, folders: tuple[Path, ...], baseline: str, measures: tuple[str, ...], out: Path, *, as_json: bool
) -> Result:
    """Finished runs side by side; what would have to be simulated is refused."""
    from simulator import api

    files = [str(folder) for folder in folders if not disk.is_folder(folder)]
    if files:
        raise click.UsageError(f"finished runs are compared with finished runs; {', '.join(files)} is none")
    given = [
        p.opts[0] for p in context.command.params
        if p.name not in OF_RUNS and context.get_parameter_source(p.name or "") != ParameterSource.DEFAULT
    ]  # fmt: skip
    if given:
        raise click.UsageError(f"finished runs are compared as they are, and nothing is simulated: they take no {', '.join(given)}")
    with printing(as_json):
        return api.compare_runs(folders, baseline=baseline, measures=measures, out=out)


def _finish(context: click.Context, result: Result, *, as_json: bool, strict: bool, quiet: bool) -> None:
    """Print the findings, and end with their exit code."""
    show(result, as_json=as_json)
    for failure in result.failures:
        say(f"failed: {failure}")
    if result.interrupted:
        said = f"Interrupted: {result.replications} of {result.asked} replications were finished and written."
        say(said if result.folder is None else f"{said} The others: crisis run --resume {shlex.quote(str(result.folder))}")
    if not quiet and result.folder is not None:
        say(f"Report: {result.folder / 'report.html'}")
    context.exit(code(result, strict=strict))


def _read(files: tuple[Path, ...], overrides: tuple[str, ...], *, quiet: bool) -> list[Scenario]:
    """The checked scenarios; what is wrong with any of them is told at once."""
    from simulator.errors import Diagnostic, ScenarioError
    from simulator.scenario import load

    found, problems = [], dict[Diagnostic, None]()
    for file in files:
        try:
            found.append(load(file, overrides))
        except ScenarioError as error:
            problems.update(dict.fromkeys(error.diagnostics))
    if problems:
        raise ScenarioError(tuple(problems))
    warnings = list(dict.fromkeys(warning for scenario in found for warning in scenario.warnings))
    if warnings and not quiet:
        say(blocks(warnings))
    return found


def _names(text: str | None, option: str) -> tuple[str, ...]:
    """Names between commas."""
    if text is None:
        return ()
    names = tuple(name.strip() for name in text.split(","))
    if not all(names):
        raise click.BadParameter(f"{text!r}: a name is missing between two commas", param_hint=option)
    return names


def _plan(scenarios: list[Scenario], named: dict[str, tuple[str, ...]], asked: dict[str, Any], *, n: int, seed: int) -> None:
    from simulator.experiment.questions.compare import Compare
    from simulator.scenario.alternatives import alternatives, differing

    made = alternatives(scenarios, **named)
    question = Compare(
        replications=n, seed=seed, precision=asked["precision"], baseline=asked["baseline"], measures=asked["measures"], rank=asked["rank"]
    )
    question.plan(made)  # raises where that cannot be asked
    lines = [f"{'scenario':<14}{scenarios[0].name}", f"{'seed':<14}{seed}", f"{'replications':<14}{n}"]
    lines += [f"{'alternatives' if i == 0 else '':<14}{name}" for i, name in enumerate(made.variant_names)]
    lines += [f"{'differ in' if i == 0 else '':<14}{path}" for i, path in enumerate(differing(made))]
    tell("\n".join(["Nothing was simulated. This would be compared:", *lines, ""]))


def show(result: Result, *, as_json: bool) -> None:
    """Print the findings on stdout."""
    from simulator.document.terminal import ascii_text
    from simulator.report import comparison, sheet
    from simulator.report.document import text

    found = comparison.summary(result)
    if as_json:
        click.echo(text(dict(found.document)), nl=False)
        return
    told = sheet.text(found)
    tell(told if "utf" in (sys.stdout.encoding or "").lower() else ascii_text(told))


def code(result: Result, *, strict: bool) -> ExitCode:
    """How the command ends."""
    if result.interrupted:
        return ExitCode.INTERRUPTED
    if result.failures:
        return blamed(result.failures)
    assert result.contest is not None
    selection = result.contest.selection
    decided = selection is None or selection.decided
    return ExitCode.OK if not strict or (result.precise and decided) else ExitCode.IMPRECISE
