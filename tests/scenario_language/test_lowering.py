"""What a scenario means: exact seconds, names of ranges, defaults, variants."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.crisis.actions import Announce, Decide, OpenSite
from simulator.crisis.events import LoseSite
from simulator.errors import ScenarioError, UsageError
from simulator.model.distributions import Exponential, Weibull
from simulator.model.ranges import Range, ranges_of
from simulator.model.world import After, At, People, Profile, Reading, Retry, Seats
from simulator.scenario import Scenario, load, lower

HERE = Path(__file__).parent
SMALL = (HERE / "small.yaml").read_text(encoding="utf-8")
WHOLE = (HERE.parent / "errors" / "whole.yaml").read_text(encoding="utf-8")


def loaded(folder: Path, text: str) -> Scenario:
    file = folder / "s.yaml"
    file.write_text(text, encoding="utf-8")
    return load(file)


def test_the_story_in_seconds(root: Path) -> None:
    model = lower(load(root / "scenarios" / "mexico-city-2017.yaml"), "as-it-happened")
    impact = 6 * 3600 + 14 * 60.0
    assert (model.clock.start, model.clock.duration, model.clock.impact) == ("2017-09-19T07:00:00-05:00", 172800.0, impact)
    assert [(p.name, p.start - impact) for p in model.clock.phases[1:]] == [("shock", 0.0), ("temporary", 14400.0), ("recovery", 64800.0)]
    steps = {step.id: step for step in (*model.events, *model.playbook)}
    assert steps["drill"].when == At(4 * 3600.0)
    assert steps["quake"].act == LoseSite("main", "cut")
    assert steps["decide"].act == Decide("digital services manager", "leadership")
    assert (steps["reroute"].needs, steps["reroute"].takes, steps["reroute"].when) == (("decide",), 1800.0, None)
    assert isinstance(steps["temporary-centre"].act, OpenSite)
    assert {n.name: n.urgency for n in model.needs} == {"everyday": 3, "no-service": 2, "find-relative": 1}
    assert model.needs[1].patience == Weibull(0.7, 360.0)
    relatives = model.demand[2]
    assert isinstance(relatives, People)
    assert (relatives.onset, relatives.barred) == (impact, 0.6)
    assert sum(shift.agents for shift in model.teams[0].shifts if shift.start <= impact < shift.end) == 400


def test_a_range_is_named_by_its_path_in_every_variant(root: Path) -> None:
    scenario = load(root / "scenarios" / "mexico-city-2017.yaml")
    names = set(ranges_of(lower(scenario)))
    assert names == {"demand.no-service.people", "demand.find-relative.people", "roles.digital services manager.busy.for"}
    assert set(ranges_of(lower(scenario, "rehearsed"))) == names - {"roles.digital services manager.busy.for"}
    people = lower(scenario).demand[1].people  # type: ignore[union-attr]  # it is the demand of people
    assert isinstance(people, Range)
    assert (people.low, people.likely, people.high) == (15_000, 30_000, 60_000)


def test_defaults_of_the_smallest_scenario(tmp_path: Path) -> None:
    model = lower(loaded(tmp_path, SMALL))
    assert model.demand == (Profile("billing", "billing", (0.0, 14400.0), (480.0,)),)
    assert (model.channels[0].numbers, model.channels[0].kind) == ("office", "voice")
    assert model.channels[0].redial.cut == model.channels[0].redial.busy == Retry(0.8, Exponential(120.0))
    assert [(s.first, s.agents, s.start, s.end) for s in model.teams[0].shifts] == [(0, 10, 0.0, 14400.0)]
    assert model.routing.strategy.name == "priority"
    assert (model.clock.impact, model.events, model.playbook, model.roles) == (None, (), (), ())


def test_seats_redials_and_a_wallboard_trigger(tmp_path: Path) -> None:
    text = WHOLE.replace(
        "when: {after: quake, by: 30m}", "when: {measure: longest_wait, above: 2m, for: 5m, need: faults}, until: {after: quake, by: 4h}"
    )
    text = text.replace("do: decision, role: manager", "do: ivr.message, prevents: {faults: 10%}")
    step = lower(loaded(tmp_path, text)).playbook[0]
    assert step.when == Reading("longest_wait", 120.0, None, 300.0, "faults")
    assert step.until == After("quake", 14400.0)
    assert step.act == Announce({"faults": 0.1}, "ivr")
    assert lower(loaded(tmp_path, WHOLE)).sites[1].seats == Seats(10, 2, 3600.0)


def test_a_variant_merges_maps_replaces_triggers_and_deletes_with_null(tmp_path: Path) -> None:
    variants = """variants:
  at-noon: {playbook.decide.when: {at: T+20m}}
  shorter: {playbook.open: {takes: 30m, agents: {on_shift: {willing: 50%}}}, needs.billing.talk_time: {constant: 3m}}
  silent: {playbook.tell: null, playbook.open.takes: null}
  helped: {playbook.more: {do: staff.reassign, team: service, need: faults, needs: open}}
