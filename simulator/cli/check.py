"""``crisis check``: every problem of a scenario at once, without running it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.cli.options import PLUGIN, SET
from simulator.cli.trouble import blocks, count
from simulator.errors import ExitCode, ScenarioError, printable

if TYPE_CHECKING:
    from simulator.errors import Diagnostic

SEVERITIES = {"error": 1, "warning": 2}
"""As editors count them."""


@click.command("check")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json", "github"]), default="text", show_default=True, help="How to tell it.")
@SET
@PLUGIN
@click.pass_context
def command(context: click.Context, files: tuple[Path, ...], form: str, overrides: tuple[str, ...]) -> None:
    """Check scenario files and show every problem with its place.

    Nothing is simulated. Exit codes: 0 fine, perhaps with warnings; 2 at least one error.
    """
    from simulator.scenario import load

    found: dict[Diagnostic, None] = {}
    for file in files:
        try:
            found.update(dict.fromkeys(load(file, overrides).warnings))
        except ScenarioError as error:
            found.update(dict.fromkeys(error.diagnostics))
    click.echo({"text": _text, "json": _json, "github": _github}[form](list(found), files), nl=False)
    if any(d.severity == "error" for d in found):
        context.exit(ExitCode.BAD_INPUT)


def _text(found: Sequence[Diagnostic], files: Sequence[Path]) -> str:
    if found:
        return f"{blocks(found)}\n{count(found)}\n"
    return "All the files are fine.\n" if len(files) > 1 else "The file is fine.\n"


def _json(found: Sequence[Diagnostic], files: Sequence[Path]) -> str:
    document = {
        "schema": "crisis-check/v1",
        "files": [str(file) for file in files],
        "errors": sum(d.severity == "error" for d in found),
        "warnings": sum(d.severity == "warning" for d in found),
        "position_encoding": "utf-32",
        "diagnostics": [_as_editors_want(d) for d in found],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _as_editors_want(d: Diagnostic) -> dict[str, Any]:
    """A diagnostic with the range of the Language Server Protocol: lines and characters from 0, the end excluded."""
    line, character = max(d.line - 1, 0), max(d.column - 1, 0)
    return {
        "file": d.file,
        "range": {"start": {"line": line, "character": character}, "end": {"line": line, "character": character + d.length * (d.line > 0)}},
        "severity": SEVERITIES[d.severity],
        "code": d.code,
        "source": "crisis",
        "message": printable(d.message),
        "help": printable(d.help),
        "path": d.path,
    }


def _github(found: Sequence[Diagnostic], _files: Sequence[Path]) -> str:
    """Workflow commands that annotate the lines of a pull request."""
    lines = []
    for d in found:
        where = {"file": d.file, "line": d.line, "col": d.column, "endColumn": d.column + d.length} if d.line else {"file": d.file}
        properties = ",".join(f"{key}={_escaped(str(value), ':,')}" for key, value in (where | {"title": f"crisis {d.code}"}).items())
        lines.append(f"::{d.severity} {properties}::{_escaped(printable(d.message + (f' ({d.help})' if d.help else '')))}\n")
    return "".join(lines)


def _escaped(text: str, more: str = "") -> str:
    return "".join(f"%{ord(c):02X}" if c in "%\r\n" + more else c for c in text)
