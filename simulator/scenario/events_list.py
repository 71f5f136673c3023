"""The master scenario events list as a table: read from CSV with the columns planners use, and written back."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from simulator.errors import Diagnostic, ScenarioError
from simulator.scenario import document, tables
from simulator.scenario.exercise_form import InjectForm
from simulator.scenario.problem import Wrong
from simulator.scenario.section import read_section

if TYPE_CHECKING:
    from simulator.scenario.section import Setting

COLUMNS = {
    "id": "id", "time": "at", "from": "from", "to": "to", "via": "via", "inject": "text", "expected action": "expect",
    "time allowed": "within", "default": "default", "objective": "objective", "look for": "look_for", "notes": "notes",
}  # fmt: skip
"""The columns, and the key of an inject that each one fills."""
REQUIRED = ("id", "time", "to", "inject")
ALIASES = {
    "#": "id", "no": "id", "no.": "id", "number": "id", "event number": "id", "inject number": "id", "inject #": "id", "event #": "id",
    "event time": "time", "planned time": "time", "at": "time", "when": "time",
    "sender": "from", "source": "from", "recipient": "to", "recipients": "to", "recipient player(s)": "to", "target": "to",
    "channel": "via", "mode": "via", "delivery": "via", "means": "via", "method": "via",
    "text": "inject", "message": "inject", "description": "inject", "event description": "inject", "content": "inject",
    "expected actions": "expected action", "expected": "expected action", "expect": "expected action",
    "within": "time allowed", "allowed": "time allowed", "deadline": "time allowed",
    "objectives": "objective", "expected outcome": "look for", "expected outcome of player action": "look for",
    "controller notes": "notes", "comments": "notes", "controller note": "notes", "responsible controller": "notes",
}  # fmt: skip
"""Other tools' names of the same columns."""
SEVERAL = ("to", "expected action", "objective")
_SINCE_IMPACT = re.compile(r"T([-+\u2212])(\d+):([0-5]\d)")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins with one of these is a formula to a spreadsheet."""


def read_list(text: str, file: str, setting: Setting) -> list[tuple[InjectForm, int]]:
    """The injects of a CSV text, each with its line; raises ScenarioError with every bad line."""
    bad: list[Diagnostic] = []
    found: list[tuple[InjectForm, int]] = []
    lines: dict[str, int] = {}
    for row in tables.rows(text, file, REQUIRED, tuple(c for c in COLUMNS if c not in REQUIRED), _known):
        try:
            raw = _raw({name: unguarded(cell) for name, cell in row.cells.items()})
            form = read_section(InjectForm, raw, setting)
        except Wrong as error:
            bad += tables.at_line(error, file, row.line)
            continue
        except ScenarioError as error:  # a condition that is not YAML
            bad += [Diagnostic(d.code, f"time: {d.message}", file, row.line, 1, help=d.help) for d in error.diagnostics]
            continue
        if form.id in lines:
            message = f"there is a second inject `{form.id}`"
            bad.append(Diagnostic("duplicate-id", message, file, row.line, 1, help=f"first given on line {lines[form.id]}"))
        lines.setdefault(form.id, row.line)
        found.append((form, row.line))
    if bad:
        raise ScenarioError(bad)
    return found


def _known(name: str) -> str:
    """What we call a column that another tool calls ``name``."""
    plain = " ".join(name.replace("_", " ").casefold().split())
    return ALIASES.get(plain, plain)


def _raw(cells: Mapping[str, str]) -> dict[str, Any]:
    """A row as a section would be written in YAML; empty cells are not given."""
    raw: dict[str, Any] = {}
    for name, cell in cells.items():
        if not cell:
            continue
        if name in SEVERAL:
            raw[COLUMNS[name]] = [word.strip() for word in cell.replace(",", ";").split(";") if word.strip()]
        elif name == "time" and cell.startswith("{"):
            raw["when"] = document.read_value(cell, cell)[0]
        else:
            raw[COLUMNS[name]] = plain_instant(cell) if name == "time" else cell
    return raw


def plain_instant(text: Any) -> Any:
    """An instant that is written as reports print it, ``T+1:05``, as the language has it: ``T+65m``."""
    since = _SINCE_IMPACT.fullmatch(text.strip()) if isinstance(text, str) else None
    return f"T{'+' if since[1] == '+' else '-'}{int(since[2]) * 60 + int(since[3])}m" if since else text


def written(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of texts as CSV that no spreadsheet takes for formulas: such cells begin with an apostrophe."""
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return made.getvalue()


def guarded(cell: str) -> str:
    """The cell, with an apostrophe before what a spreadsheet would compute."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def unguarded(cell: str) -> str:
    """What :func:`guarded` was given."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULA) else cell
