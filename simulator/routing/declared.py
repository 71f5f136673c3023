"""The strategies a scenario can name, as declarations; what they do is compiled code in :mod:`simulator.routing.choosers`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, ClassVar

from simulator.model.registry import Registry
from simulator.model.units import Choice, Count, Duration, Number, Ref, Says, Share

if TYPE_CHECKING:
    from librt.vecs import vec

    from simulator.engine.strategy import Strategy
    from simulator.model.world import Model

AGENT_RULES = ("longest-idle", "best-skill", "least-flexible", "same-site", "least-occupied", "rested-first")
"""In the order of their numbers in the compiled code."""

NeedName = Annotated[str, Ref("need")]
TeamName = Annotated[str, Ref("team")]
AgentRule = Annotated[
    str,
    Choice(AGENT_RULES),
    Says(
        "which free agent takes a contact: idle longest, most proficient, with the fewest skills, at the site called, with the smallest "
        "share of time on contacts so far, or least strained; then idle longest"
    ),
]


class StrategyDeclaration:
    """Base of every declared strategy: a frozen dataclass whose fields are its parameters.

    The docstring's first paragraph is its rule in words for planners; ``source`` is where it comes from and what is known
    of it.
    """

    name: ClassVar[str]
    source: ClassVar[str] = ""

    def make(self, model: Model) -> Strategy:
        """The strategy of this declaration, fresh, for a model without ranges; needs and teams are numbered in its order."""
        raise TypeError(f"{type(self).__name__} does not say what it does")

    def objections(self) -> dict[str, str]:
        """What is wrong with parameters that are each well written: parameter -> what it says to the user."""
        return {}

    def delays(self, skills: Mapping[str, float]) -> dict[str, float]:
        """By need: how long contacts wait before a team with these skills (need -> proficiency) takes them; the rest at once."""
        return {}


strategies: Registry[StrategyDeclaration] = Registry("strategy")


@dataclass(frozen=True)
class Choosing(StrategyDeclaration):
    """What the strategies of this file have in common."""

    agent: AgentRule = "longest-idle"
    aging_cap: Annotated[Duration | None, Says("a contact that has waited longer goes before all others")] = None
    reserve: Annotated[Count, Says("so many agents of each team are kept free for the most urgent needs it serves")] = 0

    def choice(self) -> tuple[int, float, int]:
        """The arguments that every compiled strategy of this kind begins with."""
        cap = float("inf") if self.aging_cap is None else float(self.aging_cap)
        return AGENT_RULES.index(self.agent), cap, round(self.reserve)


@strategies.register("first-come")
@dataclass(frozen=True)
class FirstCome(Choosing):
    """The contact that has waited longest goes first, whatever its need."""

    source = "The baseline. With agents longest idle first: Adan and Weiss 2014; exact for two agents and three needs."

    def make(self, model: Model) -> Strategy:
        from simulator.routing.choosers import Chooser

        return Chooser(*self.choice())


@strategies.register("priority")
@dataclass(frozen=True)
class Priority(Choosing):
    """The most urgent need goes first; within one urgency, first come first served. Nobody in service is interrupted."""

    source = "Cobham 1954; exact waits for agents of one speed. Best where waiting costs the same each minute and nobody hangs up."
    by: Annotated[str, Choice(("urgency",)), Says("what makes a need go first: its `urgency`, 1 before 2")] = "urgency"

    def make(self, model: Model) -> Strategy:
        from simulator.routing.choosers import MostUrgentFirst

        return MostUrgentFirst(*self.choice())


@strategies.register("preference")
@dataclass(frozen=True)
class Preference(Choosing):
    """Agents take first the needs they are best at; a contact prefers the most proficient free agent."""

    source = "Skill-based routing by a matrix of ranks; exact for small centres of N, W and X shape."
    agent: AgentRule = "best-skill"

    def make(self, model: Model) -> Strategy:
        from simulator.routing.choosers import BestSkillFirst

        return BestSkillFirst(*self.choice())


@strategies.register("overflow")
@dataclass(frozen=True)
class Overflowing(Preference):
    """As `preference`, but teams take what they are not best at only once it has waited for a while.

    It writes a delay for every such pair of team and need that `routing.overflow` says nothing about.
    """

    source = "Routing with delays as in ContactCenters (Buist and L'Ecuyer 2005): specialists in calm hours, one pool in a surge."
    after: Annotated[Duration, Says("how long a contact waits for those who are best at it")] = 60.0

    def delays(self, skills: Mapping[str, float]) -> dict[str, float]:
        best = max((float(skill) for skill in skills.values()), default=0.0)
        return {need: self.after for need, skill in skills.items() if float(skill) < best}


@strategies.register("accumulating-priority")
@dataclass(frozen=True)
class Accumulating(Choosing):
    """Priority grows with waiting, faster for some needs: the highest `weight x wait` goes first.

    Equal weights are first come first served; very unequal ones are `priority`. It is also known as longest weighted wait.
    """

    source = "Kleinrock 1964; Stanford, Taylor and Ziedins 2014. Exact mean waits for one agent; sums of work x wait are conserved."
    weights: Annotated[Mapping[NeedName, Number], Says("how fast priority grows, by need; 1 / urgency if not given")] = field(
        default_factory=dict
    )

    def objections(self) -> dict[str, str]:
        return _positive(self.weights)

    def make(self, model: Model) -> Strategy:
        from simulator.routing.choosers import AccumulatingPriority

        return AccumulatingPriority(*self.choice(), _by_need(model, self.weights, _by_urgency(model)))


@strategies.register("gc-mu")
@dataclass(frozen=True)
class GcMu(Choosing):
    """Where waiting w costs `weight x w^power`, the need goes first whose cost grows fastest for the agent's time.

    Power 2 weighs waits (long ones hurt more); power 1 is the c-mu rule: value per minute of agent time.
    """

    source = "Cox and Smith 1961 (power 1, optimal without hang-ups); van Mieghem 1995, Gurvich and Whitt 2009 (convex costs)."
    weights: Annotated[Mapping[NeedName, Number], Says("what waiting costs, by need; 1 / urgency else")] = field(default_factory=dict)
    power: Annotated[Number, Says("how the cost grows with the wait: 1 evenly, 2 with its square")] = 2.0

    def objections(self) -> dict[str, str]:
        power = {} if float(self.power) >= 1 else {"power": "costs grow at least evenly with the wait: write 1 or more"}
        return _positive(self.weights) | power

    def make(self, model: Model) -> Strategy:
        from simulator.routing.choosers import GeneralisedCost

        weights = _by_need(model, self.weights, _by_urgency(model))
        return GeneralisedCost(*self.choice(), *_times(model), weights, float(self.power))


@strategies.register("max-weight")
@dataclass(frozen=True)
class MaxWeight(Choosing):
    """The queue goes first whose length times the agent's speed at it is greatest; at equal speed, the longest queue."""

    source = "Tassiulas and Ephremides 1992; Stolyar and Tezcan 2010: stable whenever anything is. Exact for an N-shaped centre."

    def make(self, model: Model) -> Strategy:
        from simulator.routing.choosers import MaxWeight as Longest

        return Longest(*self.choice(), *_times(model))


