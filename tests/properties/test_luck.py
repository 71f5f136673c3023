"""Luck moves nobody else: one agent, team, person, need, surge, group, site or channel more, and everybody else has the luck they had."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random

import numpy as np
import pytest
from numpy.typing import NDArray

import simulator.crisis
from simulator.crisis.act import acts
from simulator.crisis.luck import Luck
from simulator.crisis.play import simulate
from simulator.model.distributions import Constant, Exponential
from simulator.model.world import Channel, Link, Model, Need, People, Seats, Shift, Site, Surge, Team
from simulator.workload import draw
from tests.properties.channelled import channelled

Person = tuple[object, ...]
Drawn = dict[tuple[str, Person], float]

MADE = 30
"""Crises to look through: each act comes up in a third of them, or more often."""


def one_agent_more(model: Model, r: Random) -> Model:
    return one_agent_more_in(r.randrange(len(model.teams)), model)


def one_agent_more_in_the_first_team(model: Model, r: Random) -> Model:
    return one_agent_more_in(0, model)


def one_agent_more_in(place: int, model: Model) -> Model:
    team = model.teams[place]
    more = replace(team, headcount=team.headcount + 1, shifts=(Shift(team.headcount, 1, 0.0, 9 * 3600.0), *team.shifts))
    return replace(model, teams=(*model.teams[:place], more, *model.teams[place + 1 :]))


def one_team_more(model: Model, r: Random) -> Model:
    team = Team("before", 3, model.teams[0].site, {model.needs[0].name: 1.0}, (Shift(0, 3, 0.0, 9 * 3600.0),), 0.3)
    return replace(model, teams=(team, *model.teams))


def one_surge_more(model: Model, r: Random) -> Model:
    surge = Surge("before", r.choice(model.needs).name, 3600.0, 0.02, 0.0, 600.0, 600.0)
    return replace(model, demand=(surge, *model.demand))


def one_need_more(model: Model, r: Random) -> Model:
    need = Need("before", 2, Exponential(60.0), Constant(0.0), Exponential(60.0))
    return replace(model, needs=(need, *model.needs), demand=(Surge("before", "before", 3600.0, 0.02, 0.0, 600.0, 600.0), *model.demand))


def one_group_more(model: Model, r: Random) -> Model:
    people = People("before", model.needs[0].name, 3600.0, 30, Exponential(3600.0), groups=("before",))
    return replace(model, groups={"before": "", **model.groups}, demand=(people, *model.demand))


def one_site_and_link_more(model: Model, r: Random) -> Model:
    return replace(model, links=(Link("before", 5), *model.links), sites=(Site("before", Seats(5, 0), ("before",)), *model.sites))


def one_channel_more(model: Model, r: Random) -> Model:
    return replace(model, channels=(*model.channels[:1], Channel("before", "email"), *model.channels[1:]))


MORE: tuple[Callable[[Model, Random], Model], ...] = (
    one_agent_more, one_agent_more_in_the_first_team, one_team_more, one_surge_more, one_need_more, one_group_more,
    one_site_and_link_more, one_channel_more,
)  # fmt: skip


@contextmanager
def luck_seen(drawn: Drawn) -> Iterator[None]:
    """Note all luck that a run asks for, by its name and by whose it is."""
    of_people, of_agents, of_shifts = Luck.of_people, Luck.of_agents, Luck.of_shifts

    def people(self: Luck, name: str, numbers: NDArray[np.intp]) -> NDArray[np.float64]:
        found = of_people(self, name, numbers)
        drawn.update(((name, ("customer", key)), u) for key, u in zip(self.workload.key[numbers].tolist(), found.tolist(), strict=True))
        return found

    def note(self: Luck, name: str, numbers: range, found: NDArray[np.float64]) -> None:
        persons = [(team.name, place) for team in self.model.teams for place in range(team.headcount)]
        drawn.update(((name, persons[number]), u) for number, u in zip(numbers, found.tolist(), strict=True))

    def agents(self: Luck, name: str, numbers: range) -> NDArray[np.float64]:
        found = of_agents(self, name, numbers)
        note(self, name, numbers, found)
        return found

    def shifts(self: Luck, names: Sequence[str], crews: Sequence[range]) -> list[NDArray[np.float64]]:
        found = of_shifts(self, names, crews)
        for name, numbers, one in zip(names, crews, found, strict=True):
            assert one.tolist() == of_agents(self, name, numbers).tolist()  # at once or one after another
            note(self, name, numbers, one)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Luck, "of_people", people)
        patch.setattr(Luck, "of_agents", agents)
        patch.setattr(Luck, "of_shifts", shifts)
        yield


def luck_in(model: Model) -> tuple[Drawn, Mapping[int, tuple[float, ...]]]:
    """All luck that one world of ``model`` asks for, and the marks of everybody in it by key."""
    drawn: Drawn = {}
    workload = draw(model, 7, 2)
    with luck_seen(drawn):
        simulate(model, workload)
    marks = np.stack([workload.onset, workload.informed, workload.outside, workload.persistence, workload.network])
    return drawn, dict(zip(workload.key.tolist(), map(tuple, marks.T.tolist()), strict=True))


@cache
def luck_of(seed: int) -> tuple[Drawn, Mapping[int, tuple[float, ...]]]:
    return luck_in(channelled(seed))


def by_act(model: Model, drawn: Drawn) -> set[str]:
    """The names of the acts whose steps have asked for luck."""
    done = {step.id: step.act.name for step in (*model.events, *model.playbook)}
    return {done[name.split("/")[0]] for name, _ in drawn if name.split("/")[0] in done}


@pytest.mark.parametrize("more", MORE)
def test_whoever_else_there_is_everybody_has_the_luck_they_had(more: Callable[[Model, Random], Model]) -> None:
    """In every step of every act that draws luck, in every shift, and in what is drawn before the run."""
    compared: set[str] = set()
    for seed in range(MADE):
        model = channelled(seed)
        (before, people), (after, others) = luck_of(seed), luck_in(more(model, Random(seed)))  # noqa: S311  # test cases, not secrets
        assert people.items() <= others.items(), f"seed {seed}"
        both = before.keys() & after.keys()
        moved = [name for name in both if before[name] != after[name]]
        assert not moved, f"seed {seed}: {moved[:3]} and {len(moved) - 1} more"
        compared |= by_act(model, {name: before[name] for name in both})
        assert any(name.startswith("absence/") for name, _ in both)
    draws = {act.name for _, act in acts.items() if "luck" in inspect.getsource(act) or "journeys" in inspect.getsource(act)}
    ours = {act.name for _, act in acts.items() if act.__module__.startswith("simulator.")}  # tests may register others
    assert compared == draws & ours
    assert len(compared) > 5


def test_the_luck_of_one_differs_from_that_of_another_and_by_step() -> None:
    model = channelled(3)
    workload = draw(model, 7, 2)
    luck, everybody = Luck(model, workload), np.arange(len(workload))
    for found in (luck.of_people("a/read", everybody), luck.of_agents("a/away", range(sum(team.headcount for team in model.teams)))):
        assert len(set(found.tolist())) == len(found)
    assert not np.isin(luck.of_people("a/read", everybody), luck.of_people("b/read", everybody)).any()
    assert not np.isin(luck.of_people("a/read", everybody), luck.of_people("a/informed", everybody)).any()


def test_the_run_draws_only_by_name_of_a_person_or_a_link() -> None:
    """What happens in a run asks for luck by person; a stream would give it by place."""
    folder = Path(simulator.crisis.__file__).parent
    reach = {file.name for file in folder.glob("*.py") if ".streams" in file.read_text(encoding="utf-8")}
    assert reach == {"luck.py", "outages.py", "play.py"}  # by agent, by link; the number of the replication
