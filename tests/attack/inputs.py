"""What others write, changed at random: scenarios, tables, logs, lists, workbooks and words of the command line.

A file that we have is the beginning: values are replaced, moved, doubled and taken out, or bytes are, so that most of what comes out is
nearly right. Whatever is read must be taken, or refused in sentences that name a place and hold nothing that a terminal would obey.
"""

from __future__ import annotations

import copy
import json
import random
import re
import resource
import shutil
import zipfile
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from simulator.errors import Diagnostic, ScenarioError, printable
from simulator.scenario import exercise_of, load, lower, tables
from simulator.scenario.alternatives import alternatives
from simulator.scenario.decision_log import read_log
from simulator.scenario.document import read
from simulator.scenario.files import table_text
from simulator.scenario.problem import Wrong
from simulator.scenario.spreadsheet import as_csv
from tests.attack.outcome import Attack, Outcome
from tests.attack.small import SMALL
from tests.attack.workbooks import PARTS, SHARED, SHEET, shared, sheet, workbook, written

ROOT = Path(__file__).resolve().parent.parent.parent
MOST_GROWTH = 1_000_000  #: kilobytes by which reading one file may make this process grow
VALUES: list[Any] = [
    None, True, False, 0, -1, 1, 0.5, 100, 101, 2**31, 2**63, 10**25, 1e-300, 1e300, -1e308, "", " ", "x" * 5000, "é\u0301",
    "\u200b", "\ufeff", "null",
    "~", "*", "&a", "<<", "all", "as-written", "start", "T", "T+0", "T-1h", "T+99999999999h", "start+1s", "9999-12-31T23:59",
    "0001-01-01T00:00",
    "2017-02-30T10:00", "24:00", "23:59", "25:00", "1e400", "-5%", "150%", "5 %", "0%", "1ns", "1e308s", "-1h",
    "99999999999999999999", "mon-sun",
    "mon,mon", "sun-mon", "UTC", "Europe/Nowhere", "../UTC", "../../x", "/etc/passwd", "C:\\x", "a.b.c", "=1+1", "<script>", "%s%n",
    "{{7*7}}", "x\ny",
    [], {}, [None], [[]], [{}], {"": 1}, {"likely": 1}, {"likely": "3m", "low": "9m", "high": "1m"}, {"constant": "1000w"},
    {"mean": "0s"},
]  # fmt: skip
RAW = (
    "*a", "&a 1", "&a {x: *a}", "!!int 3", "!!python/object/apply:os.system [id]", "<<: {a: 1}", "? a", "- -", "| \n x", "@x", "\tx",
    '"\\e[31m"', '"\\0"',
    '"\\ud800"', "[" * 60 + "]" * 60, "{a: " * 60 + "1" + "}" * 60, "{a: 1, a: 2}", "[,]", "---", "...", "\x00", "\x1b", "\u202e",
    ".inf", ".nan", "0x10",
    "9" * 5000, "1_000", "٣", "½", "1.", ".5",
)  # fmt: skip
"""What is written into a file of YAML as it stands."""
BITS = (
    b"", b"\0", b"\xff", b"\xef\xbb\xbf", b"\r", b"\n", b'"', b"'", b";", b",", b"\t", b":", b"=1+1", b"\xe2\x80\xae",
    b"\xed\xa0\x80", b"9" * 400,
    b"1e400", b"-1", b"nan", b"24:00", b"23:59", b"T+0", b"T+99:59", b"{", b"}", b"[" * 200, b"x" * 140_000, b"\x1b[31m", b"\\ud800",
    b"\xc2\x85", b"%", b"'",
    b"mon-sun", b"<x>", b"&#0;", b"</row>", b"1.180", b"1,180",
)  # fmt: skip


class Mark:
    """Stands in a tree for what is written as it is."""

    def __init__(self, raw: str) -> None:
        self.raw = raw


def yaml_of(value: Any) -> str:
    """A tree in the brackets of YAML."""
    if isinstance(value, Mark):
        return value.raw
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)}: {yaml_of(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(yaml_of, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def places(tree: Any) -> list[tuple[Any, Any]]:
    """Each value of a tree, as what holds it and where."""
    found: list[tuple[Any, Any]] = []
    ahead = [tree]
    while ahead:
        holder = ahead.pop()
        for key, value in holder.items() if isinstance(holder, dict) else enumerate(holder):
            found.append((holder, key))
            if isinstance(value, (dict, list)):
                ahead.append(value)
    return found


def other_tree(tree: dict[str, Any], others: Sequence[Any], chance: random.Random) -> str:
    """A tree in which a few values are others."""
    tree = copy.deepcopy(tree)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 5))):
        holder, key = chance.choice(places(tree) or [(tree, "x")])
        kind = chance.randrange(8)
        if kind == 0 and key in (holder if isinstance(holder, dict) else range(len(holder))):
            del holder[key]
        elif kind == 1 and isinstance(holder, list):
            holder.insert(key, copy.deepcopy(holder[key]))
        elif kind == 2 and isinstance(holder, dict) and key in holder:
            holder[chance.choice((f"{key}x", str(key).upper(), "", "a.b", "\x85", "null", "x-mine"))] = holder.pop(key)
        elif kind == 3:
            holder[key] = Mark(chance.choice(RAW))
        elif kind == 4 and isinstance(holder[key], str) and re.search(r"\d", holder[key]):
            holder[key] = re.sub(
                r"\d+", lambda _: chance.choice(("0", "-1", "1e9", "99999999999", "60", "25", "nan", "٣", "")), holder[key], count=1
            )
        elif kind <= 6:
            holder[key] = copy.deepcopy(chance.choice(others))
        else:
            holder[key] = chance.choice(VALUES)
    return "\n".join(f"{json.dumps(key)}: {yaml_of(value)}" for key, value in tree.items()) + "\n"


