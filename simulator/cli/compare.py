"""``crisis compare``: the same customers, different strategies or plans, and which of them is best."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from simulator import disk
from simulator.cli.answer import asked_anew, code_of, finish, shown_at_least
from simulator.cli.options import PLUGIN, SET, How, simulating
from simulator.cli.trouble import blocks, say, tell
from simulator.experiment.question import MOST, STABILITY

OF_RUNS = {"files", "baseline", "measures", "plugins", "out", "as_json", "quiet", "jobs", "shown"}
"""What can be chosen where finished runs are compared."""

if TYPE_CHECKING:
    from simulator.experiment.result import Result
    from simulator.scenario import Scenario


@click.command("compare")
@click.argument("files", metavar="FILE|RUN...", nargs=-1, type=click.Path(path_type=Path))
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
@click.option("--dry-run", is_flag=True, help="Check everything, say what would be compared, and stop.")
@click.pass_context
@simulating()
def command(
    context: click.Context,
    how: How,
    files: tuple[Path, ...],
    strategies: str | None,
    variants: str | None,
    vary: tuple[str, ...],
    baseline: str,
    measures: tuple[str, ...],
    precision: tuple[str, ...],
    rank: str,
    max_replications: int,
    strict_precision: bool,
    stability: int,
    overrides: tuple[str, ...],
    dry_run: bool,
) -> None:
    """Compare strategies, variants, values or files in the same worlds; or finished runs.

    Every combination of what is named is an alternative; without a name the variants of FILE are. Where folders of finished
    runs are named, what they found is compared and nothing is simulated. Exit codes: 0 fine,
    1 our bug, 2 bad input, 4 not precise enough or not decided (with --strict-precision), 130 interrupted.
    """
    if not files and how.interrupted is None and how.earlier is None:
        raise click.UsageError("Missing argument 'FILE|RUN...'.")
    if any(disk.is_folder(file) for file in files):
        result = _compared(context, how, files, baseline, measures)
        context.exit(finish(result, how))
    if strict_precision and not (precision or rank) and how.interrupted is None:
        raise click.UsageError("--strict-precision needs a --precision or a --rank")
    scenarios = _read(files, overrides, quiet=how.quiet)
    first = scenarios[0] if scenarios else None
    how.hold(first, how.worlds(first), quiet=dry_run)
    named: dict[str, Any] = {"strategies": _names(strategies, "--strategies"), "variants": _names(variants, "--variants"), "vary": vary}
    from simulator import api

    if dry_run:
        asked = {"baseline": baseline, "measures": measures, "rank": rank, "precision": precision}
        _plan(scenarios, named, asked, n=how.worlds(first), seed=how.world(first))
        return

    def ask(**work: Any) -> Result:
        return api.compare(
            scenarios, **named, baseline=baseline, measures=measures, rank=rank, stability=stability, replications=how.worlds(first),
            seed=how.world(first), precision=precision, max_replications=max_replications, **work,
        )  # fmt: skip

    result = asked_anew(how, ask, how.worlds(first))
    context.exit(finish(result, how, lambda: code_of(result, strict=strict_precision)))


def _compared(context: click.Context, how: How, folders: tuple[Path, ...], baseline: str, measures: tuple[str, ...]) -> Result:
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
    with shown_at_least(how):
        return api.compare_runs(folders, baseline=baseline, measures=measures, out=how.out)


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
