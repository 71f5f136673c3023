"""Whatever lasts, and however it overlaps: at each instant the state is what a plain list of all that is in force makes of it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from math import prod
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simpy.events import Event

from simulator.crisis import acts, play, targets
from simulator.crisis.act import Act
from simulator.crisis.effects import Rule, Target
from simulator.crisis.wallboard import NoteWallboard
from simulator.crisis.world import World
from simulator.model.channels import SelfService
from simulator.model.distributions import Constant
from simulator.model.people import POLICIES
from simulator.model.world import After, At, Model, Step
from simulator.vocabulary import Rank, Reason
from simulator.workload import draw
from tests.properties.acts import act_at_random
from tests.properties.channelled import channelled

INSTANTS = [100.0 * i for i in range(7)]
LASTING = [name for name, act in acts.items() if act.lasting]


def a_centre_with_everything() -> Model:
    """Every kind of thing that an act can name, and nothing that happens by itself."""
    model = next(m for m in map(channelled, range(99)) if len(m.channels) == 6 and len(m.needs) > 1)
    voice = replace(model.channels[0], self_service=SelfService(Constant(20.0), {}), hours=None)
    return replace(
        model,
        channels=(voice, *(replace(channel, hours=None) for channel in model.channels[1:])),
        links=tuple(replace(link, fails=None) for link in model.links),
        teams=tuple(replace(team, shifts=(), absence=0.0) for team in model.teams),
        care=replace(model.care, policy="care-team", to=model.needs[0].name),
        clock=replace(model.clock, duration=1000.0),
        events=(),
        playbook=(),
        budget=float("inf"),
    )


MODEL = a_centre_with_everything()
NOBODY = draw(replace(MODEL, demand=()), 1, 0)

ON_THE_FLOOR: dict[Rule, Callable[[World, tuple[Any, ...]], Any]] = {
    targets.SITE_LOST: lambda w, key: w.floor.sites[key[0]].lost,
    targets.SITE_SHUT: lambda w, key: not w.floor.sites[key[0]].open,
    targets.SEATS: lambda w, key: w.floor.sites[key[0]].ready,
    targets.NUMBERS: lambda w, key: w.floor.channels[key[0]].numbers,
    targets.LINK_CUT: lambda w, key: not w.floor.links[key[0]].up,
    targets.LINES: lambda w, key: w.floor.links[key[0]].lines,
    targets.RESERVE: lambda w, key: w.floor.sites[key[0]].trunks.reserve[key[1]],
    targets.PLATFORM_DOWN: lambda w, key: w.effects.in_force(targets.PLATFORM_DOWN.of(*key)),
    targets.CHANNEL_SHUT: lambda w, key: not w.floor.channels[key[0]].open,
    targets.ROLE_GONE: lambda w, key: key[0] in w.back,
    targets.UNAVAILABLE: lambda w, key: bool(w.floor.agents[key[0]].reasons & Reason.UNAVAILABLE),
    targets.SKILL: lambda w, key: w.effects.in_force(targets.SKILL.of(*key)),
    targets.ROUTER: lambda w, _: w.floor.strategy,
    targets.CARE: lambda w, _: (POLICIES[w.floor.care.policy], w.floor.care.after),
    targets.CONTAINED: lambda w, key: w.floor.queues[key[0] * len(MODEL.needs) + key[1]].contained,
    targets.LED_AWAY: lambda w, key: led_away(w, *key),
    targets.OFFER: lambda w, key: offered(w, *key),
    targets.ANNOUNCED: lambda w, key: w.floor.needs[key[0]].prevented,
    targets.PUBLISHED: lambda w, key: tuple(w.floor.needs[key[0]].pages),
    targets.TALK_LENGTH: lambda w, key: w.floor.needs[key[0]].drag,
    targets.DEMAND: lambda w, key: tuple(w.floor.needs[key[0]].scale),
    targets.CONGESTION: lambda w, _: tuple(w.floor.congestion),
}
"""What of the floor a target is."""


def led_away(world: World, channel: int, need: int) -> tuple[int, float, float]:
    queue = world.floor.queues[channel * len(MODEL.needs) + need]
    return queue.deflects, queue.deflect_share, queue.deflect_above


def offered(world: World, channel: int) -> tuple[int, float, float, float, float]:
    c = world.floor.channels[channel]
    return c.offers, c.offer_above, c.offer_share, c.offer_eager, c.offer_gap


def folded(target: Target, base: Any, held: list[Any]) -> Any:
    """What contributions in order of beginning make of a target: the table of the rules, in plain words."""
    kinds: dict[type[Rule], Callable[[], Any]] = {
        targets.Loss: lambda: True,
        targets.Setting: lambda: held[-1],
        targets.UsableSeats: lambda: min([base] + [round(share * MODEL.sites[target.key[0]].seats.total) for share in held]),
        targets.Lines: lambda: ([base] + [n for n, instead in held if instead])[-1] + sum(n for n, instead in held if not instead),
        targets.Announced: lambda: max(share for _, share in held),
        targets.Published: lambda: tuple(fade for _, fade in held),
        targets.Factor: lambda: prod(held),
        targets.Fading: lambda: tuple(held),
    }
    return next(state for kind, state in kinds.items() if isinstance(target.rule, kind))() if held else base


class Watched(World):
    """A world that writes down, half-way between two instants, what is held, what the effects say and what the floor has."""

    seen: list[tuple[float, Target, Any, Any, Any]]
    begun: dict[str, float]
    contributed: dict[str, list[tuple[Target, Any]]]

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.seen, self.contributed = [], {}
        hold = self.effects.hold

        def held(owner: Any, effects: Any, **how: Any) -> None:
            effects = list(effects)
            self.contributed[owner] = effects
            hold(owner, effects, **how)

        self.effects.hold = held  # type: ignore[method-assign]  # to see what is held
        self.env.process(self.look())

    def look(self) -> Generator[Event, object, None]:
        for instant in INSTANTS:
            yield self.at(instant + 50.0, Rank.OBSERVATION)
            for target in {target: None for effects in self.contributed.values() for target, _ in effects}:
                floor = ON_THE_FLOOR[target.rule](self, target.key)
                self.seen.append((self.now, target, self.effects.base(target), self.effects.value(target), floor))


def watch(steps: list[Step], monkeypatch: pytest.MonkeyPatch) -> Watched:
    worlds: list[Watched] = []

    def keep(*given: Any) -> World:
        worlds.append(Watched(*given))
        return worlds[0]

    monkeypatch.setattr(play, "World", keep)
    events = tuple(step for step in steps if step.act.kind != "action")
    play.simulate(replace(MODEL, events=events, playbook=tuple(step for step in steps if step not in events)), NOBODY)
    return worlds[0]


def test_every_rule_is_one_that_the_tests_can_see_on_the_floor() -> None:
    rules = {value for value in vars(targets).values() if isinstance(value, Rule)}
    assert rules == set(ON_THE_FLOOR)
    assert all(rule.says.endswith(".") for rule in rules)


@pytest.mark.parametrize("name", LASTING)
@given(seed=st.integers(0, 2**32), several=st.integers(2, 3))
@settings(max_examples=12, deadline=None, derandomize=True)
def test_the_state_is_what_all_that_is_in_force_makes_of_it(name: str, seed: int, several: int) -> None:
    """Two or three of one kind, any order of beginnings and ends: nested, overlapping, touching, without an end, ended at once."""
    r = Random(seed)  # noqa: S311  # a generator of test cases, not of secrets
    first = act_at_random(acts[name], MODEL, r)
    again = [replace(first) if r.random() < 0.4 else act_at_random(acts[name], MODEL, r) for _ in range(several - 1)]  # type: ignore[type-var]  # every act is a dataclass
    others = [act_at_random(acts[r.choice(sorted(family(name)))], MODEL, r) for _ in range(r.randint(0, 1))]
    steps, spans = [], {}
    for i, act in enumerate([first, *again, *others]):
        begin = r.choice(INSTANTS)
        end = r.choice([None, begin, *(instant for instant in INSTANTS if instant > begin)])
        until = None if end is None else At(end) if r.random() < 0.7 else After(f"s{i}", end - begin)
        steps.append(Step(f"s{i}", act, At(begin), until=until))
        spans[f"s{i}"] = (begin, float("inf") if end is None else end)
    with pytest.MonkeyPatch.context() as monkeypatch:
        world = watch(steps, monkeypatch)
    refused = {entry.id for entry in world.log if entry.kind == "refused"}
    assert refused | set(world.contributed) == set(spans)
    order = sorted(world.contributed, key=lambda step: (spans[step][0], kind_order(world, step), step))
    assert world.seen or not world.contributed
    for now, target, base, value, floor in world.seen:
        held = [
            contribution
            for step in order
            if spans[step][0] <= now < spans[step][1]
            for about, contribution in world.contributed[step]
            if about == target
        ]
        assert value == folded(target, base, held), (now, target)
        assert floor == value, (now, target)


def kind_order(world: World, step: str) -> int:
    """At one instant what happens to us comes before what we do."""
    return 0 if any(step == event.id for event in world.model.events) else 1


def family(name: str) -> set[str]:
    """Other lasting acts that may share a target with ``name``: those of the same thing."""
    thing = name.partition(".")[0]
    return {other for other in LASTING if other.partition(".")[0] == thing}


def noted(bring: Callable[..., None], changes: list[float]) -> Callable[..., None]:
    """``bring``, which writes down when it was called."""

    def bring_and_note(self: Rule, world: World, key: Any, value: Any) -> None:
        changes.append(world.now)
        bring(self, world, key, value)

    return bring_and_note


@pytest.mark.parametrize("name", LASTING)
def test_outages_that_touch_leave_nothing_up_for_no_time(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second begins at the instant at which the first ends, before it or after it in that instant: the floor sees no gap."""
    act: Act = act_at_random(acts[name], MODEL, Random(1))  # noqa: S311  # a generator of test cases, not of secrets
    chain = [Step(after, NoteWallboard(), when) for after, when in (("x", At(200.0)), ("y", After("x")), ("z", After("y")))]
    for second in (At(200.0), After("a", 100.0), After("z")):
        changes: list[float] = []
        for rule in {type(rule) for rule in ON_THE_FLOOR}:
            monkeypatch.setattr(rule, "bring", noted(rule.bring, changes))
        steps = [Step("a", act, At(100.0), until=At(200.0)), Step("b", replace(act), second, until=At(300.0)), *chain]  # type: ignore[type-var]  # every act is a dataclass
        with pytest.MonkeyPatch.context() as inner:
            world = watch(steps, inner)
        monkeypatch.undo()
        assert {entry.id for entry in world.log if entry.kind == "refused"} == set()
        losses = [target for effects in world.contributed.values() for target, _ in effects if isinstance(target.rule, targets.Loss)]
        if losses:
            assert 200.0 not in changes