def other_bytes(content: bytes, chance: random.Random) -> bytes:
    """Bytes of which a few are others."""
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        at, kind = chance.randrange(len(changed) or 1), chance.randrange(6)
        if kind == 0:
            changed[at:at] = chance.choice(BITS)
        elif kind == 1:
            changed[at : at + chance.choice((1, 3, 10, 100))] = chance.choice(BITS)
        elif kind == 2:
            del changed[at : at + chance.choice((1, 5, 50))]
        elif kind == 3 and changed:
            changed[at] = chance.randrange(256)
        else:
            mark = chance.choice((b"\n", b",", b":", b"<"))
            parts = bytes(changed).split(mark)
            parts.insert(chance.randrange(len(parts)), chance.choice((*parts, *BITS)))
            if kind == 5:
                del parts[chance.randrange(len(parts))]
            changed = bytearray(mark.join(parts))
    return bytes(changed)


def attacked(count: int, seed: int, what: str, one: Callable[[random.Random], Callable[[], object]]) -> Outcome:
    """Try ``one`` so many times: it makes something, and gives the call that reads that."""
    outcome, chance = Outcome(), random.Random(seed)  # noqa: S311  # the same attempts for the same seed, and no secret
    for _ in range(count):
        call, before = one(chance), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        outcome.attempt(what, lambda call=call: _refused_well(call))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before > MOST_GROWTH:
            outcome.failed[f"{what}: took more than a gigabyte"] += 1
    return outcome


def _refused_well(call: Callable[[], object]) -> object:
    """What a call gives; raises AssertionError where it refuses without a place, or with what a terminal would obey."""
    try:
        return call()
    except Wrong as error:
        raise ScenarioError([Diagnostic(p.code, p.message, "file", 1) for p in error.problems]) from None
    except ScenarioError as error:
        for told in error.diagnostics:
            assert told.message, told.code
            assert told.file, told.message
            assert not re.search("[\x00-\x08\x0b-\x1f\x7f]", printable(told.message + told.help)), told.code
        raise


def scenarios(folder: Path, count: int, seed: int) -> Outcome:
    """Scenarios through all that ``check`` does; a third of those that are fine are shown and lowered as well."""
    shutil.copytree(ROOT / "scenarios/lessons", folder / "lessons", dirs_exist_ok=True)
    files = [*(folder / "lessons").glob("*.yaml")]
    (folder / "lessons/small.yaml").write_text(SMALL, encoding="utf-8")
    shutil.copytree(ROOT / "simulator/verify/centres", folder / "centres", dirs_exist_ok=True)
    files += [folder / "lessons/small.yaml", *(folder / "centres").glob("*.yaml")]
    contents = [file.read_bytes() for file in files]
    trees = [read(content, "file").tree for content in contents]
    others = [holder[key] for tree in trees for holder, key in places(tree)]

    def one(chance: random.Random) -> Callable[[], object]:
        number = chance.randrange(len(files))
        content = other_tree(trees[number], others, chance).encode("utf-8", "surrogatepass")
        file = files[number].with_name("changed.yaml")
        file.write_bytes(content if chance.random() < 0.8 else other_bytes(contents[number], chance))

        def check() -> object:
            scenario = load(file)
            for variant in (None, *scenario.variant_names) if chance.random() < 0.3 else ():
                lower(scenario, variant)
            return scenario.resolved()

        return check

    return attacked(count, seed, "scenarios", one)


def tables_of_numbers(folder: Path, count: int, seed: int) -> Outcome:
    """Tables of calls and rosters."""
    data = ROOT / "simulator/scenario/templates/surge/data"
    known = [(file.read_bytes(), tables.shifts if "roster" in file.name else tables.intervals) for file in sorted(data.glob("*.csv"))]

    def one(chance: random.Random) -> Callable[[], object]:
        content, take = chance.choice(known)
        (folder / "table.csv").write_bytes(other_bytes(content, chance))
        return lambda: take(table_text(folder / "table.csv"), "table.csv")

    return attacked(count, seed, "tables", one)


def _drill(folder: Path) -> Path:
    shutil.copytree(ROOT / "scenarios/exercises", folder / "exercises", dirs_exist_ok=True)
    shutil.copy(ROOT / "scenarios/melbourne-cable-cut.yaml", folder)
    (folder / ".crisis-project").touch()
    return folder / "exercises/cable-drill.yaml"


