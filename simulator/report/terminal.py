"""The summary on stdout: the answer first, then what it is judged by; the rest where it is asked for. Colour only beside a word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from simulator.document.terminal import ascii_text, bars_text, table_text, wrapped
from simulator.document.terminal import columns as in_columns
from simulator.report import answering, columns, tolerances, verdict
from simulator.report.columns import estimated
from simulator.report.labels import capital
from simulator.report.parts import TITLES, channel_table, group_table, measure_table
from simulator.report.relabel import telling
from simulator.report.rests import rests_on
from simulator.report.wording import count, difference, duration, held_in, share
from simulator.report.yardsticks import SHORT, Yardstick, yardsticks

if TYPE_CHECKING:
    from simulator.experiment.result import Result
    from simulator.report.relabel import Telling
    from simulator.statistics.summary import Comparison, Summary, ThresholdResult
    from simulator.statistics.verdicts import Verdict

MARKS = {
    "met": ("✓", "MET", "green"), "missed": ("✗", "MISSED", "red"), "too close to call": ("≈", "TOO CLOSE", "yellow"),
    "no verdict": ("·", "NO VERDICT", "yellow"),
}  # fmt: skip
BESIDE = 3
"""Variants that stand side by side, a measure a line; more of them stand one below another."""
ROWS = 12
"""Bars that are shown, but for the first figure, which is shown whole."""
NOTES = 3
"""Notes that are shown where not everything is asked for."""
MORE = "Phases, people, channels and every measure of the story: -v, or the report."


def summary_text(result: Result, *, unicode: bool = True, full: bool = False) -> str:
    """What ``crisis run`` prints on stdout about ``result``; all that there is where it is ``full``. Without ``unicode`` it is ASCII."""
    told = telling(result)
    blocks = [_head(result), *_answer(told), *_judged(told)]
    if full:
        blocks += _everything(told)
    warnings = told.summaries[result.baseline].warnings
    shown = warnings if full else warnings[:NOTES]
    blocks.append("\n".join([*(wrapped(f"Note: {w}") for w in shown), wrapped(rests_on(result.scenario, told.labels))]))
    blocks += [] if full else [MORE]
    text = "\n\n".join(blocks) + "\n"
    return text if unicode else ascii_text(text)


def _head(result: Result) -> str:
    words = [result.scenario.name, f"{result.replications} worlds", f"seed {result.seed}", duration(result.summary.ended_at)]
    partial = f"  (partial: {result.asked} were asked for)" if result.partial else ""
    return f"{'   '.join(w for w in words if w)}{partial}\nSIMULATED RESULTS, not observed; not calibrated."


def _answer(told: Telling) -> Iterator[str]:
    """The sentences that answer the question, and the bars below them."""
    if (services := _services(told)):
        yield services
    yield "\n".join(wrapped(sentence) for sentence in answering.sentences(told.lead, told.labels))
    room = ROWS
    for one in answering.bars(told.lead, told.labels):
        if room == ROWS or len(one.items) <= room:
            yield bars_text(one)
        room -= len(one.items)


def _services(told: Telling) -> str:
    """Each important service by its tolerance, in each variant; nothing where there is none."""
    baseline = told.result.baseline
    summary = told.summaries[baseline]
    if not summary.tolerances:
        return ""
    lines = [click.style("IMPORTANT SERVICES", bold=True)]
    for place, found in enumerate(summary.tolerances):
        asked, several = found.tolerance, len(told.summaries) > 1
        who = f"{capital(tolerances.service(found))}, tolerance {duration(asked.limit)} ({asked.set_by}, {asked.set_on})"
        lines.append(wrapped(f" {who}"))
        for name in (baseline, *(other for other in told.summaries if other != baseline)):
            mine = told.summaries[name].tolerances[place]
            sign, _, colour = MARKS[mine.verdict.word]
            plan = f"{told.variant(name)}: " if several else ""
            said = click.style(f"{sign} {plan}{tolerances.headline(mine)}", fg=colour, bold=True)
            lines.append(wrapped(f"  {said}. {tolerances.beyond(mine)}"))
    if summary.continuity is not None:
        lines.append(wrapped(f" {tolerances.NOT_RTO}"))
    return "\n".join(lines)


def _judged(told: Telling) -> Iterator[str]:
    summary, result = told.summaries[told.result.baseline], told.result
    if summary.thresholds:
        yield _thresholds(summary.thresholds)
    if result.precision:
        yield "\n".join(wrapped(s) for s in verdict.precision(result))
    if summary.continuity is not None:
        yield _continuity(summary)


def _everything(told: Telling) -> Iterator[str]:
    result = told.result
    summary, model = told.summaries[result.baseline], told.models[result.baseline]
    if told.comparison is not None:
        yield _variants(told)
        yield _comparison(told, told.comparison)
    yield _phases(summary)
    yield _people(summary)
    yield from _parts(summary)
    yield "\n".join(wrapped(s) for s in verdict.verdict(summary, model))
    yield wrapped(verdict.how_sure(result))


def _mark(word: str) -> str:
    sign, said, colour = MARKS[word]
    return click.style(f"{sign} {said}", fg=colour, bold=True)


def _times(found: Verdict) -> str:
    """In how many worlds, beside a mark that says the word."""
    return held_in(found) if found.word == "missed" else f"met in {found.met} of {found.worlds} worlds"


def _thresholds(found: Sequence[ThresholdResult]) -> str:
    counts = {word: sum(t.verdict == word for t in found) for word in MARKS}
    head = f"THRESHOLDS   {'  '.join(f'{many} {word}' for word, many in counts.items() if many)}"
    lines = [click.style(head, bold=True)]
    for t in found:
        note = _times(t.worlds) if t.judged_by == "worlds" else f"holds in {t.worlds.met} of {t.worlds.worlds} worlds" if t.n else ""
        said = f"{t.text}. It is {verdict.threshold_value(t)}{f'; {note}' if note else ''}."
        lines.append(wrapped(f" {_mark(t.verdict)}  {said}"))
        if t.needs:
            lines.append(wrapped("    " + "; ".join(f"{need}: {held_in(of_need)}" for need, of_need in t.needs.items())))
    return "\n".join(lines)


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
            f"asked in {share(o.verdict.asked)}",
        )
        for o in (found.rto, found.mtpd, found.mbco)
    ]
    text = "\n".join([click.style("CONTINUITY", bold=True), *in_columns(rows, left=5)])
    worse = [
        f"{need} ({', '.join(o.id.upper() for o in objectives if o.verdict.word == 'missed')})"
        for need, objectives in found.needs.items()
        if any(o.verdict.word == "missed" for o in objectives)
    ]
    return text + ("\n" + wrapped(" Missed with one need alone: " + "; ".join(worse)) if worse else "")


def _variants(told: Telling) -> str:
    by = _by(told)
    rows = []
    for name, summary in told.summaries.items():
        found = [estimated(summary, one.measure, **one.scope) for one in by]
        rows.append((told.variant(name), *("" if e is None or not e.n else verdict.with_margin(e) for e in found)))
    return _side_by_side("VARIANTS", rows, by)


def _by(told: Telling) -> list[Yardstick]:
    return [one for one in yardsticks(told.models[told.result.baseline]) if one.measure in SHORT]


def _comparison(told: Telling, comparison: Comparison) -> str:
    by = _by(told)
    rows = []
    for variant in comparison.variants:
        cells = []
        for one in by:
            mine = (d for d in comparison.differences if d.variant == variant and d.measure == one.measure and d.n)
            found = [d for d in mine if dict(d.scope) == one.scope]
            cells.append("" if not found else difference(found[0], found[0].half_width_all))
        rows.append((told.variant(variant), *cells))
    note = "Paired by world; ± is a 95 % interval that holds for all variants at once."
    return _side_by_side(f"DIFFERENCE FROM {told.variant(comparison.baseline)}", rows, by) + f"\n {note}"


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
