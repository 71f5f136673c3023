"""``crisis drill``: prepare, replay and review an exercise."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.cli.answer import asked_anew, finish
from simulator.cli.options import PLUGIN, SET, How, simulating
from simulator.cli.run import about_engine
from simulator.cli.trouble import blocks, say, tell
from simulator.errors import ExitCode

if TYPE_CHECKING:
    from simulator.drill.question import Drilled
    from simulator.scenario import Scenario


@click.command("drill")
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
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
@click.option("--world", type=click.IntRange(min=0), help="Which of the worlds was played.  [default: the log's, else 0]")
@click.option("--to", "forms", default="", metavar="FORMS", help="html, md, docx, xlsx and csv, with commas between.  [default: all]")
@click.option("--names", is_flag=True, help="Print the names in the log beside the roles.")
@SET
@PLUGIN
@click.pass_context
@simulating(default=20)
def command(
    context: click.Context,
    how: How,
    file: Path | None,
    log: Path | None,
    pack_only: bool,
    listed: Path | None,
    plan: Path | None,
    world: int | None,
    forms: str,
    names: bool,
    overrides: tuple[str, ...],
) -> None:
    """DrillQuestion the exercise in FILE, and write its pack and its report.

    Without a log the playbook plays. The summary goes to stdout, talk to stderr. Exit codes: 0 fine, 1 our bug, 2 bad input
    or nowhere to write, 130 interrupted.
    """
    if sum([pack_only, plan is not None, log is not None]) > 1:
        raise click.UsageError("--log, --pack and --plan exclude each other")
    if file is None:
        if how.interrupted is None and how.earlier is None:
            raise click.UsageError("Missing argument 'FILE'.")
        context.exit(_finish(asked_anew(how, lambda **_: None, how.replications), how))
    scenario = how.read(file, overrides)
    wanted = [form.strip() for form in forms.split(",") if form.strip()]
    if plan is not None:
        _carry(scenario, plan)
        return
    from simulator.document.word import has_docx
    from simulator.drill import session

    events_list = None if listed is None else session.table_in(listed)
    if pack_only:
        tell(f"{session.hand_out(scenario, events_list, how.out, wanted)}\n")
        return
    about_engine(quiet=how.quiet)
    if not how.quiet and not forms and not has_docx():
        say("No DOCX: it needs python-docx (install crisis-simulator[docx]).")

    how.hold(scenario, how.worlds(scenario, session.REPLICATIONS))

    def ask(**work: Any) -> Drilled:
        return session.drill(
            scenario, log=log, events_list=events_list, replications=how.replications, seed=how.seed, world=world, forms=wanted,
            names=names, command=_command(file, log, listed, how, world, overrides, names=names),
            warn=None if how.quiet else lambda doubts: say(blocks(doubts)), **work,
        )  # fmt: skip

    context.exit(_finish(asked_anew(how, ask, how.worlds(scenario, session.REPLICATIONS)), how))


def _finish(held: Drilled, how: How) -> ExitCode:
    """Print the findings and where the files are."""
    if held.folder is None:
        return finish(held, how)
    pages = (held.folder / f"report.{form}" for form in ("html", "md", "docx"))
    page = next((page for page in pages if page.exists()), held.folder)
    return finish(held, how, files={"Report": page, "Pack": held.folder / "pack"})


def _command(
    file: Path, log: Path | None, listed: Path | None, how: How, world: int | None, overrides: tuple[str, ...], *, names: bool
) -> str:
    words = ["crisis", "drill", file.name]
    options = (
        ("--log", log), ("--events-list", listed), ("--replications", how.replications), ("--seed", how.seed), ("--world", world)
    )  # fmt: skip
    for option, value in options:
        words += [] if value is None else [option, value.name if isinstance(value, Path) else str(value)]
    for override in overrides:
        words += ["--set", override]
    return shlex.join([*words, "--names"] if names else words)


def _carry(scenario: Scenario, plan: Path) -> None:
    from simulator.drill.session import carry_over

    made = carry_over(scenario, plan)
    tell(f"{made}\n")
    say(f"Next: crisis check {made}")
