"""Variants side by side: what each measure comes to, and how much that differs from the baseline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from simulator.document.blocks import Cell, Table
from simulator.report.columns import estimated
from simulator.report.lead import OF_QUEUE, POPULATION, judged
from simulator.report.verdict import plainly, with_margin
from simulator.report.wording import NONE, difference
from simulator.report.yardsticks import Yardstick, yardsticks

if TYPE_CHECKING:
    from simulator.report.relabel import Telling
    from simulator.statistics.summary import Comparison, Summary

COLUMNS = 5
"""Columns beside the first that a page holds; a wider table goes on in another one."""


def tables(told: Telling, comparison: Comparison) -> Iterator[Table]:
    """What each variant comes to, and its differences: a measure a row or, where variants are many, a column."""
    found = [one for one in yardsticks(told.models[comparison.baseline]) if _is_told(told, comparison, one)]
    names = (comparison.baseline, *comparison.variants)
    values = "Averages over the worlds"
    differences = (
        f"Differences from “{told.variant(comparison.baseline)}” in {comparison.replications} pairs of worlds, ± 95 % interval that "
        "holds for all variants at once; better and worse are said of outcomes only, where it excludes no difference"
    )
    called = told.variant
    if len(names) <= COLUMNS:
        head = ("measure", *map(called, names))
        yield Table(head, tuple((one.row, *(_value(told, n, one) for n in names)) for one in found), values, numbers=True)
        rows: list[tuple[str | Cell, ...]] = [(one.row, *(changed(told, comparison, n, one) for n in comparison.variants)) for one in found]
        yield Table(("measure", *map(called, comparison.variants)), tuple(rows), differences, numbers=True)
        return
    for chunk in _chunks(found):
        head = ("variant", *(one.row for one in chunk))
        yield Table(head, tuple((called(n), *(_value(told, n, one) for one in chunk)) for n in names), values, numbers=True)
        rows = [(called(n), *(changed(told, comparison, n, one) for one in chunk)) for n in comparison.variants]
        yield Table(head, tuple(rows), differences, numbers=True)


def _chunks(found: Sequence[Yardstick]) -> Iterator[Sequence[Yardstick]]:
    for start in range(0, len(found), COLUMNS):
        yield found[start : start + COLUMNS]


def _is_told(told: Telling, comparison: Comparison, one: Yardstick) -> bool:
    """Whether the baseline has the measure, and it is anything or differs anywhere."""
    base = estimated(told.summaries[comparison.baseline], one.measure, **one.scope)
    if base is None or not base.n:
        return False
    return bool(base.mean) or any(str(changed(told, comparison, name, one)) != "the same" for name in comparison.variants)


def _value(told: Telling, variant: str, one: Yardstick) -> str:
    found = estimated(told.summaries[variant], one.measure, **one.scope)
    if found is None or not found.n:
        return NONE
    return with_margin(found) if variant == told.comparison_with else plainly(found)


def changed(told: Telling, comparison: Comparison, variant: str, one: Yardstick) -> Cell:
    """The difference of a variant from the baseline, and whether it is better or worse."""
    for d in comparison.differences:
        if d.variant == variant and d.measure == one.measure and dict(d.scope) == one.scope and d.n:
            if d.is_number and not d.mean and not d.half_width:
                return Cell("the same")
            if any(_nobody(told.summaries[name], one) for name in (variant, comparison.baseline)):
                return Cell("nobody to count", "soft")
            word = "" if one.measure in OF_QUEUE else judged(d)
            return Cell(f"{difference(d, d.half_width_all)}{', ' if word else ''}{word}", word if word != "unclear" else "soft")
    return Cell(NONE)


def _nobody(summary: Summary, one: Yardstick) -> bool:
    """Whether there is nobody of whom the measure could be told, so that a difference would judge nothing."""
    of = POPULATION.get(one.measure)
    found = estimated(summary, of, **one.scope) if of else None
    return found is not None and (not found.n or not found.mean)
