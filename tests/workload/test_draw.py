"""The workload: the right numbers of people at the right times, and the same luck whatever else is there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator.model.distributions import Constant, Exponential, Gamma
from simulator.model.ranges import Range
from simulator.model.world import Model, People, Profile, Redial, Retry, Surge
from simulator.vocabulary import Solved
from simulator.workload import Workload, draw
from simulator.workload.streams import Streams
from tests.rules.small_centre import centre

DAY = 86400.0


def of(*demand: Profile | Surge | People, duration: float = DAY, **more: object) -> Model:
    return replace(centre(duration=duration), demand=demand, **more)  # type: ignore[arg-type]  # fields of a Model


def counts(model: Model, replications: int = 400) -> np.ndarray:
    return np.array([len(draw(model, 11, r)) for r in range(replications)])


def test_a_profile_is_a_poisson_process() -> None:
    n = counts(of(Profile("calls", "question", (0.0, DAY), (500.0,))))
    assert abs(n.mean() - 500) < 4.75 * np.sqrt(500 / 400)
    assert n.var(ddof=1) == pytest.approx(500, rel=0.3)


def test_a_day_s_busyness_spreads_the_counts() -> None:
    """NB-1: gamma busyness of shape 20, mean 500 a day: variance 13,000."""
    n = counts(of(Profile("calls", "question", (0.0, DAY), (500.0,), day_cv=np.sqrt(1 / 20))))
    assert n.mean() == pytest.approx(500, abs=4.75 * np.sqrt(13000 / 400))
    assert n.var(ddof=1) == pytest.approx(13000, rel=0.3)


def by_demand(model: Model, replication: int) -> list[np.ndarray]:
    """The onsets of each entry of the demand."""
    workload = draw(model, 11, replication)
    return [workload.onset[workload.demand == k] for k in range(len(model.demand))]


def test_days_in_common_are_busy_for_all_who_share_them() -> None:
    """Two needs of mean 500 and CV 30 %: shared, the sum has the variance 1000 + 300²; apart, 1000 + 2 x 150²."""
    pair = [Profile(name, "question", (0.0, DAY), (500.0,), day_cv=0.3, busyness="week") for name in ("orders", "claims")]
    shared, apart = of(*pair), of(*(replace(one, busyness="") for one in pair))
    assert counts(shared).var(ddof=1) == pytest.approx(91_000, rel=0.3)
    assert counts(apart).var(ddof=1) == pytest.approx(46_000, rel=0.3)
    together = np.array([[len(each) for each in by_demand(shared, r)] for r in range(200)])
    assert np.corrcoef(together.T)[0, 1] > 0.95
    assert abs(np.corrcoef(np.array([[len(each) for each in by_demand(apart, r)] for r in range(200)]).T)[0, 1]) < 0.25


def test_who_shares_busy_days_changes_nobody_else_s_luck() -> None:
    alone = Profile("claims", "question", (0.0, DAY), (500.0,), day_cv=0.3)
    orders = Profile("orders", "question", (0.0, DAY), (500.0,), day_cv=0.3)
    one, other = of(orders, alone), of(replace(orders, busyness="week"), alone)
    for r in range(5):
        assert (by_demand(one, r)[1] == by_demand(other, r)[1]).all()
    wide = of(replace(orders, busyness="week"), replace(alone, busyness="week", day_cv=0.1))
    for r in range(5):  # another spread of one leaves the days of the other as they are
        assert (by_demand(wide, r)[0] == by_demand(other, r)[0]).all()


def test_each_interval_gets_its_share() -> None:
    model = of(Profile("calls", "question", (0.0, 100.0, 400.0), (900.0, 100.0), talk_factor=(1.0, 2.0)), duration=400.0)
    workload = draw(model, 1, 0)
    early = workload.onset < 100
    assert early.sum() == pytest.approx(900, abs=4.75 * 30)
    assert (workload.talk_factor == np.where(early, 1.0, 2.0)).all()
    assert (np.diff(workload.onset) >= 0).all()


def test_a_surge_rises_holds_and_halves() -> None:
    surge = Surge("rush", "question", 1000.0, peak=2.0, rise=600.0, hold=600.0, half_life=600.0)
    onset = np.concatenate([draw(of(surge), 1, r).onset for r in range(20)]) - 1000
    expected = {(0, 300): 150.0, (300, 600): 450.0, (600, 1200): 1200.0, (1200, 1800): 2 * 600 / np.log(2) / 2}
    for (start, end), mean in expected.items():
        n = ((onset >= start) & (onset < end)).sum() / 20
        assert n == pytest.approx(mean, abs=4.75 * np.sqrt(mean / 20)), (start, end)


def test_people_call_once_unless_their_need_has_ended() -> None:
    people = People("quake", "question", 3600.0, 1000.0, Gamma(1.2, 7200.0), Constant(9000.0), Constant(4000.0), barred=0.5)
    workload = draw(of(people), 1, 0)
    assert workload.barred.sum() == pytest.approx(500, abs=5)
    assert len(workload) == pytest.approx(1500, abs=5)
    soonest = np.minimum(3600.0 + 9000.0, workload.onset + 4000.0)
    assert workload.solved_at == pytest.approx(soonest)
    by = np.where(workload.onset + 4000.0 < 12600.0, Solved.ELSEWHERE, Solved.REPAIRED)
    assert (workload.solved_by == by).all()


def test_a_surge_leaves_the_others_alone() -> None:
    calls = Profile("calls", "question", (0.0, DAY), (300.0,))
    alone = draw(of(calls), 1, 0)
    both = draw(of(calls, Surge("rush", "question", 100.0, 0.1, 60.0, 600.0, 600.0)), 1, 0)
    same = both.demand == 0
    for column in ("key", "onset", "patience", "informed", "network", "gives_up"):
        np.testing.assert_array_equal(getattr(both, column)[same], getattr(alone, column))


def test_more_people_are_the_same_people_and_more() -> None:
    def people(n: float) -> Workload:
        return draw(of(People("quake", "question", 0.0, n, Exponential(3600.0))), 1, 0)

    assert set(people(100).key.tolist()) < set(people(101).key.tolist())


def test_a_longer_run_has_the_same_people_and_more() -> None:
    """Who would first call after the end is left out, and moves nobody's luck by it."""

    def until(duration: float) -> Workload:
        people = People("quake", "question", 0.0, 500.0, Exponential(7200.0), Constant(9000.0), Exponential(900.0), barred=0.4)
        model = of(people)
        return draw(replace(model, clock=replace(model.clock, duration=duration)), 1, 0)

    short, long = until(3600.0), until(20_000.0)
    early = long.onset < 3600.0
    assert 100 < early.sum() < len(long)
    for column in ("key", "onset", "patience", "informed", "haste", "persistence", "gives_up", "solved_at"):
        np.testing.assert_array_equal(getattr(short, column), getattr(long, column)[early], err_msg=column)


