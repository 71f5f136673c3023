"""`crisis weakest`: each part is lost in turn; what carries everything is worst, what is not used changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulator.api import ask
from simulator.experiment.questions.weakest import Weakest, parts_of
from simulator.model.world import After, At
from simulator.report.weakest import compose
from simulator.scenario import Scenario, load, lower
from tests.sensitivity.test_what_moves_the_answer import SCENARIO, crisis

QUIET = SCENARIO.replace("  - {id: fire, at: T+0, do: site.lose, site: main, until: {after: moved, by: 0s}}\n", "").replace(
    "after: fire, by: {likely: 40m, low: 10m, high: 90m}", "at: T+40m"
).replace("after: fire, by: 60m", "at: T+60m").replace("alarm: {after: fire,", "alarm: {after: cost-of-nothing,")  # fmt: skip
"""Nothing strikes by itself."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(QUIET, encoding="utf-8")
    return path


@pytest.fixture
def scenario(file: Path) -> Scenario:
    return load(file)


def test_every_part_is_lost_once_and_a_trench_only_where_links_share_it(scenario: Scenario) -> None:
    assert [str(part) for part in parts_of(lower(scenario))] == [
        "site main", "link north", "link south", "link spare", "trench street", "platform acd", "role boss", "team people", "team helpers",
    ]  # fmt: skip


def test_a_loss_is_one_event_more_and_nothing_else(scenario: Scenario) -> None:
    models = Weakest(lasts="30m").plan(scenario).models
    whole, without = models[""], models["trench street"]
    *same, lost = without.events
    assert tuple(same) == whole.events
    assert (lost.when, lost.until, lost.act.name) == (At(3600.0), After("lost", 1800.0), "link.cut")
    assert without.playbook == whole.playbook


def test_what_carries_everything_is_worst_and_equals_are_told(scenario: Scenario) -> None:
    found = ask(Weakest(replications=10), scenario, jobs=1)
    losses = {str(loss.part): loss for loss in found.losses}
    worst = {name for name, loss in losses.items() if loss.tied and loss.harmful}
    assert worst == {"site main", "platform acd"}
    assert losses["role boss"].nothing, "what is decided has no effect here"
    assert not losses["link north"].harmful, "the other two have lines enough"
    assert losses["team people"].harmful
    assert losses["team people"].difference.mean > losses["team helpers"].difference.mean
    assert losses["team people"].urgent is not None
    assert losses["team people"].urgent.mean > 0
    assert losses["site main"].estimate.mean == pytest.approx(found.base.mean + losses["site main"].difference.mean)
    first, second, *_ = compose(found).verdict
    assert "hurts most" in first
    assert "As bad, as far as can be told" in second


def test_a_loss_that_ends_costs_less(scenario: Scenario) -> None:
    whole = ask(Weakest(replications=6, kinds=("site",)), scenario, jobs=1).losses[0].difference.mean
    half = ask(Weakest(replications=6, kinds=("site",), lasts="45m"), scenario, jobs=1).losses[0].difference.mean
    assert 0 < half < whole


def test_what_the_story_takes_away_anyway_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SCENARIO.replace(", until: {after: moved, by: 0s}", ""), encoding="utf-8")
    found = ask(Weakest(replications=4), load(path), jobs=1)
    assert {str(loss.part) for loss in found.losses if loss.nothing} >= {"site main", "platform acd", "link north"}
    assert any("lost in the story anyway or never needed" in sentence for sentence in compose(found).verdict)


def test_a_variant_without_events_gets_one(file: Path) -> None:
    text = QUIET.partition("events:")[0].replace("  alarm: {after: cost-of-nothing, people: {likely: 40, low: 10, high: 160}, spread: 30m}",
                                                 "  alarm: {rate: 10/h}")  # fmt: skip
    file.write_text(text, encoding="utf-8")
    asked = Weakest(kinds=("team",)).plan(load(file))
    assert [step.id for step in asked.models["team people"].events] == ["lost"]


def test_the_command_writes_a_folder_and_tells(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert crisis("weakest", str(file), "-n", "10", "-j", "1", "-o", str(tmp_path), "--only", "site", "--only", "role", "--json", "-q") == 0
    streams = capsys.readouterr()
    document = json.loads(streams.out)
    assert streams.err == ""
    assert document["schema"] == "crisis-weakest/v1"
    assert [(loss["name"], loss["verdict"]) for loss in document["losses"]] == [("main", "worst"), ("boss", "the same")]
    (folder,) = (tmp_path / "small").iterdir()
    assert json.loads((folder / "weakest.json").read_text(encoding="utf-8")) == document
    assert (folder / "figures" / "losses.png").read_bytes().startswith(b"\x89PNG")
    assert "site main" in (folder / "report.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--measure", "customers"], "neither better high nor better low"),
        (["--measure", "x"], "unknown measure `x`"),
        (["--only", "trunk"], "--only"),
        (["--at", "noon"], "noon"),
        (["--lasts", "5"], "did you mean 5s or 5m"),
        (["--variant", "x"], "there is no variant `x`"),
    ],
)
def test_bad_input_is_told_at_once(file: Path, tmp_path: Path, arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert crisis("weakest", str(file), "-o", str(tmp_path / "out"), *arguments) == 2
    assert says in capsys.readouterr().err


def test_where_nothing_strikes_the_instant_must_be_said(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = QUIET.replace(" impact: 2026-01-05T09:00,", "").replace("T+0", "2026-01-05T09:00").replace("T+40m", "2026-01-05T09:40")
    file.write_text(text.replace("T+60m", "2026-01-05T10:00"), encoding="utf-8")
    assert crisis("weakest", str(file), "-o", str(tmp_path)) == 2
    assert "say when the parts are lost, --at" in capsys.readouterr().err
    asked = ("weakest", str(file), "-o", str(tmp_path), "--at", "2026-01-05T09:30", "-n", "2", "-j", "1", "-q", "--only", "site")
    assert crisis(*asked) == 0
