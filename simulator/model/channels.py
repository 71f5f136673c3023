"""Channels: through what people make contact, what each kind of channel can do, and what people do when it fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from simulator.model.distributions import Constant, Distribution


@dataclass(frozen=True)
class ChannelKind:
    """What all channels of one kind have in common."""

    name: str
    says: str  #: in one sentence that a planner understands
    holds_line: bool = False  #: a contact holds a line of a site, from the switch or from our dial to the end of talk
    keeps: bool = False  #: it can be left while closed, and no failure loses it: it waits until somebody answers
    several: bool = False  #: an agent may hold several at once
    turns: bool = False  #: a conversation of messages with silence in between
    calls_out: bool = False  #: we make the contact, from a list

    @property
    def has_numbers(self) -> bool:
        """Whether people call it, by numbers that lead to a site."""
        return self.holds_line and not self.calls_out


KINDS: Mapping[str, ChannelKind] = {
    kind.name: kind
    for kind in (
        ChannelKind("voice", "A telephone call: it holds a line, and a cut or a closed site loses it.", holds_line=True),
        ChannelKind("chat", "A written talk here and now: one agent can hold several, each a little slower.", several=True),
        ChannelKind(
            "message", "A conversation in turns: people answer in minutes or overnight, and nobody waits on a line.", keeps=True, turns=True
        ),
        ChannelKind("email", "A letter: it is kept until somebody answers it.", keeps=True),
        ChannelKind("social", "A public post: it is kept, and others read that nobody has answered it.", keeps=True),
        ChannelKind(
            "callback",
            "A call that we make, from a list of people who did not get through or were promised one; it holds a line.",
            holds_line=True,
            keeps=True,
            calls_out=True,
        ),
    )
}
"""Every kind of channel by name."""


@dataclass(frozen=True)
class Retry:
    """Another contact with ``probability`` (a mean over people), ``after`` this long the first time."""

    probability: float
    after: Distribution


@dataclass(frozen=True)
class Redial:
    """What people do after a failed attempt.

    Persistence differs between people: a person's probability is a draw of a beta law with the mean of the cause and
    ``persistence`` as its concentration, so that those still trying are the determined. Gaps widen by ``spacing`` per
    attempt. A person stops ``gives_up_after`` the first attempt, or after ``max_attempts``. ``moves`` says by cause
    (busy, abandoned, cut) which share of those who try again does so on another channel.
    """

    busy: Retry | None = None
    abandoned: Retry | None = None
    cut: Retry | None = None
    spacing: float = 1.0
    gives_up_after: Distribution | None = None
    persistence: float = 3.0
    max_attempts: int = 10
    moves: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Announced:
    """The wait told on arrival: ``estimate`` is queue-length or last-answered; callers balk beyond their ``tolerance``."""

    estimate: str
    tolerance: Distribution


@dataclass(frozen=True)
class SelfService:
    """A machine before the queue (IVR, bot, automatic answer): takes ``time``, and ends the contact of a share by need."""

    time: Distribution
    contains: Mapping[str, float]


@dataclass(frozen=True)
class Turns:
    """A conversation: the customer writes ``number`` messages (a geometric law of that mean, at least one).

    Each costs an agent one talk time; between an answer and the next message the customer is silent for ``silence``.
    With ``same_agent_for`` > 0 a message waits so long for the agent who knows the conversation, if that agent is at
    work, and then for anybody, who first reads for ``reading``. A silence longer than ``idle_timeout`` closes the
    conversation; the message then opens a new one.
    """

    number: float
    silence: Distribution
    same_agent_for: float = 0.0
    reading: Distribution = Constant(0.0)
    idle_timeout: float = float("inf")


@dataclass(frozen=True)
class Calling:
    """How a callback is made: it rings for ``rings`` seconds, and somebody answers with a probability by hour.

    ``answers[weekday][hour]`` (0 is Monday, 24 hours each) is the probability that the person answers a dial; of those
    who do not, a share gets a ``voicemail`` of ``voicemail_time``; of those who answer, it is the ``wrong_moment`` for
    a share, who want another call. At most ``tries`` dials, ``spacing`` apart, those that a failure cuts not counted; an
    entry older than ``promise`` lapses.
    ``solved_time`` is the talk with somebody whose need is over.
    """

    rings: float
    answers: tuple[tuple[float, ...], ...]
    tries: int = 3
    spacing: Distribution = Constant(7200.0)
    voicemail: float = 0.0
    voicemail_time: float = 30.0
    wrong_moment: float = 0.0
    solved_time: float = 40.0
    promise: float = float("inf")


@dataclass(frozen=True)
class Channel:
    """Through what people make contact. ``target_share`` of contacts should be answered within ``answer_within`` seconds.

    The laws of a need hold on every channel that does not give its own. ``hours`` are the spans (start, end) in seconds
    in which it is staffed, or None for always. ``keep_free`` agents of a team stay free for the other channels: a
    contact of this one starts only while more are idle. ``speeds[j - 1]`` is how fast each of ``j`` contacts
    that one agent holds at once goes forward (1 is the speed of a single one); there are as many as may be held.
    """

    name: str
    kind: str
    numbers: str = ""  #: the site to which calls are led at the start
    target_share: float = 0.8
    answer_within: float = 20.0
    short_abandon: float = 5.0
    redial: Redial = Redial()
    announced: Announced | None = None
    platform: str = ""  #: what must be up; what holds a line also needs every platform named acd
    hours: tuple[tuple[float, float], ...] | None = None
    patience: Mapping[str, Distribution] = field(default_factory=dict)
    talk_time: Mapping[str, Distribution] = field(default_factory=dict)
    wrap_up: Mapping[str, Distribution] = field(default_factory=dict)
    speeds: tuple[float, ...] = (1.0,)
    self_service: SelfService | None = None
    turns: Turns | None = None
    calling: Calling | None = None
    keep_free: int = 0