@strategies.register("fixed-queue-ratio")
@dataclass(frozen=True)
class QueueRatio(Choosing):
    """The queues are held in fixed proportions: the one furthest beyond its share of all who wait goes first."""

    source = "Gurvich and Whitt 2009. Exact for an N-shaped centre."
    shares: Annotated[
        Mapping[NeedName, Share], Says("the share of all who wait that each need should have; the others divide the rest evenly")
    ] = field(default_factory=dict)

    def objections(self) -> dict[str, str]:
        total = sum(float(share) for share in self.shares.values())
        return {"shares": f"the shares come to {total:.0%}, more than all who wait"} if total > 1 + 1e-9 else {}

    def make(self, model: Model) -> Strategy:
        from simulator.routing.choosers import FixedQueueRatio

        names = [need.name for need in model.needs]
        others = len(names) - len(self.shares)
        rest = max(1.0 - sum(float(share) for share in self.shares.values()), 0.0) / others if others else 0.0
        return FixedQueueRatio(*self.choice(), _by_need(model, self.shares, dict.fromkeys(names, rest)))


@strategies.register("mutual-help")
@dataclass(frozen=True)
class Helping(Choosing):
    """Teams keep to their own needs; when one team's queue grows out of balance, another helps until it is short again.

    A team's own needs are those it is best at. Help goes in one direction at a time.
    """

    source = "Perry and Whitt 2009, 2013 (fixed queue ratio with activation and release thresholds): for overloads nobody expects."
    begin: Annotated[Count, Says("help begins when the other queue exceeds the team's own by more than so many contacts")] = 10
    end: Annotated[Count, Says("help ends when fewer wait there")] = 3
    ratio: Annotated[Number, Says("how many contacts in the other queue balance one in the team's own")] = 1.0

    def objections(self) -> dict[str, str]:
        if float(self.end) > float(self.begin) + 1:
            return {"end": f"help would end before it begins: write at most {float(self.begin) + 1:g}, one more than `begin`"}
        return {} if float(self.ratio) > 0 else {"ratio": "expected a number above 0"}

    def make(self, model: Model) -> Strategy:
        from librt.vecs import vec
        from mypy_extensions import i64

        from simulator.routing.choosers import MutualHelp

        own = []
        for team in model.teams:
            best = max((float(skill) for skill in team.skills.values()), default=0.0)
            own.append(vec[i64]([int(0 < float(team.skills.get(need.name, 0)) == best) for need in model.needs]))
        return MutualHelp(*self.choice(), own, float(self.ratio), float(self.begin), float(self.end))


