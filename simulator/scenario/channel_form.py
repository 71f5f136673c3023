"""Channels as they are written: one form for all kinds. Which keys fit which kind stands in :mod:`simulator.scenario.channels`."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from simulator.model.channels import KINDS
from simulator.model.distributions import Constant, Distribution, Exponential, Lognormal
from simulator.model.units import Says
from simulator.scenario.law import Staying, Taking, Waiting, of_needs
from simulator.scenario.section import (
    Duration,
    Factor,
    FixedDuration,
    Number,
    Reads,
    Section,
    Share,
    Target,
    Whole,
    Written,
    choice,
    named,
)
from simulator.scenario.week import Hours, by_hour, day_list, opening

NeedName = Annotated[str, named("need")]
SiteName = Annotated[str, named("site")]
GroupName = Annotated[str, named("group")]
ChannelName = Annotated[str, named("channel")]
InboundName = Annotated[str, named("inbound channel")]
PlatformName = Annotated[str, named("platform")]


class RetryForm(Section):
    probability: Annotated[Share, Says("share of people who try again")]
    after: Annotated[Waiting, Says("how long after the failure")]
    moves: Annotated[dict[ChannelName, Share], Says("of these, the share who do so on another channel")] = Field(default_factory=dict)


class RedialForm(Section):
    busy: Annotated[RetryForm | None, Says("after a busy signal: no line, closed, or the platform down")] = None
    abandoned: Annotated[RetryForm | None, Says("after hanging up in the queue, or giving up a wait for an answer")] = None
    cut: Annotated[RetryForm | None, Says("after a call that was cut; as `busy`, if not given")] = None
    spacing: Annotated[Factor, Says("each gap is this much longer than the one before")] = 1.0
    gives_up_after: Annotated[Waiting | None, Says("time from the first attempt after which they stop")] = None
    persistence: Annotated[Number, Says("how alike people are: a small number means that a few try again and again")] = 3.0
    max_attempts: Annotated[Whole, Says("most attempts of one person, 1 to 255")] = 10


class AnnouncedForm(Section):
    estimate: Annotated[str, choice("queue-length", "last-answered"), Says("how the wait that is told is worked out")] = "queue-length"
    tolerance: Annotated[Staying, Says("the longest announced wait that people accept")]


class SelfServiceForm(Section):
    takes: Annotated[Taking, Says("how long the menu or the machine takes, of everybody")] = Constant(0.0)
    contains: Annotated[dict[NeedName, Share], Says("share of the people with a need whom it helps, so that they need no agent")]


class TurnsForm(Section):
    number: Annotated[Number, Says("messages that a customer writes on average, at least 1")] = 5.0
    silence: Annotated[Waiting, Says("from an answer to the customer's next message")] = Lognormal(240.0, 1.5)
    same_agent_for: Annotated[Duration, Says("how long a message waits for the agent who knows the conversation")] = 0.0
    reading: Annotated[Taking, Says("what another agent reads before answering")] = Constant(60.0)
    idle_timeout: Annotated[Duration, Says("a longer silence closes the conversation; the message then opens a new one")] = 86_400.0


def _answers(raw: Any) -> tuple[tuple[float, ...], ...]:
    return by_hour(raw)


Answers = Annotated[
    tuple[tuple[float, ...], ...],
    Reads(_answers, written=Written("forms", forms=lambda: (Share, dict[Days, Annotated[Any, _BY_HOUR]]))),
]
_BY_HOUR = Written("forms", forms=lambda: (Share, dict[HoursOfDay, Share]))
Days = Annotated[str, Reads(str, written=Written("days"))]
WeekDays = Annotated[list[str], Reads(day_list, written=Written("forms", forms=lambda: (Days, list[Days])))]
HoursOfDay = Annotated[str, Reads(str, written=Written("hours"))]


class CallingForm(Section):
    answers: Annotated[Answers, Says("share of dials that the person answers: one share, or by days and hours; 0 where nothing is said")]
    rings: Annotated[Duration, Says("how long an unanswered dial keeps the agent")] = 25.0
    tries: Annotated[Whole, Says("most dials for one person; those that a failure cuts do not count")] = 3
    spacing: Annotated[Taking, Says("time between two dials for one person")] = Constant(7200.0)
    voicemail: Annotated[Share, Says("of the dials that nobody answers, share where a message is left")] = 0.0
    voicemail_time: Annotated[Duration, Says("how long leaving a message takes")] = 30.0
    wrong_moment: Annotated[Share, Says("of the people who answer, share who want another call")] = 0.0
    solved_time: Annotated[Duration, Says("talk with somebody who needs it no more")] = 40.0
    promise: Annotated[Duration | None, Says("an entry that is older than this lapses")] = None


def _opening(raw: Any) -> Hours | None:
    return opening(raw)


Opening = Annotated[
    Any,
    Reads(_opening, written=Written("forms", forms=lambda: (Always, dict[Days, Annotated[Any, _SPANS]]))),
]
_SPANS = Written("forms", forms=lambda: (ClockSpan, list[ClockSpan]))
Always = Annotated[str, choice("always")]
ClockSpan = Annotated[str, Reads(str, written=Written("clock_span"))]


WaitingByNeed = Annotated[
    dict[str, Distribution],
    Reads(of_needs(Exponential, at_once=False), written=Written("forms", forms=lambda: (Waiting, dict[NeedName, Waiting]))),
]
StayingByNeed = Annotated[
    dict[str, Distribution],
    Reads(of_needs(Exponential, at_once=True), written=Written("forms", forms=lambda: (Staying, dict[NeedName, Staying]))),
]
TakingByNeed = Annotated[
    dict[str, Distribution],
    Reads(of_needs(Constant, at_once=True), written=Written("forms", forms=lambda: (Taking, dict[NeedName, Taking]))),
]


class ChannelForm(Section):
    kind: Annotated[str | None, choice(*KINDS), Says("what kind of channel it is; its own name, if that is one, or else voice")] = None
    target: Annotated[Target | None, Says("the service level aimed at; the habit of its kind, if not given")] = None
    hours: Annotated[Opening, Says("when it is staffed: `always`, or hours by days")] = None
    short_abandon: Annotated[FixedDuration, Says("who hangs up sooner than this did not really wait")] = 5.0
    redial: Annotated[RedialForm, Says("what people do after a failed attempt")] = RedialForm()
    announced_wait: Annotated[AnnouncedForm | None, Says("the wait told on arrival")] = None
    numbers: Annotated[SiteName | None, Says("the site to which the numbers lead at first; the first open one, if not given")] = None
    platform: Annotated[PlatformName | None, Says("the system that must be up for it")] = None
    patience: Annotated[StayingByNeed, Says("as in `needs`, where it differs on this channel: for all needs, or by need")] = Field(
        default_factory=dict
    )
    talk_time: Annotated[WaitingByNeed, Says("the same for talk; of messages, the time for one answer")] = Field(default_factory=dict)
    wrap_up: Annotated[TakingByNeed, Says("the same for wrap-up")] = Field(default_factory=dict)
    keep_free: Annotated[Whole, Says("agents of a team who stay free for the other channels")] = 0
    concurrency: Annotated[Whole | None, Says("chats that one agent may hold at once; one, if not given")] = None
    speeds: Annotated[list[Share], Says("how fast each chat goes forward while an agent holds 1, 2, ...; 100% each, if not given")] = Field(
        default_factory=list
    )
    self_service: Annotated[SelfServiceForm | None, Says("a machine before the queue: menu, bot or automatic answer")] = None
    turns: Annotated[TurnsForm | None, Says("how a conversation goes")] = None
    calling: Annotated[CallingForm | None, Says("how people are called back")] = None
