"""Conversations in turns: first replies and replies, hand-overs, what stood open, and handle time without the silence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from simulator.model.distributions import Constant
from simulator.model.world import Channel, Turns
from simulator.statistics.books import check_books
from simulator.statistics.summarise import summarise
from simulator.statistics.tally import tally
from simulator.vocabulary import Outcome, Piece

if TYPE_CHECKING:
    from tests.statistics.conftest import Story

HOUR = 3600.0
Value = Callable[..., float]


def desk(story: Callable[..., Story]) -> Story:
    """Two conversations of three and two messages, one of them not over, and an e-mail that nobody answers in time."""
    voice = story().model.channels[0]
    message = Channel("desk", "message", answer_within=600.0, turns=Turns(3.0, Constant(600.0)))
    told = story(channels=(voice, message, Channel("mail", "email", answer_within=HOUR)))
    told.conversation((100.0, 200.0, 300.0, 0), (1000.0, 1900.0, 2000.0, 1), (2 * HOUR, 2 * HOUR, 2 * HOUR + 50.0, 1))
    told.conversation((250.0, 250.0, 650.0, 2), (3000.0, 3000.0, 3010.0, 2), need=1, over=False)
    told.customer((400.0, Outcome.HANDLED, 3000.0, 600.0), channel=2, site=-1)
    told.customer((1000.0, Outcome.OPEN_AT_END, 0.0, 0.0), channel=2, site=-1)
    return told


def test_the_books_of_a_desk_balance(story: Callable[..., Story]) -> None:
    told = desk(story)
    check_books(told.run(), told.model)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("conversations", 2),
        ("replies", 5),
        ("turns_per_conversation", 2.5),
        ("first_reply", (200 + 400) / 2),
        ("first_reply_p50", 200.0),
        ("first_reply_p90", 400.0),
        ("reply_time", (200 + 1000 + 50 + 400 + 10) / 5),
        ("reply_time_p50", 200.0),
        ("reply_time_p90", 1000.0),
        ("replies_in_time", 4 / 5),
        ("handovers", 1),
        ("conversations_open_peak", 2),
        ("backlog_peak", 3),  # the second message and two e-mails
        ("backlog_age_peak", 9 * HOUR - 1000.0),
    ],
)
def test_a_desk(story: Callable[..., Story], value: Value, name: str, expected: float) -> None:
    assert value(desk(story), name) == pytest.approx(expected)


def test_by_channel_need_and_phase(story: Callable[..., Story], value: Value) -> None:
    told = desk(story)
    assert value(told, "reply_time", need="urgent") == pytest.approx((400 + 10) / 2)
    assert value(told, "reply_time_p90", need="urgent") == 400.0
    assert value(told, "replies", phase="after") == 1  # by when the customer wrote, not by when the conversation began
    assert value(told, "reply_time_p50", phase="after", channel="desk") == 50.0
    assert value(told, "backlog_peak", channel="desk") == 1
    assert value(told, "backlog_peak", channel="mail") == 2
    assert np.isnan(value(told, "backlog_peak", channel="voice"))
    assert value(told, "conversations_open_peak", channel="desk") == 2


def test_silence_is_nobody_s_work(story: Callable[..., Story], value: Value) -> None:
    told = desk(story)
    assert value(told, "aht", channel="desk") == 100 + 100 + 50
    assert value(told, "aht", channel="mail") == 600.0


def test_what_stands_open_over_time(story: Callable[..., Story]) -> None:
    told = desk(story)
    told.seen["conversations"] = np.tile(np.arange(10)[:, None], 3) * np.array([0, 1, 0])
    summary = summarise(told.model, [tally(told.run(), told.model)])
    assert summary.over_time("backlog").mean.tolist() == [1.0] * 9
    assert summary.over_time("backlog", channel="mail").mean.tolist() == [1.0] * 9
    assert summary.over_time("conversations_open").mean.tolist() == list(range(1, 10))
    assert summary.over_time("replies").mean.tolist() == [4, 0, 1, 0, 0, 0, 0, 0, 0]
    assert summary.over_time("reply_time").mean[2] == 50.0
    assert summary.over_time("attempted", channel="mail").mean.tolist() == [2, 0, 0, 0, 0, 0, 0, 0, 0]
    assert summary.over_time("attempted", channel="desk").mean[0] == 2


def test_a_message_that_a_failure_cut_is_no_reply(story: Callable[..., Story], value: Value) -> None:
    told = desk(story)
    told.work[0] = (*told.work[0][:5], Piece.UNFINISHED)
    assert value(told, "replies") == 4


def test_a_scenario_of_calls_has_no_such_measures(story: Callable[..., Story], value: Value) -> None:
    told = story()
    told.customer((60.0, Outcome.HANDLED, 0.0, 60.0))
    for name in ("replies", "first_reply_p50", "backlog_peak"):
        assert np.isnan(value(told, name))
    with_mail = replace(told, model=replace(told.model, channels=(*told.model.channels, Channel("mail", "email"))))
    assert np.isnan(value(with_mail, "replies"))
