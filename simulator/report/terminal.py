"""The summary on stdout: objectives first, then phases, people and variants. Plain text, no box drawing, colour only beside a word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from simulator.document.terminal import ascii_text, table_text, wrapped
from simulator.document.terminal import columns as in_columns
from simulator.report import columns, verdict
from simulator.report.columns import estimated
from simulator.report.parts import TITLES, channel_table, group_table, measure_table
from simulator.report.wording import count, difference, duration, held_in, share
from simulator.report.yardsticks import SHORT, Yardstick, yardsticks

if TYPE_CHECKING:
    from simulator.experiment.result import Result
    from simulator.statistics.summary import Comparison, Summary, ThresholdResult
    from simulator.statistics.verdicts import Verdict

MARKS = {
    "met": ("✓", "MET", "green"), "missed": ("✗", "MISSED", "red"), "too close to call": ("≈", "TOO CLOSE", "yellow"),
    "no verdict": ("·", "NO VERDICT", "yellow"),
}  # fmt: skip
BESIDE = 4
"""Variants that stand side by side, a measure a line; more of them stand one below another."""


def summary_text(result: Result, *, unicode: bool = True) -> str:
    """All that ``crisis run`` prints on stdout about ``result``; without ``unicode`` every sign is ASCII."""
    summary, model = result.summary, result.models[result.baseline]
    blocks = [_head(result)]
    if summary.thresholds:
        blocks.append(_thresholds(summary.thresholds))
    if result.precision:
        blocks.append("\n".join(wrapped(s) for s in verdict.precision(result)))
    if summary.continuity is not None:
        blocks.append(_continuity(summary))
    if result.comparison is not None:
        blocks.append(_variants(result))
        blocks.append(_comparison(result, result.comparison))
    blocks += [_phases(summary), _people(summary), *_parts(summary), "\n".join(wrapped(s) for s in verdict.verdict(summary, model))]
    blocks += [f"Note: {warning}" for warning in summary.warnings]
    text = "\n\n".join(blocks) + "\n"
    return text if unicode else ascii_text(text)


def _head(result: Result) -> str:
    variants = " ".join(result.summaries)
    words = [
        result.scenario.name,
        variants,
        f"seed {result.seed}",
        f"{result.replications} replications",
        duration(result.summary.ended_at),
    ]
    partial = f"  (partial: {result.asked} were asked for)" if result.partial else ""
    return f"{'   '.join(w for w in words if w)}{partial}\nSIMULATED RESULTS, not observed. {verdict.how_sure(result)}"


def _mark(word: str) -> str:
    sign, said, colour = MARKS[word]
    return click.style(f"{sign} {said}", fg=colour)


def _times(found: Verdict) -> str:
    """In how many worlds, beside a mark that says the word."""
    return held_in(found) if found.word == "missed" else f"met in {found.met} of {found.worlds} worlds"


def _thresholds(found: Sequence[ThresholdResult]) -> str:
    counts = {word: sum(t.verdict == word for t in found) for word in MARKS}
    head = f"THRESHOLDS   {'  '.join(f'{many} {word}' for word, many in counts.items() if many)}"
    rows = []
    for t in found:
        note = _times(t.worlds) if t.judged_by == "worlds" else f"holds in {t.worlds.met} of {t.worlds.worlds} worlds" if t.n else ""
        rows.append((_mark(t.verdict), t.text, verdict.threshold_value(t), note))
        rows += [("", f"  {need}", "", held_in(of_need)) for need, of_need in t.needs.items()]
    return "\n".join([click.style(head, bold=True), *in_columns(rows, left=4)])


def _continuity(summary: Summary) -> str:
    found = summary.continuity
    assert found is not None
    names = {"rto": "recovery time objective", "mtpd": "maximum tolerable disruption", "mbco": "minimum level"}
    rows = [
        (
            _mark(o.verdict.word),
            names[o.id],
            share(o.limit) if o.id == "mbco" else duration(o.limit),
            _times(o.verdict),
            f"{share(o.verdict.low)} to {share(o.verdict.high)}",
            f"asked in {share(o.verdict.asked)}",
        )
        for o in (found.rto, found.mtpd, found.mbco)
    ]
    text = "\n".join([click.style("CONTINUITY", bold=True), *in_columns(rows, left=6)])
    if not found.needs:
        return text
    by_need: list[tuple[str, ...]] = [(need, *(held_in(o.verdict) for o in objectives)) for need, objectives in found.needs.items()]
    return f"{text}\n{table_text(('BY NEED', 'RTO', 'MTPD', 'MBCO'), by_need)}"


def _variants(result: Result) -> str:
    by = _by(result)
    rows = []
    for name, summary in result.summaries.items():
        found = [estimated(summary, one.measure, **one.scope) for one in by]
        rows.append((name, *("" if e is None or not e.n else verdict.with_margin(e) for e in found)))
    return _side_by_side("VARIANTS", rows, by)


def _by(result: Result) -> list[Yardstick]:
    return [one for one in yardsticks(result.models[result.baseline]) if one.measure in SHORT]


def _comparison(result: Result, comparison: Comparison) -> str:
    by = _by(result)
    rows = []
    for variant in comparison.variants:
        cells = []
        for one in by:
            mine = (d for d in comparison.differences if d.variant == variant and d.measure == one.measure and d.n)
            found = [d for d in mine if dict(d.scope) == one.scope]
            cells.append("" if not found else difference(found[0], found[0].half_width_all))
        rows.append((variant, *cells))
    note = "Paired by world; ± is a 95 % interval that holds for all variants at once."
    return _side_by_side(f"DIFFERENCE FROM {comparison.baseline}", rows, by) + f"\n {note}"


def _side_by_side(title: str, variants: list[tuple[str, ...]], by: Sequence[Yardstick]) -> str:
    """A variant a column or, where they are many, a line; measures that no variant has are left out."""
    stacked = len(variants) > BESIDE
    labels = (title, *(one.column if stacked else one.row for one in by))
    turned = list(zip(labels, *variants, strict=True))
    kept = [turned[0], *(row for row in turned[1:] if any(row[1:]))]
    kept = [(row[0], *(cell or "–" for cell in row[1:])) for row in kept]
    head, *rows = zip(*kept, strict=True) if stacked else kept
    return table_text(head, rows)


def _phases(summary: Summary) -> str:
    table = columns.phase_table(summary)
    return table_text(("PHASE", *table.head[1:]), table.rows)


def _people(summary: Summary) -> str:
    wanted = (("customers", "people"), ("served", "served"), ("solved_elsewhere", "solved elsewhere"),
              ("people_in_service_at_end", "in service"), ("gave_up", "gave up"), ("still_trying", "still trying"),
              ("never_served", "got nobody"))  # fmt: skip
    rows = []
    for name, scope in [*((need, {"need": need}) for need in summary.needs), ("everybody", {})]:
        cells = [summary.estimate(measure, **scope) for measure, _ in wanted]
        rows.append((name, *(count(e.mean) if e.unit == "count" else verdict.with_margin(e) for e in cells)))
    return table_text(("PEOPLE", *(label for _, label in wanted)), rows)


def _parts(summary: Summary) -> list[str]:
    """What the scenario contains beyond calls: channels side by side, and its own measures by name."""
    blocks = []
    channels = channel_table(summary)
    if channels is not None:
        blocks.append(table_text(("CHANNEL", *channels.head[1:]), channels.rows))
    groups = group_table(summary)
    if groups is not None:
        blocks.append(table_text(("GROUP", *groups.head[1:]), groups.rows))
    for _, title, about, _ in TITLES:
        found = measure_table(summary, about)
        if found is not None:
            rows = [(name, value, worlds) for _, value, worlds, name in found.rows]
            blocks.append(table_text((title.upper(), "average", "nine worlds of ten"), rows))
    return blocks
