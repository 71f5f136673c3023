"""Tutorial and how-to pages run as they are written: every command, every file, every change to a file.

Before a block of ``yaml``, ``csv`` or ``diff`` the text names the file it is about; a ``diff`` replaces what stands in the file.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

PAGES = ("tutorial/first-run.md", "tutorial/first-drill.md", "how-to/write-your-own-scenario.md", "how-to/find-what-matters.md",
         "how-to/write-your-own-strategy.md", "tutorial/five-lessons.md", "how-to/choose-a-routing-strategy.md",
         "how-to/model-my-site-loss.md", "how-to/plan-a-callback-weekend.md", "how-to/protect-compassionate-calls.md",
         "how-to/prepare-for-a-snowstorm.md", "how-to/staff-a-messaging-desk.md", "how-to/write-your-own-event.md",
         "how-to/import-your-exports.md", "how-to/find-the-roster-that-holds.md", "tutorial/your-own-centre.md")  # fmt: skip
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SET_UP = "pip install"  # the suite runs in an environment that is set up already
CRISIS = """#!/bin/sh
# The command as installed, with few replications; a breached threshold is a finding.
case "$1" in run | drill | sensitivity | weakest) set -- "$@" -n 2 -q ;; compare) set -- "$@" -n 2 -q --stability 0 ;;
  staff) set -- "$@" -n 10 -q ;; esac
"{python}" -m simulator "$@" || test $? -eq 3
"""


@dataclass(frozen=True)
class Block:
    """A fenced block of a page, with the file that the text before it names last."""

    kind: str
    text: str
    file: str
    line: int


def blocks(text: str) -> list[Block]:
    found = []
    for fence in FENCE.finditer(text):
        before = text[: fence.start()]
        named = re.findall(r"`((?:scenarios|plugins)/[\w./-]+\.(?:yaml|csv|py))`", before)
        found.append(Block(fence[1], fence[2], named[-1] if named else "", before.count("\n") + 1))
    return found


def changed(text: str, diff: str) -> str:
    """``text`` with the lines of a diff in place; what it takes away must stand there exactly once."""
    lines = diff.splitlines()
    assert all(line[:1] in (" ", "-", "+") for line in lines), diff
    old = "".join(f"{line[1:]}\n" for line in lines if line[0] in " -")
    new = "".join(f"{line[1:]}\n" for line in lines if line[0] in " +")
    assert text.count(old) == 1, f"these lines do not stand in the file once:\n{old}"
    return text.replace(old, new)


@pytest.fixture
def desk(root: Path, tmp_path: Path) -> Path:
    """A reader's folder: the shipped scenarios, and the command ``crisis`` in ``bin``."""
    shutil.copytree(root / "scenarios", tmp_path / "scenarios")
    command = tmp_path / "bin" / "crisis"
    command.parent.mkdir()
    command.write_text(CRISIS.format(python=sys.executable), encoding="utf-8")
    command.chmod(0o755)
    return tmp_path


@pytest.mark.parametrize("name", PAGES)
def test_a_page_runs_as_it_is_written(root: Path, desk: Path, name: str) -> None:
    places = {"PATH": f"{desk / 'bin'}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(root)}
    ran = 0
    for block in blocks((root / "docs" / name).read_text(encoding="utf-8")):
        where = f"{name}, line {block.line}"
        if block.kind == "sh" and SET_UP not in block.text:
            command = ["sh", "-e", "-c", block.text]
            run = subprocess.run(command, cwd=desk, env=os.environ | places, capture_output=True, text=True, check=False)
            assert run.returncode == 0, f"{where}: {run.stdout}{run.stderr}"
            ran += 1
        elif block.kind in {"yaml", "csv", "python"}:
            (desk / block.file).parent.mkdir(parents=True, exist_ok=True)
            (desk / block.file).write_text(block.text, encoding="utf-8")
        elif block.kind == "diff":
            file = desk / block.file
            file.write_text(changed(file.read_text(encoding="utf-8"), block.text), encoding="utf-8")
        else:
            assert block.kind == "sh", f"{where}: a block of {block.kind} that nobody tries"
    assert ran >= 2


def test_a_change_to_lines_that_do_not_stand_there_is_noticed() -> None:
    assert changed("a: 1\nb: 2\n", " a: 1\n-b: 2\n+b: 3\n") == "a: 1\nb: 3\n"
    with pytest.raises(AssertionError, match="do not stand in the file once"):
        changed("a: 1\n", "-a: 2\n+a: 3\n")


def test_the_readme_shows_what_the_gallery_holds(root: Path) -> None:
    kept = (root / "results" / "gallery" / "mexico-city-2017" / "summary.txt").read_text(encoding="utf-8")
    (shown,) = [text for text in re.findall(r"^```\n(.*?)^```$", (root / "README.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
                if "SIMULATED" in text]  # fmt: skip
    for paragraph in shown.strip("\n").split("\n\n"):
        assert paragraph in kept


def test_the_tutorial_quotes_what_the_gallery_holds(root: Path) -> None:
    kept = " ".join((root / "results" / "gallery" / "mexico-city-2017" / "summary.txt").read_text(encoding="utf-8").split())
    quotes = re.findall(r"^> (.*)$", (root / "docs" / "tutorial" / "first-run.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert quotes
    assert all(quote in kept for quote in quotes)


@pytest.mark.parametrize("name", sorted(path.stem for path in (Path(__file__).resolve().parents[2] / "scenarios").glob("*.yaml")))
def test_the_gallery_is_of_the_shipped_stories(root: Path, name: str) -> None:
    from simulator import load

    home = root / "results" / "gallery" / name
    made_from = (home / "scenario.sha256").read_text(encoding="utf-8").strip()
    assert made_from == load(root / "scenarios" / f"{name}.yaml").sha256, "the story has changed: run `make gallery`"
    assert (home / "summary.txt").read_text(encoding="utf-8").startswith(name)
    assert len(list(home.glob("*.png"))) == 2
    assert sum(path.stat().st_size for path in home.iterdir()) <= 900_000


PROSE = ("README.md", "results/README.md", "docs/**/*.md")


def test_every_link_leads_somewhere(root: Path) -> None:
    for page in sorted(path for pattern in PROSE for path in root.glob(pattern)):
        for link in re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
            if "://" in link:
                continue
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            assert target.exists(), f"{page.relative_to(root)} links to {link}"
            if anchor:
                headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
                assert anchor in {re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in headings}, f"no heading for {link}"
