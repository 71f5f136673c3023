"""A finished run rendered again: the same page, tables for other programs, and nothing simulated."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from pathlib import Path

import pytest

from simulator.api import Result, render
from simulator.cli import main
from simulator.errors import OutputError, UsageError


@pytest.fixture(autouse=True)
def nothing_is_simulated(monkeypatch: pytest.MonkeyPatch) -> None:
    def simulated(*_: object, **__: object) -> None:
        raise AssertionError("it simulated")

    monkeypatch.setattr("simulator.crisis.play.simulate", simulated)
    monkeypatch.setattr("simulator.asking.gather", simulated)


def folder_of(result: Result) -> Path:
    assert result.folder is not None
    return result.folder


def cells(path: Path, sheet: str) -> str:
    """All of a sheet and the texts that the sheets of the workbook share."""
    with zipfile.ZipFile(path) as book:
        names = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
        return (book.read(f"xl/worksheets/sheet{names.index(sheet) + 1}.xml") + book.read("xl/sharedStrings.xml")).decode()


def test_the_page_and_the_tables_are_those_of_the_run(several: Result, tmp_path: Path) -> None:
    written = render(folder_of(several), ["html", "csv"], out=tmp_path, jobs=1)
    names = {p.relative_to(tmp_path).as_posix() for p in written}
    assert names == {"report.html", "comparison.csv"} | {
        f"{variant}/{name}"
        for variant in ("as-it-happened", "late")
        for name in ("report.html", "intervals.csv", "replications.csv", "objectives.csv", "log.csv")
    }
    for name in names:
        assert (tmp_path / name).read_bytes() == (folder_of(several) / name).read_bytes(), name


def test_markdown_links_to_figures_that_are_there_and_its_tables_are_whole(several: Result, tmp_path: Path) -> None:
    render(folder_of(several), ["md"], out=tmp_path, jobs=1)
    for page in (tmp_path / "report.md", tmp_path / "late" / "report.md"):
        text = page.read_text(encoding="utf-8")
        assert "Simulated – not observed" in text
        links = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", text)
        assert links
        assert all((page.parent / link).is_file() for link in links)
        for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
            assert len({len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}) == 1
    assert "## Every measure, variant by variant" in (tmp_path / "report.md").read_text(encoding="utf-8")


def test_a_workbook_has_numbers_as_numbers_and_no_formulas(several: Result, tmp_path: Path) -> None:
    render(folder_of(several), ["xlsx"], out=tmp_path, jobs=1)
    for variant in ("as-it-happened", "late"):
        assert (tmp_path / variant / "report.xlsx").is_file()
    book = tmp_path / "report.xlsx"
    measures = cells(book, "Measures")
    mean = several.summary.estimate("attempted").mean
    values = [float(v) for v in re.findall(r"<v>([^<]+)</v>", measures)]
    assert any(value == pytest.approx(mean) for value in values)
    assert "late" in cells(book, "Comparison")
    staffing = cells(book, "Staffing")
    assert all(f"<t>{name}</t>" in staffing for name in ("required", "scheduled", "present", "over", "under"))
    assert "Required to answer 80 % within 20 s (voice)" in staffing
    with zipfile.ZipFile(book) as file:
        sheets = [name for name in file.namelist() if name.startswith("xl/worksheets/sheet")]
        assert len(sheets) == 10
        assert not any(b"<f>" in file.read(name) for name in sheets)


def test_user_text_that_looks_like_a_formula_stays_text(several: Result, tmp_path: Path) -> None:
    from dataclasses import replace
    from datetime import UTC, datetime

    from simulator.report import workbook
    from simulator.report.wording import LocalTime

    wicked = replace(several, scenario=replace(several.scenario, title="=cmd|'/c calc'!A1", question="http://example.org"))
    path = tmp_path / "book.xlsx"
    workbook.write(wicked, "late", LocalTime(several.models["late"].clock), path, began=datetime(2026, 1, 1, tzinfo=UTC))
    assert "=cmd|" in cells(path, "Summary")
    with zipfile.ZipFile(path) as file:
        assert b"<f>" not in file.read("xl/worksheets/sheet1.xml")
        assert b"hyperlink" not in file.read("xl/worksheets/sheet1.xml")


def test_rendered_into_its_own_folder_the_manifest_knows_the_new_files(root: Path, tmp_path: Path, several: Result) -> None:
    import shutil

    own = tmp_path / "own"
    shutil.copytree(folder_of(several), own)
    before = json.loads((own / "manifest.json").read_text(encoding="utf-8"))
    with pytest.raises(SystemExit) as ended:
        main(["report", str(own), "--to", "md,xlsx", "-j", "1"])
    assert ended.value.code == 0
    after = json.loads((own / "manifest.json").read_text(encoding="utf-8"))
    assert {"report.md", "report.xlsx", "late/report.md"} <= after["sha256"].keys() - before["sha256"].keys()
    for name, digest in after["sha256"].items():
        assert hashlib.sha256((own / name).read_bytes()).hexdigest() == digest
    assert after["sha256"].keys() == {p.relative_to(own).as_posix() for p in own.rglob("*") if p.is_file()} - {"manifest.json"}
    assert {k: v for k, v in after.items() if k != "sha256"} == {k: v for k, v in before.items() if k != "sha256"}


def test_what_cannot_be_rendered_is_a_sentence(several: Result, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not as pdf"):
        render(folder_of(several), ["html", "pdf"], out=tmp_path)
    with pytest.raises(UsageError, match="html, md, docx, csv, xlsx"):
        render(folder_of(several), [], out=tmp_path)
    with pytest.raises(UsageError, match="is not the folder of a finished run"):
        render(tmp_path)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="cannot write results to"):
        render(folder_of(several), ["csv"], out=tmp_path / "file")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_full_disk_leaves_the_folder_as_it_was(several: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("simulator.report.tables.write_log", full)
    monkeypatch.setattr("simulator.report.workbook.write", full)
    with pytest.raises(OutputError, match="No space left"):
        render(folder_of(several), [form], out=tmp_path, jobs=1)
    assert list(tmp_path.iterdir()) == []
