"""Everything that a run writes into its folder."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.document import files, page
from simulator.document.program import json_text
from simulator.experiment import archive, contacts
from simulator.experiment.pool import processes
from simulator.experiment.variants import ALL, DECLARED
from simulator.report import document, run, tables
from simulator.report.drawing import Artists, Pictures
from simulator.report.folder import place_of
from simulator.report.manifest import manifest
from simulator.report.verdict import most_urgent
from simulator.report.wording import LocalTime

if TYPE_CHECKING:
    from simulator.experiment.pool import Runner
    from simulator.experiment.result import Result


FORMS = ("html", "md", "docx", "csv", "xlsx")
"""What a finished run can be rendered as."""
DRAWN = {"html", "md", "docx"}
"""Forms that hold figures."""


@contextmanager
def warm_up(jobs: int | None, runner: Runner | None) -> Iterator[Runner]:
    """``runner``, by default of ``jobs`` processes, but a thread loads what estimates and the report need.

    It does so while workers simulate, and this process has little else to do.
    """
    thread = threading.Thread(target=_load, args=(jobs == 1,), daemon=True)

    def start() -> None:
        if thread.ident is None:
            thread.start()

    try:
        if runner is None:
            yield processes(jobs, start)
        else:
            start()
            yield runner
    finally:
        if thread.ident is not None:
            thread.join()


def _load(figures: bool) -> None:  # what a thread calls takes positional arguments
    import scipy.special  # noqa: F401  # once for all who ask for it later

    page.template()
    if figures:  # otherwise other processes draw
        from simulator.report.figures import frame

        frame.prepare()


def write(
    result: Result,
    folder: Path,
    *,
    command: str,
    began: datetime,
    jobs: int | None,
    artists: Artists,
    rows: Callable[[int], Iterable[bytes]] | None = None,
) -> None:
    """Write every file of ``result`` into ``folder``; several variants get a folder each.

    ``rows`` gives the recorded contacts of the variant with a number, where they were recorded.
    """
    from simulator.report.figures import COMPARED, Gallery

    if result.contest is not None:
        from simulator.report import comparison

        comparison.write(result, folder, command=command, began=began, jobs=jobs, artists=artists)
        return
    model = result.models[result.baseline]
    gallery = Gallery(result.summaries, result.comparison, LocalTime(model.clock), most_urgent(model))
    homes = homes_of(tuple(result.summaries), folder)
    with artists.drawing(gallery) as pictures:
        archive.write(result, folder / archive.NAME)
        for number, (variant, home) in enumerate(homes.items()):
            home.mkdir(exist_ok=True)
            _write_numbers(result, variant, home, gallery.time)
            if rows is not None:
                contacts.write(home / contacts.NAME, rows(number))
        if result.comparison is not None:
            tables.write_comparison(result.comparison, folder / "comparison.csv")
            files.save(folder / "scenario.resolved.yaml", result.scenario.resolved(None))
            files.save(folder / "summary.json", json_text(document.document(result)))
        drawn = pictures()
    for variant, home in homes.items():
        files.save_figures(drawn[variant], home)
        files.write(run.document(result, variant, drawn[variant], command=command), home, ("html",), began, figures=False)
    if result.comparison is not None:
        files.save_figures(drawn[COMPARED], folder)
        whole = run.document(result, result.baseline, drawn[result.baseline], command=command, compared=drawn[COMPARED])
        files.write(whole, folder, ("html",), began, figures=False)
    files.save(folder / "manifest.json", json_text(manifest(result, command=command, began=began, jobs=jobs, folder=folder)))


def render(result: Result, folder: Path, forms: Sequence[str], *, command: str, began: datetime, artists: Artists) -> None:
    """Write the ``forms`` (of :data:`FORMS`) of a finished run into ``folder``, as :func:`write` lays it out."""
    from simulator.report import workbook
    from simulator.report.figures import COMPARED, Gallery

    if result.contest is not None:
        from simulator.report import comparison

        comparison.render(result, folder, forms, command=command, began=began, artists=artists)
        return
    model = result.models[result.baseline]
    gallery = Gallery(result.summaries, result.comparison, LocalTime(model.clock), most_urgent(model))
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
            _write_tables(result, variant, home, gallery.time)
        if DRAWN & set(forms):
            made = run.document(result, variant, drawn[variant], command=command, compared=drawn[COMPARED] if compared else ())
            files.write(made, home, forms, began, figures="md" in forms)
        if "xlsx" in forms:
            workbook.write(result, variant, gallery.time, home / "report.xlsx", began=began, compared=compared)


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
