"""``crisis calibrate``: estimates with sources, written into a scenario, and for what to believe them."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.cli.importing import ANSWERS, answers
from simulator.cli.trouble import say
from simulator.errors import ExitCode, OutputError, UsageError

if TYPE_CHECKING:
    from simulator.calibration.calibration import Calibration
    from simulator.calibration.mapping import Entry


@click.command("calibrate")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--new", type=click.Path(path_type=Path), metavar="DIR", help="Write a new scenario with its tables into this folder.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Which worlds: the same seed gives the same bytes.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout instead of the summary.")
@click.option("-q", "--quiet", is_flag=True, help="No talk on stderr except errors.")
@ANSWERS
@click.pass_context
def command(
    context: click.Context, /, files: tuple[Path, ...], new: Path | None, seed: int, as_json: bool, quiet: bool, **given: Any
) -> None:
    """Estimate a centre from exports, and lay simulated days beside the observed ones.

    FILE is an export, or an import.yaml with the mapping of all. Everything is written with its source and its range; what the files
    cannot tell is said. Exit codes: 0 done, 2 a question is open or a file cannot be read.
    """
    from simulator.calibration import importing, mapping, saying
    from simulator.calibration.calibration import calibration

    asked, exports = answers(given), list(files)
    entries: tuple[Entry, ...] = ()
    for file in files:
        if file.suffix in (".yaml", ".yml"):
            more, before = mapping.load(file)
            asked, entries = asked.over(before), (*entries, *more)
            exports = [*(f for f in exports if f != file), *(file.parent / entry.path for entry in more)]
    found = importing.read(exports, asked, entries)
    if not quiet:
        say(saying.text(found))
    if found.questions or found.observed is None:
        context.exit(ExitCode.BAD_INPUT)
    if new is not None and not asked.timezone:
        raise UsageError("by which clock does the centre work? --timezone Europe/Madrid, or another")
    if new is not None and new.exists() and any(new.iterdir()):
        raise OutputError(f"{new} is not empty; nothing was written. Choose another folder.")
    made = calibration(
        found.observed, asked.timezone or "UTC", seed=seed, progress=(lambda _: None) if quiet else lambda what: say(f"{what} ...")
    )
    _tell(made, as_json=as_json)
    if new is not None:
        _write(made, new, quiet=quiet)


def _tell(made: Calibration, *, as_json: bool) -> None:
    from simulator.calibration import verdict
    from simulator.document.program import json_text

    click.echo(json_text(verdict.as_json(made)) if as_json else verdict.terminal(made), nl=False)


def _write(made: Calibration, folder: Path, *, quiet: bool) -> None:
    """Write the scenario, its tables, the page and its figures."""
    from simulator.calibration import verdict, writing
    from simulator.document import files
    from simulator.document.program import json_text

    name = re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-") or "centre"
    try:
        for path, text in writing.files(made.fit, name, made.timezone).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            files.save(folder / path, text)
        files.save(folder / "calibration.json", json_text(verdict.as_json(made)))
        last = datetime.fromisoformat(str(made.fit.observed.intervals.start.max())).astimezone()
        files.write(verdict.document(made, f"Calibration of {name}"), folder, ("html", "md"), last)
    except OSError as error:
        raise OutputError(f"{folder} cannot be written to: {error.strerror or error}") from None
    if not quiet:
        say(f"Wrote {folder / name}.yaml, its tables, and calibration.html")
        say(f"Next: crisis run {folder / name}.yaml")
