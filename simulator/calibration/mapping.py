"""The mapping file: what each column of each export is taken for. Guessed at first, shown, edited, and used again next month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator import disk
from simulator.calibration import answers as answering
from simulator.calibration.answers import Answers
from simulator.calibration.grid import Grid
from simulator.calibration.meanings import MEANINGS, Kind, meaning
from simulator.calibration.systems import System, Use, called, systems
from simulator.errors import Diagnostic, ScenarioError
from simulator.scenario.document import MAX_BYTES
from simulator.scenario.document import read as read_yaml
from simulator.scenario.problem import Wrong, did_you_mean, wrong

SCHEMA = "crisis-import/v1"
FILE = "import.yaml"
UNITS = ("ms", "s", "min", "h")
ABOUT = """\
# What each column of your exports is taken for. Edit it where it is wrong; `crisis import --again NEW-EXPORT` uses it again.
# Meanings, units and answers: docs/reference/imports.md
"""
TIMED = (Kind.TOTAL, Kind.MEAN, Kind.EACH)


@dataclass(frozen=True)
class Plan:
    """How one export is read: ``uses`` has for each column that is used its place and its use, ``unused`` why others are not."""

    file: str
    system: System
    uses: Mapping[int, Use]
    unused: Mapping[str, str]

    def place(self, name: str) -> int | None:
        """Where the column of a meaning stands."""
        return next((place for place, use in self.uses.items() if use.meaning == name), None)

    @property
    def meanings(self) -> frozenset[str]:
        return frozenset(use.meaning for use in self.uses.values())


def guessed(grid: Grid, given: Answers) -> tuple[Plan, list[answering.Question]]:
    """What the system says of the headings, and where two columns claim one meaning that decides, a question."""
    uses: dict[int, Use] = {}
    unused: dict[str, str] = {}
    questions: list[answering.Question] = []
    order = list(grid.system.uses)
    claims: dict[str, list[int]] = {}
    for place, heading in enumerate(grid.headings):
        use = grid.system.use(heading)
        if use is None:
            if heading:
                unused[heading] = grid.system.not_used.get(called(heading), "not known")
            continue
        claims.setdefault(use.meaning, []).append(place)
        uses[place] = use
    for name, places in claims.items():
        if len(places) == 1:
            continue
        headings = [grid.headings[place] for place in places]
        chosen = next((p for p in places if called(grid.headings[p]) == called(given.arrivals)), None) if name == "arrived" else None
        if name == "arrived" and chosen is None:
            options = tuple(f'--arrivals "{heading}"' for heading in dict.fromkeys(headings))
            text = f"{grid.file}: {' and '.join(f'`{h}`' for h in headings)} may both count calls as they reach the queue"
            questions.append(answering.Question(text, options))
        if chosen is None:
            chosen = min(places, key=lambda p: (order.index(called(grid.headings[p])) if called(grid.headings[p]) in order else 0, p))
        for place in places:
            if place != chosen:
                del uses[place]
                unused[grid.headings[place]] = f"`{grid.headings[chosen]}` is used as {MEANINGS[name].says if name in MEANINGS else name}"
    return Plan(grid.file, grid.system, uses, unused), questions


def document(plans: Sequence[tuple[str, Plan, tuple[str, ...]]], given: Answers) -> str:
    """The text of a mapping file for plans, each with the path of its file and its headings."""
    import yaml

    files = []
    for path, plan, headings in plans:
        columns: dict[str, Any] = {}
        for place, heading in enumerate(headings):
            use = plan.uses.get(place)
            if use is not None and heading not in columns:
                extra = {key: value for key, value in (("unit", use.unit), ("reads", use.reads)) if value}
                columns[heading] = {"is": use.meaning, **extra} if extra else use.meaning
        files.append({"file": path, "as": plan.system.name, "columns": columns, "not_used": dict(plan.unused)})
    tree: dict[str, Any] = {"schema": SCHEMA, "files": files}
    if given.written():
        tree["answers"] = given.written()
    return ABOUT + yaml.safe_dump(tree, sort_keys=False, allow_unicode=True, width=130)


@dataclass(frozen=True)
class Entry:
    """One export of a mapping file."""

    path: str
    system: System
    columns: Mapping[str, Use]
    unused: Mapping[str, str]

    def fits(self, headings: Sequence[str]) -> bool:
        """Whether an export has every column of this one."""
        return set(self.columns) <= set(headings)

    def plan(self, grid: Grid) -> Plan:
        """How a file with these columns is read."""
        places = {heading: place for place, heading in reversed(list(enumerate(grid.headings)))}
        uses = {places[heading]: use for heading, use in self.columns.items()}
        unused = {h: self.unused.get(h, "not in import.yaml") for h in grid.headings if h and h not in self.columns}
        return Plan(grid.file, self.system, uses, unused)


def load(path: Path) -> tuple[tuple[Entry, ...], Answers]:
    """The entries and answers of a mapping file; raises ScenarioError with the place of what is wrong."""
    try:
        content = disk.content(path, MAX_BYTES, "the mapping")
    except disk.Unreadable as error:
        raise ScenarioError([Diagnostic("no-file", str(error), str(path), help="`crisis import FILE...` writes it")]) from None
    document = read_yaml(content, str(path))
    try:
        return _entries(document.tree), answering.read(document.tree.get("answers"))
    except Wrong as error:
        found = []
        for p in error.problems:
            place = next((document.places[p.at[:n]] for n in range(len(p.at), -1, -1) if p.at[:n] in document.places), None)
            where = (0, 0) if place is None else (place.key_line, place.key_column) if p.on_key else (place.line, place.column)
            found.append(Diagnostic(p.code, p.message, str(path), *where, help=p.help))
        raise ScenarioError(found) from None


def _entries(tree: Mapping[str, Any]) -> tuple[Entry, ...]:
    if tree.get("schema") != SCHEMA:
        raise wrong(f"a mapping file begins with `schema: {SCHEMA}`", "", "schema", ("schema",))
    unknown = next((key for key in tree if key not in ("schema", "files", "answers")), None)
    if unknown is not None:
        raise wrong(f"unknown key `{unknown}`", did_you_mean(unknown, ("files", "answers")), "unknown-key", (unknown,), on_key=True)
    files = tree.get("files")
    if not isinstance(files, list) or not files:
        raise wrong("`files` is a list with an entry for each export", "", "missing-key", ("files",))
    return tuple(_entry(item, i) for i, item in enumerate(files))


def _entry(item: Any, number: int) -> Entry:
    at = ("files", number)
    columns = item.get("columns") if isinstance(item, dict) else None
    if not isinstance(columns, dict) or not isinstance(item.get("file"), str):
        raise wrong("an export has `file`, `as` and `columns`", "", "missing-key", at)
    name = item.get("as", "table")
    if name not in systems():
        raise wrong(f"there is no system `{name}`", did_you_mean(name, systems()), "unknown-name", (*at, "as"))
    uses: dict[str, Use] = {}
    for heading, said in columns.items():
        given = said if isinstance(said, dict) else {"is": said}
        here = (*at, "columns", heading)
        is_ = str(given.get("is"))
        found = meaning(is_)
        if found is None:
            raise wrong(f"there is no meaning `{is_}`", did_you_mean(is_, MEANINGS), "unknown-name", here)
        unit = str(given.get("unit", ""))
        if unit and (unit not in UNITS or found.kind not in TIMED):
            raise wrong(f"`{unit}` is no unit here", f"durations are in {', '.join(UNITS)}", at=here)
        twice = next((other for other, use in uses.items() if use.meaning == is_), None)
        if twice is not None:
            raise wrong(f"`{twice}` and `{heading}` are both `{is_}`", "take one out", at=here)
        uses[str(heading)] = Use(is_, unit, str(given.get("reads", "")))
    unused = item.get("not_used")
    return Entry(item["file"], systems()[name], uses, unused if isinstance(unused, dict) else {})
