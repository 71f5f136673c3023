"""``crisis init``: a scenario to begin with."""

from __future__ import annotations

import re
from pathlib import Path

import click

from simulator import disk
from simulator.cli.trouble import say, tell
from simulator.errors import OutputError, UsageError


@click.command("init")
@click.argument("path", metavar="PATH", type=click.Path(path_type=Path))
@click.option("--template", default="minimal", show_default=True, metavar="NAME", help="What it begins with; see `crisis list templates`.")
def command(path: Path, template: str) -> None:
    """Write a scenario into the folder PATH, with its data files and the schema for your editor.

    The scenario is called as the folder. Files that exist are never overwritten.
    """
    from simulator.cli import schema
    from simulator.scenario.problem import did_you_mean
    from simulator.scenario.templates import SCHEMA, templates

    known = {t.name: t for t in templates()}
    if template not in known:
        raise UsageError(f"there is no template `{template}`; {did_you_mean(template, known)}")
    name = re.sub(r"[^a-z0-9]+", "-", disk.real(path).name.lower()).strip("-") or template
    files = {**known[template].files(name), SCHEMA: schema.text()}
    _write(path, files)
    say(f"Wrote {', '.join(files)} into {path}.")
    tell(f"Next: crisis check {path / f'{name}.yaml'}\n")


def _write(folder: Path, files: dict[str, str]) -> None:
    """Write every file, or none where one of them exists already or cannot be written."""
    there = [name for name in files if disk.exists(folder / name)]
    if there:
        raise OutputError(f"{folder / there[0]} exists already; nothing was written. Choose another folder.")
    made: list[Path] = []
    try:
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            with (folder / name).open("x", encoding="utf-8", newline="\n") as file:
                made.append(folder / name)
                file.write(text)
    except OSError as error:
        for file_made in made:
            file_made.unlink(missing_ok=True)
        raise OutputError(f"{folder} cannot be written to: {error.strerror or error}; nothing was kept.") from None
