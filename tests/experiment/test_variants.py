"""Which alternatives `--variant all` means: the file as written, under its own name or under that of a variant that is the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.api import compare, run
from simulator.errors import UsageError
from simulator.experiment.variants import ALL, DECLARED, baseline_of, variants_of
from simulator.scenario import Scenario, load

FILE = """
schema: crisis/v1
name: two-ways
clock: {timezone: UTC, start: 2026-01-05T00:00, duration: 2h, interval: 1h}
needs: {call: {urgency: 1, talk_time: 1m, patience: 2m}}
demand: {call: {rate: {likely: 60/h, low: 30/h, high: 90/h}}}
channels: {voice: {}}
links: {cable: {lines: 9}}
sites: {hall: {seats: 9, links: cable}}
teams: {agents: {headcount: 3, site: hall, skills: {call: 1}}}
variants:
"""


def with_variants(tmp_path: Path, *variants: str) -> Scenario:
    (tmp_path / "s.yaml").write_text(FILE + "\n".join(f"  {variant}" for variant in variants), encoding="utf-8")
    return load(tmp_path / "s.yaml")


def test_the_file_as_written_is_one_of_all(tmp_path: Path) -> None:
    scenario = with_variants(tmp_path, "fewer: {teams.agents.headcount: 2}", "more: {teams.agents.headcount: 4}")
    models = variants_of(scenario, ALL)
    assert list(models) == ["as-written", "fewer", "more"]
    assert baseline_of(scenario, models) == "as-written"
    assert list(variants_of(scenario, DECLARED)) == ["fewer", "more"]
    assert list(run(scenario, variant="all", replications=2, jobs=1).summaries) == ["as-written", "fewer", "more"]


@pytest.mark.parametrize("same", ["base: {}", "base: {teams.agents.headcount: 3}", "base: {sites.hall.seats: {from: 9, to: 9}}"])
def test_a_variant_that_is_the_file_stands_for_it(tmp_path: Path, same: str) -> None:
    scenario = with_variants(tmp_path, "fewer: {teams.agents.headcount: 2}", same)
    models = variants_of(scenario, ALL)
    assert list(models) == ["fewer", "base"]
    assert baseline_of(scenario, models) == "base"


def test_a_variant_that_differs_in_the_width_of_a_range_is_another_one(tmp_path: Path) -> None:
    scenario = with_variants(tmp_path, "wider: {demand.call.rate.low: 10/h}")
    assert list(variants_of(scenario, ALL)) == ["as-written", "wider"]


def test_a_comparison_without_words_compares_the_same(tmp_path: Path) -> None:
    scenario = with_variants(tmp_path, "fewer: {teams.agents.headcount: 2}")
    found = compare(scenario, replications=2, stability=0, jobs=1)
    assert list(found.summaries) == ["as-written", "fewer"]
    assert found.baseline == "as-written"


def test_a_file_without_variants_has_no_all(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no variants: run it without --variant"):
        variants_of(with_variants(tmp_path), ALL)
