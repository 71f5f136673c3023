"""Demand scaled above 1: more people of every kind come, by the factor in force, and the ordinary ones stay who they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.crisis.events import ScaleDemand
from simulator.crisis.play import simulate
from simulator.model.distributions import Constant, Exponential
from simulator.model.people import Contagion
from simulator.model.ranges import Range
from simulator.model.world import After, At, Demand, Model, People, Profile, Step, Surge
from simulator.records import Run
from simulator.statistics.books import check_books
from simulator.vocabulary import Fate
from simulator.workload import Workload, draw
from tests.rules.small_centre import centre

HOUR = 3600.0
PROFILE = Profile("calls", "question", (0.0, 2 * HOUR, 4 * HOUR), (300.0, 600.0), talk_factor=(1.0, 2.0), day_cv=0.3, days=(2 * HOUR,))
PEOPLE = People("struck", "question", HOUR, 400.0, Exponential(HOUR), Exponential(5 * HOUR), Constant(2 * HOUR), barred=0.5)
SURGE = Surge("rush", "question", 600.0, 0.1, 1200.0, 1200.0, 1800.0, solved_elsewhere=Constant(1800.0))
EACH = (PROFILE, PEOPLE, SURGE)


def grown(*steps: Step, demand: tuple[Demand, ...] = (PROFILE,), agents: int = 5) -> Model:
    return replace(centre(agents, duration=4 * HOUR, events=steps), demand=demand)


def scaled(factor: float, since: float = 0.0, until: float | None = None, back: float | None = None, name: str = "more") -> Step:
    return Step(name, ScaleDemand("question", factor, back), At(since), until=None if until is None else At(until))


def onset(run: Run) -> np.ndarray:
    """When people first wanted to make contact, of those who did or would have been let in."""
    return np.asarray(run.persons.onset[run.persons.fate != Fate.STAYED_AWAY])


def counted(steps: tuple[Step, ...], demand: Demand, edges: np.ndarray, worlds: int = 150) -> np.ndarray:
    """Mean number of customers between ``edges``, and its standard error."""
    model = grown(*steps, demand=(demand,))
    counts = np.array([np.histogram(onset(simulate(model, draw(model, 5, r))), edges)[0] for r in range(worlds)])
    return np.array([counts.mean(axis=0), counts.std(axis=0, ddof=1) / np.sqrt(worlds)])


@pytest.mark.parametrize("demand", EACH, ids=lambda d: type(d).__name__)
def test_as_many_come_as_the_factors_in_force_say(demand: Demand) -> None:
    """Three steps, two of which grow back to normal: by interval, the usual number times the mean factor there."""
    steps = (
        scaled(1.6, HOUR, name="more"),
        scaled(0.5, 1.5 * HOUR, name="fewer", back=2 * HOUR),
        scaled(1.5, 2 * HOUR, name="again", back=3.5 * HOUR),
    )
    edges = np.linspace(0.0, 4 * HOUR, 17)

    def factor(t: np.ndarray) -> np.ndarray:
        fewer = np.where((t >= 1.5 * HOUR) & (t < 2 * HOUR), 0.5 + 0.5 * (t - 1.5 * HOUR) / (0.5 * HOUR), 1.0)
        again = np.where((t >= 2 * HOUR) & (t < 3.5 * HOUR), 1.5 - 0.5 * (t - 2 * HOUR) / (1.5 * HOUR), 1.0)
        return np.where(t >= HOUR, 1.6, 1.0) * fewer * again

    usual, doubt = counted((), demand, edges, 400)
    seen, error = counted(steps, demand, edges)
    times = factor(np.add.outer(edges[:-1], (np.arange(200) + 0.5) / 200 * (edges[1] - edges[0]))).mean(axis=1)
    off = (seen - usual * times) / np.maximum(np.hypot(error, doubt * times), 1e-9)
    assert np.abs(off).max() < 4.75, off.round(1)


def came(model: Model, seed: int) -> set[int]:
    """The keys of everybody whose need arose."""
    workload = draw(model, seed, 0)
    return set(workload.key[simulate(model, workload).persons.fate != Fate.STAYED_AWAY].tolist())


@given(st.floats(0.0, 3.0), st.floats(1.0, 3.0), st.integers(0, 1000))
@settings(max_examples=25, deadline=None, derandomize=True)
def test_a_higher_factor_keeps_everybody_of_a_lower_one(factor: float, times: float, seed: int) -> None:
    lower, higher = (grown(scaled(f, HOUR, 3 * HOUR), demand=EACH) for f in (factor, factor * times))
    assert came(lower, seed) <= came(higher, seed)


def ordinary(workload: Workload) -> dict[str, np.ndarray]:
    """The columns of the people who come without any step."""
    theirs = workload.quiet < 1
    return {name: c[theirs] for name, c in vars(workload).items() if isinstance(c, np.ndarray) and len(c) == len(workload)}


def test_the_ordinary_people_stay_who_they_are() -> None:
    usual, more, most = (
        draw(grown(*steps, demand=EACH), 3, 1)
        for steps in ((), (scaled(1.3, HOUR),), (scaled(2.5, HOUR, 2 * HOUR, name="x"), scaled(4.0, 3 * HOUR, name="y")))
    )
    assert len(usual) < len(more) < len(most)
    for other in (more, most):
        for name, column in ordinary(usual).items():
            np.testing.assert_array_equal(column, ordinary(other)[name], err_msg=name)
    # Of the extra ones too, whoever comes in both is the same person.
    both, mine, theirs = np.intersect1d(more.key, most.key, return_indices=True)
    assert len(both) > len(usual)
    for name in ("onset", "demand", "patience", "solved_at", "talk_factor", "barred", "quiet"):
        np.testing.assert_array_equal(getattr(more, name)[mine], getattr(most, name)[theirs], err_msg=name)


def test_nobody_is_drawn_who_could_not_come() -> None:
    """A week's demand is not doubled for two hours of it."""
    hours = draw(grown(scaled(2.0, HOUR, 2 * HOUR)), 1, 0)
    extra = hours.onset[hours.quiet >= 1]
    assert len(extra) > 50
    assert ((extra >= HOUR) & (extra <= 2 * HOUR)).all()


