"""The build says what it is: compiled, pure or stale; and a stale one is never run."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

from simulator.engine import build

SOURCE = '"""A module.\n\nCompiled with mypyc.\n"""\n'


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with one module that is compiled and one that only mentions it."""
    monkeypatch.delenv(build.PURE, raising=False)
    package = tmp_path / "centre"
    (package / "engine").mkdir(parents=True)
    (package / "engine" / "heap.py").write_text(SOURCE)
    (package / "engine" / "talk.py").write_text('"""Compiled with mypyc. Or not."""\n')
    return package


def compile_(package: Path) -> None:
    """Put files where a build puts them."""
    for stem in (f"{build.library(build.sources(package))}__mypyc", "centre/engine/heap"):
        (package.parent / f"{stem}{EXTENSION_SUFFIXES[0]}").touch()


def test_a_module_is_compiled_if_its_docstring_ends_with_the_mark(package: Path) -> None:
    assert build.sources(package) == {"centre.engine.heap": package / "engine" / "heap.py"}


def test_a_tree_that_was_never_built_is_pure(package: Path) -> None:
    assert build.state(package) == "pure"


def test_a_build_of_these_sources_is_compiled(package: Path) -> None:
    compile_(package)
    assert build.state(package) == "compiled"


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(lambda package: (package / "engine" / "heap.py").write_text(SOURCE + "x = 1\n"), id="source edited"),
        pytest.param(lambda package: (package / "engine" / "heap.py").unlink(), id="source removed"),
        pytest.param(lambda package: (package / "engine" / "new.py").write_text(SOURCE), id="source added"),
        pytest.param(lambda package: (package / "engine" / "heap.py").write_text('"""Mark gone."""\n'), id="mark removed"),
        pytest.param(lambda package: next((package / "engine").glob("heap.*.so")).unlink(), id="half a build"),
        pytest.param(lambda package: (package.parent / f"crisis_0__mypyc{EXTENSION_SUFFIXES[0]}").touch(), id="an older library beside it"),
    ],
)
def test_a_build_of_other_sources_is_stale(package: Path, edit: object) -> None:
    compile_(package)
    assert callable(edit)
    edit(package)
    assert build.state(package) == "stale"


@pytest.mark.parametrize(("value", "expected"), [("1", "pure"), ("yes", "pure"), ("0", "compiled"), ("", "compiled")])
def test_sources_can_be_asked_for(package: Path, monkeypatch: pytest.MonkeyPatch, value: str, expected: str) -> None:
    compile_(package)
    monkeypatch.setenv(build.PURE, value)
    assert build.state(package) == expected


def test_what_the_build_watches_at_work_has_what_the_package_asks_for(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    watched = [need for need in project["build-system"]["requires"] if not need.startswith(("setuptools>", "mypy[", "librt="))]
    assert len(watched) >= 6
    assert set(watched) <= set(project["project"]["dependencies"])


@pytest.mark.parametrize("pure", ["0", "1"])
def test_the_modules_that_load_are_those_that_the_state_promises(pure: str, root: Path) -> None:
    names = list(build.sources())
    program = (
        "import importlib, sys\nfrom simulator.engine import build\nprint(build.state())\n"
        "for name in sys.argv[1:]: print(importlib.import_module(name).__file__)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, *names],
        cwd=root,
        env={**os.environ, build.PURE: pure},
        capture_output=True,
        text=True,
        check=True,
    )
    state, *files = run.stdout.splitlines()
    assert len(files) == len(names) > 0
    assert {file.endswith(".py") for file in files} == {state != "compiled"}
