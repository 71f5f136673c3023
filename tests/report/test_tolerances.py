"""An important service stands before the whole centre, on the page, the terminal and for programs; bad tolerances are told at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from simulator.api import run
from simulator.errors import ScenarioError
from simulator.report.answer import answer, schema
from simulator.report.terminal import summary_text
from simulator.scenario import load, lower

BOARD = "set_by: board, set_on: 14 September 2026, why: people are under rubble"


def written(root: Path, tmp_path: Path, tolerances: str) -> Path:
    path = tmp_path / "quake.yaml"
    text = (root / "tests/report/small-quake.yaml").read_text(encoding="utf-8")
    path.write_text(f"{text}\ntolerances:\n{tolerances}", encoding="utf-8")
    return path


@pytest.fixture
def found(root: Path, tmp_path: Path) -> Any:
    path = written(root, tmp_path, f"  rescue-line: {{needs: [rescue], limit: 1h, at_most: 1%, {BOARD}}}\n")
    return run(load(path), replications=10, jobs=1, variant="all", out=tmp_path / "results")


def test_the_service_comes_first_everywhere(found: Any) -> None:
    text = summary_text(found)
    head = "Rescue line, tolerance 1 h (board, 14 September 2026)"
    assert text.index(head) < text.index("got nobody") < text.index("CONTINUITY")
    assert text.count("longest below its level".capitalize()) == len(found.summaries)  # a line each variant
    page = (found.folder / "report.html").read_text(encoding="utf-8")
    assert page.index(head) < page.index("got nobody")
    assert page.index("Rescue line, 1 h") < page.index("What happened")  # the table by variant
    assert "people are under rubble" in page
    assert "not a recovery time objective" in page
    document = answer(found)
    jsonschema.Draft7Validator(schema()).validate(document)
    (told,) = document["tolerances"]
    assert (told["service"], told["limit"], told["worlds"], told["set_by"]) == ("rescue-line", 3600.0, 10, "board")
    assert document["variants"][0]["tolerances"][0]["service"] == "rescue-line"


@pytest.mark.parametrize(
    ("tolerance", "said"),
    [
        (f"needs: [rescu], limit: 1h, {BOARD}", "there is no need `rescu`"),
        (f"groups: [nobody], limit: 1h, {BOARD}", "there is no group `nobody`"),
        (f"limit: 1h, {BOARD}", "nobody is served by it"),
        (f"needs: [rescue, rescue], limit: 1h, {BOARD}", "stands here twice"),
        (f"needs: [rescue], limit: 61m, {BOARD}", "1h1m is no limit that people are counted at"),
        (f"needs: [rescue], {BOARD}", "limit"),
        ("needs: [rescue], limit: 1h", "set_by"),
        ("needs: [rescue], limit: 1h, set_by: '', set_on: x, why: y", "`set_by` is empty"),
        (f"needs: [rescue], limit: 1h, at_most: 120%, {BOARD}", "at_most"),
    ],
)
def test_what_is_no_tolerance_is_refused_where_it_stands(root: Path, tmp_path: Path, tolerance: str, said: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        lower(load(written(root, tmp_path, f"  line: {{{tolerance}}}\n")))
    assert said in str(refused.value)
    assert "tolerances.line" in str(refused.value)


def test_a_tolerance_changes_no_world(root: Path, tmp_path: Path) -> None:
    with_one = lower(load(written(root, tmp_path, f"  line: {{needs: [rescue], limit: 1h, {BOARD}}}\n")))
    assert with_one.tolerances[0].in_worlds == 0.8
    plain = run(load(root / "tests/report/small-quake.yaml"), replications=2, jobs=1)
    told = run(load(tmp_path / "quake.yaml"), replications=2, jobs=1)
    assert told.summary.estimates == plain.summary.estimates or str(told.summary.estimates) == str(plain.summary.estimates)
