"""Everything that a run writes into its folder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.document import files
from simulator.document.program import json_text
from simulator.experiment import contacts
from simulator.experiment.variants import ALL, DECLARED
from simulator.report import document, run, tables
from simulator.report.drawing import Artists, Pictures
from simulator.report.folder import place_of
from simulator.report.manifest import manifest, of_run
from simulator.report.relabel import telling
from simulator.report.wording import LocalTime

if TYPE_CHECKING:
    from simulator.experiment.question import Found
    from simulator.experiment.result import Result


FORMS = ("html", "md", "docx", "csv", "xlsx")
"""What a finished run can be rendered as."""
DRAWN_ASIDE = True
"""Whether other processes draw, which can load what they need while the last worlds are simulated."""
DRAWN = {"html", "md", "docx"}
"""Forms that hold figures."""


def write(
    result: Result,
    folder: Path,
    *,
    command: str,
    began: datetime,
    jobs: int | None,
    artists: Artists,
    found: Found,
) -> None:
    """Write every file of ``result`` into ``folder``; several variants get a folder each. What was ``found`` has their contacts."""
    from simulator.report.figures import COMPARED, gallery_of

    told, time = telling(result), LocalTime(result.models[result.baseline].clock)
    gallery = gallery_of(told)
    homes = homes_of(tuple(result.summaries), folder)
    with artists.drawing(gallery) as pictures:
        whole = found.whole(tuple(homes)) if result.question.records else []
        for variant, home in homes.items():
            home.mkdir(exist_ok=True)
            _write_numbers(result, variant, home, time)
            if result.question.records:
                leaves = (found.leaf(variant, world) for world in whole)
                contacts.write(home / contacts.NAME, (leaf[1] for leaf in leaves if leaf is not None))
        if result.comparison is not None:
            tables.write_comparison(result.comparison, folder / "comparison.csv")
            files.save(folder / "scenario.resolved.yaml", result.scenario.resolved(None))
            files.save(folder / "summary.json", json_text(document.document(result)))
        drawn = pictures()
    for variant, home in homes.items():
        files.save_figures(drawn[variant], home)
        files.write(run.document(told, variant, drawn[variant], command=command), home, ("html",), began, figures=False)
    if result.comparison is not None:
        files.save_figures(drawn[COMPARED], folder)
        several = run.document(told, result.baseline, drawn[result.baseline], command=command, compared=drawn[COMPARED])
        files.write(several, folder, ("html",), began, figures=False)
    said = manifest(result, command=command, began=began, jobs=jobs, folder=folder, **of_run(result))
    files.save(folder / "manifest.json", json_text(said))


def render(result: Result, folder: Path, forms: Sequence[str], *, command: str, began: datetime, artists: Artists) -> None:
    """Write the ``forms`` (of :data:`FORMS`) of a finished run into ``folder``, as :func:`write` lays it out."""
    from simulator.report import workbook
    from simulator.report.figures import COMPARED, gallery_of

    told, time = telling(result), LocalTime(result.models[result.baseline].clock)
    gallery = gallery_of(told)
    drawn: Pictures = {}
    if DRAWN & set(forms):
        with artists.drawing(gallery) as pictures:
            drawn = pictures()
    pages = [(variant, home, False) for variant, home in homes_of(tuple(result.summaries), folder).items()]
    if result.comparison is not None:
        pages.append((result.baseline, folder, True))
        if "csv" in forms:
            tables.write_comparison(result.comparison, folder / "comparison.csv")
    for variant, home, compared in pages:
        home.mkdir(exist_ok=True)
        if "csv" in forms and not compared:
            _write_tables(result, variant, home, time)
        if DRAWN & set(forms):
            made = run.document(told, variant, drawn[variant], command=command, compared=drawn[COMPARED] if compared else ())
            files.write(made, home, forms, began, figures="md" in forms)
        if "xlsx" in forms:
            workbook.write(result, variant, time, home / "report.xlsx", began=began, compared=compared)


def text(result: Result, *, full: bool = False) -> str:
    """What a terminal shows."""
    from simulator.report.terminal import summary_text

    return summary_text(result, full=full)


def program(result: Result) -> dict[str, Any]:
    """All numbers, for programs."""
    from simulator.report.answer import answer

    return answer(result)


def homes_of(variants: Sequence[str], folder: Path) -> dict[str, Path]:
    """A folder for each of several variants, whatever they are called; a single one needs none of its own."""
    if len(variants) == 1:
        return dict.fromkeys(variants, folder)
    homes: dict[str, Path] = {}
    taken = {"figures"}
    for variant in variants:
        place = place_of(variant)
        while place.lower() in taken:
            place += "-"
        taken.add(place.lower())
        homes[variant] = folder / place
    return homes


def _write_numbers(result: Result, variant: str, home: Path, time: LocalTime) -> None:
    _write_tables(result, variant, home, time)
    files.save(home / "scenario.resolved.yaml", result.scenario.resolved(variant if result.variant in (ALL, DECLARED) else result.variant))
    files.save(home / "summary.json", json_text(document.document_of(result, variant)))


def _write_tables(result: Result, variant: str, home: Path, time: LocalTime) -> None:
    summary = result.summaries[variant]
    tables.write_intervals(summary, time, home / "intervals.csv")
    tables.write_replications(summary, home / "replications.csv")
    tables.write_objectives(summary, home / "objectives.csv")
    tables.write_log(summary, time, home / "log.csv")