def test_a_range_is_drawn_once_and_by_its_name() -> None:
    def model(high: float, name: str = "demand.quake.people") -> Model:
        return of(People("quake", "question", 0.0, Range(300.0, 100.0, high, name), Exponential(60.0)))

    first, second = (draw(model(high), 5, 3).assumptions["demand.quake.people"] for high in (900.0, 900.0))
    assert first == second
    assert 100 < first < 900
    assert draw(model(900.0, "other"), 5, 3).assumptions["other"] != first
    drawn = np.array([draw(model(900.0), 5, r).assumptions["demand.quake.people"] for r in range(400)])
    assert drawn.mean() == pytest.approx(1300 / 3, abs=4.75 * drawn.std() / 20)


@pytest.mark.parametrize(("likely", "low", "high"), [(5.0, 6.0, 9.0), (5.0, 1.0, 4.0)])
def test_a_range_must_hold_its_likely_value(likely: float, low: float, high: float) -> None:
    with pytest.raises(ValueError, match="low <= likely <= high"):
        Range(likely, low, high)


def test_streams_depend_on_seed_replication_and_name_only() -> None:
    one = Streams(1, 0).uniforms("patience", 5)
    np.testing.assert_array_equal(one, Streams(1, 0).uniforms("patience", 50)[:5])
    for other in (Streams(2, 0).uniforms("patience", 5), Streams(1, 1).uniforms("patience", 5), Streams(1, 0).uniforms("talk", 5)):
        assert not np.isin(one, other).any()


def test_persistence_has_its_mean_and_its_spread() -> None:
    redial = Redial(busy=Retry(0.8, Exponential(60.0)), abandoned=Retry(0.5, Exponential(60.0)), persistence=3.0)
    voice = replace(centre().channels[0], redial=redial)
    workload = draw(of(Profile("calls", "question", (0.0, DAY), (20000.0,)), channels=(voice,)), 1, 0)
    busy, abandoned, cut = (
        np.interp(workload.persistence, np.linspace(0, 1, len(table)), table) if len(table) > 1 else np.full(len(workload), table[0])
        for table in workload.retries
    )
    assert busy.mean() == pytest.approx(0.8, abs=0.01)
    assert abandoned.var() == pytest.approx(0.5 * 0.5 / 4, rel=0.05)
    assert (cut == 0).all()
    assert np.corrcoef(busy, abandoned)[0, 1] > 0.9
