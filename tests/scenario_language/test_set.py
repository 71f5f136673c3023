"""What is set from outside stands in the place of what the file says, and is recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.errors import ScenarioError
from simulator.model.ranges import Range
from simulator.scenario import Scenario, load, lower

WHOLE = Path(__file__).parent.parent / "errors" / "whole.yaml"


def with_(*overrides: str) -> Scenario:
    return load(WHOLE, overrides)


def test_values_are_read_as_in_the_file() -> None:
    model = lower(
        with_(
            "sites.main.seats=25",
            "playbook.decide.when.by={likely: 1h, low: 30m, high: 2h}",
            "clock.duration=20h",
            "thresholds.0.max=30%",
            "needs.faults.patience={mean: 7m}",
            "sites.main.links=[north, south]",
        )
    )
    assert model.sites[0].seats.total == 25
    assert model.playbook[0].when is not None
    assert isinstance(model.playbook[0].when.by, Range)  # type: ignore[union-attr]  # it counts from the quake
    assert (model.clock.duration, model.thresholds[0].max) == (72_000.0, 0.3)
    assert (model.needs[1].patience.mean, model.sites[0].links) == (420.0, ("north", "south"))


def test_the_last_of_two_wins_and_variants_build_on_it() -> None:
    made = with_("playbook.open.takes=2h", "playbook.open.takes=3h")
    assert lower(made, "late").playbook[1].takes == 10_800.0


def test_null_deletes_and_a_new_step_is_added() -> None:
    made = with_("thresholds=null", "playbook.rest={do: staff.away, share: 10%, for: 1h, when: {after: quake}}")
    assert "thresholds" not in made.tree
    assert made.tree["playbook"][-1]["id"] == "rest"


def test_it_is_recorded() -> None:
    plain, made = load(WHOLE), with_("sites.main.seats=25")
    assert made.overrides == ("sites.main.seats=25",)
    assert made.resolved().startswith("# --set sites.main.seats=25\n")
    assert made.sha256 != plain.sha256
    assert with_("sites.main.seats=20").sha256 == plain.sha256


@pytest.mark.parametrize(
    ("override", "told"),
    [
        ("sites.main.seats", "error[bad-override]: expected path=value, for example teams.service.absence=8%"),
        ("sites..seats=3", "error[bad-override]: expected path=value, for example teams.service.absence=8%"),
        ("sites.main.seats=many", "error[bad-value]: sites.main.seats: expected a whole number such as 200 or 30k, got `many`"),
        ("sites.main.seat=3", "error[unknown-key]: unknown key `seat` in `sites.main` (did you mean `seats`?)"),
        ("playbook.decid.cost=3", "error[bad-override]: playbook.decid.cost: there is no `decid` in `playbook` (did you mean `decide`?)"),
        ("name.x=3", "error[bad-override]: name.x: `name` is `broken` and has no `x`"),
        ("sites.nowhere.seats=3",
         "error[bad-override]: sites.nowhere.seats: there is no `nowhere` in `sites` (possible: main, spare)"),
        ("teams.service.absense=null",
         ("error[bad-override]: teams.service.absense: there is no `absense` in `teams.service` to take out "
          "(possible: headcount, site, skills, roster)")),
        ("sites.main.lines=null",
         "error[bad-override]: sites.main.lines: there is no `lines` in `sites.main` to take out (did you mean `links`?)"),
        ("variants.late=3", "error[bad-override]: variants.late: `variants` is the same on every command line"),
        ("clock.interval=12:30", (
            "error[bad-value]: clock.interval: expected a duration such as 30s, 15m or 1h30m, got `12:30` "
            "(did you mean 12h30m or 12m30s?)"
        )),
        ("needs.billing.patience={mean: 3m", "error[yaml-syntax]: the value is not YAML: did not find expected ',' or '}'"),
        ("needs.billing.patience=!!python/name:os.system", (
            "error[yaml-tag]: a tag (`tag:yaml.org,2002:python/name:os.system`) is not allowed here (write the plain value)"
        )),
        ("needs.billing.patience=*x", "error[yaml-alias]: `*x` names nothing above it"),
        ("needs.billing.harm={by: 1h, weight: {a: 1}}",
         "error[bad-value]: needs.billing.harm.weight: expected a number such as 0.7, got a map"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_at_the_option(override: str, told: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        with_(override)
    assert str(caught.value).splitlines() == [f"--set {override}: {told}"]
