"""The size and the cleanliness of the tree."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from simulator.engine import build

WRITTEN = {".py", ".md", ".yaml", ".yml", ".toml", ".cff", ".html", ".css", ".csv", ".j2", ".txt", ".json", ""}
MACHINE = re.compile(r"(?<![\w.])/(work|root|home|Users|tmp|opt|mnt)/[\w.]")
"""A path that exists on one machine only."""


@pytest.fixture(scope="module")
def files(root: Path) -> list[Path]:
    """Every file of the tree that git keeps or would keep."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    return [root / name for name in listed.stdout.splitlines() if (root / name).is_file()]


def length(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_module_is_400_lines_long(files: list[Path]) -> None:
    modules = [path for path in files if path.suffix == ".py"]
    assert len(modules) > 20
    assert {str(path): length(path) for path in modules if length(path) >= 400} == {}


def test_compiled_code_stays_small() -> None:
    compiled = build.sources()
    assert compiled, "nothing is compiled"
    # Half a minute of one core to compile; the house began with 2,500 when the floor knew telephones only.
    assert sum(map(length, compiled.values())) <= 4000


def test_compiled_modules_import_only_the_standard_library_librt_and_each_other() -> None:
    allowed = {"__future__", "mypy_extensions", "librt", "typing", "math", "collections", "simulator"}
    for name, path in build.sources().items():
        imported = re.findall(r"^(?:from|import) ([\w.]+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert {module.partition(".")[0] for module in imported} <= allowed, name


def test_no_module_is_a_drawer_for_anything(files: list[Path]) -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
    assert [str(path) for path in files if path.suffix == ".py" and path.stem in drawers] == []


def test_nothing_names_a_path_of_one_machine(files: list[Path]) -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in files if path.suffix in WRITTEN and path != Path(__file__)}
    assert {str(path): found.group() for path, text in texts.items() if (found := MACHINE.search(text))} == {}


def test_nothing_is_left_to_be_done_later(files: list[Path]) -> None:
    later = re.compile(r"\b(TODO|FIXME|XXX)\b|pytest\.(mark\.)?skip")
    # Real data is not ours to ship, and neither are wheels: tests that need them may skip, with a reason, where they are missing.
    may = {"backtest", "packaging"}
    modules = [path for path in files if path.suffix == ".py" and path != Path(__file__) and path.parent.name not in may]
    assert [str(path) for path in modules if later.search(path.read_text(encoding="utf-8"))] == []


def test_every_ignore_has_its_reason_beside_it(files: list[Path]) -> None:
    bare = re.compile(r"#\s*(?:noqa(?::[\w, ]+)?|type: ignore(?:\[[\w, -]+\])?)\s*$", re.MULTILINE)
    modules = [path for path in files if path.suffix == ".py"]
    assert [str(path) for path in modules if bare.search(path.read_text(encoding="utf-8"))] == []
