"""What the commands that answer one question with a sheet have in common."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from simulator.cli.memory import MAX_MEMORY, hold
from simulator.cli.trouble import blamed, blocks, say, tell
from simulator.errors import ExitCode

if TYPE_CHECKING:
    from simulator.report.sheet import Sheet
    from simulator.scenario import Scenario

F = TypeVar("F", bound=Callable[..., Any])


def SHEET(function: F) -> F:  # noqa: N802  # a constant, as the options of other commands are
    """The options of every such command."""
    for option in reversed(
        (
            click.option("-n", "--replications", type=click.IntRange(min=2), help="Worlds for each row.  [default: the file's, else 30]"),
            click.option(
                "--seed",
                type=click.IntRange(min=0),
                help="Which worlds: the same seed gives the same bytes.  [default: the file's, else 1]",
            ),
            click.option(
                "-j", "--jobs", default="auto", metavar="JOBS", show_default=True, help="Worker processes, or auto for one per core."
            ),
            click.option(
                "-o",
                "--out",
                type=click.Path(path_type=Path),
                default=Path("results"),
                metavar="DIR",
                show_default=True,
                help="Where results go.",
            ),
            MAX_MEMORY,
            click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout instead of the summary."),
            click.option(
                "--progress",
                "shown",
                type=click.Choice(["auto", "plain", "none"]),
                default="auto",
                show_default=True,
                help="How progress is shown.",
            ),
            click.option("-q", "--quiet", is_flag=True, help="No talk on stderr except errors."),
        )
    ):
        function = option(function)
    return function


def read(file: Path, overrides: tuple[str, ...], *, quiet: bool) -> Scenario:
    """The checked scenario; its warnings are told."""
    from simulator.scenario import load

    scenario = load(file, overrides)
    if scenario.warnings and not quiet:
        say(blocks(scenario.warnings))
    return scenario


def finish(
    answer: Callable[..., tuple[Sheet, Path | None]],
    scenario: Scenario,
    question: Any,
    *,
    workers: int | None,
    out: Path,
    as_json: bool,
    shown: str,
    quiet: bool,
) -> ExitCode:
    """Simulate, write and print; the answer is the exit code."""
    from simulator.cli.progress import bar
    from simulator.document.terminal import ascii_text
    from simulator.report import sheet as sheets
    from simulator.report.document import text

    hold(scenario, question.replications, workers, quiet=quiet)
    with bar(question.replications, shown="none" if quiet else shown) as progress:
        found, folder = answer(scenario, question, jobs=workers, out=out, progress=progress)
    if as_json:
        click.echo(text(dict(found.document)), nl=False)
    else:
        told = sheets.text(found)
        tell(told if "utf" in (sys.stdout.encoding or "").lower() else ascii_text(told))
    for failure in found.sample.failures:
        say(f"failed: {failure}")
    if folder is not None and not quiet:
        say(f"Report: {folder / 'report.html'}")
    if found.sample.interrupted:
        return ExitCode.INTERRUPTED
    return blamed(found.sample.failures) if found.sample.failures else ExitCode.OK
