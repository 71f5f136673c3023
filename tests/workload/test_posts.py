"""Posts breed posts: a branching process that dies out, and that leaves every other cascade alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from simulator.model.distributions import Constant, Exponential
from simulator.model.people import Contagion
from simulator.model.world import Channel, Model, Profile, Standing
from simulator.workload import Workload, draw
from simulator.workload.posts import MARK, Posts, breed, poisson, spawn, uniforms
from tests.rules.small_centre import centre

DAY = 86400.0
PEOPLE = np.arange(4000, dtype=np.int64)


def cascades(breeds: float, n: int = 4000, cap: int = 10**6) -> Posts:
    return breed(PEOPLE[:n], PEOPLE[:n] * 7919 + 3, breeds, cap)


@pytest.mark.parametrize("breeds", [0.0, 0.3, 0.6, 0.8])
def test_a_cascade_has_the_size_of_its_law(breeds: float) -> None:
    """HK-1: mean 1 / (1 - breeds), variance breeds / (1 - breeds)^3, and Borel's law for small sizes."""
    made = cascades(breeds)
    size = np.bincount(made.parent, minlength=4000)
    error = np.sqrt(breeds / (1 - breeds) ** 3 / 4000)
    assert size.mean() == pytest.approx(1 / (1 - breeds), abs=4.75 * error + 1e-12)
    for k, p in ((1, np.exp(-breeds)), (2, breeds * np.exp(-2 * breeds)), (3, 1.5 * breeds**2 * np.exp(-3 * breeds))):
        assert (size == k).mean() == pytest.approx(p, abs=4.75 * np.sqrt(p * (1 - p) / 4000) + 1e-12)


def test_every_post_is_bred_once_and_children_are_neighbours() -> None:
    made = cascades(0.6, n=200)
    children = np.concatenate([np.arange(200)] + [np.arange(f, f + c) for f, c in zip(made.first, made.count, strict=True)])
    np.testing.assert_array_equal(np.sort(children), np.arange(len(made)))
    bred = made.count > 0
    np.testing.assert_array_equal(made.parent[made.first[bred]], made.parent[bred])  # the same customer at the root
    assert len(np.unique(made.key)) == len(made)
    assert (made.key >= 0).all()
    assert (made.key < 2**62).all()


def test_more_people_leave_the_cascades_of_the_others_alone() -> None:
    few, many = cascades(0.6, n=100), cascades(0.6, n=200)
    assert set(few.key.tolist()) < set(many.key.tolist())
    assert set(many.key[many.parent < 100].tolist()) == set(few.key.tolist())


@pytest.mark.parametrize("breeds", [0.95, 2.0])
def test_posts_are_capped(breeds: float) -> None:
    made = cascades(breeds, cap=5000)
    assert len(made) == 5000
    assert made.first[made.count > 0].max() < 5000
    assert len(cascades(breeds, cap=10)) == 4000  # the first posts are there, and no more


def test_nobody_posts_where_there_is_nobody() -> None:
    assert len(cascades(0.5, n=0)) == 0


def test_counts_are_poisson() -> None:
    u = (np.arange(100_000) + 0.5) / 100_000
    for mean in (0.0, 0.4, 3.0, 40.0):
        n = poisson(mean, u)
        assert n.mean() == pytest.approx(mean, abs=0.002)
        assert n.var() == pytest.approx(mean, rel=0.002, abs=0.002)


def test_keys_and_marks_are_even_and_unrelated() -> None:
    keys = spawn(PEOPLE, np.zeros(4000, dtype=np.int64))
    u, other = uniforms(keys, MARK), uniforms(keys, MARK + 1)
    assert ((u > 0) & (u < 1)).all()
    assert np.bincount((u * 20).astype(int), minlength=20) == pytest.approx(np.full(20, 200.0), abs=4.75 * np.sqrt(200))
    assert abs(np.corrcoef(u, other)[0, 1]) < 4.75 / np.sqrt(4000)
    assert not np.isin(spawn(PEOPLE, np.ones(4000, dtype=np.int64)), keys).any()


def talked_about(contagion: Contagion | None, standing: Standing | None = None, n: float = 3000.0) -> Model:
    made = centre(duration=DAY)
    social = Channel("social", "social", patience={"question": Constant(1800.0)}, talk_time={"question": Constant(90.0)})
    calls = Profile("calls", "question", (0.0, DAY), (n,), standing=standing)
    return replace(made, demand=(calls,), channels=(made.channels[0], social), contagion=contagion)


def columns(drawn: Workload) -> Mapping[str, np.ndarray]:
    return {name: value for name, value in vars(drawn).items() if isinstance(value, np.ndarray) and len(value)}


def test_posts_come_after_people_and_carry_the_need_of_the_first() -> None:
    drawn = draw(talked_about(Contagion("social", 0.2, 0.5, Exponential(600.0))), 1, 0)
    people, posts = drawn.calls, len(drawn) - drawn.calls
    assert {len(column) for column in columns(drawn).values()} == {people + posts}
    assert drawn.posts[:people].sum() == pytest.approx(0.2 * people, abs=4.75 * np.sqrt(0.16 * people))
    assert posts == drawn.posts.sum()  # each is bred once
    assert posts == pytest.approx(2.0 * float(drawn.posts[:people].sum()), rel=0.3)
    later = slice(people, None)
    assert (drawn.channel[:people] == 0).all()
    assert (drawn.channel[later] == 1).all()
    assert (drawn.patience[later] == 1800.0).all()
    assert drawn.onset[later].mean() == pytest.approx(600.0, rel=0.2)  # from what it follows to the post
    assert np.isinf(drawn.solved_at[later]).all()
    first = drawn.first_post[:people][drawn.posts[:people] > 0]
    np.testing.assert_array_equal(first, people + np.arange(len(first)))
    assert drawn.talk[1].tolist() == [90.0]


def test_people_are_the_same_with_and_without_word_of_mouth() -> None:
    quiet, loud = draw(talked_about(None), 1, 0), draw(talked_about(Contagion("social", 0.2, 0.5, Exponential(600.0))), 1, 0)
    for name, column in columns(quiet).items():
        np.testing.assert_array_equal(column, getattr(loud, name)[: loud.calls], err_msg=name)
    np.testing.assert_array_equal(quiet.talk[0], loud.talk[0])


def test_bad_standing_makes_people_post() -> None:
    contagion = Contagion("social", 0.1, 0.0, Exponential(600.0))
    level = draw(talked_about(contagion, Standing(0.0)), 1, 0)
    bad = draw(talked_about(contagion, Standing(-0.5, publicity=2.0)), 1, 0)
    n, p = bad.calls, 0.1 * np.exp(1.0)
    assert bad.posts[:n].sum() == pytest.approx(p * n, abs=4.75 * np.sqrt(p * (1 - p) * n))
    assert not (level.posts[:n] > bad.posts[:n]).any()


def test_by_person_posts_have_a_talk_time_of_their_own() -> None:
    model = replace(talked_about(Contagion("social", 0.2, 0.5, Exponential(600.0))), service_order="person")
    drawn = draw(model, 1, 0)
    assert len(drawn.talk[0]) == len(drawn)
    assert (drawn.talk[0][drawn.calls :] == 90.0).all()
