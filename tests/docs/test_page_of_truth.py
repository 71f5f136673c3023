"""The page of what was checked shows every case as it is now, and nothing in it differs."""

from __future__ import annotations

import re

import pytest

from benchmarks.truth import PAGE, TABLES, not_yet, with_table
from simulator.scenario import load, lower
from simulator.verify.case import FILES
from simulator.verify.cases import cases
from simulator.verify.verdict import _said, known_of


def test_every_case_and_its_exact_value_is_in_the_table() -> None:
    rows = re.findall(
        r"^\| ([A-Z]{2}-\w+) \| .*? \| (.*?) \| (\S+(?: %)?) \|.*\| (\w+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
    known = [
        (case.id, check.says, _said(check.exact, check.unit))
        for case in cases()
        for check in (*case.checks, *known_of(case, lower(load(FILES / f"{case.file}.yaml"))))
    ]
    assert [row[:3] for row in rows] == known
    assert {row[3] for row in rows} == {"agrees"}


def test_an_error_of_one_per_cent_or_half_a_point_is_noticed() -> None:
    """In the table as it is published; variances and the luck of what was drawn left out."""
    page = PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([A-Z]{2}-\w+) \| .*? \| (.*?) \|(?:.*\|) (\S+)(?: %)? \| agrees \|$", page, re.MULTILINE)
    noticed = {(case, says): float(told) for case, says, told in rows}
    coarse = set()
    for case in cases():
        for check in (*case.checks, *known_of(case, lower(load(FILES / f"{case.file}.yaml")))):
            error = noticed[case.id, check.says] / (100 if check.unit == "share" else 1)
            allowed = 0.005 if check.unit == "share" else 0.01 * abs(check.exact)
            if check.unit not in ("spread", "luck") and error > 1.0005 * allowed:
                coarse.add((case.id, check.says))
    assert coarse == set()


def test_every_table_is_filled() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name in TABLES:
        assert len(with_table(page, name, "")) < len(page) - 100
    assert with_table(page, "not-yet", not_yet()) == page


def test_a_page_without_a_place_for_a_table_is_refused() -> None:
    with pytest.raises(ValueError, match="theory"):
        with_table("nothing here", "theory", "")
