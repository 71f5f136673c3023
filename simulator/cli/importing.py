"""``crisis import``: exports of a telephone system, read and said back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from simulator.cli.trouble import say, tell
from simulator.errors import ExitCode, OutputError, UsageError

if TYPE_CHECKING:
    from simulator.calibration.answers import Answers
    from simulator.calibration.importing import Import

F = TypeVar("F", bound=Callable[..., Any])
FOLDER = "imported"


def ANSWERS(function: F) -> F:  # noqa: N802  # a constant, as the options of other commands are
    """The options that settle what exports leave open."""
    for option in reversed(
        (
            click.option("--as", "system", default="", metavar="SYSTEM", help="Which system wrote the files; recognised, if not given."),
            click.option(
                "--dates", type=click.Choice(["day-first", "month-first"]), help="Whether 03/04 is the third of April or March 4."
            ),
            click.option("--decimal", type=click.Choice([".", ","]), help="The mark before decimals."),
            click.option("--timezone", default="", metavar="ZONE", help="The clock of the centre, such as Europe/Madrid."),
            click.option("--day", default="", metavar="DAY", help="The day of a table that has times of day only."),
            click.option("--arrivals", default="", metavar="HEADING|FILE", help="Which column or file counts calls as they come."),
            click.option("--agents", type=click.Choice(["shared", "own"]), help="Whether queues share agents or each has its own."),
            click.option(
                "--repeated", type=click.Choice(["first", "last", "both"]), help="Which row of an interval holds that comes twice."
            ),
            click.option("--incident", "incidents", multiple=True, metavar="DAY", help="A day that was an incident (repeatable)."),
            click.option("--ordinary", multiple=True, metavar="DAY", help="A day that looks special and is not (repeatable)."),
            click.option("--aggregate", is_flag=True, help="Keep nothing of single calls."),
        )
    ):
        function = option(function)
    return function


def answers(given: dict[str, Any]) -> Answers:
    """The answers among the options of a command."""
    from simulator.calibration.answers import Answers

    names = ("system", "dates", "decimal", "timezone", "day", "arrivals", "agents", "repeated")
    return Answers(
        **{name: given[name] or "" for name in names},
        aggregate=given["aggregate"],
        incidents=tuple(given["incidents"]),
        ordinary=tuple(given["ordinary"]),
    )


@click.command("import")
@click.argument("files", metavar="[FILE]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--again", is_flag=True, help="Read by the import.yaml that is there; without FILE, the same files.")
@click.option("--show", is_flag=True, help="Say back what was understood, every day of it, and write nothing.")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), default=Path(), metavar="DIR", help="Where import.yaml and the tables go.  [default: .]"
)
@ANSWERS
@click.pass_context
def command(context: click.Context, /, files: tuple[Path, ...], again: bool, show: bool, out: Path, **given: Any) -> None:
    """Read exports of a telephone system and say back what was understood.

    Writes import.yaml (what each column is taken for: edit it, use it again) and, once nothing is open, clean tables. Nothing
    is guessed between two meanings: a question names the option that settles it. Exit codes: 0 read, 2 a question is open or a
    file cannot be read.
    """
    from simulator.calibration import importing, mapping, saying

    path = out / mapping.FILE
    if not files and not again:
        raise UsageError("which files? crisis import FILE...; or --again for those of import.yaml")
    if path.exists() and not again and not show:
        raise OutputError(f"{path} exists already: --again reads by it, -o DIR begins elsewhere. Nothing was written.")
    entries, before = mapping.load(path) if again else ((), None)
    asked = answers(given)
    asked = asked if before is None else asked.over(before)
    found = importing.read([*files] or [out / entry.path for entry in entries], asked, entries)
    tell(saying.text(found, whole=show))
    if not show:
        _write(found, out)
    if found.questions:
        context.exit(ExitCode.BAD_INPUT)


def _write(found: Import, out: Path) -> None:
    """Write the mapping file, and the tables where no question is open."""
    from simulator.calibration import mapping, tables

    path, folder = out / mapping.FILE, out / FOLDER
    try:
        out.mkdir(parents=True, exist_ok=True)
        path.write_text(found.mapping(out), encoding="utf-8", newline="\n")
        if found.questions:
            again = "crisis import --again" + ("" if out == Path() else f" -o {out}")
            say(f"Saved {path}; no tables yet. Answer with: {again} and the options above.")
            return
        made = tables.write(found, folder)
    except OSError as error:
        raise OutputError(f"{out} cannot be written to: {error.strerror or error}") from None
    say(f"Saved {path} (next month: crisis import --again NEW-EXPORT) and {folder}: {', '.join(made)}")
