"""The files of a scenario: itself, its parents, its tables. None of them may lie outside the project."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath, PureWindowsPath

from simulator import disk
from simulator.errors import Diagnostic, ScenarioError
from simulator.scenario import spreadsheet
from simulator.scenario.characters import CONTROL
from simulator.scenario.document import MAX_BYTES
from simulator.scenario.problem import Wrong, did_you_mean, wrong

MAX_DATA_BYTES = 20_000_000
WORKBOOK = "a workbook or another packed file"
BINARY = {
    b"PK": WORKBOOK, b"\xd0\xcf\x11\xe0": "a workbook of an old kind", b"\xff\xfe": "written in UTF-16", b"\xfe\xff": "written in UTF-16",
    b"%PDF": "a PDF", b"\x89PNG": "a picture",
}  # fmt: skip
"""How files begin that people take for tables, and what they are."""
HINTS = {WORKBOOK: "the name of a workbook ends with .xlsx"}
MARKS = (".git", "pyproject.toml", ".crisis-project")
"""What the folder of a project holds."""
PROJECT = "the project is the nearest folder upwards with .git, pyproject.toml or .crisis-project, else the scenario's own"


def project_of(folder: Path) -> Path:
    """The nearest folder upwards that is marked as a project; without one, ``folder`` itself."""
    here = disk.real(folder)
    return next((up for up in (here, *here.parents) if any(disk.exists(up / mark) for mark in MARKS)), here)


def scenario_text(path: Path, file: str) -> bytes:
    """The bytes of a scenario file, as far as they are ever read; raises ScenarioError."""
    try:
        return disk.content(path, MAX_BYTES, "the scenario")
    except disk.Unreadable as error:
        raise ScenarioError([Diagnostic("no-file", str(error), file)]) from None


def below(folder: Path, name: str, project: Path, ends: Iterable[str], code: str) -> Path:
    """The existing file ``name``, counted from ``folder``, within the project; raises Wrong with what else is there."""
    if not name or "\0" in name or PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive or "\\" in name:
        raise wrong(f"`{name}` is not a path below the project's folder", "write a path such as data/everyday.csv", code)
    path = folder / name
    if not disk.real(path).is_relative_to(project):
        raise wrong(f"{disk.shown(name)} leads out of the project's folder", PROJECT, code)
    if not disk.is_file(path):
        near = [name for name in disk.names(path.parent, tuple(ends)) if disk.is_file(path.parent / name)]
        try:
            disk.content(path, 0, disk.shown(name))  # which says what it is instead
        except disk.Unreadable as error:
            raise wrong(str(error), did_you_mean(PurePosixPath(name).name, near) if near else "", code) from None
    return path


def relative(target: Path, folder: Path) -> str:
    """How ``target`` is written from ``folder``, with slashes."""
    return Path(os.path.relpath(disk.real(target), disk.real(folder))).as_posix()


def table_text(path: Path) -> str:
    """The text of a CSV file or a workbook named on the command line; raises ScenarioError."""
    data = DataFiles(path.parent, disk.real(path.parent))
    try:
        return data(path.name)
    except Wrong as error:
        raise ScenarioError([Diagnostic(p.code, p.message, str(path), help=p.help) for p in error.problems]) from None


def _decoded(content: bytes, name: str) -> str:
    """The text of a table; raises Wrong for what is none."""
    kind = next((kind for magic, kind in BINARY.items() if content.startswith(magic)), "")
    if kind:
        raise wrong(f"`{name}` is {kind}, not CSV", HINTS.get(kind, "save the table as CSV in UTF-8"), "data-file")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise wrong(f"`{name}` is not UTF-8 (line {line})", "save it as UTF-8", "data-file") from None
    return text


def _checked(text: str, name: str) -> str:
    """The text of a table; raises Wrong where a character is in it that is none of a table."""
    control = CONTROL.search(text)
    if control:
        line = text.count("\n", 0, control.start()) + 1
        raise wrong(f"`{name}` is not a text file: U+{ord(control.group()):04X} on line {line}", "save the table as CSV", "data-file")
    return text


class DataFiles:
    """The tables of a scenario, read once each, by the names under which it knows them."""

    def __init__(self, folder: Path, project: Path) -> None:
        self.folder = folder
        self.project = project
        self.texts: dict[str, str] = {}

    def __call__(self, name: str) -> str:
        if name not in self.texts:
            self.texts[name] = self._read(name)
        return self.texts[name]

    def place(self, name: str) -> str:
        """The file as a person would open it."""
        return str(self.folder / name)

    def _read(self, name: str) -> str:
        path = below(self.folder, name, self.project, (".csv", spreadsheet.ENDS), "data-file")
        try:
            content = disk.content(path, MAX_DATA_BYTES, disk.shown(name))
        except disk.Unreadable as error:
            raise wrong(str(error), "", "data-file") from None
        if len(content) > MAX_DATA_BYTES:
            raise wrong(f"`{name}` has more than {MAX_DATA_BYTES:,} bytes", "", "data-file")
        if name.lower().endswith(spreadsheet.ENDS):
            return _checked(spreadsheet.as_csv(content, name), name)
        return _checked(_decoded(content, name), name)
