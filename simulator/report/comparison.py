"""Every file of a comparison."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.document import files, workbook
from simulator.document.program import json_text
from simulator.experiment.written import written
from simulator.report import contest, findings, sheet, tables
from simulator.report.fairness import fares
from simulator.report.figures import COMPARED
from simulator.report.judgement import label, verdict
from simulator.report.manifest import manifest, of_run
from simulator.report.reservations import mark
from simulator.statistics.verdicts import LEAST

if TYPE_CHECKING:
    from simulator.experiment.contest import Contest
    from simulator.experiment.question import Found
    from simulator.experiment.result import Result
    from simulator.report.drawing import Artists
    from simulator.report.sheet import Sheet

FORMS = ("html", "md", "docx", "csv", "xlsx")
"""What a finished comparison can be rendered as."""
DRAWN_ASIDE = True


def write(result: Result, folder: Path, *, command: str, began: datetime, jobs: int | None, artists: Artists, found: Found) -> None:  # noqa: ARG001  # as every page
    """Write every file of ``result``, which follows from what was ``found``, into ``folder``. Raises OSError."""
    assert result.contest is not None
    with artists.drawing(contest.gallery(result, result.contest)) as drawn:
        _write_tables(result, result.contest, folder)
        pictures = drawn()[COMPARED]
    made = contest.compose(result, result.contest, pictures, command=command)
    files.write(sheet.document(made), folder, ("html",), began)
    files.save(folder / "comparison.json", json_text(dict(made.document)))
    files.save(folder / "scenario.resolved.yaml", result.scenario.resolved(None))
    said = manifest(result, command=command, began=began, jobs=jobs, folder=folder, **of_run(result))
    files.save(folder / "manifest.json", json_text(said))


def render(result: Result, folder: Path, forms: Sequence[str], *, command: str, began: datetime, artists: Artists) -> None:
    """Write the ``forms`` of a finished comparison into ``folder``, as :func:`write` lays it out. Raises OSError."""
    found = result.contest
    assert found is not None
    if {"html", "md", "docx"} & set(forms):
        with artists.drawing(contest.gallery(result, found)) as drawn:
            pictures = drawn()[COMPARED]
        made = contest.compose(result, found, pictures, command=command)
        files.write(sheet.document(made), folder, forms, began, figures="md" in forms)
    if "csv" in forms:
        _write_tables(result, found, folder)
    if "xlsx" in forms:
        title = result.scenario.title or result.scenario.name
        workbook.write_sheets(_sheets(result, found), title, folder / "report.xlsx", began=began)


def text(result: Result, *, full: bool = False) -> str:  # noqa: ARG001  # as every page
    """What a terminal shows."""
    return sheet.text(summary(result))


def program(result: Result) -> dict[str, Any]:
    """All numbers, for programs."""
    return dict(summary(result).document)


def summary(result: Result) -> Sheet:
    """The findings without figures, for a terminal."""
    assert result.contest is not None
    return contest.compose(result, result.contest, (), command="")


def _write_tables(result: Result, found: Contest, folder: Path) -> None:
    rows = list(findings.rows(found))
    files.save_rows(folder / "goals.csv", list(rows[0]), (list(row.values()) for row in rows))
    worlds = list(_worlds(result, found))
    files.save_rows(folder / "replications.csv", list(worlds[0]), (list(row.values()) for row in worlds))
    assert result.comparison is not None
    tables.write_comparison(result.comparison, folder / "comparison.csv")


def _worlds(result: Result, found: Contest) -> Iterator[dict[str, Any]]:
    """Each goal in each world and alternative: the pairs from which everything follows."""
    from simulator.statistics.ranking import column
    from simulator.statistics.worlds import Worlds

    for name in found.alternatives:
        of_one = Worlds(result.tallies[name])
        values = [column(of_one, goal).worlds.tolist() for goal in found.goals]
        for row, replication in enumerate(of_one.replications):
            cells = {str(goal): written(of_goal[row]) for goal, of_goal in zip(found.goals, values, strict=True)}
            yield {"replication": str(replication), "alternative": name, **cells}


def _sheets(result: Result, found: Contest) -> Iterator[workbook.Page]:
    said = [("SIMULATED", "Simulated results, not observed."), ("question", result.scenario.question), ("seed", str(result.seed))]
    said += [("verdict", sentence) for sentence in verdict(result, found)]
    yield "Summary", ("what", "says"), said
    head: tuple[str, ...] = (
        "goal",
        "alternative",
        "place",
        "average",
        "± (95 %)",
        "behind best from",
        "to",
        "best or tied",
        "but",
        "best in",
        "regret",
    )
    yield "Ranking", head, [
        (
            label(r.goal), s.alternative, place, *((v, r.goal.unit) for v in (s.mean, s.half_width, s.low, s.high)),
            ("yes" if s.best else "no") if r.sure else "", mark(found, s.alternative, r.goal) if s.best and r.sure else "",
            (s.wins, "share"), (s.regret, r.goal.unit),
        )
        for r in found.rankings for place, s in enumerate(r.standings, 1)
    ]  # fmt: skip
    head = (
        "goal",
        "alternative",
        "baseline",
        "difference",
        "± (95 %, all at once)",
        "clear",
        "median world",
        "from",
        "to",
        "pairs",
        "wins",
    )
    yield "Differences", head, [
        (
            label(c.goal), c.alternative, c.against, *((v if c.plain.is_number else math.nan, c.goal.unit) for v in (c.mean, c.half_width)),
            "yes" if c.clear else "no",
            *((v, c.goal.unit) for v in (c.typical, c.low, c.high)), c.plain.n, (c.plain.wins, "share"),
        )
        for c in found.contrasts
    ]  # fmt: skip
    yield "Who fares how", ("by", "who", "measure", "alternative", "average", "± (95 %)", "worst"), list(_fares(result, found))
    yield "What differs", ("what", *found.alternatives), [(path, *values.values()) for path, values in found.differing.items()]
    yield "Other conditions", ("condition", "alternative", "place", "average", "± (95 %)", "best or tied"), [
        (c.name, s.alternative, s.rank, (s.mean, found.goals[0].unit), (s.half_width, found.goals[0].unit),
         ("yes" if s.best else "no") if c.worlds >= LEAST else "")
        for c in found.stability for s in c.standings
    ]  # fmt: skip
    units = [goal.unit for goal in found.goals]
    yield "Worlds", ("alternative", "replication", *map(str, found.goals)), list(_world_rows(result, found, units))


def _fares(result: Result, found: Contest) -> Iterator[tuple[workbook.Value, ...]]:
    for of_kind in fares(result, found.alternatives):
        for name, row in of_kind.rows.items():
            for column, e in enumerate(row):
                if e is not None and e.n:
                    worst = "yes" if name == of_kind.worst(column) else "no"
                    alternative = of_kind.alternatives[column]
                    yield of_kind.kind, name, of_kind.measure, alternative, (e.mean, e.unit), (e.half_width, e.unit), worst


def _world_rows(result: Result, found: Contest, units: Sequence[str]) -> Iterator[tuple[workbook.Value, ...]]:
    for row in _worlds(result, found):
        replication, name, *values = row.values()
        cells = [(float(value) if value else float("nan"), unit) for value, unit in zip(values, units, strict=True)]
        yield (name, int(replication), *cells)
