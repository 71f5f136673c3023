"""The model: what a scenario means, in seconds, fractions and references by name. No chance has fallen yet.

Instants are seconds since the scenario's start. Any float may be a :class:`~simulator.model.ranges.Range` until
:func:`simulator.workload.draw` settles it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from simulator.model.answer import Answer
from simulator.model.channels import KINDS, Announced, Calling, Channel, ChannelKind, Redial, Retry, SelfService, Turns
from simulator.model.distributions import Distribution
from simulator.model.people import Care, Contagion, Distress, Harm, Mix, Need, Standing, Strain
from simulator.model.ranges import Places, places_of
from simulator.model.staffing import Staffing

__all__ = [
    "KINDS", "After", "Announced", "At", "Break", "Calling", "Care", "Channel", "ChannelKind", "Clock", "Contagion", "Continuity",
    "Demand", "Distress", "Harm", "Link", "Mix", "Model", "Need", "Overflow", "People", "Phase", "Platform", "Profile", "Reading",
    "Redial", "Retry", "Role", "Routing", "Seats", "SelfService", "Shift", "Site", "Slowdown", "Standing", "Step", "Strain", "Surge",
    "Team", "Threshold", "Trigger", "Turns",
]  # fmt: skip


IN_WORLDS = 0.8
"""The share of the worlds in which an objective must be met, unless said otherwise."""


@dataclass(frozen=True)
class Phase:
    """A named stretch of the run; it ends where the next begins."""

    name: str
    start: float


@dataclass(frozen=True)
class Clock:
    """When the run happens. ``start`` is ISO 8601 with offset; ``impact`` is None where nothing strikes."""

    timezone: str
    start: str
    duration: float
    interval: float
    impact: float | None = None
    phases: tuple[Phase, ...] = ()


@dataclass(frozen=True)
class Continuity:
    """Objectives of ISO 22301: recover within ``rto``, at most ``mtpd`` below the minimum level ``mbco`` (a fraction).

    ``in_worlds`` has for each, in this order, the share of the worlds in which it must be met.
    """

    rto: float
    mtpd: float
    mbco: float
    in_worlds: tuple[float, float, float] = (IN_WORLDS, IN_WORLDS, IN_WORLDS)


@dataclass(frozen=True)
class Profile:
    """Ordinary demand: ``expected[i]`` contacts between ``edges[i]`` and ``edges[i + 1]``; one busyness factor a day.

    ``talk_factor`` multiplies talk time by interval (1 where the data says nothing). ``days`` are the first instants of
    each local day after the start; ``day_cv`` is the coefficient of variation of the gamma factor of a day. Profiles that
    name one ``busyness`` have their busy days in common.
    """

    name: str
    need: str
    edges: tuple[float, ...]
    expected: tuple[float, ...]
    talk_factor: tuple[float, ...] = ()
    day_cv: float = 0.0
    days: tuple[float, ...] = ()
    solved_elsewhere: Distribution | None = None  #: counts from the person's own first call
    standing: Standing | None = None
    groups: tuple[str, ...] = ()
    busyness: str = ""  #: what it shares its busy days with; its own, where empty

    @property
    def day_stream(self) -> str:
        """The stream of random numbers that makes its days busy or quiet."""
        return f"{self.busyness}/shared-busyness" if self.busyness else f"{self.name}/busyness"


@dataclass(frozen=True)
class Surge:
    """Demand on top: from ``onset`` the rate (per second) rises to ``peak`` over ``rise``, holds, then halves."""

    name: str
    need: str
    onset: float
    peak: float
    rise: float
    hold: float
    half_life: float
    solved_elsewhere: Distribution | None = None
    standing: Standing | None = None
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class People:
    """A number of affected people; each first calls ``spread`` after ``onset`` unless the need has ended by then.

    ``repaired`` counts from the onset, ``solved_elsewhere`` from the person's own first call. ``barred`` people, in
    addition to ``people`` (a fraction of it), can call only once access is open (no plan, no credit).
    """

    name: str
    need: str
    onset: float
    people: float
    spread: Distribution
    repaired: Distribution | None = None
    solved_elsewhere: Distribution | None = None
    barred: float = 0.0
    standing: Standing | None = None
    groups: tuple[str, ...] = ()


Demand = Profile | Surge | People


@dataclass(frozen=True)
class Platform:
    """A system that answers, announces, routes or remembers; ``at`` is the site or place where it stands.

    While it is down, talk takes ``slows_down`` times as long (a system of record that agents look things up in).
    """

    name: str
    at: str
    slows_down: float = 1.0


@dataclass(frozen=True)
class Failures:
    """Random failures: one in ``every`` seconds on average while it works, each mended after ``repair``.

    The share ``common_cause`` of them strikes every link of its trench that fails at random (the beta factor).
    """

    every: float
    repair: Distribution
    common_cause: float = 0.0


@dataclass(frozen=True)
class Link:
    """A carrier connection with ``lines`` simultaneous calls, in a ``trench`` that it may share with others."""

    name: str
    lines: int
    trench: str = ""
    fails: Failures | None = None


@dataclass(frozen=True)
class Seats:
    """Seats of a site: ``ready`` at opening, growing evenly to ``total`` over ``over`` seconds."""

    total: int
    ready: int
    over: float = 0.0


@dataclass(frozen=True)
class Site:
    """A building with seats. ``reserve`` keeps lines free: a call of another need is refused unless more lines are free."""

    name: str
    seats: Seats
    links: tuple[str, ...]
    open: bool = True
    reserve: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Break:
    """A planned pause: starts at the instant (or after the contact in hand) and lasts its whole length."""

    start: float
    length: float


@dataclass(frozen=True)
class Shift:
    """The agents ``first`` .. ``first + agents - 1`` of a team work from ``start`` to ``end``."""

    first: int
    agents: int
    start: float
    end: float
    breaks: tuple[Break, ...] = ()


@dataclass(frozen=True)
class Team:
    """Agents with the same skills: need -> proficiency (1 = standard speed, 0.8 = a quarter longer)."""

    name: str
    headcount: int
    site: str
    skills: Mapping[str, float]
    shifts: tuple[Shift, ...]
    absence: float = 0.0
    channels: tuple[str, ...] = ()  #: which it serves; where empty, all but those on which we call out
    not_free: float = 0.0  #: share of the time at work that contacts cost beside talk and wrap-up: talk takes 1 / (1 - this) as long


@dataclass(frozen=True)
class Slowdown:
    """Above ``occupancy`` over the last hour, talk takes ``factor`` times as long."""

    occupancy: float
    factor: float


@dataclass(frozen=True)
class Overflow:
    """A team takes contacts of ``need`` only once they have waited ``after`` seconds, and while more than ``keeps`` agents are free."""

    need: str
    team: str
    after: float
    keeps: float = 0.0


@dataclass(frozen=True)
class Routing:
    """``strategy`` is a registered declaration of :mod:`simulator.routing`."""

    strategy: Any
    overflow: tuple[Overflow, ...] = ()
    slowdown: tuple[Slowdown, ...] = ()


@dataclass(frozen=True)
class After:
    """``by`` seconds after the step ``step`` takes effect (an event happens, an action is done)."""

    step: str
    by: float = 0.0


@dataclass(frozen=True)
class At:
    """At an instant."""

    instant: float


@dataclass(frozen=True)
class Reading:
    """When a wallboard ``measure`` (of ``need``, or of all) is ``above`` or ``below`` a value for ``lasting`` seconds."""

    measure: str
    above: float | None = None
    below: float | None = None
    lasting: float = 0.0
    need: str = ""


Trigger = After | At | Reading


@dataclass(frozen=True)
class Step:
    """Something the world does (an event) or we do (an action of the playbook).

    ``act`` is a registered declaration of :mod:`simulator.crisis`. A step starts when its trigger has fired and all
    ``needs`` are done, and takes effect ``takes`` seconds later; ``until`` ends it. ``cost`` is charged when it starts,
    ``cost_per_hour`` while it is in effect. What is ``firm`` no repair ends.
    """

    id: str
    act: Any
    when: Trigger | None = None
    needs: tuple[str, ...] = ()
    takes: float = 0.0
    until: Trigger | None = None
    cost: float = 0.0
    cost_per_hour: float = 0.0
    firm: bool = False
    title: str = ""  #: what readers call it


@dataclass(frozen=True)
class Role:
    """Somebody who decides. ``busy_after`` is a step; they are ``busy_for`` seconds from it. Approvals take ``approves_in``."""

    name: str
    busy_after: str = ""
    busy_for: float = 0.0
    approves_in: float = 0.0


@dataclass(frozen=True)
class Threshold:
    """A pass mark: ``measure`` in ``scope`` must stay within ``min`` and ``max`` (in the measure's own unit)."""

    id: str
    measure: str
    scope: Mapping[str, str]
    min: float | None = None
    max: float | None = None
    text: str = ""
    obligation: str = ""  #: the law or licence that asks for it, where one does
    in_worlds: float | None = None  #: the share of the worlds in which it must hold, where the scenario says so


@dataclass(frozen=True)
class Tolerance:
    """How long an important service may fail the people with its ``needs``, or those of its ``groups``: ``limit`` seconds."""

    name: str
    limit: float
    set_by: str
    set_on: str
    why: str
    needs: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    at_most: float | None = None  #: the share of people who may still be without help after the limit, where one is set
    in_worlds: float = IN_WORLDS  #: the share of the worlds in which it must hold
    title: str = ""  #: what readers call the service


@dataclass(frozen=True)
class Model:
    """One variant of a scenario, ready to draw and run."""

    name: str
    variant: str
    clock: Clock
    needs: tuple[Need, ...]
    demand: tuple[Demand, ...]
    channels: tuple[Channel, ...]
    links: tuple[Link, ...]
    sites: tuple[Site, ...]
    teams: tuple[Team, ...]
    routing: Routing
    platforms: tuple[Platform, ...] = ()
    roles: tuple[Role, ...] = ()
    events: tuple[Step, ...] = ()
    playbook: tuple[Step, ...] = ()
    groups: Mapping[str, str] = field(default_factory=dict)
    """People of one language, age or dependence, whom the demand names and the reports follow: by name, who they are."""
    continuity: Continuity | None = None
    thresholds: tuple[Threshold, ...] = ()
    staffing: Staffing | None = None  #: what a roster may be made of; nothing that a run depends on
    tolerances: tuple[Tolerance, ...] = ()
    answer: Answer | None = None  #: what the scenario's question asks for, where it says so
    care: Care = field(default_factory=Care)
    strain: Strain | None = None
    contagion: Contagion | None = None
    budget: float = float("inf")  #: what the playbook may cost in all; an action beyond it is refused
    service_order: str = "ordinal"  #: common random numbers of talk time: by ``ordinal`` of service start or by ``person``

    @property
    def inbound(self) -> tuple[str, ...]:
        """The channels by which people make contact, the telephone first."""
        kinds = {channel.name: KINDS[channel.kind] for channel in self.channels}
        return tuple(sorted((name for name, kind in kinds.items() if not kind.calls_out), key=lambda name: not kinds[name].has_numbers))

    @cached_property
    def ranges(self) -> Places:
        """Where its ranges are: looked for once, as every world draws them anew."""
        return places_of(self)
