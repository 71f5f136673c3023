"""The CSV files of a run: UTF-8, one header line, ISO times with offset, numbers as :mod:`simulator.experiment.written` says."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.experiment.written import written

if TYPE_CHECKING:
    from simulator.report.wording import LocalTime
    from simulator.statistics.summary import Comparison, Objective, Scope, Summary
    from simulator.statistics.verdicts import Verdict


def scope_text(scope: Scope) -> str:
    """``[shock, find-relative]`` for a scope, nothing for everything."""
    return f"[{', '.join(scope.values())}]" if scope else ""


def write_intervals(summary: Summary, time: LocalTime, path: Path) -> None:
    """One row per interval; a column per series (over all replications), and its 5th and 95th percentile over them."""
    header = ["start", "start_s", "since_impact_s"]
    starts = summary.interval_starts.tolist()
    since = [""] * len(starts) if summary.impact is None else [written(start - summary.impact) for start in starts]
    columns = [[time.iso(start) for start in starts], list(map(written, starts)), since]
    for one in summary.series:
        name = one.name + scope_text(one.scope)
        header += [name, f"{name}.p5", f"{name}.p95"]
        columns += [list(map(written, numbers.tolist())) for numbers in (one.mean, one.p5, one.p95)]
    _write(path, header, zip(*columns, strict=True))


def write_replications(summary: Summary, path: Path) -> None:
    """One row per replication: whole-run measures."""
    table = summary.by_replication
    columns = [map(written, column.tolist()) for column in table.columns.values()]
    _write(path, ["replication", *table.columns], zip(map(str, table.replication), *columns, strict=True))


def write_objectives(summary: Summary, path: Path) -> None:
    """One row per continuity objective and pass mark, and per need where they are judged with each; nothing where there are none."""
    rows = [
        [o.id, "objective", need, MEASURES[o.id], *_limits(o), *_of_worlds(o.verdict), o.verdict.word, "worlds"]
        for need, objectives in _objectives(summary)
        for o in objectives
    ]
    for t in summary.thresholds:
        limits = [written(t.min), written(t.max)]
        need = t.scope.get("need", "")
        rows.append([t.id, "threshold", need, t.measure + scope_text(t.scope), *limits, *_of_worlds(t.worlds), t.verdict, t.judged_by])
        rows += [
            [t.id, "threshold", need, t.measure + scope_text(t.scope), *limits, *_of_worlds(found), found.word, "worlds"]
            for need, found in t.needs.items()
        ]
    if rows:
        head = ["id", "kind", "need", "measure", "min", "max", "met", "worlds", "share", "low", "high", "in", "verdict", "judged_by"]
        _write(path, head, rows)


MEASURES = {"rto": "time_to_recover", "mtpd": "longest_below", "mbco": "level_after_rto"}
"""What each objective sets a limit to: a most, and for the minimum level a least."""


def _limits(objective: Objective) -> list[str]:
    limit = written(objective.limit)
    return [limit, ""] if objective.id == "mbco" else ["", limit]


def _objectives(summary: Summary) -> Iterator[tuple[str, tuple[Objective, ...]]]:
    if summary.continuity is not None:
        yield "", (summary.continuity.rto, summary.continuity.mtpd, summary.continuity.mbco)
        yield from summary.continuity.needs.items()


def _of_worlds(found: Verdict) -> list[str]:
    return [str(found.met), str(found.worlds), *(written(v) for v in (found.share, found.low, found.high, found.asked))]


def write_log(summary: Summary, time: LocalTime, path: Path) -> None:
    """What the world and the playbook did in every replication."""
    rows = (
        [str(number), written(entry.instant), time.iso(entry.instant), entry.kind, entry.id, entry.what, entry.detail]
        for number, log in sorted(summary.logs.items())
        for entry in log
    )
    _write(path, ["replication", "instant_s", "time", "kind", "id", "what", "detail"], rows)


def write_comparison(comparison: Comparison, path: Path) -> None:
    """Paired differences, variant minus baseline."""
    header = ["baseline", "variant", "measure", "scope", "unit", "better", "difference", "half_width", "half_width_all"]
    rows = (
        [comparison.baseline, d.variant, d.measure, scope_text(d.scope), d.unit, d.better]
        + [written(v) if d.is_number else "" for v in (d.mean, d.half_width, d.half_width_all, d.p5, d.p50, d.p95)]
        + [written(v) for v in (d.n, d.wins, d.endless, d.never, d.never_baseline)]
        + ["" if d.is_number else written(d.at_least)]
        for d in comparison.differences
    )
    _write(path, [*header, "p5", "p50", "p95", "pairs", "wins", "endless", "never", "never_baseline", "at_least"], rows)


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
