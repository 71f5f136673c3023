"""The Python blocks of the API page run as they are written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

FENCE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(root: Path) -> list[str]:
    return FENCE.findall((root / "docs/reference/python-api.md").read_text(encoding="utf-8"))


def test_the_page_has_blocks(root: Path) -> None:
    assert len(blocks(root)) == 4


@pytest.mark.parametrize("number", range(4))
def test_a_block_runs(root: Path, number: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(root)
    exec(compile(blocks(root)[number], f"block {number}", "exec"), {})  # noqa: S102  # the page is ours
    printed = capsys.readouterr().out
    assert number == 3 or "nan" not in printed


def test_no_page_asks_a_reader_for_the_tests(root: Path) -> None:
    """A reader has the package, not its tests and benchmarks."""
    pages = [*(root / "docs").rglob("*.md"), root / "README.md"]
    assert len(pages) > 20
    told = {
        page.name: re.findall(r"^(?:from|import) (?:tests|benchmarks)\b.*$", page.read_text(encoding="utf-8"), re.MULTILINE)
        for page in pages
    }
    assert {name: lines for name, lines in told.items() if lines} == {}
