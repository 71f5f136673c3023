"""The report as a workbook for spreadsheets: numbers as numbers, durations as times, user text never as a formula."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.document.workbook import Page, Value, write_sheets
from simulator.report import answering, staffing, verdict
from simulator.report.lead import alone
from simulator.report.relabel import telling
from simulator.report.rests import rests_on
from simulator.report.tables import scope_text
from simulator.statistics.measures import DIMENSIONS, measure_named

if TYPE_CHECKING:
    from simulator.experiment.result import Result
    from simulator.report.relabel import Telling
    from simulator.report.wording import LocalTime
    from simulator.statistics.summary import Comparison, StaffingPlan, Summary


def write(result: Result, variant: str, time: LocalTime, path: Path, *, began: datetime, compared: bool = False) -> None:
    """Write the workbook about ``variant``; ``compared`` adds the comparison of all variants. Raises OSError."""
    write_sheets(_pages(result, variant, time, compared=compared), result.scenario.title or result.scenario.name, path, began=began)


def _pages(result: Result, variant: str, time: LocalTime, *, compared: bool) -> Iterator[Page]:
    summary = result.summaries[variant]
    told = telling(result if compared else alone(result, variant))
    answer = answering.table(told.lead, told.labels)
    yield "Summary", ("what", "says"), _about(told, variant)
    if answer is not None:
        yield "Answer", answer.head, [[str(cell) for cell in row] for row in answer.rows]
    yield "Thresholds", ("id", "threshold", "value", "± (95 %)", "verdict", "met in", "of worlds", "asked"), _thresholds(summary)
    if summary.continuity is not None:
        head: tuple[str, ...] = ("objective", "need", "limit", "verdict", "met in", "of worlds", "from", "to", "asked")
        yield "Continuity", head, _continuity(summary)
    if compared and result.comparison is not None:
        head = (
            "variant", "measure", "scope", "difference", "± (95 %)", "± for all variants", "pairs", "wins", "at least", "never",
            "never in the baseline",
        )  # fmt: skip
        yield "Comparison", head, _comparison(result.comparison)
    head = ("measure", *DIMENSIONS, "unit", "mean", "± (95 %)", "p5", "p50", "p95", "worlds")
    yield "Measures", head, _measures(summary)
    yield "Steps", ("step", "kind", "act", "worlds", "done in", "refused in", "done at, mean", "p5", "p95"), _steps(summary)
    yield "Intervals", ("start", *(one.name + scope_text(one.scope) for one in summary.series)), _intervals(summary, time)
    if summary.staffing is not None:
        needs = (f"required {scope_text({'need': need})}" for need in summary.staffing.needs)
        yield "Staffing", ("start", *staffing.COLUMNS, *needs), _staffing(summary.staffing, time)
    yield "Worlds", ("replication", *summary.by_replication.columns), _worlds(summary)


def _about(told: Telling, variant: str) -> list[tuple[str, str]]:
    result, scenario, summary = told.result, told.result.scenario, told.summaries[variant]
    facts = [
        ("SIMULATED", "Simulated results, not observed; not calibrated."),
        ("scenario", scenario.title or scenario.name),
        ("question", scenario.question),
        ("variant", told.variant(variant)),
        ("seed", str(result.seed)),
        ("how sure", verdict.how_sure(result)),
        ("SHA-256 of the scenario", scenario.sha256),
    ]
    said = [*verdict.verdict(summary, told.models[variant]), *verdict.precision(result)]
    answer = [("answer", sentence) for sentence in answering.sentences(told.lead, told.labels)]
    rests = ("rests on", rests_on(scenario, told.labels))
    first, *rest = ((name, text) for name, text in facts if text)
    return [first, *answer, rests, *rest, *(("verdict", s) for s in said), *(("note", w) for w in summary.warnings)]


def _thresholds(summary: Summary) -> list[tuple[Value, ...]]:
    units = [measure_named(t.measure).unit for t in summary.thresholds]
    return [
        (t.id, t.text, (t.value, u), (t.half_width, u), t.verdict, t.worlds.met, t.worlds.worlds, (t.worlds.asked, "share"))
        for t, u in zip(summary.thresholds, units, strict=True)
    ]


def _continuity(summary: Summary) -> Iterator[tuple[Value, ...]]:
    found = summary.continuity
    assert found is not None
    for need, objectives in (("", (found.rto, found.mtpd, found.mbco)), *found.needs.items()):
        for o in objectives:
            limit = (o.limit, "share" if o.id == "mbco" else "duration")
            v = o.verdict
            yield (o.id, need, limit, v.word, v.met, v.worlds, (v.low, "share"), (v.high, "share"), (v.asked, "share"))


def _comparison(comparison: Comparison) -> Iterable[tuple[Value, ...]]:
    for d in comparison.differences:
        numbers = [(v if d.is_number else math.nan, d.unit) for v in (d.mean, d.half_width, d.half_width_all)]
        least = math.nan if d.is_number else d.at_least
        about = (d.variant, d.measure, scope_text(d.scope))
        yield (*about, *numbers, d.n, (d.wins, "share"), (least, d.unit), d.never, d.never_baseline)


def _measures(summary: Summary) -> Iterable[tuple[Value, ...]]:
    for e in summary.estimates:
        scope = [e.scope.get(dimension, "") for dimension in DIMENSIONS]
        yield (e.measure, *scope, e.unit, *((v, e.unit) for v in (e.mean, e.half_width, e.p5, e.p50, e.p95)), e.n)


def _steps(summary: Summary) -> Iterable[tuple[Value, ...]]:
    for step in summary.steps:
        at = step.done_at
        instants = [] if at is None else [(v, "duration") for v in (at.mean, at.p5, at.p95)]
        yield (step.id, step.kind, step.act, step.worlds, step.done, step.refused, *instants)


def _intervals(summary: Summary, time: LocalTime) -> Iterable[list[Value]]:
    for i, start in enumerate(summary.interval_starts.tolist()):
        yield [time.iso(start), *((float(one.mean[i]), one.unit) for one in summary.series)]


def _staffing(plan: StaffingPlan, time: LocalTime) -> Iterable[list[Value]]:
    for row in staffing.rows(plan):
        numbers = [*(row[name] for name in staffing.COLUMNS), *row["by_need"].values()]
        yield [time.iso(row["start"]), *((float(value), "count") for value in numbers)]
    yield [f"Required {staffing.targets(plan)}; Erlang A, each need by itself, first contacts only."]


def _worlds(summary: Summary) -> Iterable[list[Value]]:
    table = summary.by_replication
    for i, number in enumerate(table.replication):
        yield [number, *((float(column[i]), "") for column in table.columns.values())]
