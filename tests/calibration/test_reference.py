"""The page of imports says what the declarations say."""

from __future__ import annotations

from pathlib import Path

from simulator.calibration.meanings import meaning
from simulator.calibration.reference import PAGE, renewed
from simulator.calibration.systems import systems


def test_the_page_of_imports_is_current(root: Path) -> None:
    page = (root / "docs" / "reference" / PAGE).read_text(encoding="utf-8")
    assert page == renewed(page), "make it again: python -m simulator.calibration.reference"


def test_every_system_names_what_is_known_and_no_heading_means_two_things() -> None:
    for system in systems().values():
        headings = [heading for heading, _ in system.columns]
        assert len(headings) == len(set(headings)), system.name
        assert all(meaning(use.meaning) is not None for _, use in system.columns)
        assert set(system.known_by) <= {*headings, *system.not_used}, system.name
