"""What can be compared: strategies, variants, swept values and files, each with each; and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.errors import ScenarioError, UsageError
from simulator.scenario import Scenario, load, lower
from simulator.scenario.alternatives import alternatives, differing, sweep


@pytest.fixture(scope="session")
def quake(root: Path) -> Scenario:
    return load(root / "tests/report/small-quake.yaml")


def test_a_strategy_takes_the_place_of_that_of_the_file(quake: Scenario) -> None:
    found = alternatives([quake], strategies=["first-come", "priority:agent=best-skill"])
    assert found.variant_names == ("first-come", "priority:agent=best-skill")
    first, second = (lower(found, name).routing.strategy for name in found.variant_names)
    assert (first.name, first.agent, second.name, second.agent) == ("first-come", "longest-idle", "priority", "best-skill")


def test_own_parameters_of_the_file_go_and_what_all_strategies_share_stays(quake: Scenario) -> None:
    routing = {"strategy": "priority", "by": "urgency", "agent": "best-skill", "slowdown": {"85%": "5%"}}
    tree = {**quake.tree, "routing": routing}
    found = alternatives([Scenario(**{**vars(quake), "tree": tree})], strategies=["first-come", "priority"])
    made = lower(found, "first-come").routing
    assert (made.strategy.agent, len(made.slowdown)) == ("longest-idle", 1)
    assert differing(found) == {"routing.strategy": {"first-come": "first-come", "priority": "priority"}}


def test_everything_goes_with_everything(quake: Scenario) -> None:
    found = alternatives(
        [quake],
        strategies=["first-come", "priority"],
        variants=["as-written", "late"],
        vary=["sites.spare.seats=5:10:5", "teams.service.absence=0%,10%"],
    )
    assert len(found.variant_names) == 16
    assert found.variant_names[:3] == (
        "as-written+seats=5+absence=0%+first-come", "as-written+seats=5+absence=0%+priority", "as-written+seats=5+absence=10%+first-come",
    )  # fmt: skip
    last = lower(found, "late+seats=10+absence=10%+priority")
    assert last.sites[1].seats.total == 10
    assert last.teams[0].absence == pytest.approx(0.1)
    assert last.playbook[0].when.by == 7200.0  # type: ignore[union-attr]  # that kind of demand and trigger by the file


def test_without_a_word_the_declared_variants_are_compared(quake: Scenario) -> None:
    assert alternatives([quake]).variant_names == ("as-it-happened", "late")


def test_what_differs_is_told_as_written(quake: Scenario) -> None:
    assert differing(alternatives([quake])) == {
        "playbook.decide.when.by": {"as-it-happened": "{likely: 30m, low: 10m, high: 1h}", "late": "2h"}
    }


def test_two_files_are_compared_by_what_differs(quake: Scenario, root: Path, tmp_path: Path) -> None:
    text = (root / "tests/report/small-quake.yaml").read_text(encoding="utf-8")
    other = text.replace("name: small-quake", "name: more-lines").replace("north: {lines: 20}", "north: {lines: 40}")
    other = other.replace("{id: decide, when", "{id: tell, at: T+1h, do: ivr.message, prevents: {billing: 10%}}\n  - {id: decide, when")
    (tmp_path / "other.yaml").write_text(other, encoding="utf-8")
    theirs = load(tmp_path / "other.yaml")
    found = alternatives([quake, theirs], strategies=["first-come", "priority"])
    assert found.variant_names == ("small-quake+first-come", "small-quake+priority", "more-lines+first-come", "more-lines+priority")
    made = lower(alternatives([quake, theirs]), "more-lines")
    assert (made.links, made.playbook) == (lower(theirs).links, lower(theirs).playbook)
    assert lower(alternatives([quake, theirs]), "small-quake").links == lower(quake).links


def test_tables_of_two_files_do_not_mix(root: Path, tmp_path: Path) -> None:
    made = []
    for folder, calls in (("a", 60), ("b", 90)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "calls.csv").write_text(
            f"interval,arrivals\n2024-03-05T08:00,{calls}\n2024-03-05T08:30,{calls}\n", encoding="utf-8"
        )
        text = (
            (root / "tests/report/small-quake.yaml").read_text(encoding="utf-8").replace("{rate: 120/h, day_cv: 10%}", "{from: calls.csv}")
        )
        (tmp_path / folder / "plan.yaml").write_text(text.replace("name: small-quake", f"name: plan-{folder}"), encoding="utf-8")
        made.append(load(tmp_path / folder / "plan.yaml"))
    found = alternatives(made)
    assert [sum(lower(found, name).demand[0].expected) for name in found.variant_names] == [120.0, 180.0]  # type: ignore[union-attr]  # that kind of demand and trigger by the file


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a.b=100:300:50", ("100", "150", "200", "250", "300")),
        ("a.b=10m:30m:10m", ("10m", "20m", "30m")),
        ("a.b=0.1:0.3:0.1", ("0.1", "0.2", "0.3")),
        ("a.b=30%:10%:-10%", ("30%", "20%", "10%")),
        ("a.b=5:6:2", ("5",)),
        ("a.b=-1:1:1", ("-1", "0", "1")),
        ("a.b={likely: 1h, low: 30m, high: 2h},[1, 2],x", ("{likely: 1h, low: 30m, high: 2h}", "[1, 2]", "x")),
        ('a.b="x,y",z', ('"x,y"', "z")),
    ],
)
def test_values_of_a_sweep(text: str, values: tuple[str, ...]) -> None:
    assert sweep(text).values == values


REFUSED: list[tuple[Callable[[Scenario], Scenario], str]] = [
    (lambda s: alternatives([s], strategies=["fifo", "priority"]), "there is no strategy `fifo`"),
    (lambda s: alternatives([s], strategies=["priorty", "priority"]), "did you mean `priority`"),
    (lambda s: alternatives([s], strategies=["priority"]), "`priority` alone has nothing to be compared with"),
    (lambda s: alternatives([s], strategies=["priority", "priority"]), "named twice"),
    (lambda s: alternatives([s], strategies=["priority:agent", "first-come"]), "expected strategy:parameter=value, got `agent`"),
    (lambda s: alternatives([s], variants=["lat", "as-written"]), "did you mean `late`"),
    (lambda s: alternatives([s], vary=["sites.spare.seats=1:10000000:1"]), "10,000,000 points, and at most 200"),
    (lambda s: alternatives([s], vary=["sites.spare.seats=1:20:1", "links.north.lines=1:20:1"]), "400 alternatives, and at most 200"),
    (lambda s: alternatives([s], vary=["a.b=1,2", "a.c=1,2", "a.d=1,2"]), "at most 2 values can be varied at once"),
    (lambda s: alternatives([s], vary=["sites.spare.seats=1,2", "sites.spare.seats=3,4"]), "varied twice"),
    (lambda s: alternatives([s], vary=["sites.spare.seats=10:1:1"]), "never lead from 10 to 1"),
    (lambda s: alternatives([s], vary=["sites.spare.seats=10:20:0"]), "never lead"),
    (lambda s: alternatives([s], vary=["sites.spare.seats=1m:2h:1m"]), "the same unit"),
    (lambda s: alternatives([s], vary=["sites.spare.seats=a:b:c"]), "no range of numbers with a step"),
    (lambda s: alternatives([s], vary=["sites.spare.seats=1,,2"]), "a value is missing between two commas"),
    (lambda s: alternatives([s], vary=["sites.spare.seats"]), "expected path=from:to:step"),
    (lambda s: alternatives([s], vary=["sites.spair.seats=1,2"]), "there is no `spair` in `sites`; did you mean `spare`"),
    (lambda s: alternatives([s], vary=["sights.spare.seats=1,2"]), "there is no section `sights`; did you mean `sites`"),
    (lambda s: alternatives([s, s]), "given twice"),
]  # fmt: skip


@pytest.mark.parametrize(("attempt", "says"), REFUSED, ids=[says for _, says in REFUSED])
def test_what_cannot_be_compared_is_said_at_once(quake: Scenario, attempt: Callable[[Scenario], Scenario], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        attempt(quake)


def test_a_file_without_variants_needs_words(quake: Scenario) -> None:
    bare = Scenario(**{**vars(quake), "tree": {**quake.tree, "variants": {}}})
    with pytest.raises(UsageError, match=r"small-quake has no variants\. Name --strategies"):
        alternatives([bare])


def test_values_that_do_not_fit_are_all_told_with_the_option_that_gave_them(quake: Scenario) -> None:
    with pytest.raises(ScenarioError) as error:
        alternatives([quake], strategies=["priority:foo=1", "first-come:agent=worst"], vary=["teams.service.absence=5%,5"])
    found = [(d.file, d.message) for d in error.value.diagnostics]
    assert ("--strategies priority:foo=1", "unknown key `foo` in `routing`") in found
    assert any(file == "--strategies first-come:agent=worst" and "got `worst`" in said for file, said in found)
    assert any(file == "--vary teams.service.absence=5%,5" and "absence" in said for file, said in found)
    assert len(found) == 3


def test_files_of_unlike_clocks_have_unlike_worlds(quake: Scenario, root: Path, tmp_path: Path) -> None:
    text = (root / "tests/report/small-quake.yaml").read_text(encoding="utf-8").replace("duration: 8h", "duration: 9h")
    (tmp_path / "longer.yaml").write_text(text.replace("name: small-quake", "name: longer"), encoding="utf-8")
    with pytest.raises(UsageError, match=r"they differ in clock\.duration"):
        alternatives([quake, load(tmp_path / "longer.yaml")])


def test_what_is_wrong_with_an_only_alternative_is_said_before_that_it_is_alone(quake: Scenario) -> None:
    with pytest.raises(ScenarioError, match="unknown key `colm`"):
        alternatives([quake], strategies=["priority:colm=5m"])
