"""Finished runs are compared as they are: what they found is what a comparison of the files would have found."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.api import compare, compare_runs, load, render, run
from simulator.asking import open_folder
from simulator.errors import UsageError
from simulator.experiment import kept
from simulator.report import findings
from simulator.report.judgement import verdict
from tests.command import Crisis
from tests.compare.outcome import found, rows

SCENARIO = """
schema: crisis/v1
name: desk
clock: {timezone: UTC, start: 2026-01-05T08:00, duration: 2h, interval: 30m, phases: {open: start}}
needs: {call: {urgency: 1, talk_time: {exponential: {mean: 1m}}, patience: 2m}}
demand: {call: {rate: 6/min, day_cv: 20%}}
channels: {voice: {target: 80% in 20s}}
links: {cable: {lines: 40}}
sites: {centre: {seats: 40, links: [cable]}}
teams: {agents: {headcount: 5, site: centre, skills: {call: 1}}}
variants: {five: {}, six: {teams.agents.headcount: 6}}
"""


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """The two variants with seed 1, six agents with seed 2, and both in one run."""
    monkeypatch.chdir(tmp_path)
    Path("desk.yaml").write_text(SCENARIO, encoding="utf-8")
    desk = load("desk.yaml")
    made = {}
    for name, variant, seed, n in (("five", "five", 1, 10), ("six", "six", 1, 11), ("other", "six", 2, 10), ("both", "all", 1, 10)):
        folder = run(desk, variant=variant, seed=seed, replications=n, jobs=1, out="runs").folder
        assert folder is not None
        made[name] = folder
    return made


def test_runs_of_one_seed_are_compared_world_by_world(folders: dict[str, Path]) -> None:
    simulated = compare(load("desk.yaml"), replications=10, stability=0, jobs=1, out="simulated")
    result = compare_runs([folders["five"], folders["six"]], out="compared")
    assert found(result).alternatives == ("five", "six")
    assert found(result).paired
    assert result.replications == 10  # the eleventh world is of one run only
    for file in ("goals.csv", "replications.csv", "comparison.csv"):
        assert rows(result, file) == rows(simulated, file), file
    assert list(verdict(result, found(result))) == list(verdict(simulated, found(simulated)))


def test_every_variant_of_a_run_is_an_alternative(folders: dict[str, Path]) -> None:
    assert found(compare_runs([folders["both"]])).alternatives == ("five", "six")
    three = found(compare_runs([folders["both"], folders["other"]]))
    assert [name.partition("+")[2] for name in three.alternatives] == ["five", "six", "six"]
    assert not three.paired


def test_runs_of_other_seeds_are_independent_and_said_to_be(folders: dict[str, Path]) -> None:
    result = compare_runs([folders["five"], folders["other"]], out="compared")
    contest = found(result)
    assert not contest.paired
    assert not any(c.controls for c in contest.contrasts)
    said = list(verdict(result, contest))
    assert said[-1].startswith("The runs have worlds of their own")
    assert not any("of 5 worlds" in sentence for sentence in said)
    assert result.folder is not None
    page = (result.folder / "report.html").read_text(encoding="utf-8")
    assert "Common random numbers" not in page
    assert "the same customers" not in page.replace("wider than those of worlds with the same customers", "")
    assert "World by world" not in page


def test_a_comparison_of_runs_is_kept_like_any_other(folders: dict[str, Path]) -> None:
    result = compare_runs([folders["five"], folders["six"]], measures=["abandon_rate"], baseline="six", out="compared")
    assert result.folder is not None
    again = open_folder(result.folder)
    assert findings.document(again, found(again)) == findings.document(result, found(result))
    assert {path.name for path in render(result.folder, ["md", "xlsx"])} >= {"report.md", "report.xlsx"}
    command = result.question.command(result.scenario)
    assert command == f"crisis compare {folders['five'].name} {folders['six'].name} --measure abandon_rate --baseline six"


def test_what_cannot_be_compared_is_a_sentence(folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="five alone has nothing to be compared with"):
        compare_runs([folders["five"]])
    with pytest.raises(UsageError, match="is not the folder of a finished run"):
        compare_runs([folders["five"], Path("runs")])
    with pytest.raises(UsageError, match="there is no alternative `sixx`; did you mean `six`"):
        compare_runs([folders["five"], folders["six"]], baseline="sixx")
    Path("longer.yaml").write_text(SCENARIO.replace("duration: 2h", "duration: 3h"), encoding="utf-8")
    longer = run(load("longer.yaml"), variant="six", replications=2, jobs=1, out="runs").folder
    assert longer is not None
    with pytest.raises(UsageError, match=r"they differ in clock\.duration"):
        compare_runs([folders["five"], longer])
    monkeypatch.setattr(kept, "running", lambda: "another")
    with pytest.raises(UsageError, match="worlds of both would not be alike"):
        compare_runs([folders["five"], folders["six"]])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["five", "desk.yaml"], "finished runs are compared with finished runs; desk.yaml is none"),
        (["five", "six", "-n", "3", "--strategies", "priority"], "they take no --strategies, -n"),
    ],
)
def test_the_command_refuses_what_it_would_have_to_simulate(folders: dict[str, Path], words: list[str], says: str, crisis: Crisis) -> None:
    ended = crisis("compare", *(folders.get(word, word) for word in words))
    assert ended.code == 2
    assert says in ended.err


def test_the_command_compares(folders: dict[str, Path], crisis: Crisis) -> None:
    ended = crisis("compare", folders["five"], folders["six"], "-o", "compared")
    assert ended.code == 0
    assert "six is best by “people who got nobody”." in ended.out
    assert "Report: " in ended.err
