"""``crisis drill``: prepare, replay and review an exercise."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulator.cli.options import PLUGIN, SET, workers_named
from simulator.cli.trouble import blamed, blocks, say
from simulator.errors import ExitCode

if TYPE_CHECKING:
    from simulator.drill.session import Held
    from simulator.scenario import Scenario


@click.command("drill")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--log", type=click.Path(path_type=Path), metavar="DECISIONS", help="Replay what a team decided (.yaml, .csv or .jsonl).")
@click.option("--pack", "pack_only", is_flag=True, help="Only write the drill pack: nothing is simulated.")
@click.option(
    "--events-list", "listed", type=click.Path(path_type=Path), metavar="LIST",
    help="Take the injects from this events list (.csv or .xlsx).",
)  # fmt: skip
@click.option(
    "--plan", type=click.Path(path_type=Path), metavar="PLAN",
    help="Carry a completed improvement plan (.csv or .xlsx) into next year's file, beside FILE.",
)  # fmt: skip
@click.option("-n", "--replications", type=click.IntRange(min=1), help="Worlds to try the decisions in.  [default: the file's, else 20]")
@click.option("--seed", type=click.IntRange(min=0), help="Which worlds.  [default: the log's, else the file's, else 1]")
@click.option("--world", type=click.IntRange(min=0), help="Which of the worlds was played.  [default: the log's, else 0]")
@click.option("-j", "--jobs", default="auto", metavar="JOBS", help="Worker processes, or auto for one per core.", show_default=True)
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), default=Path("results"), metavar="DIR", show_default=True, help="Where results go."
)
@click.option("--to", "forms", default="", metavar="FORMS", help="html, md, docx, xlsx and csv, with commas between.  [default: all]")
@click.option("--names", is_flag=True, help="Print the names in the log beside the roles.")
@SET
@PLUGIN
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout instead of the summary.")
@click.option(
    "--progress", "shown", type=click.Choice(["auto", "plain", "none"]), default="auto", show_default=True, help="How progress is shown."
)
@click.option("-q", "--quiet", is_flag=True, help="No talk on stderr except errors.")
@click.pass_context
def command(
    context: click.Context,
    file: Path,
    log: Path | None,
    pack_only: bool,
    listed: Path | None,
    plan: Path | None,
    replications: int | None,
    seed: int | None,
    world: int | None,
    jobs: str,
    out: Path,
    forms: str,
    names: bool,
    overrides: tuple[str, ...],
    as_json: bool,
    shown: str,
    quiet: bool,
) -> None:
    """Hold the exercise in FILE, and write its pack and its report.

    Without a log the playbook plays. The summary goes to stdout, talk to stderr. Exit codes: 0 fine, 1 our bug, 2 bad input
    or nowhere to write, 130 interrupted.
    """
    if sum([pack_only, plan is not None, log is not None]) > 1:
        raise click.UsageError("--log, --pack and --plan exclude each other")
    workers = workers_named(jobs)
    from simulator.scenario import load

    scenario = load(file, overrides)
    if scenario.warnings and not quiet:
        say(blocks(scenario.warnings))
    wanted = [form.strip() for form in forms.split(",") if form.strip()]
    if plan is not None:
        _carry(scenario, plan)
        return
    from simulator.drill import session

    events_list = None if listed is None else session.table_in(listed)
    if pack_only:
        click.echo(session.hand_out(scenario, events_list, out, wanted))
        return
    from simulator.cli.progress import bar
    from simulator.cli.run import about_engine
    from simulator.document.word import has_docx

    if not quiet:
        about_engine(quiet=quiet)
        if not forms and not has_docx():
            say("No DOCX: it needs python-docx (install crisis-simulator[docx]).")
    with bar(replications or scenario.replications or session.REPLICATIONS, shown="none" if quiet else shown) as progress:
        held = session.hold(
            scenario, log=log, events_list=events_list, replications=replications, seed=seed, world=world, jobs=workers, out=out,
            forms=wanted, names=names, command=_command(file, log, listed, replications, seed, world, overrides, names), progress=progress,
            warn=None if quiet else lambda doubts: say(blocks(doubts)),
        )  # fmt: skip
    _tell(held, as_json=as_json, quiet=quiet)
    for failure in held.result.failures:
        say(f"failed: {failure}")
    if held.result.interrupted:
        say(f"Interrupted: {held.result.replications} of {held.result.asked} replications were finished and written.")
        context.exit(ExitCode.INTERRUPTED)
    context.exit(blamed(held.result.failures) if held.result.failures else ExitCode.OK)


def _tell(held: Held, *, as_json: bool, quiet: bool) -> None:
    if as_json:
        from simulator.drill.kept import answer
        from simulator.report.document import text

        click.echo(text(answer(held.review)), nl=False)
    else:
        from simulator.drill.terminal import summary_text

        click.echo(summary_text(held.review), nl=False)
    if held.folder is not None and not quiet:
        page = next(
            (held.folder / f"report.{form}" for form in ("html", "md", "docx") if (held.folder / f"report.{form}").exists()), held.folder
        )
        say(f"Report: {page}")
        say(f"Pack:   {held.folder / 'pack'}")


def _command(
    file: Path,
    log: Path | None,
    listed: Path | None,
    n: int | None,
    seed: int | None,
    world: int | None,
    overrides: tuple[str, ...],
    names: bool,
) -> str:
    words = ["crisis", "drill", str(file)]
    for option, value in (("--log", log), ("--events-list", listed), ("--replications", n), ("--seed", seed), ("--world", world)):
        words += [] if value is None else [option, str(value)]
    for override in overrides:
        words += ["--set", override]
    return shlex.join([*words, "--names"] if names else words)


def _carry(scenario: Scenario, plan: Path) -> None:
    from simulator.drill.session import carry_over

    made = carry_over(scenario, plan)
    click.echo(made)
    print(f"Next: crisis check {made}", file=sys.stderr)
