"""``crisis check``: every problem of a scenario at once, without running it."""

from __future__ import annotations

from pathlib import Path

import click

from simulator.cli.trouble import blocks, count
from simulator.errors import Diagnostic, ExitCode, ScenarioError


@click.command("check")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.pass_context
def command(context: click.Context, files: tuple[Path, ...]) -> None:
    """Check scenario files and show every problem with its place."""
    from simulator.scenario import load

    found: list[Diagnostic] = []
    for file in files:
        try:
            found.extend(load(file).warnings)
        except ScenarioError as error:
            found.extend(error.diagnostics)
    if found:
        click.echo(blocks(found))
        click.echo(count(found))
    else:
        click.echo(f"{'All' if len(files) > 1 else 'The'} file{'s are' if len(files) > 1 else ' is'} fine.")
    if any(d.severity == "error" for d in found):
        context.exit(ExitCode.BAD_INPUT)
