"""The CSV files of a run: UTF-8, one header line, ISO times with offset, numbers as :mod:`simulator.experiment.written` says."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.experiment.written import written

if TYPE_CHECKING:
    from simulator.report.wording import LocalTime
    from simulator.statistics.summary import Comparison, Scope, Summary


def scope_text(scope: Scope) -> str:
    """``[shock, find-relative]`` for a scope, nothing for everything."""
    return f"[{', '.join(scope.values())}]" if scope else ""


def write_intervals(summary: Summary, time: LocalTime, path: Path) -> None:
    """One row per interval; a column per series (over all replications), and its 5th and 95th percentile over them."""
    header = ["start", "start_s", "since_impact_s"]
    columns = []
    for one in summary.series:
        name = one.name + scope_text(one.scope)
        header += [name, f"{name}.p5", f"{name}.p95"]
        columns += [one.mean.tolist(), one.p5.tolist(), one.p95.tolist()]
    rows = []
    for i, start in enumerate(summary.interval_starts.tolist()):
        since = "" if summary.impact is None else written(start - summary.impact)
        rows.append([time.iso(start), written(start), since, *(written(column[i]) for column in columns)])
    _write(path, header, rows)


def write_replications(summary: Summary, path: Path) -> None:
    """One row per replication: whole-run measures."""
    table = summary.by_replication
    columns = [column.tolist() for column in table.columns.values()]
    rows = ([str(number), *(written(column[i]) for column in columns)] for i, number in enumerate(table.replication))
    _write(path, ["replication", *table.columns], rows)


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
        + [written(v) for v in (d.mean, d.half_width, d.half_width_all, d.p5, d.p50, d.p95, d.n, d.wins, d.endless)]
        for d in comparison.differences
    )
    _write(path, [*header, "p5", "p50", "p95", "pairs", "wins", "endless"], rows)


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
