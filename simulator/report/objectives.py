"""Objectives and pass marks with their verdicts, as rows of tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.document.blocks import Cell, Table
from simulator.report.verdict import threshold_value
from simulator.report.wording import duration, held_in, share
from simulator.statistics.thresholds import STATUS

if TYPE_CHECKING:
    from simulator.statistics.summary import Summary, ThresholdResult

SIGNS = {"met": "✓", "missed": "✗", "too close to call": "≈", "no verdict": "·"}
NAMES = {"rto": "Recovery time objective (RTO)", "mtpd": "Maximum tolerable disruption (MTPD)", "mbco": "Minimum level (MBCO)"}


@dataclass(frozen=True)
class Row:
    """A continuity objective: its limit, its verdict, and the interval of the share of worlds that met it beside what was asked for."""

    name: str
    limit: str
    sign: str
    word: str
    status: str
    interval: str
    asked: str
    says: str

    @property
    def verdict(self) -> Cell:
        """The verdict as a cell."""
        return Cell(f"{self.sign} {self.word}", self.status)


def continuity_rows(summary: Summary) -> list[Row]:
    """Each objective; none where the scenario states none."""
    found = summary.continuity
    if found is None:
        return []
    return [
        Row(
            NAMES[o.id], share(o.limit) if o.id == "mbco" else duration(o.limit), SIGNS[o.verdict.word], held_in(o.verdict),
            STATUS[o.verdict.word], f"{share(o.verdict.low)} to {share(o.verdict.high)}", share(o.verdict.asked), o.says,
        )
        for o in (found.rto, found.mtpd, found.mbco)
    ]  # fmt: skip


def continuity_table(summary: Summary) -> Table | None:
    """The continuity objectives; None where there are none."""
    found = summary.continuity
    if found is None:
        return None
    rows = [(o.name, o.limit, o.verdict, o.interval, o.asked, o.says) for o in continuity_rows(summary)]
    together = f"met in {found.all_met} of {found.rto.verdict.worlds} worlds"
    return Table(
        ("objective", "limit", "verdict", "share of worlds that met it, 95 % interval", "asked", "rule"),
        (*rows, ("All three", "", together, "", "", "")),
        "Continuity objectives (ISO 22301): met where the whole interval is at or above the share of worlds asked, missed where below",
    )


def continuity_of_needs(summary: Summary) -> Table | None:
    """The verdicts with each need; None where there is one need, or no objectives."""
    found = summary.continuity
    if found is None or not found.needs:
        return None
    rows = tuple((need, *(held_in(o.verdict) for o in objectives)) for need, objectives in found.needs.items())
    return Table(("need", "RTO", "MTPD", "MBCO"), rows, "The same with each need")


def threshold_table(summary: Summary) -> Table | None:
    """The pass marks, each also with every need where they are judged with each; None where there are none."""
    rows: list[tuple[str | Cell, ...]] = []
    for t in summary.thresholds:
        rows.append((t.text, threshold_value(t), _verdict(t), _worlds(t)))
        rows += [(need, "", held_in(found), "") for need, found in t.needs.items()]
    return Table(("threshold", "mean", "verdict", "worlds"), tuple(rows), "Pass marks of the scenario") if rows else None


def _verdict(t: ThresholdResult) -> Cell:
    said = held_in(t.worlds) if t.judged_by == "worlds" else t.verdict
    return Cell(f"{SIGNS[t.verdict]} {said}", t.status)


def _worlds(t: ThresholdResult) -> str:
    return "" if t.judged_by == "worlds" or not t.n else f"holds in {t.worlds.met} of {t.worlds.worlds}"
