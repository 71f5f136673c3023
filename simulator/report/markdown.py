"""The report as Markdown: tables as GitHub draws them, and links to the figures beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from simulator.report import columns, verdict
from simulator.report.page import comparison_table, continuity_of_needs, continuity_rows, threshold_row
from simulator.report.parts import parts

if TYPE_CHECKING:
    from simulator.experiment.result import Result
    from simulator.report.columns import Table
    from simulator.report.figures import Picture


def render(result: Result, variant: str, pictures: Sequence[Picture], *, command: str, compared: bool = False) -> str:
    """The report about ``variant``; ``compared`` adds the comparison of all variants."""
    return "\n".join(_lines(result, variant, pictures, command=command, compared=compared)) + "\n"


def _lines(result: Result, variant: str, pictures: Sequence[Picture], *, command: str, compared: bool) -> Iterator[str]:
    summary, model = result.summaries[variant], result.models[variant]
    scenario = result.scenario
    yield f"# {escaped(scenario.title or scenario.name)}"
    yield from ("", "**Simulated – not observed.** " + escaped(verdict.how_sure(result)), "")
    for sentence in (*([scenario.question] if scenario.question else []), *verdict.verdict(summary, model), *verdict.precision(result)):
        yield from (escaped(sentence), "")
    for warning in summary.warnings:
        yield from (f"> Note: {escaped(warning)}", "")
    if summary.thresholds:
        rows = [threshold_row(t) for t in summary.thresholds]
        yield from _section(
            "Objectives", ("threshold", "mean", "verdict", "worlds"), [
                line for r in rows
                for line in (
                    (r["text"], r["value"], f"{r['sign']} {r['word']}", r["worlds"]), *((n["name"], "", n["said"], "") for n in r["needs"])
                )
            ],
        )  # fmt: skip
    if summary.continuity is not None:
        met = [(r["name"], r["limit"], f"{r['sign']} {r['word']}", r["interval"], r["asked"]) for r in continuity_rows(summary)]
        yield from _section("Continuity", ("objective", "limit", "verdict", "share of worlds, 95 % interval", "asked"), met)
        of_needs = continuity_of_needs(summary)
        yield from _of(of_needs, "Continuity with each need") if of_needs else ()
    if compared and result.comparison is not None:
        table = comparison_table(result, result.comparison)
        head = ("measure", table["baseline"], *table["variants"])
        cells = [
            (row["label"], row["base"], *(f"{c['value']} ({c['text']})" if c["text"] else c["value"] for c in row["cells"]))
            for row in table["rows"]
        ]
        yield from _section(f"Variants, and their difference from {table['baseline']}", head, cells)
    yield from _of(columns.phase_table(summary), "Phases")
    yield from _of(columns.people(summary), "People")
    for part in parts(summary, model):
        for caption, own in part.tables:
            yield from _of(own, part.title if len(part.tables) == 1 else f"{part.title}: {caption}")
    if pictures:
        yield from ("## Figures", "")
    for picture in pictures:
        yield from (f"![{escaped(picture.title)}](figures/{picture.name}.png)", "", escaped(picture.says), "")
    yield from ("## Reproduce", "", *fenced(f"$ {command}", "console"))


def _of(table: Table, title: str) -> Iterator[str]:
    return _section(title, table.head, [(name, *cells) for name, cells in table.rows])


def _section(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield from (f"## {escaped(title)}", "")
    yield from table_lines(head, rows)


def table_lines(head: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: bool = True) -> Iterator[str]:
    """A table as GitHub draws it, and an empty line; with ``numbers`` all columns but the first lean right."""
    yield _row(head)
    yield _row(["---", *["---:" if numbers else "---"] * (len(head) - 1)], plain=True)
    for row in rows:
        yield _row(row)
    yield ""


def _row(cells: Sequence[str], *, plain: bool = False) -> str:
    return f"| {' | '.join((cell if plain else escaped(cell)) or ' ' for cell in cells)} |"


def fenced(text: str, language: str) -> list[str]:
    """``text`` as a block of code, whatever backticks are in it."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return [f"{fence}{language}", text, fence]


def escaped(text: str) -> str:
    """``text`` as itself, on one line: no table, link, emphasis, heading, list, quote, formula or tag begins in it.

    The one escaper of Markdown, for every word that a user, a file or the computer wrote.
    """
    text = " ".join(SIGNS.sub(r"\\\g<0>", text).split())
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return LISTS.sub(r"\g<1>\\", text)


SIGNS = re.compile(r"[\\`*_\[\]|#~$]|:(?=//)|(?<=[Ww][Ww][Ww])\.")
"""What means something wherever it stands; the last two would make a link of an address."""
LISTS = re.compile(r"^(?:(\d+)(?=[.)])|(?=[-+=]))")
"""What means something where a line begins."""
