"""The page about choosing a strategy shows what the command that makes it compares, and the picture is there."""

from __future__ import annotations

import re

import pytest

from benchmarks.strategies import PAGE, PICTURE, ROOT, SHOWN, STRATEGIES
from benchmarks.truth import with_table
from simulator.scenario import load
from simulator.scenario.alternatives import alternatives


@pytest.mark.parametrize("story", STRATEGIES)
def test_every_strategy_of_a_story_stands_in_every_table(story: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    made = page.partition(f"<!-- {story} -->")[2].partition(f"<!-- /{story} -->")[0]
    assert all(f"*{title}" in made for title in SHOWN)
    assert re.findall(r"^\| ([\w:=-]+) \|", made.partition("*Differences")[0], re.MULTILINE) == ["alternative", "---", *STRATEGIES[story]]
    assert len(with_table(page, story, "")) < len(page) - 500


@pytest.mark.parametrize("story", STRATEGIES)
def test_what_is_compared_still_exists(story: str) -> None:
    scenario = load(ROOT / "scenarios" / f"{story}.yaml")
    assert alternatives([scenario], strategies=STRATEGIES[story]).variant_names == STRATEGIES[story]


def test_the_picture_of_common_random_numbers_is_there() -> None:
    assert PICTURE.read_bytes().startswith(b"\x89PNG")
    assert f"({PICTURE.name})" in (PICTURE.parent / "common-random-numbers.md").read_text(encoding="utf-8")
