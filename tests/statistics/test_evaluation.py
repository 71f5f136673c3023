"""Rules of evaluation: which one would have punished the compassionate call, and which would have rewarded it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from simulator.model.distributions import Constant
from simulator.model.people import Distress
from simulator.statistics.evaluation import COLUMNS, RULES, Evaluation, counted, evaluate
from simulator.statistics.summarise import summarise
from simulator.statistics.tally import tally
from simulator.vocabulary import Heard, Outcome, Piece

if TYPE_CHECKING:
    from tests.statistics.conftest import Story


def ten_agents(story: Callable[..., Story], *, long_call: float = 3600.0, heard: Heard = Heard.HEARD) -> Story:
    """Ten agents with twenty calls each, of 110 s and 130 s by turns; agent 3 also talked to somebody in distress."""
    everyday, urgent = story().model.needs
    told = story(needs=(replace(everyday, distress=Distress(0.01, Constant(3000.0))), urgent))
    for k in range(200):
        told.customer((100.0 + k, Outcome.HANDLED, 0.0, 110.0 + 20.0 * (k // 10 % 2)), agent=k % 10)
    told.customer((400.0, Outcome.HANDLED, 0.0, long_call), agent=3, heard=heard, resolved=0)
    return told


def verdicts(told: Story) -> dict[str, Evaluation]:
    return {found.rule: found for found in evaluate(told.run(), told.model)}


def test_rules_on_handle_time_punish_the_call_and_the_others_reward_it(story: Callable[..., Story]) -> None:
    told = ten_agents(story)
    found = verdicts(told)
    call = len(told.rows) - 1
    expected = {
        "aht-ceiling": ([3], [], True, False, True),
        "aht-z-score": ([3], [], True, False, True),
        "aht-by-need": ([3], [], True, False, True),
        "customer-outcome": ([], [], False, False, False),  # all went well: the best is the average
        "commendations": ([], [3], False, True, False),
    }
    for rule, (punished, rewarded, against, in_favour, tipped) in expected.items():
        one = found[rule]
        assert one.agent[one.punished].tolist() == punished, rule
        assert one.agent[one.rewarded].tolist() == rewarded, rule
        (place,) = np.flatnonzero(one.contact == call)
        assert (bool(one.against[place]), bool(one.in_favour[place]), bool(one.tipped[place])) == (against, in_favour, tipped), rule
        assert one.against.sum() == int(against)


def test_the_ceiling_is_what_was_planned(story: Callable[..., Story]) -> None:
    ceiling = verdicts(ten_agents(story))["aht-ceiling"]
    assert [ceiling.worse[3], ceiling.better[3]] == pytest.approx([132.0, 108.0])  # 60 s of talk and 60 s of wrap-up, 10 %
    assert ceiling.mean[3] == pytest.approx((20 * 120 + 3600) / 21)


def test_who_was_not_heard_counts_against_the_agent_by_outcome_only(story: Callable[..., Story]) -> None:
    told = ten_agents(story, long_call=120.0, heard=Heard.UNHEARD)
    found = verdicts(told)
    assert [rule for rule, one in found.items() if one.punished.any()] == ["customer-outcome"]
    assert found["customer-outcome"].tipped.sum() == 1
    assert found["customer-outcome"].in_favour.sum() == 200


def test_a_call_that_only_adds_to_a_bad_mean_does_not_tip(story: Callable[..., Story]) -> None:
    told = ten_agents(story)
    for k in range(20):
        told.customer((500.0 + k, Outcome.HANDLED, 0.0, 400.0), agent=3)
    ceiling = verdicts(told)["aht-ceiling"]
    assert ceiling.agent[ceiling.punished].tolist() == [3]
    assert not ceiling.tipped.any()
    assert ceiling.against.sum() == 21


def test_the_need_explains_what_the_agent_did_not_choose(story: Callable[..., Story]) -> None:
    told = ten_agents(story, long_call=120.0)
    for k in range(10):
        told.customer((500.0 + k, Outcome.HANDLED, 0.0, 600.0), need=1, agent=5)  # only this agent gets the long need
    found = verdicts(told)
    assert found["aht-z-score"].agent[found["aht-z-score"].punished].tolist() == [5]
    assert not found["aht-by-need"].punished.any()


def test_agents_are_compared_within_their_team_and_by_their_own_part_of_a_talk(story: Callable[..., Story]) -> None:
    told = ten_agents(story, long_call=4000.0)
    row = len(told.rows) - 1
    told.work = [(row, 0, 400.0, 400.0, 500.0, Piece.TALK), (row, 3, 500.0, 900.0, 4400.0, Piece.TALK)]
    run = told.run()
    found = {one.rule: one for one in evaluate(run, told.model)}
    assert found["aht-ceiling"].score[found["aht-ceiling"].contact == row].tolist() == [3500.0]
    assert found["aht-z-score"].agent[found["aht-z-score"].punished].tolist() == [3]
    apart = replace(run, team_of=np.where(np.arange(len(run.team_of)) == 3, 1, 0).astype(np.int32))
    assert not any(one.punished.any() for one in evaluate(apart, told.model) if one.rule.startswith("aht-") and "ceiling" not in one.rule)


def test_too_few_calls_or_agents_are_not_judged(story: Callable[..., Story]) -> None:
    told = story()
    for k in range(9):
        told.customer((100.0 + k, Outcome.HANDLED, 0.0, 1000.0))
    assert all(len(one.agent) == 0 for one in evaluate(told.run(), told.model))
    told.customer((200.0, Outcome.HANDLED, 0.0, 1000.0))
    found = verdicts(told)
    assert found["aht-ceiling"].punished.tolist() == [True]
    assert not found["aht-z-score"].punished.any()  # nobody to compare with
    assert all(len(one.agent) == 0 for one in evaluate(story().run(), story().model))


def test_the_summary_has_the_means_over_worlds(story: Callable[..., Story]) -> None:
    told, other = ten_agents(story), ten_agents(story, heard=Heard.UNHEARD)
    counts = dict(zip(RULES, counted(told.run(), told.model), strict=True))
    named = {rule: dict(zip(COLUMNS, row.tolist(), strict=True)) for rule, row in counts.items()}
    assert named["aht-z-score"] == {
        "agents": 10, "punished": 1, "rewarded": 0, "carers": 1, "carers_punished": 1, "carers_rewarded": 0,
        "calls": 1, "against": 1, "in_favour": 0, "tipped": 1,
    }  # fmt: skip
    assert (named["commendations"]["carers_rewarded"], named["commendations"]["in_favour"]) == (1, 1)
    summary = summarise(told.model, [tally(told.run(0), told.model), tally(other.run(1), other.model)])
    assert [rule.rule for rule in summary.evaluation] == list(RULES)
    assert summary.evaluation[1].counts["punished"] == 1.0
    assert summary.evaluation[1].counts["carers"] == 0.5
    plain = story()
    plain.customer((10.0, Outcome.HANDLED, 0.0, 60.0))
    assert summarise(plain.model, [tally(plain.run(), plain.model)]).evaluation == ()
