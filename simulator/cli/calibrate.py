"""``crisis calibrate``: estimates with sources, written into a scenario, and for what to believe them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.cli.importing import ANSWERS, answers
from simulator.cli.trouble import say
from simulator.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from simulator.calibration.calibration import Calibration
    from simulator.calibration.mapping import Entry


@click.command("calibrate")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--new", type=click.Path(path_type=Path), metavar="DIR", help="Write a new scenario with its tables into this folder.")
@click.option(
    "--into", type=click.Path(path_type=Path), metavar="CENTRE.yaml", help="Write into this scenario, never over a person's value."
)
@click.option("--replace", is_flag=True, help="With --into: take the estimates also where a person wrote a value.")
@click.option("--need", "pairs", multiple=True, metavar="QUEUE=NEED", help="With --into: the need of a queue of another name (repeatable).")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Which worlds: the same seed gives the same bytes.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout instead of the summary.")
@click.option("-q", "--quiet", is_flag=True, help="No talk on stderr except errors.")
@ANSWERS
@click.pass_context
def command(
    context: click.Context, /, files: tuple[Path, ...], new: Path | None, into: Path | None, replace: bool,
    pairs: tuple[str, ...], seed: int,
    as_json: bool, quiet: bool, **given: Any,
) -> None:  # fmt: skip
    """Estimate a centre from exports, and lay simulated days beside the observed ones.

    FILE is an export, or an import.yaml with the mapping of all. Everything is written with its source and its range; what the files
    cannot tell is said. Exit codes: 0 done, 2 a question is open or a file cannot be read.
    """
    from simulator.calibration import editing, folder, importing, mapping, saying
    from simulator.calibration.calibration import calibration
    from simulator.scenario import load

    if into is None and (replace or pairs):
        raise UsageError("--replace and --need say how to write with --into CENTRE.yaml")
    needs = dict(_pair(said) for said in pairs)
    if new is not None:
        folder.check(new)
    if into is not None:
        load(into)  # whatever cannot be written into is told before anything is estimated
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
    if (new is not None or into is not None) and not asked.timezone:
        raise UsageError("by which clock does the centre work? --timezone Europe/Madrid, or another")
    made = calibration(
        found.observed, asked.timezone or "UTC", seed=seed, progress=(lambda _: None) if quiet else lambda what: say(f"{what} ...")
    )
    _tell(made, as_json=as_json)
    if new is not None:
        scenario = folder.write(made, new)
        if not quiet:
            say(f"Wrote {scenario}, its tables, and calibration.html")
            say(f"Next: crisis run {scenario}")
    if into is not None:
        for change in editing.into(made.fit, into, needs=needs, replace=replace):
            say(str(change))


def _pair(said: str) -> tuple[str, str]:
    queue, equals, need = said.rpartition("=")
    if not equals or not queue or not need:
        raise UsageError(f"expected --need QUEUE=NEED, got `{said}`")
    return queue, need


def _tell(made: Calibration, *, as_json: bool) -> None:
    from simulator.calibration import verdict
    from simulator.document.program import json_text

    click.echo(json_text(verdict.as_json(made)) if as_json else verdict.terminal(made), nl=False)