def logs(folder: Path, count: int, seed: int) -> Outcome:
    """Decision logs in YAML, CSV and JSON, of a drill."""
    drill = load(_drill(folder))
    model, exercise = lower(drill), exercise_of(drill)
    assert exercise is not None
    tree = read((folder / "exercises/cable-log.yaml").read_bytes(), "log").tree
    decisions = tree["decisions"]
    columns = ("time", "role", "decision", "rationale")
    lines = ["scenario," + ",".join(columns), *("cable-drill," + ",".join(json.dumps(d.get(c, "")) for c in columns) for d in decisions)]
    contents = {
        "yaml": (folder / "exercises/cable-log.yaml").read_bytes(),
        "csv": "\n".join(lines).encode(),
        "jsonl": "\n".join(json.dumps(one) for one in ({k: v for k, v in tree.items() if k != "decisions"}, *decisions)).encode(),
    }

    def one(chance: random.Random) -> Callable[[], object]:
        ending = chance.choice(tuple(contents))
        log = folder / f"log.{ending}"
        changed = other_tree(tree, VALUES, chance).encode("utf-8", "surrogatepass") if ending == "yaml" and chance.random() < 0.5 else b""
        log.write_bytes(changed or other_bytes(contents[ending], chance))
        return lambda: read_log(log, drill, model, exercise)

    return attacked(count, seed, "logs", one)


def lists(folder: Path, count: int, seed: int) -> Outcome:
    """Events lists of a drill."""
    drill = load(_drill(folder))
    rows = (
        "id,time,from,to,via,inject,expected action,time allowed",
        "J1,T+3m,an agent,team leader,phone,hello,staff-told,20m",
        "J2,T+0:10,carrier,IT lead,,x,,",
    )
    content = "\n".join(rows).encode()

    def one(chance: random.Random) -> Callable[[], object]:
        (folder / "list.csv").write_bytes(other_bytes(content, chance))
        return lambda: exercise_of(drill, (table_text(folder / "list.csv"), "list.csv"))

    return attacked(count, seed, "events lists", one)


def workbooks(_folder: Path, count: int, seed: int) -> Outcome:
    """Workbooks of which a part, or the whole, is changed."""
    row = "".join(written(text) for text in ("id", "time", "inject"))
    numbers = "<row r='3'><c r='A3'><v>1.5</v></c><c r='C3' t='s'><v>1</v></c><c t='b'><v>1</v></c><c t='d'><v>2026-03-10</v></c></row>"
    parts = {**PARTS, SHEET: sheet(f"<row>{row}</row><row/>{numbers}"), SHARED: shared("yes", "no")}

    def one(chance: random.Random) -> Callable[[], object]:
        name = chance.choice(tuple(parts))
        content = workbook(
            parts | {name: other_bytes(parts[name].encode(), chance)}, chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
        )
        if chance.random() < 0.3:
            content = other_bytes(content, chance)
        return lambda: as_csv(BytesIO(content).getvalue(), "list.xlsx")

    return attacked(count, seed, "workbooks", one)


def words(folder: Path, count: int, seed: int) -> Outcome:
    """Values and alternatives as the command line names them."""
    (folder / "small.yaml").write_text(SMALL, encoding="utf-8")
    small = load(folder / "small.yaml")
    paths = [
        "name",
        "x",
        "",
        "needs..x",
        "schema",
        "variants.x",
        "sites.office.links.0",
        "needs.billing.patience.likely",
        "routing",
        "playbook.x",
    ]
    paths += [
        "demand.billing.rate",
        "teams.service.headcount",
        "sites.office.seats",
        "clock.duration",
        "needs.billing.talk_time",
        "channels.voice",
    ]
    values = [yaml_of(value) for value in VALUES] + [
        *RAW,
        "1:9:2",
        "9:1:-1",
        "0:1e9:1e-9",
        "a,b",
        ",",
        "1,1",
        ":::",
        "nan:1:1",
        "1m:9m:2m",
        "5%:50%:5%",
    ]
    rules = [
        "priority",
        "first-come",
        "x",
        "",
        ",",
        ":",
        "priority:",
        "priority:agent=x",
        "priority:aging=3m",
        "priority:aging=-1",
        "priority:x=[",
        "p" * 9000,
    ]

    def one(chance: random.Random) -> Callable[[], object]:
        said = f"{chance.choice(paths)}{chance.choice(('=', '=', '=', '', '=='))}{chance.choice(values)}"
        rule = chance.choice(rules) + chance.choice(("", "", chance.choice(values)))
        return chance.choice((
            lambda: load(folder / "small.yaml", [said]),
            lambda: alternatives([small], strategies=(), variants=(), vary=[said]),
            lambda: alternatives([small], strategies=[rule, "priority"], variants=(), vary=()),
        ))  # fmt: skip

    return attacked(count, seed, "words", one)


ATTACKS: dict[str, Attack] = {
    "scenarios": scenarios, "tables": tables_of_numbers, "logs": logs, "events lists": lists, "workbooks": workbooks, "words": words,
}  # fmt: skip