"""
    start, end = WHOLE.index("variants:"), WHOLE.index("thresholds:")
    scenario = loaded(tmp_path, WHOLE[:start] + variants + WHOLE[end:])
    assert scenario.variant_names == ("at-noon", "shorter", "silent", "helped")
    assert lower(scenario, "at-noon").playbook[0].when == At(6 * 3600 + 34 * 60.0)
    shorter = lower(scenario, "shorter")
    assert shorter.playbook[1].takes == 1800.0
    assert isinstance(shorter.playbook[1].act, OpenSite)
    crew = shorter.playbook[1].act.agents.on_shift
    assert (crew.able, crew.willing) == (0.7, 0.5)
    assert shorter.needs[0].talk_time.mean == 180.0
    assert [(s.id, s.takes) for s in lower(scenario, "silent").playbook] == [("decide", 0.0), ("open", 0.0), ("lead", 0.0)]
    assert [s.id for s in lower(scenario, "helped").playbook][-1] == "more"
    assert [(s.id, s.takes) for s in lower(scenario).playbook] == [("decide", 0.0), ("open", 3600.0), ("tell", 0.0), ("lead", 0.0)]


def test_no_action_is_always_there_and_takes_the_playbook_away(tmp_path: Path) -> None:
    scenario = loaded(tmp_path, WHOLE)
    assert scenario.variant_names == ("late",)
    without = lower(scenario, "no-action")
    assert (without.variant, without.playbook, len(without.events)) == ("no-action", (), 1)


def test_an_unknown_variant_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="did you mean `late`"):
        lower(loaded(tmp_path, WHOLE), "lat")


@pytest.mark.parametrize("variant", [None, "late", "no-action"])
def test_the_resolved_text_means_the_same(tmp_path: Path, variant: str | None) -> None:
    scenario = loaded(tmp_path, WHOLE)
    again = loaded(tmp_path, scenario.resolved(variant))
    assert lower(again) == _named(lower(scenario, variant))


def _named(model: object) -> object:
    import dataclasses

    return dataclasses.replace(model, variant="as-written")  # type: ignore[type-var]  # a model is a dataclass


def test_a_scenario_travels_to_another_process_without_its_files(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("interval,arrivals\n08:00,10\n08:30,20\n", encoding="utf-8")
    scenario = loaded(tmp_path, SMALL.replace("rate: 120/h", "from: data.csv"))
    model = lower(scenario)
    (tmp_path / "data.csv").unlink()
    assert lower(pickle.loads(pickle.dumps(scenario))) == model  # noqa: S301  # our own bytes


def test_the_hash_follows_the_tree_and_the_data_not_the_comments(tmp_path: Path) -> None:
    data = tmp_path / "data.csv"
    data.write_text("interval,arrivals\n08:00,10\n08:30,20\n", encoding="utf-8")
    text = SMALL.replace("rate: 120/h", "from: data.csv")
    first = loaded(tmp_path, text).sha256
    assert loaded(tmp_path, text + "# a remark\n").sha256 == first
    assert loaded(tmp_path, text.replace("4m", "5m")).sha256 != first
    data.write_text("interval,arrivals\n08:00,10\n08:30,21\n", encoding="utf-8")
    assert loaded(tmp_path, text).sha256 != first


def test_anchors_may_stand_under_keys_of_their_own(tmp_path: Path) -> None:
    scenario = loaded(tmp_path, "x-patience: &short 3m\n" + SMALL.replace("patience: 3m", "patience: *short"))
    assert lower(scenario).needs[0].patience == Exponential(180.0)
    assert "x-patience" not in scenario.resolved()


def test_demand_after_an_event_whose_instant_is_not_fixed_is_refused(tmp_path: Path) -> None:
    shaken = "- {id: quake, when: {after: first, by: {likely: 1h, low: 30m, high: 2h}}, do: site.lose, site: main}"
    text = WHOLE.replace(
        "- {id: quake, at: T+0, do: site.lose, site: main}", "- {id: first, at: T+0, do: staff.away, share: 10%, for: 5m}\n  " + shaken
    )
    with pytest.raises(ScenarioError, match="the instant of `quake` is not fixed"):
        loaded(tmp_path, text)
    fixed = text.replace("{likely: 1h, low: 30m, high: 2h}", "1h")
    assert lower(loaded(tmp_path, fixed)).demand[1].onset == 7 * 3600 + 14 * 60.0  # type: ignore[union-attr]  # it is the demand of people


def test_where_values_come_from(tmp_path: Path) -> None:
    said = {a.path: a for a in loaded(tmp_path, WHOLE).assumptions()}
    assert (said["demand.faults"].kind, said["demand.faults"].text) == ("assumed", "a guess")
    assert (said["demand.faults.people"].is_range, said["demand.faults.people"].value) == (True, "3k (1k to 9k)")
    bare = loaded(tmp_path, WHOLE.replace("  sites: {assumed: a guess}\n", "")).assumptions()
    assert {a.path: a.text for a in bare}["sites.main"] == "no source given"


def test_every_value_of_the_story_has_a_source(root: Path) -> None:
    said = load(root / "scenarios" / "mexico-city-2017.yaml").assumptions()
    assert [a.path for a in said if a.text == "no source given"] == []
    assert {a.kind for a in said} == {"fact", "record", "assumed"}


def test_checking_loads_no_heavy_library(root: Path) -> None:
    code = (
        "import sys; from simulator.scenario import load; load('scenarios/mexico-city-2017.yaml');"
        "print([m for m in ('numpy', 'simpy', 'scipy', 'matplotlib') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("", (0.8, 0.8, 0.8)),
        (", in: 95%", (0.95, 0.95, 0.95)),
        (", in: {mtpd: 99%}", (0.8, 0.99, 0.8)),
        (", in: {rto: 70%, mtpd: 99%, mbco: 60%}", (0.7, 0.99, 0.6)),
    ],
)
def test_in_how_many_worlds_objectives_must_be_met(tmp_path: Path, written: str, meant: tuple[float, ...]) -> None:
    model = lower(loaded(tmp_path, f"{SMALL}continuity: {{rto: 1h, mtpd: 2h, mbco: 40%{written}}}\n"))
    assert model.continuity is not None
    assert model.continuity.in_worlds == meant


def test_in_how_many_worlds_a_threshold_must_hold(tmp_path: Path) -> None:
    model = lower(loaded(tmp_path, SMALL + "thresholds:\n  - {measure: asa, max: 20s, in: 92.5%}\n  - {id: b, measure: asa, max: 30s}\n"))
    assert [mark.in_worlds for mark in model.thresholds] == [0.925, None]


@pytest.mark.parametrize(
    ("section", "path", "said"),
    [
        ("continuity: {rto: 1h, mtpd: 2h, mbco: 40%, in: 100%}", "continuity.in", "more than 0% and less than 100%"),
        ("continuity: {rto: 1h, mtpd: 2h, mbco: 40%, in: {rto: 0%, mbco: 0.9}}", "continuity.in.rto", "more than 0% and less than 100%"),
        ("continuity: {rto: 1h, mtpd: 2h, mbco: 40%, in: {mtpc: 90%}}", "continuity.in.mtpc", "unknown key `mtpc`"),
        ("thresholds: [{measure: asa, max: 20s, in: 100%}]", "thresholds.0.in", "more than 0% and less than 100%"),
        ("thresholds: [{measure: asa, max: 20s, in: often}]", "thresholds.0.in", "expected a share such as 35%"),
    ],
)
def test_a_share_of_worlds_that_nothing_can_show_is_refused(tmp_path: Path, section: str, path: str, said: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        lower(loaded(tmp_path, f"{SMALL}{section}\n"))
    assert any(d.path == path and said in d.message and d.line for d in caught.value.diagnostics)


def test_an_objective_of_an_exercise_takes_no_share_of_worlds(root: Path) -> None:
    """How many worlds reach it is told; nothing would ask for a share of them."""
    with pytest.raises(ScenarioError) as caught:
        load(root / "tests" / "drill" / "drilled.yaml", ["exercise.objectives.O2.in=90%"])
    assert "unknown key `in`" in str(caught.value)
