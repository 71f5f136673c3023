"""What decisions were worth, and whether it was luck: paired worlds, the played one marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.drill.play import EVERYTHING_SOONER, PLAYBOOK, sooner, with_, without
from simulator.scenario.decision_log import END
from simulator.scenario.variants import NO_ACTION
from simulator.statistics.estimation import mean_interval, percentiles
from simulator.statistics.measures import measure_named
from simulator.statistics.worlds import Worlds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from simulator.drill.play import Drill
    from simulator.experiment.result import Result
    from simulator.statistics.tally import Tally

    Floats = NDArray[np.float64]

YARDSTICK = "people_never_served"
"""What decisions are measured by: people who got nobody."""


@dataclass(frozen=True)
class Gap:
    """More (or, negative, fewer) people who got nobody than in the run that was played, with its 95 % interval."""

    mean: float
    half_width: float
    worlds: int

    @property
    def clear(self) -> bool:
        """Whether the interval excludes no difference; never from a single world."""
        return bool(abs(self.mean) > self.half_width)


@dataclass(frozen=True)
class Worth:
    """One decision: without it, half an hour earlier, or (where nobody took it) with it."""

    step: str
    left_out: Gap | None = None
    earlier: Gap | None = None
    added: Gap | None = None
    falls: tuple[str, ...] = ()  #: what cannot happen without it
    why_not_earlier: str = ""


@dataclass(frozen=True)
class Policy:
    """The same worlds under one response: ``values`` by world, in order of ``Luck.worlds``."""

    name: str
    values: Floats
    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class Luck:
    """What was played beside the playbook, doing nothing and the best that was tried."""

    worlds: tuple[int, ...]
    world: int
    policies: tuple[Policy, ...]
    best: str  #: the variant with the fewest people who got nobody, found afterwards
    luckier_than: int  #: worlds in which the same decisions left more people with nobody than in the played one
    skill: Gap | None  #: the playbook against what was played

    @property
    def place(self) -> int:
        """The position of the played world."""
        return self.worlds.index(self.world)


def values_of(tallies: Sequence[Tally]) -> Floats:
    """The yardstick in each world."""
    return Worlds(tallies).figures(measure_named(YARDSTICK), {})[0]


def gap(result: Result, variant: str, base: str) -> Gap | None:
    """``variant`` less ``base`` in the same worlds; None where the variant was not tried."""
    if variant not in result.tallies:
        return None
    differences = values_of(result.tallies[variant]) - values_of(result.tallies[base])
    mean, half, n = mean_interval(differences[:, None])
    return Gap(float(mean[0]), float(half[0]) if n[0] > 1 else float("inf"), int(n[0]))


def worths(drill: Drill, result: Result) -> tuple[Worth, ...]:
    """Every step that was decided, every one that was ended, then every step of the playbook that nobody decided."""
    made = [
        Worth(
            name,
            gap(result, without(name), drill.played),
            gap(result, sooner(name), drill.played),
            None,
            drill.response.fallen(name),
            drill.left_out.get(name, ""),
        )
        for name in drill.response.ids
    ]
    known = [str(step["id"]) for step in drill.scenario.variant_tree().get("playbook") or ()]
    added = [Worth(name, added=gap(result, with_(name), drill.played)) for name in known if with_(name) in result.tallies]
    ends = [f"{END}{d.what}" for d in drill.decisions if d.kind == "end"]
    ended = [Worth(name, gap(result, without(name), drill.played)) for name in ends if without(name) in result.tallies]
    return (*made, *ended, *added)


def all_sooner(drill: Drill, result: Result) -> Gap | None:
    """Everything half an hour earlier."""
    return gap(result, EVERYTHING_SOONER, drill.played)


def luck(drill: Drill, result: Result) -> Luck:
    """The distributions over worlds, and where the played world stands in them."""
    averages = {name: float(values_of(tallies).mean()) for name, tallies in result.tallies.items()}
    best = min(averages, key=lambda name: (averages[name], name != drill.played))
    names = dict.fromkeys((drill.played, PLAYBOOK, NO_ACTION, best))
    policies = []
    for name in names:
        values = values_of(result.tallies[name])
        low, middle, high = percentiles(values[:, None])[:, 0].tolist()
        policies.append(Policy(name, values, low, middle, high))
    worlds = Worlds(result.tallies[drill.played]).replications
    mine = policies[0].values
    here = mine[worlds.index(drill.world)]
    skill = None if drill.played == PLAYBOOK else gap(result, PLAYBOOK, drill.played)
    return Luck(worlds, drill.world, tuple(policies), best, int((mine > here).sum()), skill)
