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
COMPARED = (
    ("people_never_served", "people who got nobody", "got nobody"),
    ("time_to_recover", "time until the centre was back", "back after"),
    ("abandon_rate", "hung up while waiting", "hung up"),
    ("block_rate", "refused at the door", "refused"),
    ("mean_wait", "mean wait", "mean wait"),
    ("agents_online_6h", "agents online at T+6 h", "online at T+6 h"),
)
"""What variants are compared by: the measure, and what it is called as a row and as a column."""
BESIDE = 4
"""Variants that stand side by side, a measure a line; more of them stand one below another."""
WIDTH = 120
"""Signs in a line; a wider table goes on below."""


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
        blocks.append(_comparison(result.comparison))
    blocks += [_phases(summary), _people(summary), "\n".join(wrapped(s) for s in verdict.verdict(summary, model))]
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
    rows = []
    for name, summary in result.summaries.items():
        found = [estimated(summary, measure) for measure, _, _ in COMPARED]
        rows.append((name, *("" if e is None or not e.n else verdict.with_margin(e) for e in found)))
    return _side_by_side("VARIANTS", rows)


def _comparison(comparison: Comparison) -> str:
    rows = []
    for variant in comparison.variants:
        cells = []
        for measure, _, _ in COMPARED:
            found = [d for d in comparison.differences if d.variant == variant and d.measure == measure and not d.scope and d.n]
            cells.append("" if not found else f"{change(found[0].mean, found[0].unit)} {margin(found[0].half_width_all, found[0].unit)}")
        rows.append((variant, *cells))
    note = "Paired by world; ± is a 95 % interval that holds for all variants at once."
    return _side_by_side(f"DIFFERENCE FROM {comparison.baseline}", rows) + f"\n {note}"


def _side_by_side(title: str, variants: list[tuple[str, ...]]) -> str:
    """A variant a column or, where they are many, a line; measures that no variant has are left out."""
    stacked = len(variants) > BESIDE
    labels = (title, *(as_column if stacked else as_row for _, as_row, as_column in COMPARED))
    turned = list(zip(labels, *variants, strict=True))
    kept = [turned[0], *(row for row in turned[1:] if any(row[1:]))]
    kept = [(row[0], *(cell or "–" for cell in row[1:])) for row in kept]
    head, *rows = zip(*kept, strict=True) if stacked else kept
    return table_text((head, rows))


def _phases(summary: Summary) -> str:
    table = columns.phase_table(summary)
    return table_text((("PHASE", *table.head[1:]), [(name, *cells) for name, cells in table.rows]))


def _people(summary: Summary) -> str:
    wanted = (("customers", "people"), ("served", "served"), ("solved_elsewhere", "solved elsewhere"), ("gave_up", "gave up"),
              ("still_trying", "still trying"), ("never_served", "got nobody"))  # fmt: skip
    rows = []
    for name, scope in [*((need, {"need": need}) for need in summary.needs), ("everybody", {})]:
        cells = [summary.estimate(measure, **scope) for measure, _ in wanted]
        rows.append((name, *(count(e.mean) if e.unit == "count" else verdict.with_margin(e) for e in cells)))
    return table_text((("PEOPLE", *(label for _, label in wanted)), rows))


def table_text(table: tuple[tuple[str, ...], list[tuple[str, ...]]]) -> str:
    """Rows under a head, in as many pieces one below another as keep within the width; each begins with the first column."""
    head, rows = table
    lines: list[str] = []
    for columns_of_piece in _pieces([head, *rows]):
        first, *more = _columns([[row[i] for i in (0, *columns_of_piece)] for row in (head, *rows)], left=1)
        lines += [click.style(first, bold=True), *more]
    return "\n".join(lines)


def _pieces(rows: Sequence[Sequence[str]]) -> list[list[int]]:
    """The columns after the first, in groups no wider together than the width allows."""
    widths = [max(len(click.unstyle(row[i])) for row in rows) for i in range(len(rows[0]))]
    pieces: list[list[int]] = [[]]
    used = left = 1 + widths[0]
    for i, width in enumerate(widths[1:], 1):
        if pieces[-1] and used + 2 + width > WIDTH:
            pieces.append([])
            used = left
        pieces[-1].append(i)
        used += 2 + width
    return pieces


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


def wrapped(sentence: str) -> str:
    """A sentence in lines of at most 100 signs."""
    import textwrap

    return textwrap.fill(sentence, 100, subsequent_indent="  ", break_on_hyphens=False)
