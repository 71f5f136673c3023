"""People as they are written: needs, what lies under them, how they stand with the company, and what the work does to agents."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field, ValidationInfo

from simulator.model.distributions import Constant, Exponential
from simulator.model.people import POLICIES
from simulator.model.units import Says
from simulator.scenario import quantity
from simulator.scenario.channel_form import ChannelName, InboundName, NeedName
from simulator.scenario.law import Staying, Taking, Waiting
from simulator.scenario.problem import Problem, Wrong, shown, wrong
from simulator.scenario.section import (
    Duration,
    FixedDuration,
    Instant,
    Number,
    Proportion,
    Reads,
    Section,
    Share,
    Text,
    Whole,
    Written,
    choice,
    read_section,
    setting_of,
)

DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?", re.ASCII)


class HarmForm(Section):
    by: Annotated[Duration, Says("time after which the harm is complete")]
    weight: Annotated[Number, Says("how many times an everyday harm that is")]


class AgainForm(Section):
    probability: Annotated[Share, Says("share of them who make contact again")]
    after: Annotated[Waiting, Says("how long after the answer")]


class DistressForm(Section):
    share: Annotated[Share, Says("share of the people with this need who are in distress")]
    support: Annotated[Taking, Says("talk that they need beyond the stated need")]
    noticed_after: Annotated[Duration, Says("talk after which an agent notices")] = 180.0
    resolves: Annotated[Share, Says("share of them whose stated need the answer ends, times `resolves` of the need")] = 1.0
    again: Annotated[AgainForm | None, Says("what those do who were not heard")] = None


class MixForm(Section):
    from_: Annotated[Instant, Says("the instant from which these shares hold")] = 0.0
    shares: Annotated[dict[ChannelName, Share], Says("share of people who first choose each channel; the rest takes the first")]


def _choices(raw: Any, info: ValidationInfo) -> tuple[MixForm, ...]:
    setting = setting_of(info)
    if isinstance(raw, dict):
        try:
            return (read_section(MixForm, {"shares": raw}, setting),)
        except Wrong as error:
            raise Wrong(*(replace(p, at=p.at[1:]) for p in error.problems)) from None
    if not isinstance(raw, list):
        raise wrong(f"expected shares by channel, or a list of them, got {shown(raw)}", "for example {voice: 70%, email: 30%}")
    made: list[MixForm] = []
    problems: list[Problem] = []
    for i, item in enumerate(raw):
        try:
            made.append(read_section(MixForm, item, setting))
        except Wrong as error:
            problems += [p.under(i) for p in error.problems]
    if problems:
        raise Wrong(*problems)
    return tuple(made)


Choices = Annotated[tuple[MixForm, ...], Reads(_choices, written=Written("forms", forms=lambda: (dict[ChannelName, Share], list[MixForm])))]


class NeedForm(Section):
    title: Annotated[Text, Says("what readers call it, such as `looking for relatives`; its name, if not given")] = ""
    urgency: Annotated[Whole, Says("1 is the most urgent")]
    talk_time: Annotated[Waiting, Says("how long an agent of standard speed talks")]
    wrap_up: Annotated[Taking, Says("work of the agent after the contact")] = Constant(0.0)
    patience: Annotated[Staying, Says("how long people would wait in the queue; 0 where nobody waits")]
    harm: Annotated[HarmForm | None, Says("what going without an answer does")] = None
    resolves: Annotated[Share, Says("share of answers that end the need")] = 1.0
    again: Annotated[AgainForm | None, Says("what people do where the answer did not end it, or while the fault behind it lasts")] = None
    distress: Annotated[DistressForm | None, Says("a need under the stated one, of some people")] = None
    channels: Annotated[
        Choices, Says("which channel people choose first: shares, or a list of shares from instants on; the first channel, if not given")
    ] = ()


class CareForm(Section):
    policy: Annotated[str, choice(*POLICIES), Says("whether the agent decides, ends the talk, calls a supervisor or hands over")]
    after: Annotated[Duration | None, Says("talk after which a `cap` ends it or a supervisor takes over")] = None
    to: Annotated[NeedName | None, Says("the need served by those who take over")] = None
    heard_from: Annotated[Share, Says("share of the support needed from which somebody has been heard")] = 0.8


class StrainForm(Section):
    builds_up: Annotated[Duration, Says("time constant with which strain rises towards 1 while an agent is busy")]
    recovers: Annotated[Duration, Says("time constant with which it falls in rests")]
    slows: Annotated[Proportion, Says("how much longer talk takes at full strain")] = 0.0
    distress: Annotated[Share, Says("strain that a contact with somebody in distress adds")] = 0.0
    restores: Annotated[Share, Says("strain that having been able to help takes away")] = 0.0


class ContagionForm(Section):
    channel: Annotated[ChannelName, Says("the channel of public posts on which it happens")]
    posts: Annotated[Share, Says("share of those who give up unanswered and then post in public")]
    breeds: Annotated[Number, Says("further posts that one unanswered post causes on average, below 1")] = 0.0
    within: Annotated[Waiting, Says("how long after it they come")] = Exponential(3600.0)


def _date(raw: Any) -> str:
    text = str(raw).strip() if isinstance(raw, (str, int)) and not isinstance(raw, bool) else ""
    if not DATE.fullmatch(text):
        raise wrong(f"expected a date such as 2014-05 or 2014-05-12, got {shown(raw)}")
    return text


def _mark(raw: Any) -> float:
    """A number from -1 to 1."""
    if not isinstance(raw, (int, float)) or isinstance(raw, bool) or not -1 <= raw <= 1:
        raise wrong(f"expected a number from -1 (let down) to 1 (well served), got {shown(raw)}")
    return float(raw)


class PastForm(Section):
    at: Annotated[str, Reads(_date, written=Written("date")), Says("when it happened: a day, a month or a year")]
    weight: Annotated[float, Reads(_mark, written=Written("mark")), Says("how it felt: -1 let down, 1 well served")]
    what: Annotated[Text, Says("what happened")] = ""


class StandingForm(Section):
    history: Annotated[list[PastForm], Says("what they remember, by date")] = Field(default_factory=list)
    half_life: Annotated[FixedDuration, Says("time in which a memory loses half its weight")] = 300 * 86_400.0
    level: Annotated[
        float | None,
        Reads(quantity.perhaps_a_range(_mark), written=Written("mark", ranged=True)),
        Says("their standing itself, from -1 to 1, in the place of a history"),
    ] = None
    spread: Annotated[Number, Says("standard deviation between people")] = 0.0
    patience: Annotated[Number, Says("how strongly it acts on patience: times exp(this x standing)")] = 0.0
    publicity: Annotated[Number, Says("how strongly it acts on posting in public: times exp(-this x standing)")] = 0.0
    channel: Annotated[InboundName | None, Says("the channel preferred by people of bad standing")] = None