@strategies.register("triage")
@dataclass(frozen=True)
class Triage(Choosing):
    """Who can still be saved: the highest `weight x speed x chance to lose the caller before all who wait could be served`.

    With short queues the least patient go first; with long ones, those who bring most for the agent's time.
    """

    source = "An index of our own between c-mu-theta (Atar, Giat and Shimkin 2010) and c-mu; after Jacobson, Argon and Ziya 2012."
    weights: Annotated[
        Mapping[NeedName, Number], Says("what a lost caller weighs, by need; the need's `harm` weight, or 1, if not given")
    ] = field(default_factory=dict)

    def objections(self) -> dict[str, str]:
        return _positive(self.weights)

    def make(self, model: Model) -> Strategy:
        import numpy as np
        from librt.vecs import vec

        from simulator.routing.choosers import Triage as Saving

        u = np.append(np.linspace(0.0005, 0.9985, 999), 0.999)
        alive, step, hazard = [], [], []
        for need in model.needs:
            ages = need.patience.quantile(u)
            times = np.linspace(0.0, max(float(ages[-1]), 1e-9), 1001)
            alive.append(vec[float](np.interp(times, np.append(0.0, ages), np.append(1.0, 1.0 - u))))
            step.append(float(times[1]))
            late = float(ages[-1] - ages[np.searchsorted(u, 0.99)])
            hazard.append(np.log(10.0) / late if late > 0 else 1e9)
        harm = {need.name: float(need.harm.weight) if need.harm else 1.0 for need in model.needs}
        weights = _by_need(model, self.weights, harm)
        return Saving(*self.choice(), *_times(model), weights, alive, vec[float](step), vec[float](hazard))


@strategies.register("newest-first")
@dataclass(frozen=True)
class Newest(Choosing):
    """First come first served while nobody waits long; then the newest contact first, so that at least some are answered soon.

    It flatters the service level: those who have waited wait on. Judge it by the people who never got anybody.
    """

    source = "Last come first served: exact without hang-ups. The switch: adaptive LIFO against overload (Maurer 2015)."
    calm: Annotated[Duration, Says("the longest wait up to which the oldest goes first; 0s is always the newest")] = 120.0

    def make(self, model: Model) -> Strategy:
        from simulator.routing.choosers import NewestFirst

        return NewestFirst(*self.choice(), float(self.calm))


def _positive(weights: Mapping[str, float]) -> dict[str, str]:
    light = [need for need, weight in weights.items() if not float(weight) > 0]
    return {"weights": f"the weight of {light[0]} is not above 0: nobody would ever take it first"} if light else {}


def _by_urgency(model: Model) -> dict[str, float]:
    return {need.name: 1.0 / need.urgency for need in model.needs}


def _by_need(model: Model, given: Mapping[str, float], otherwise: Mapping[str, float]) -> vec[float]:
    from librt.vecs import vec

    return vec[float]([float(given.get(need.name, otherwise[need.name])) for need in model.needs])


def _times(model: Model) -> tuple[vec[float], vec[float]]:
    """Mean talk and wrap-up by need, in seconds; never both 0."""
    from librt.vecs import vec

    talk = vec[float]([max(float(need.talk_time.mean), 1e-9) for need in model.needs])
    return talk, vec[float]([float(need.wrap_up.mean) for need in model.needs])
