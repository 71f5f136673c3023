"""People: why they make contact, what they carry with them, and what they do about being heard, left waiting or helped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.model.channels import Retry
from simulator.model.distributions import Distribution


@dataclass(frozen=True)
class Harm:
    """Harm grows linearly to ``weight`` until ``by`` seconds after the need arose."""

    by: float
    weight: float


@dataclass(frozen=True)
class Distress:
    """A need under the stated one: a ``share`` of people is in distress and needs ``support`` (talk beyond the technical).

    An agent notices ``noticed_after`` seconds of talk. The stated need of a person in distress is solved with probability
    ``resolves``; one who was not heard makes contact again with probability ``again``, ``again_after`` later.
    """

    share: float
    support: Distribution
    noticed_after: float = 180.0
    resolves: float = 1.0
    again: Retry | None = None


@dataclass(frozen=True)
class Mix:
    """From the instant ``since`` on, which share of people with a need first choose each channel."""

    since: float
    shares: Mapping[str, float]


@dataclass(frozen=True)
class Need:
    """Why a customer makes contact. ``urgency`` 1 is the most urgent.

    ``resolves`` is the probability that an agent's answer ends the need; ``again`` is what people do when it did not,
    and while the fault behind the need lasts. ``channels`` is the choice of channel, the first channel where empty.
    """

    name: str
    urgency: int
    talk_time: Distribution
    wrap_up: Distribution
    patience: Distribution
    harm: Harm | None = None
    resolves: float = 1.0
    again: Retry | None = None
    distress: Distress | None = None
    channels: tuple[Mix, ...] = ()
    title: str = ""  #: what readers call it


POLICIES = ("discretion", "cap", "escalate", "care-team")


@dataclass(frozen=True)
class Care:
    """What agents may do when somebody in distress needs more than the technical answer.

    ``policy`` is discretion (the agent stays), cap (the talk ends after ``after`` seconds), escalate (after ``after``
    seconds a supervisor takes over) or care-team (once noticed, trained people take over). Those who take over serve
    the need ``to``. Somebody counts as heard who got at least ``heard_from`` of the support needed.
    """

    policy: str = "discretion"
    after: float = 0.0
    to: str = ""
    heard_from: float = 0.8


@dataclass(frozen=True)
class Strain:
    """What the work does to an agent: strain rises towards 1 while busy, falls in rests, and slows.

    Time constants in seconds; a contact with somebody in distress adds ``distress``, having been able to help takes
    ``restores`` away; talk takes ``1 + slows * strain`` times as long.
    """

    builds_up: float
    recovers: float
    slows: float = 0.0
    distress: float = 0.0
    restores: float = 0.0


@dataclass(frozen=True)
class Contagion:
    """Word of mouth: a ``posts`` share of those who hang up unanswered post in public on ``channel``.

    A post that nobody has answered (its own patience has run out) breeds ``breeds`` more on average, below 1, each
    ``within`` after it. New posts carry the need of the first.
    """

    channel: str
    posts: float
    breeds: float
    within: Distribution


@dataclass(frozen=True)
class Standing:
    """How a group of customers stands with the company when the run begins, from -1 (let down) to 1 (well served).

    ``level`` is the mean over people and ``spread`` their standard deviation; :mod:`simulator.scenario` works the level
    out of a dated history. ``patience`` and ``publicity`` say how strongly it acts: patience is multiplied by
    ``exp(patience * standing)``, the probability to post in public by ``exp(-publicity * standing)``. ``channels`` is
    the channel that people of bad standing prefer instead of their own choice, with probability max(0, -standing).
    """

    level: float
    spread: float = 0.0
    patience: float = 0.0
    publicity: float = 0.0
    channel: str = ""
    history: tuple[tuple[str, float, str], ...] = ()  #: (date, weight, what) of each event told, for the report