@pytest.mark.parametrize(
    "when", [None, After("first", 600.0), After("nothing-of-the-file")], ids=["needs", "after an event", "after something else"]
)
def test_steps_without_a_time_of_their_own_find_their_people(when: After | None) -> None:
    first = Step("first", ScaleDemand("question", 0.9), At(1000.0))
    later = Step("later", ScaleDemand("question", 3.0), when, needs=("first",) if when is None else (), takes=60.0)
    steps = (first, later) if when is None or when.step == "first" else (first, replace(later, when=After("first", 600.0)))
    model = grown(*steps)
    begins = 1060.0 if when is None else 1660.0
    run = simulate(model, draw(model, 1, 0))
    extra = run.persons.onset[(run.persons.fate != Fate.STAYED_AWAY) & (draw(model, 1, 0).quiet >= 1)]
    assert extra.min() > begins
    assert len(extra) > 500


def test_books_balance_and_extra_people_are_customers_like_others() -> None:
    steps = (scaled(2.0, HOUR, 3 * HOUR, back=2.5 * HOUR),)
    contagion = Contagion("voice", 0.3, 0.4, Exponential(600.0))
    model = replace(grown(*steps, demand=EACH, agents=2), contagion=contagion)
    workload = draw(model, 1, 0)
    run = simulate(model, workload)
    check_books(run, model)
    extra = workload.quiet >= 1
    assert {Fate(f) for f in run.persons.fate[extra].tolist()} >= {Fate.SERVED, Fate.STAYED_AWAY, Fate.STILL_TRYING}
    assert run.persons.barred[extra].any()
    away = run.persons.fate == Fate.STAYED_AWAY
    assert (run.persons.attempts[away] == 0).all()


def test_variants_that_grow_differently_are_drawn_apart() -> None:
    from simulator.experiment.task import customers_of

    usual, low, high = grown(scaled(0.5)), grown(scaled(1.5)), grown(scaled(1.6))
    assert customers_of(grown()) == customers_of(usual)
    wide = [grown(scaled(Range(1.5, 1.0, top, "f"))) for top in (2.0, 3.0)]
    assert len({customers_of(m) for m in (usual, low, high, *wide)}) == 5


def test_a_factor_that_is_not_known_is_drawn_with_the_world() -> None:
    model = grown(scaled(Range(2.0, 1.0, 3.0, "f")))
    extra = []
    for r in range(60):
        workload = draw(model, 1, r)
        extra.append((workload.assumptions["f"] - 1, int((workload.quiet >= 1).sum())))
    factors, people = np.array(extra).T
    assert np.corrcoef(factors, people)[0, 1] > 0.8  # the days differ, too
