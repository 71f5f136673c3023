"""Ranking of alternatives: best or tied with best, who is dominated, how wide intervals cover, and what never is found."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.statistics.ranking import Column, Goal, column, distances, dominators, pairwise, rank, reduction

if TYPE_CHECKING:
    from simulator.statistics.worlds import Worlds

Floats = NDArray[np.float64]
LOST = Goal("people_never_served", {})
SERVED = Goal("served", {})


def columns(**values: list[float]) -> dict[str, Column]:
    made = {}
    for name, found in values.items():
        array = np.array(found, dtype=float)
        made[name] = Column(float(array.mean()), array, array)
    return made


def test_the_best_mean_stands_first_and_regret_counts_from_it() -> None:
    few = columns(a=[12, 13, 14, 15], b=[2, 3, 4, 5.5], c=[12, 13, 14, 15])
    found = rank(LOST, {name: Column(one.mean, np.tile(one.values, 3), np.tile(one.worlds, 3)) for name, one in few.items()})
    assert found is not None
    assert [s.alternative for s in found.standings] == ["b", "a", "c"]  # equals in the order in which they were named
    assert found.tied == ("b",)
    assert [s.regret for s in found.standings] == pytest.approx([0, 9.875, 9.875])
    assert [s.wins for s in found.standings] == [1.0, 0.0, 0.0]
    assert found.of("b").high == 0.0
    assert found.of("b").low < -9
    assert (found.of("a").low, found.more) == (0.0, 0)


def test_more_is_better_where_the_measure_says_so() -> None:
    found = rank(SERVED, columns(a=[1, 2, 3], b=[11, 12, 13.5]))
    assert found is not None
    assert [(s.alternative, s.mean) for s in found.standings] == [("b", pytest.approx(12.1667, abs=1e-4)), ("a", 2.0)]


def test_ties_share_a_world() -> None:
    found = rank(LOST, columns(a=[1, 5, 7], b=[1, 4, 7], c=[9, 9, 7]))
    assert found is not None
    assert {s.alternative: s.wins for s in found.standings} == pytest.approx(
        {"a": (1 / 2 + 1 / 3) / 3, "b": (1 / 2 + 1 + 1 / 3) / 3, "c": 1 / 9}
    )


def test_one_world_excludes_nobody() -> None:
    found = rank(LOST, columns(a=[1], b=[2]))
    assert found is not None
    assert (found.tied, found.more) == (("a", "b"), None)


def test_worlds_in_which_one_is_undefined_are_left_out() -> None:
    found = rank(LOST, columns(a=[1, np.nan, 3], b=[2, 5, 4]))
    assert found is not None
    assert found.worlds == 2
    assert rank(LOST, columns(a=[np.nan], b=[1])) is None


def test_how_many_more_worlds_a_tie_would_take() -> None:
    chance = np.random.default_rng(3)
    noise = chance.normal(0, 5, (2, 30))
    found = rank(LOST, columns(a=list(noise[0]), b=list(noise[1] + 1)))
    assert found is not None
    assert found.tied == ("a", "b")
    assert found.more is not None
    assert 100 < found.more < 100_000


class TwoWorlds:
    """Nine of ten served in one world, none of ninety in the other."""

    def figures(self, _measure: object, _scope: object) -> tuple[Floats, Floats]:
        return np.array([1.0, 90.0]), np.array([10.0, 90.0])


def test_a_ratio_is_ranked_by_its_sums() -> None:
    found = column(cast("Worlds", TwoWorlds()), Goal("never_served", {}))
    assert found.mean == pytest.approx(91 / 100)
    assert found.values.mean() == pytest.approx(91 / 100)
    assert found.worlds.tolist() == pytest.approx([0.1, 1.0])


def test_fewer_than_ten_worlds_call_nothing_best() -> None:
    found = rank(LOST, columns(a=[12, 13, 14, 15.0] * 2, b=[2, 3, 4, 5.5] * 2))
    assert found is not None
    assert [s.alternative for s in found.standings] == ["b", "a"]
    assert not found.sure
    assert found.tied == ("b", "a")  # nobody is out
    assert np.isnan([s.low for s in found.standings]).all()
    assert dominators([LOST], [columns(a=[1.0, 2, 3] * 3, b=[11.0, 12, 13.5] * 3)]) == {"a": (), "b": ()}


def test_who_is_dominated() -> None:
    lost = columns(a=[1, 2, 3] * 4, b=[11, 12, 13.5] * 4, c=[1, 2, 3] * 4, d=[30, 31, 32.5] * 4)
    served = columns(a=[5, 6, 7] * 4, b=[5, 6, 7] * 4, c=[1, 2, 3.5] * 4, d=[50, 51, 52.5] * 4)
    assert dominators([LOST, SERVED], [lost, served]) == {"a": (), "b": ("a",), "c": ("a",), "d": ()}
    assert dominators([LOST], [lost]) == {"a": (), "b": ("a", "c"), "c": (), "d": ("a", "b", "c")}


def test_pairs_and_independent_worlds() -> None:
    shared = np.arange(20.0)
    found = columns(a=list(shared), b=list(shared + np.tile([1.0, 1.2], 10)))
    assert reduction(found["b"], found["a"]) == pytest.approx(2 * shared.var(ddof=1) / (0.01 * 20 / 19), rel=0.02)
    assert reduction(found["a"], found["a"]) == np.inf


def test_what_is_known_of_the_worlds_tells_alternatives_apart() -> None:
    chance = np.random.default_rng(1)
    severity = chance.uniform(-1, 1, 30)
    noise = chance.normal(0, 0.3, 30)
    found = columns(a=list(10 + 0 * noise), b=list(11 + 8 * severity + noise))
    plain, sharp = rank(LOST, found), rank(LOST, found, {"severity": severity})
    assert plain is not None
    assert sharp is not None
    assert (plain.tied, sharp.tied) == (("a", "b"), ("a",)) or (plain.tied, sharp.tied) == (("b", "a"), ("a",))


def correlated(chance: np.random.Generator, shape: tuple[int, int], spread: Floats, shared: float) -> Floats:
    return chance.normal(0, shared, (shape[0], 1)) + chance.normal(0, 1, shape) * spread


@pytest.mark.parametrize("spread", [np.ones(5), np.array([0.1, 0.1, 1.0, 5.0, 5.0])], ids=["alike", "unlike"])
def test_intervals_around_the_best_cover_as_promised(spread: Floats) -> None:
    """1,000 studies of five alternatives, noise alike and very unlike: all five statements hold in at least 95 %."""
    chance = np.random.default_rng(95)
    means = np.array([0.0, 0.0, 0.05, 0.5, 1.0])
    held, kept = 0, 0
    true = np.array([means[i] - np.delete(means, i).min() for i in range(5)])
    for _ in range(1000):
        low, high, may = distances(*pairwise(means + correlated(chance, (30, 5), spread, 10.0)))
        held += bool(((low <= true + 1e-12) & (true <= high + 1e-12)).all())
        kept += bool(may[0] and may[1])
    allowed = 4.75 * np.sqrt(0.05 * 0.95 / 1000)
    assert held / 1000 >= 0.95 - allowed
    assert kept / 1000 >= 0.9 - allowed  # two equal best ones: each is lost in at most 5 %


def test_a_strategy_against_itself_is_never_better() -> None:
    """Null comparison: identical worlds have no difference; equal laws one in no more than 5 % of 1,000 studies."""
    same = columns(a=[3, 1, 2], b=[3, 1, 2])
    found = rank(LOST, same)
    assert found is not None
    assert found.tied == ("a", "b")
    assert dominators([LOST], [same]) == {"a": (), "b": ()}
    chance = np.random.default_rng(11)
    wrong = 0
    for _ in range(1000):
        _, _, may = distances(*pairwise(correlated(chance, (20, 4), np.ones(4), 5.0)))
        wrong += not may[0]
    assert wrong / 1000 <= 0.05 + 4.75 * np.sqrt(0.05 * 0.95 / 1000)
