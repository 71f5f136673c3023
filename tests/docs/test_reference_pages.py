"""Reference pages say what the code says: declared objects, options, exit codes, files and columns."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest

from simulator.cli import crisis
from simulator.crisis import acts
from simulator.errors import ExitCode
from simulator.routing.declared import strategies
from simulator.scenario.reference import PAGES, meaning, parameters

if TYPE_CHECKING:
    from pathlib import Path

DECLARED = [*acts.items(), *strategies.items()]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_declared_objects_is_current(root: Path, name: str) -> None:
    page = root / "docs" / "reference" / name
    assert page.read_text(encoding="utf-8") == PAGES[name](), "make it again: python -m simulator.scenario.reference"


@pytest.mark.parametrize(("name", "declared"), DECLARED, ids=[name for name, _ in DECLARED])
def test_everything_declared_says_what_it_means(name: str, declared: type) -> None:
    assert meaning(declared).endswith(".")
    silent = {p.key for p in parameters(declared) if not p.says}
    assert silent <= {"site", "link", "need", "team", "platform", "channel"}, f"{name}: these are no plain names and say nothing"


def test_maps_inside_maps_and_defaults_are_shown_as_they_are_written() -> None:
    shown = {p.key: p for p in parameters(acts["site.open"])}
    assert (shown["site"].written, shown["site"].default) == ("a site", "required")
    assert (shown["agents.on_shift.able"].written, shown["agents.on_shift.able"].default) == ("share: `35%`", "`100%`")
    assert shown["agents.next_shift"].written == "`redirect` or `stay-home`"
    assert {p.key: p.default for p in parameters(acts["access.open"])}["within"] == "`30m`"
    assert "for" in {p.key for p in parameters(acts["staff.away"])}


def test_an_annotation_that_nobody_can_write_is_refused() -> None:
    from dataclasses import dataclass

    @dataclass(frozen=True)
    class Odd:
        thing: complex

    with pytest.raises(TypeError, match="no way is known to write"):
        list(parameters(Odd))


def test_the_pages_load_neither_numbers_nor_engine(root: Path) -> None:
    heavy = {"numpy", "simpy", "scipy", "matplotlib"}
    code = f"import sys, simulator.scenario.reference as r; r.page_of_acts(); print({heavy} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True).stdout.strip() == "set()"


@pytest.mark.parametrize("name", sorted(crisis.commands))
def test_the_page_of_the_command_line_names_every_option_and_no_other(root: Path, name: str) -> None:
    page = (root / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")
    section = page.partition(f"## `crisis {name}")[2].partition("\n## ")[0]
    assert section, f"docs/reference/command-line.md has no section for `crisis {name}`"
    options = [p for p in crisis.commands[name].params if isinstance(p, click.Option)]
    known = {flag for option in options for flag in option.opts}
    assert set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", " ".join(re.findall(r"^\| (`[^|]*`) \|", section, re.MULTILINE)))) == known


def test_the_page_of_the_command_line_names_every_exit_code(root: Path) -> None:
    page = (root / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")
    table = page.partition("## Exit codes")[2]
    assert [int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)] == [code.value for code in ExitCode]
