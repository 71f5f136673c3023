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
