"""A sheet: the answer to one question about a scenario, in sentences, tables and figures; a document, and the files beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.document import files
from simulator.document.blocks import Code, Document, Figure, Heading, Table, Text, Verdict
from simulator.document.program import json_text
from simulator.document.terminal import table_text, wrapped
from simulator.report import folder as folders
from simulator.report.labels import labels_of
from simulator.report.manifest import NAME as MANIFEST
from simulator.report.manifest import circumstances, cpu, sums, versions
from simulator.report.rests import NOT_CALIBRATED, rests_on
from simulator.scenario import lower

if TYPE_CHECKING:
    from simulator.document.blocks import Block, Picture
    from simulator.experiment.sample import Sample
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
    sample: Sample
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
        usual = f"{self.sample.replications} simulated worlds for each row, the same customers in all of them. Variant: {self.variant}."
        return self.about or usual

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must know about the sample."""
        found = []
        if self.sample.replications < self.sample.asked:
            why = "the run was interrupted" if self.sample.interrupted else "some failed"
            found.append(f"Partial: {self.sample.replications} of {self.sample.asked} worlds finished, because {why}.")
        if self.sample.replications < 10:
            few = "One world has no intervals" if self.sample.replications == 1 else f"{self.sample.replications} worlds are few"
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
    if sheet.sample.failures:
        yield Heading("Worlds that failed", 3)
        yield from (Text(str(failure)) for failure in sheet.sample.failures)


def text(sheet: Sheet) -> str:
    """The sheet for a terminal."""
    words = (sheet.scenario.name, sheet.variant, f"seed {sheet.seed}", f"{sheet.sample.replications} worlds each")
    head = "   ".join(word for word in words if word)
    told = [f"{head}\nSIMULATED RESULTS, not observed; not calibrated.", "\n".join(wrapped(s) for s in sheet.verdict)]
    title = ""
    for block in sheet.blocks:  # what is folded elsewhere is left out here
        title = block.text if isinstance(block, Heading) else title
        if isinstance(block, Table):
            told.append(f"{title}\n" + table_text(block.head, block.rows))
    told += [wrapped(f"Note: {note}") for note in (*sheet.warnings, *sheet.notes)]
    return "\n\n".join(told) + "\n"


def made(scenario: Scenario, compose: Callable[[], Sheet], out: Path | None, jobs: int | None) -> tuple[Sheet, Path | None]:
    """Compose a sheet, in the style of all figures, and write it if a place is given, which is tried beforehand."""
    from simulator.report.figures import house_style

    began = datetime.now(UTC)
    home = None if out is None else folders.prepare(out, scenario.name)
    with house_style():
        sheet = compose()
    return sheet, None if home is None else write(sheet, home, began=began, jobs=jobs)


def write(sheet: Sheet, home: Path, *, began: datetime, jobs: int | None) -> Path:
    """Write every file of the sheet into a new folder in ``home`` and return it. Raises OutputError where that is impossible."""
    with folders.whole_or_nothing(home) as scratch:
        files.write(document(sheet), scratch, ("html", "md"), began)
        files.save(scratch / f"{sheet.kind}.json", json_text(dict(sheet.document)))
        files.save_rows(scratch / f"{sheet.kind}.csv", list(sheet.rows[0]), ([*row.values()] for row in sheet.rows))
        files.save(scratch / "scenario.resolved.yaml", sheet.scenario.resolved(None if sheet.variant == "as-written" else sheet.variant))
        files.save(scratch / MANIFEST, json_text(_manifest(sheet, scratch, began, jobs)))
        name = folders.run_name(began, sheet.scenario.sha256, str(sheet.seed), sheet.command)
        return folders.keep(scratch, name)


def _manifest(sheet: Sheet, folder: Path, began: datetime, jobs: int | None) -> dict[str, Any]:
    sample = sheet.sample
    return {
        "kind": sheet.kind,
        "command": sheet.command,
        "scenario": {"name": sheet.scenario.name, "file": sheet.scenario.file, "sha256": sheet.scenario.sha256},
        "seed": sheet.seed,
        "set": list(sheet.scenario.overrides),
        "variant": sheet.variant,
        "replications": {"asked": sample.asked, "finished": sample.replications},
        "models": len(sample.worlds),
        "interrupted": sample.interrupted,
        "failures": [str(failure) for failure in sample.failures],
        "attempts": sample.attempts,
        **circumstances(began, jobs),
        "sha256": sums(folder),
    }
