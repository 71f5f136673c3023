"""A sheet: the answer to one question about a scenario, in sentences, tables and figures; as text, Markdown, HTML and files."""

from __future__ import annotations

import base64
import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.report import folder as folders
from simulator.report.document import text as json_text
from simulator.report.manifest import NAME as MANIFEST
from simulator.report.manifest import circumstances, cpu, sums, versions
from simulator.report.markdown import escaped, fenced, table_lines
from simulator.report.terminal import table_text, wrapped

if TYPE_CHECKING:
    from simulator.experiment.sample import Sample
    from simulator.report.columns import Table
    from simulator.report.figures import Picture
    from simulator.scenario import Scenario


@dataclass(frozen=True)
class Block:
    """A heading with what belongs to it."""

    title: str
    says: str = ""
    table: Table | None = None
    caption: str = ""
    picture: Picture | None = None
    aside: bool = False  #: whether a terminal does without it


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


def text(sheet: Sheet) -> str:
    """The sheet for a terminal."""
    words = (sheet.scenario.name, sheet.variant, f"seed {sheet.seed}", f"{sheet.sample.replications} worlds each")
    head = "   ".join(word for word in words if word)
    blocks = [f"{head}\nSIMULATED RESULTS, not observed.", "\n".join(wrapped(s) for s in sheet.verdict)]
    for block in sheet.blocks:
        if block.table is not None and not block.aside:
            rows = [(name, *cells) for name, cells in block.table.rows]
            blocks.append(f"{block.title}\n" + table_text((block.table.head, rows)))
    blocks += [wrapped(f"Note: {note}") for note in (*sheet.warnings, *sheet.notes)]
    return "\n\n".join(blocks) + "\n"


def markdown(sheet: Sheet) -> str:
    """The sheet as Markdown; figures are links to the folder beside it."""
    return "\n".join(_markdown(sheet)) + "\n"


def _markdown(sheet: Sheet) -> Iterator[str]:
    yield from (f"# {escaped(sheet.title)}: {escaped(sheet.scenario.title or sheet.scenario.name)}", "")
    yield from (
        f"**Simulated – not observed.** Variant {escaped(sheet.variant)}, {sheet.sample.replications} worlds, seed {sheet.seed}.",
        "",
    )
    for sentence in (*sheet.verdict, *(f"Note: {w}" for w in sheet.warnings)):
        yield from (escaped(sentence), "")
    for block in sheet.blocks:
        yield from (f"## {escaped(block.title)}", "")
        if block.says:
            yield from (escaped(block.says), "")
        if block.picture is not None:
            yield from (f"![{escaped(block.picture.title)}](figures/{block.picture.name}.png)", "", escaped(block.picture.says), "")
        if block.table is not None:
            yield from table_lines(block.table.head, [(name, *cells) for name, cells in block.table.rows])
    yield from ("## How this was found", "")
    for note in sheet.notes:
        yield from (escaped(note), "")
    yield from ("## Reproduce", "", *fenced(f"$ {sheet.command}", "console"))


def html(sheet: Sheet, began: datetime) -> str:
    """The sheet as one page that needs no network and no other file."""
    from simulator.report.page import TEMPLATES, template

    figures = {
        b.picture.name: f"data:image/png;base64,{base64.b64encode(b.picture.png).decode('ascii')}" for b in sheet.blocks if b.picture
    }
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    page = template("sheet.html.j2")
    return page.render(style=style, sheet=sheet, figures=figures, began=began, versions=versions(), cpu=cpu())


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
        (scratch / "figures").mkdir()
        for block in sheet.blocks:
            if block.picture is not None:
                (scratch / "figures" / f"{block.picture.name}.png").write_bytes(block.picture.png)
        _save(scratch / "report.html", html(sheet, began))
        _save(scratch / "report.md", markdown(sheet))
        _save(scratch / f"{sheet.kind}.json", json_text(dict(sheet.document)))
        with (scratch / f"{sheet.kind}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(sheet.rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(sheet.rows)
        _save(scratch / "scenario.resolved.yaml", sheet.scenario.resolved(None if sheet.variant == "as-written" else sheet.variant))
        _save(scratch / MANIFEST, json_text(_manifest(sheet, scratch, began, jobs)))
        name = folders.run_name(began, sheet.scenario.sha256, str(sheet.seed), sheet.command)
        return folders.keep(scratch, name)


def _manifest(sheet: Sheet, folder: Path, began: datetime, jobs: int | None) -> dict[str, Any]:
    sample = sheet.sample
    return {
        "kind": sheet.kind,
        "command": sheet.command,
        "scenario": {"name": sheet.scenario.name, "file": str(sheet.scenario.path), "sha256": sheet.scenario.sha256},
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


def _save(path: Path, content: str) -> None:
    path.write_text(content, encoding="utf-8", newline="\n")
