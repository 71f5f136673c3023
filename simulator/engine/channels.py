"""Channels as the floor knows them: what a contact meets on each, and how customers go on after a failure.

Compiled with mypyc.
"""

from __future__ import annotations

from typing import Final

from librt.vecs import vec
from mypy_extensions import i64

from simulator.engine.contacts import Column


class Conversation:
    """How messages go back and forth."""

    def __init__(self, number: float, silence: Column, same_agent_for: float, reading: Column, idle_timeout: float) -> None:
        self.number = number  #: mean number of the customer's messages
        self.silence: Final[vec[float]] = silence
        self.same_agent_for = same_agent_for
        self.reading: Final[vec[float]] = reading
        self.idle_timeout = idle_timeout


class Calling:
    """How callbacks are made."""

    def __init__(
        self,
        rings: float,
        answers: Column,
        week: float,
        tries: i64,
        spacing: Column,
        voicemail: float,
        voicemail_time: float,
        wrong_moment: float,
        solved_time: float,
        promise: float,
    ) -> None:
        self.rings = rings
        self.answers: Final[vec[float]] = answers  #: probability by hour of the week
        self.week = week  #: seconds from Monday's midnight to the start of the run
        self.tries = tries
        self.spacing: Final[vec[float]] = spacing
        self.voicemail = voicemail
        self.voicemail_time = voicemail_time
        self.wrong_moment = wrong_moment
        self.solved_time = solved_time
        self.promise = promise

    def answered(self, now: float) -> float:
        """The probability that a dial is answered now."""
        hour = i64((self.week + now) / 3600.0) % 168
        return self.answers[hour]


class Channel:
    """One channel. Numbers of causes: busy, abandoned, cut (:mod:`simulator.engine.rules`)."""

    def __init__(
        self,
        number: i64,
        line: bool,
        keeps: bool,
        calls_out: bool,
        numbers: i64,
        announces: i64,
        spacing: float,
        max_attempts: i64,
        retries: list[vec[float]],
        gap: list[vec[float]],
        moves: list[vec[float]],
        menu: Column,
        speeds: Column,
        conversation: Conversation | None,
        calling: Calling | None,
    ) -> None:
        self.number = number
        self.line = line  #: a contact holds a line; so does a call that we make
        self.keeps = keeps  #: contacts outlive closing times and failures
        self.calls_out = calls_out
        self.numbers = numbers  #: the site to which its numbers lead
        self.announces = announces
        self.spacing = spacing
        self.max_attempts = max_attempts
        self.retries: Final = retries  #: probability of another attempt, by cause and the person's own quantile
        self.gap: Final = gap
        self.moves: Final = moves  #: by cause: cumulative shares of those who go on by channel 0, 1, …
        self.menu: Final[vec[float]] = menu  #: time in self-service; no values where there is none
        self.speeds: Final[vec[float]] = speeds  #: of each of 1, 2, … contacts that an agent holds
        self.slots: i64 = len(speeds)
        self.conversation: Final = conversation
        self.calling: Final = calling
        self.plain: Final = self.slots == 1 and conversation is None and calling is None  #: one talk that holds the whole agent
        self.up = True  #: its platform works
        self.open = True  #: within opening hours
        self.conversations: i64 = 0  #: begun and not over
        self.offers: i64 = -1  #: the channel on which callbacks are offered to those who wait here
        self.offer_above = 0.0  #: once the expected wait is longer
        self.offer_share = 0.0  #: of people who accept then
        self.offer_eager = 0.0  #: seconds of wait beyond that which win over most of the others; 0 where it makes no difference
        self.offer_gap = 0.0  #: seconds between two appointments; 0 where the callback keeps the place in line
        self.next_slot = 0.0  #: of a channel on which we call back: the first appointment that is free
