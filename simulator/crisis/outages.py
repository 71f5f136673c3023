"""Links that fail at random and are mended: when, drawn from named streams before the run; and the processes that do it.

A link's own failures and those that it has in common with the others of its trench are Poisson processes of their own (the
beta factor model: a share of a component's failures strikes all of its kind). A failure of a link that is down already does
nothing. Two variants with the same law have the same failures.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING

from simulator.crisis.targets import LINK_CUT
from simulator.vocabulary import Rank
from simulator.workload.arrivals import unit_epochs

if TYPE_CHECKING:
    from simpy.events import Event

    from simulator.crisis.world import World
    from simulator.model.distributions import Distribution
    from simulator.model.world import Model
    from simulator.workload.streams import Streams

Outage = tuple[float, float]
"""Instants of failure and of repair."""
BY_CHANCE = "chance"
"""Who has cut a link that no step cut."""


def outages(model: Model, streams: Streams) -> Mapping[str, tuple[Outage, ...]]:
    """The outages of every link that fails at random, in order; ``model`` has no ranges left."""
    common = {trench: _common_rate(model, trench) for trench in {link.trench for link in model.links if link.trench}}
    found = {}
    for link in model.links:
        if link.fails is not None:
            shared = common.get(link.trench, 0.0)
            own = _struck(streams, f"link/{link.name}", 1 / link.fails.every - shared, model.clock.duration)
            with_others = _struck(streams, f"trench/{link.trench}", shared, model.clock.duration)
            repairs = link.fails.repair
            times = [*zip(own, _repairs(streams, f"link/{link.name}/repair", repairs, len(own)), strict=True)]
            times += zip(with_others, _repairs(streams, f"link/{link.name}/common-repair", repairs, len(with_others)), strict=True)
            found[link.name] = _one_after_another(sorted(times))
    return found


def _common_rate(model: Model, trench: str) -> float:
    """Failures a second that strike all links of a trench: the least of what they have in common; nothing where one is alone."""
    inside = [link.fails for link in model.links if link.trench == trench and link.fails is not None]
    return min(fails.common_cause / fails.every for fails in inside) if len(inside) > 1 else 0.0


def _struck(streams: Streams, name: str, rate: float, duration: float) -> list[float]:
    return [] if rate <= 0 else [epoch / rate for epoch in unit_epochs(streams, f"{name}/failures", rate * duration).tolist()]


def _repairs(streams: Streams, name: str, law: Distribution, n: int) -> list[float]:
    return law.quantile(streams.uniforms(name, n)).tolist()  # type: ignore[no-any-return]  # NumPy says Any


def _one_after_another(times: list[tuple[float, float]]) -> tuple[Outage, ...]:
    kept: list[Outage] = []
    for instant, length in times:
        if not kept or instant >= kept[-1][1]:
            kept.append((instant, instant + length))
    return tuple(kept)


def fail_at_random(world: World) -> Generator[Event, object, None]:
    """A SimPy process: every random failure and repair of links in order; those of one instant happen together."""
    changes: dict[float, list[tuple[bool, str]]] = {}
    for link, times in outages(world.model, world.workload.streams).items():
        for failed, mended in times:
            changes.setdefault(failed, []).append((False, link))
            changes.setdefault(mended, []).append((True, link))
    for instant in sorted(changes):
        if instant >= world.model.clock.duration:
            return
        yield world.at(instant, Rank.WORLD)
        for link in (name for mended, name in changes[instant] if mended):
            world.effects.end((BY_CHANCE, link))
            world.note("event", link, "mended", "by chance")
        broken = [name for mended, name in changes[instant] if not mended]
        for name in broken:
            world.effects.hold((BY_CHANCE, name), [(LINK_CUT.of(world.link(name)), True)])
        if broken:
            world.floor.cut_contacts()
        for link in broken:
            world.note("event", link, "failed", "by chance")
