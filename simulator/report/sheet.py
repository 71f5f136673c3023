"""A sheet: the answer to one question about a scenario, in sentences, tables and figures; a document, and the files beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.document import files
from simulator.document.blocks import Code, Document, Figure, Heading, Table, Text, Verdict
from simulator.document.program import json_text
from simulator.document.terminal import table_text, wrapped
from simulator.report.labels import labels_of
from simulator.report.manifest import NAME as MANIFEST
from simulator.report.manifest import cpu, manifest, versions
from simulator.report.rests import NOT_CALIBRATED, rests_on
from simulator.scenario import lower

if TYPE_CHECKING:
    from simulator.document.blocks import Block, Picture
    from simulator.experiment.question import Findings, Found
    from simulator.report.drawing import Artists
    from simulator.scenario import Scenario


@dataclass(frozen=True)
class Sheet:
    """What is said, most important first."""

    kind: str  #: sensitivity | weakest | comparison: the name of its data files
    title: str
    question: str
    variant: str
    scenario: Scenario
    seed: int
    answer: Findings
    verdict: tuple[str, ...]
    blocks: tuple[Block, ...]
    notes: tuple[str, ...]  #: how it was found, and what it does not say
    document: Mapping[str, Any]  #: all numbers, for programs; equal in equal runs
    rows: tuple[Mapping[str, Any], ...]  #: the same as a table
    command: str
    about: str = ""  #: what was simulated; worlds and variant, if not said otherwise

    @property
    def introduction(self) -> str:
        """What was simulated, in a sentence or two."""
        usual = f"{self.answer.replications} simulated worlds for each row, the same customers in all of them. Variant: {self.variant}."
        return self.about or usual

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must know about the sample."""
        found = []
        if self.answer.partial:
            why = "the run was interrupted" if self.answer.interrupted else "some failed"
            found.append(f"Partial: {self.answer.replications} of {self.answer.asked} worlds finished, because {why}.")
        if self.answer.replications < 10:
            few = "One world has no intervals" if self.answer.replications == 1 else f"{self.answer.replications} worlds are few"
            found.append(f"{few}. Better use 30.")
        return tuple(found)


def section(title: str, says: str = "", *, table: Table | None = None, picture: Picture | None = None, level: int = 2) -> Iterator[Block]:
    """A heading with what belongs to it: a sentence, a figure, a table."""
    yield Heading(title, level)
    if says:
        yield Text(says)
    if picture is not None:
        yield Figure(picture)
    if table is not None:
        yield table


def document(sheet: Sheet) -> Document:
    """The sheet as a document."""
    return Document(
        name="report",
        title=f"{sheet.title}: {sheet.scenario.title or sheet.scenario.name}",
        subtitle=sheet.question,
        blocks=tuple(_blocks(sheet)),
        about=(sheet.introduction,),
        simulated=True,
        calibrated=NOT_CALIBRATED,
    )


def _blocks(sheet: Sheet) -> Iterator[Block]:
    yield from (Text(f"Note: {warning}", "warning") for warning in sheet.warnings)
    yield Verdict(sheet.verdict)
    yield Text(rests_on(sheet.scenario, labels_of(sheet.scenario, lower(sheet.scenario))), "soft")
    yield from sheet.blocks
    yield Heading("How this was found")
    yield from map(Text, sheet.notes)
    yield Heading("Reproduce", 3)
    yield Code(sheet.command)
    yield Text(f"Seed {sheet.seed}. Scenario {sheet.scenario.name}, SHA-256 {sheet.scenario.sha256}.", "soft")
    built = ", ".join(f"{name} {number}" for name, number in versions().items())
    yield Text(f"{built}; {cpu()}. Every number is in {sheet.kind}.json and {sheet.kind}.csv beside this file.", "soft")
    if sheet.answer.failures:
        yield Heading("Worlds that failed", 3)
        yield from (Text(str(failure)) for failure in sheet.answer.failures)


def text(sheet: Sheet) -> str:
    """The sheet for a terminal."""
    words = (sheet.scenario.name, sheet.variant, f"seed {sheet.seed}", f"{sheet.answer.replications} worlds each")
    head = "   ".join(word for word in words if word)
    told = [f"{head}\nSIMULATED RESULTS, not observed; not calibrated.", "\n".join(wrapped(s) for s in sheet.verdict)]
    title = ""
    for block in sheet.blocks:  # what is folded elsewhere is left out here
        title = block.text if isinstance(block, Heading) else title
        if isinstance(block, Table):
            told.append(f"{title}\n" + table_text(block.head, block.rows))
    told += [wrapped(f"Note: {note}") for note in (*sheet.warnings, *sheet.notes)]
    return "\n\n".join(told) + "\n"


class Page:
    """How the answer to a question becomes files: its sheet, drawn in the style of all figures, and the numbers."""

    FORMS = ("html", "md", "docx", "csv")
    """What a finished answer can be rendered as."""
    DRAWN_ASIDE = False

    def __init__(self, compose: Callable[..., Sheet]) -> None:
        self.compose = compose

    def write(
        self, answer: Findings, folder: Path, *, found: Found, command: str, began: datetime, jobs: int | None, artists: Artists
    ) -> None:
        """Write every file of ``answer`` into ``folder``. Raises OSError."""
        sheet = self._drawn(answer)
        _write(sheet, folder, ("html", "md", "csv"), began)
        files.save(folder / f"{sheet.kind}.json", json_text(dict(sheet.document)))
        files.save(folder / "scenario.resolved.yaml", sheet.scenario.resolved(None if sheet.variant == "as-written" else sheet.variant))
        said = manifest(
            answer, command=command, began=began, jobs=jobs, folder=folder, variant=sheet.variant, models=len(found.points)
        )  # fmt: skip
        files.save(folder / MANIFEST, json_text(said))

    def render(self, answer: Findings, folder: Path, forms: Sequence[str], *, command: str, began: datetime, artists: Artists) -> None:
        """Write the ``forms`` of a finished answer into ``folder``. Raises OSError."""
        _write(self._drawn(answer), folder, forms, began)

    def text(self, answer: Findings, *, full: bool = False) -> str:
        """What a terminal shows."""
        return text(self.compose(answer, drawn=False))

    def program(self, answer: Findings) -> dict[str, Any]:
        """All numbers, for programs."""
        return dict(self.compose(answer, drawn=False).document)

    def _drawn(self, answer: Findings) -> Sheet:
        from simulator.report.figures import house_style

        with house_style():
            return self.compose(answer)


def _write(sheet: Sheet, folder: Path, forms: Sequence[str], began: datetime) -> None:
    files.write(document(sheet), folder, forms, began)
    if "csv" in forms:
        files.save_rows(folder / f"{sheet.kind}.csv", list(sheet.rows[0]), ([*row.values()] for row in sheet.rows))
