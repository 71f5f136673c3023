"""Everything that a run writes into its folder."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.experiment import ALL
from simulator.experiment.contacts import join_parts
from simulator.report import document, tables
from simulator.report.folder import place_of
from simulator.report.manifest import manifest
from simulator.report.verdict import most_urgent
from simulator.report.wording import LocalTime

if TYPE_CHECKING:
    from simulator.experiment import Result
    from simulator.report.figures import Picture


@contextmanager
def warm_up() -> Iterator[None]:
    """Load matplotlib and jinja2 in a thread meanwhile: workers simulate, and this process has little else to do."""
    thread = threading.Thread(target=_load, daemon=True)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def _load() -> None:
    from simulator.report import page
    from simulator.report.figures import frame

    frame.prepare()
    page.template()


def write(result: Result, folder: Path, *, command: str, began: datetime, jobs: int | None, records: bool) -> None:
    """Write every file of ``result`` into ``folder``; several variants get a folder each."""
    from simulator.report import figures, page

    time = LocalTime(result.models[result.baseline].clock)
    several = result.comparison is not None
    drawn = {}
    for variant, summary in result.summaries.items():
        home = folder / place_of(variant) if several else folder
        home.mkdir(exist_ok=True)
        drawn[variant] = figures.pictures(summary, time)
        _save(drawn[variant], home)
        tables.write_intervals(summary, time, home / "intervals.csv")
        tables.write_replications(summary, home / "replications.csv")
        tables.write_log(summary, time, home / "log.csv")
        _write(home / "scenario.resolved.yaml", result.scenario.resolved(result.variant if result.variant != ALL else variant))
        _write(home / "summary.json", document.text(document.document_of(result, variant)))
        _write(home / "report.html", page.render(result, variant, drawn[variant], command=command, began=began))
        if records:
            join_parts(folder, variant, list(summary.by_replication.replication), home / "contacts.csv")
    if result.comparison is not None:
        compared = figures.comparison(result.summaries, result.comparison, time, most_urgent(result.models[result.baseline]))
        _save(compared, folder)
        tables.write_comparison(result.comparison, folder / "comparison.csv")
        _write(folder / "scenario.resolved.yaml", result.scenario.resolved(None))
        _write(folder / "summary.json", document.text(document.document(result)))
        _write(
            folder / "report.html",
            page.render(result, result.baseline, drawn[result.baseline], command=command, began=began, compared=compared),
        )
    _write(folder / "manifest.json", document.text(manifest(result, command=command, began=began, jobs=jobs, folder=folder)))


def _save(pictures: list[Picture], home: Path) -> None:
    (home / "figures").mkdir()
    for picture in pictures:
        (home / "figures" / f"{picture.name}.png").write_bytes(picture.png)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
