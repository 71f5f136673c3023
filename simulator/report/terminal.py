"""The summary on stdout: objectives first, then phases, people and variants. Plain text, no box drawing, colour only beside a word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from simulator.report import columns, verdict
from simulator.report.columns import estimated
from simulator.report.wording import amount, change, count, duration, margin, share
from simulator.statistics.measures import measures

if TYPE_CHECKING:
    from simulator.experiment.result import Result
    from simulator.statistics.summary import Comparison, Summary, ThresholdResult

MARKS = {"pass": ("✓", "PASS", "green"), "fail": ("✗", "FAIL", "red"), "inconclusive": ("≈", "NEAR", "yellow")}
COMPARED: tuple[tuple[str, dict[str, str], str], ...] = (
    ("people_never_served", {}, "people who got nobody"),
    ("time_to_recover", {}, "time until the centre was back"),
    ("abandon_rate", {}, "hung up while waiting"),
    ("block_rate", {}, "refused at the door"),
    ("mean_wait", {}, "mean wait"),
    ("agents_online_6h", {}, "agents online at T+6 h"),
)


def summary_text(result: Result, *, unicode: bool = True) -> str:
    """All that ``crisis run`` prints on stdout about ``result``; without ``unicode`` every sign is ASCII."""
    summary, model = result.summary, result.models[result.baseline]
    blocks = [_head(result)]
    if summary.thresholds:
        blocks.append(_thresholds(summary.thresholds))
    if result.precision:
        blocks.append("\n".join(_wrapped(s) for s in verdict.precision(result)))
    if summary.continuity is not None:
        blocks.append(_continuity(summary))
    if result.comparison is not None:
        blocks.append(_variants(result))
        blocks.append(_comparison(result.comparison))
    blocks += [_phases(summary), _people(summary), "\n".join(_wrapped(s) for s in verdict.verdict(summary, model))]
    blocks += [f"Note: {warning}" for warning in summary.warnings]
    text = "\n\n".join(blocks) + "\n"
    return text if unicode else ascii_text(text)


def ascii_text(text: str) -> str:
    """The same text in signs that every terminal has."""
    for sign, plain in (("✓ ", ""), ("✗ ", ""), ("≈ ", ""), ("±", "+-"), ("−", "-"), ("–", "-"), ("≥", ">="), ("≤", "<=")):
        text = text.replace(sign, plain)
    return text.encode("ascii", "replace").decode("ascii")


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


def _thresholds(found: Sequence[ThresholdResult]) -> str:
    counts = {status: sum(t.status == status for t in found) for status in MARKS}
    head = f"THRESHOLDS   {counts['pass']} passed  {counts['fail']} failed  {counts['inconclusive']} too close to call"
    rows = []
    for t in found:
        sign, word, colour = MARKS[t.status]
        unit = measures[t.measure].unit if t.measure in measures else "ratio"
        value = "no data" if t.n == 0 else "never" if t.endless >= 1 else f"{amount(t.value, unit)} {margin(t.half_width, unit)}"
        note = f"endless in {share(t.endless)} of the worlds" if 0 < t.endless < 1 else ""
        rows.append((click.style(f"{sign} {word}", fg=colour), t.text, value, note))
    return "\n".join([click.style(head, bold=True), *_columns(rows, left=4)])


def _continuity(summary: Summary) -> str:
    found = summary.continuity
    assert found is not None
    names = {"rto": "recovery time objective", "mtpd": "maximum tolerable disruption", "mbco": "minimum level"}
    rows = [
        (
            names[o.id],
            share(o.limit) if o.id == "mbco" else duration(o.limit),
            f"met in {o.met} of {o.worlds} worlds",
            f"{share(o.low)} to {share(o.high)}",
        )
        for o in (found.rto, found.mtpd, found.mbco)
    ]
    return "\n".join([click.style("CONTINUITY", bold=True), *_columns(rows, left=4)])


def _variants(result: Result) -> str:
    head = ("VARIANTS", *(label for _, _, label in COMPARED))
    rows = []
    for name, summary in result.summaries.items():
        found = [estimated(summary, measure, **scope) for measure, scope, _ in COMPARED]
        rows.append((name, *("–" if e is None else verdict.with_margin(e) for e in found)))
    return _table(_turned(head, rows))


def _comparison(comparison: Comparison) -> str:
    head = [f"DIFFERENCE FROM {comparison.baseline}", *comparison.variants]
    rows = []
    for measure, scope, label in COMPARED:
        cells = []
        for variant in comparison.variants:
            found = [d for d in comparison.differences if d.variant == variant and d.measure == measure and dict(d.scope) == scope and d.n]
            cells.append("" if not found else f"{change(found[0].mean, found[0].unit)} {margin(found[0].half_width_all, found[0].unit)}")
        if any(cells):
            rows.append((label, *cells))
    note = "Paired by world; ± is a 95 % interval that holds for all variants at once."
    return _table((tuple(head), rows)) + f"\n {note}"


def _phases(summary: Summary) -> str:
    table = columns.phase_table(summary)
    return _table((("PHASE", *table.head[1:]), [(name, *cells) for name, cells in table.rows]))


def _people(summary: Summary) -> str:
    wanted = (("customers", "people"), ("served", "served"), ("solved_elsewhere", "solved elsewhere"), ("gave_up", "gave up"),
              ("still_trying", "still trying"), ("never_served", "got nobody"))  # fmt: skip
    rows = []
    for name, scope in [*((need, {"need": need}) for need in summary.needs), ("everybody", {})]:
        cells = [summary.estimate(measure, **scope) for measure, _ in wanted]
        rows.append((name, *(count(e.mean) if e.unit == "count" else verdict.with_margin(e) for e in cells)))
    return _table((("PEOPLE", *(label for _, label in wanted)), rows))


def _turned(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Columns as rows: variants side by side, a measure a line."""
    turned = list(zip(head, *rows, strict=True))
    return turned[0], [row for row in turned[1:] if any(cell != "–" for cell in row[1:])]


def _table(table: tuple[tuple[str, ...], list[tuple[str, ...]]]) -> str:
    head, rows = table
    first, *lines = _columns([head, *rows], left=1)
    return "\n".join([click.style(first, bold=True), *lines])


def _columns(rows: Sequence[Sequence[str]], *, left: int) -> list[str]:
    """Rows in columns two spaces apart; the first ``left`` columns lean left, the others right."""
    widths = [max(len(click.unstyle(row[i])) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = []
        for i, (cell, width) in enumerate(zip(row, widths, strict=True)):
            gap = " " * (width - len(click.unstyle(cell)))
            cells.append(cell + gap if i < left else gap + cell)
        lines.append((" " + "  ".join(cells)).rstrip())
    return lines


def _wrapped(sentence: str) -> str:
    import textwrap

    return textwrap.fill(sentence, 100, subsequent_indent="  ")
