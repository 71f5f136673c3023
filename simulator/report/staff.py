"""Every file of the answer to ``crisis staff``: the page, the numbers, the roster, and a file that ``crisis run`` takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from simulator.document import files
from simulator.document.blocks import Bar, Bars, Code, Document, Figure, Heading, Table, Text, Verdict
from simulator.document.program import json_text
from simulator.document.terminal import table_text, wrapped
from simulator.experiment.written import rounded
from simulator.report import manifest, staff_erlang, staff_words
from simulator.scenario import document as yaml

if TYPE_CHECKING:
    from simulator.experiment.question import Found
    from simulator.experiment.questions.staff import Answer
    from simulator.report.drawing import Artists

FORMS = ("html", "md", "docx", "csv")
"""What the answer can be rendered as."""
DRAWN_ASIDE = False
SCHEMA = "crisis-staff/v1"
VARIANT = "staffed"


def write(answer: Answer, folder: Path, *, found: Found, command: str, began: datetime, jobs: int | None, artists: Artists) -> None:
    """Write every file of ``answer`` into ``folder``. Raises OSError."""
    render(answer, folder, ("html", "csv"), command=command, began=began, artists=artists)
    files.save(folder / "staff.json", json_text(numbers(answer)))
    if answer.progress.best is not None:
        (folder / VARIANT).mkdir()
        _write_runnable(answer, folder / VARIANT)
    said = manifest.manifest(answer, command=command, began=began, jobs=jobs, folder=folder, models=len(found.points))
    files.save(folder / manifest.NAME, json_text(said))


def render(answer: Answer, folder: Path, forms: Sequence[str], *, command: str, began: datetime, artists: Artists) -> None:  # noqa: ARG001  # as every page
    """Write the ``forms`` of a finished answer into ``folder``. Raises OSError."""
    if {"html", "md", "docx"} & set(forms):
        files.write(document(answer, command), folder, forms, began, figures="md" in forms)
    if "csv" in forms and answer.progress.best is not None:
        _write_rosters(answer, folder)
        head = ("team", "interval", "at_work", "today")
        files.save_rows(folder / "agents.csv", head, ((t, i, f"{a:g}", f"{b:g}") for t, i, a, b in staff_words.by_interval(answer)))


def document(answer: Answer, command: str) -> Document:
    """The page."""
    return Document(
        name="report",
        title=f"Who must be there: {answer.scenario.title or answer.scenario.name}",
        subtitle=staff_words.question(answer),
        blocks=tuple(_blocks(answer, command)),
        about=(staff_words.about(answer),),
        simulated=True,
    )


def _blocks(answer: Answer, command: str) -> Iterator[Any]:
    yield from (Text(f"Note: {warning}", "warning") for warning in staff_words.warnings(answer))
    yield Heading("Answer")
    yield Verdict(tuple(staff_words.verdict(answer)))
    for title, table in tables(answer):
        yield Heading(title)
        if title == staff_words.AGENTS:
            from simulator.report.figures import house_style
            from simulator.report.figures.roster import agents

            with house_style():
                yield Figure(agents(answer))
        yield table
        if title == staff_erlang.TITLE:
            yield from map(Text, staff_erlang.why(answer))
    sizes = staff_words.sizes(answer)
    if sizes:
        yield Heading("How sure, by the size of the " + staff_words.crisis(answer))
        yield Bars(
            "share of the worlds in which it holds",
            tuple(Bar(name, v.share, staff_words.held(v), low=v.low, high=v.high) for name, v in sizes),
        )
    yield Heading("How this was found")
    yield from map(Text, staff_words.notes())
    yield Heading("Reproduce", 3)
    yield Code(command)
    yield Text(f"Seed {answer.seed}. Scenario {answer.scenario.name}, SHA-256 {answer.scenario.sha256}.", "soft")
    if answer.failures:
        yield Heading("Worlds that failed", 3)
        yield from (Text(str(failure)) for failure in answer.failures)


def text(answer: Answer) -> str:
    """The answer for a terminal."""
    told = [f"{answer.scenario.name}   seed {answer.seed}\nSIMULATED RESULTS, not observed.", wrapped(staff_words.question(answer))]
    told += [wrapped(f"Note: {warning}") for warning in staff_words.warnings(answer)]
    told.append("\n".join(wrapped(sentence) for sentence in staff_words.verdict(answer)))
    told += [f"{title}\n" + table_text(table.head, table.rows) for title, table in tables(answer)]
    sizes = staff_words.sizes(answer)
    if sizes:
        rows = [(name, staff_words.held(v)) for name, v in sizes]
        told.append(f"How sure, by the size of the {staff_words.crisis(answer)}\n" + table_text(("size", "it holds in"), rows))
    return "\n\n".join(told) + "\n"


def tables(answer: Answer) -> Iterator[tuple[str, Table]]:
    """The tables with their titles."""
    if answer.progress.best is None:
        return
    yield staff_words.AGENTS, staff_words.agents(answer)
    yield "People, hours and money", staff_words.bill(answer)
    pays = staff_words.pays(answer)
    if pays is not None:
        yield "Who pays, and who gains", pays
    erlang = staff_erlang.beside(answer, staff_words.together(answer))
    if erlang is not None:
        yield staff_erlang.TITLE, erlang
    yield "How sure, by cost", staff_words.curve(answer)


def _write_runnable(answer: Answer, folder: Path) -> None:
    """Write the scenario with the roster as one more variant, and its tables beside it: ``crisis run`` takes it wherever it is moved."""
    best = answer.progress.best
    assert best is not None
    own = answer.scenario.variants.get(answer.choices.variant or "", {}) if answer.choices.variant else {}
    changes = {**own, **answer.choices.changes(best.counts, best.seats)}
    moved = {name: name for name in answer.scenario.files}
    if any(PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts for name in moved):
        moved = {name: f"{number}-{PurePosixPath(name).name}" for number, name in enumerate(moved, 1)}
    tree = dict(answer.scenario.tree)
    tree["variants"] = {**(tree.get("variants") or {}), VARIANT: {"title": "the roster that holds the targets", **changes}}
    for name, text in answer.scenario.files.items():
        place = folder / moved[name]
        place.parent.mkdir(parents=True, exist_ok=True)
        files.save(place, text)
    files.save(folder / "scenario.yaml", f"# crisis run scenario.yaml --variant {VARIANT}\n" + yaml.write(_renamed(tree, moved)))


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """A tree that calls its tables otherwise."""
    if isinstance(value, dict):
        return {key: _renamed(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [_renamed(item, names) for item in value]
    return names.get(value, value) if isinstance(value, str) else value


def _write_rosters(answer: Answer, folder: Path) -> None:
    """The roster of each team as a table that ``roster:`` takes."""
    best = answer.progress.best
    assert best is not None
    for path, value in answer.choices.changes(best.counts, best.seats).items():
        if not path.endswith(".roster"):
            continue
        rows = value["at_work"] if isinstance(value, dict) else value
        head = ["start", "end", "agents", *(["breaks"] if any(row.get("breaks") for row in rows) else []), "days"]
        files.save_rows(folder / f"roster-{path.split('.')[1]}.csv", head, ([_cell(row, column) for column in head] for row in rows))


def _cell(row: dict[str, Any], column: str) -> str:
    if column == "breaks":
        return " ".join(f"{b['at']}+{b['for']}" for b in row.get("breaks", ()))
    if column == "days":
        return " ".join(row.get("days", ()))
    return str(row[column])


def numbers(answer: Answer) -> dict[str, Any]:
    """All numbers, for programs."""
    now, best = answer.progress, answer.progress.best
    made: dict[str, Any] = {
        "schema": SCHEMA,
        "scenario": {"name": answer.scenario.name, "sha256": answer.scenario.sha256},
        "variant": answer.question.variant,
        "seed": answer.seed,
        "targets": list(answer.question.targets),
        "by": answer.question.by,
        "probability": answer.question.probability,
        "possible": not now.impossible and best is not None,
        "binds": now.binds or None,
        "cannot_be_met": [answer.targets[k].place for k in now.impossible],
        "complete": now.done,
    }
    if best is None:
        return made
    made["roster"] = {
        "cost": rounded(best.cost),
        "currency": answer.choices.staffing.currency or ("hours" if not answer.choices.staffing.priced else None),
        "bound": rounded(now.bound),
        "rows": {p.split(".")[1]: v for p, v in answer.choices.changes(best.counts, best.seats).items() if p.endswith(".roster")},
        "agents": [
            {"team": t, "interval": i, "at_work": rounded(a), "today": rounded(b)} for t, i, a, b in staff_words.by_interval(answer)
        ],
    }
    if now.confirmed == best.point:
        made["fresh"] = {
            name: {"worlds": v.worlds, "holds": v.met, "low": rounded(v.low), "high": rounded(v.high)}
            for name, point in (("roster", best.point), ("today", "today"), ("one_less", now.fewer))
            if (v := answer.search.confirmed(point).holding(now.possible)).worlds
        }
        made["claim"] = answer.search.confirmed(best.point).word(now.possible)
        mean, half = answer.search.confirmed(best.point).means
        made["means"] = [
            {"target": answer.targets[k].place, "mean": rounded(mean[k]), "half_width": rounded(half[k])} for k in now.possible
        ]
    made["tried"] = [
        {"cost": rounded(t.cost), "agents": sum(t.counts), "holds": t.judged.holding(now.possible).met, "worlds": t.judged.worlds}
        for t in now.tried
    ]
    made["sizes"] = [{"size": name, "holds": v.met, "worlds": v.worlds} for name, v in staff_words.sizes(answer)]
    return made
