"""What people carry with them: their channel, their standing, their distress; and nothing that a plain phone centre had changes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator.model.channels import Calling, SelfService, Turns
from simulator.model.distributions import Constant, Exponential, Gamma, Lognormal
from simulator.model.people import Distress, Mix
from simulator.model.world import Announced, Channel, Model, Need, People, Profile, Redial, Retry, Standing, Surge
from simulator.vocabulary import Solved
from simulator.workload import draw
from simulator.workload.table import law_table
from simulator.workload.workload import CAUSES
from tests.rules.small_centre import centre

DAY = 86400.0
VOICE = centre().channels[0]
MAIL = Channel("mail", "email", patience={"question": Exponential(500.0)}, talk_time={"question": Exponential(900.0)})
TALK = Exponential(300.0)
CALLS = Profile("calls", "question", (0.0, DAY), (2000.0,))


def model(*mixes: Mix, standing: Standing | None = None, channels: tuple[Channel, ...] = (VOICE, MAIL), **need: object) -> Model:
    question = Need("question", 1, TALK, Constant(20.0), Exponential(100.0), channels=mixes)
    return replace(centre(duration=DAY), needs=(replace(question, **need),), demand=(replace(CALLS, standing=standing),), channels=channels)  # type: ignore[arg-type]  # fields of a Need


def test_the_first_channel_is_everybody_s_where_nothing_is_said() -> None:
    assert not draw(model(), 1, 0).channel.any()


def test_people_choose_by_the_shares_of_the_hour() -> None:
    drawn = draw(model(Mix(DAY / 2, {"mail": 0.7, "voice": 0.1}), Mix(0.0, {"mail": 0.2})), 1, 0)
    late = drawn.onset >= DAY / 2
    for rows, share in ((late, 0.7), (~late, 0.2)):  # what no share covers goes to the first channel
        n = rows.sum()
        assert drawn.channel[rows].mean() == pytest.approx(share, abs=4.75 * np.sqrt(share * (1 - share) / n))


def test_before_the_first_mix_everybody_uses_the_first_channel() -> None:
    drawn = draw(model(Mix(DAY / 2, {"mail": 1.0})), 1, 0)
    np.testing.assert_array_equal(drawn.channel, drawn.onset >= DAY / 2)


def test_one_more_channel_leaves_those_who_keep_theirs_alone() -> None:
    alone = draw(model(channels=(VOICE,)), 1, 0)
    both = draw(model(Mix(0.0, {"voice": 0.6, "mail": 0.4})), 1, 0)
    stayed = both.channel == 0
    assert 0.5 < stayed.mean() < 0.7
    for column in ("key", "onset", "persistence", "network", "gives_up"):
        np.testing.assert_array_equal(getattr(both, column), getattr(alone, column))
    np.testing.assert_array_equal(both.patience[stayed], alone.patience[stayed])
    np.testing.assert_array_equal(both.talk[0], alone.talk[0][: len(both.talk[0])])


def test_a_channel_may_have_laws_of_its_own() -> None:
    drawn = draw(model(Mix(0.0, {"voice": 0.5, "mail": 0.5})), 1, 0)
    plain = draw(model(), 1, 0)
    wrote = drawn.channel == 1
    np.testing.assert_allclose(drawn.patience[wrote], 5 * plain.patience[wrote])  # the same quantile of another law
    assert [len(column) for column in drawn.talk] == [(~wrote).sum(), wrote.sum()]
    assert drawn.talk[1].mean() == pytest.approx(900.0, rel=0.15)
    np.testing.assert_array_equal(drawn.laws["patience"][1], law_table(Exponential(500.0)))
    np.testing.assert_array_equal(drawn.laws["talk"][0], law_table(TALK))


def test_by_person_everybody_s_talk_is_that_of_their_channel() -> None:
    by_person = replace(model(Mix(0.0, {"voice": 0.5, "mail": 0.5})), service_order="person")
    drawn = draw(by_person, 1, 0)
    plain = draw(replace(by_person, channels=(VOICE,), needs=(replace(by_person.needs[0], channels=()),)), 1, 0)
    np.testing.assert_allclose(drawn.talk[0], plain.talk[0] * np.where(drawn.channel == 1, 3.0, 1.0))


def test_tables_are_by_queue_cause_need_and_channel() -> None:
    voice = replace(
        VOICE,
        redial=Redial(busy=Retry(0.8, Exponential(60.0))),
        self_service=SelfService(Constant(40.0), {}),
        announced=Announced("queue-length", Constant(90.0)),
    )
    desk = Channel(
        "desk", "message", turns=Turns(5.0, Exponential(120.0), reading=Constant(75.0)), redial=Redial(cut=Retry(0.3, Constant(9.0)))
    )
    list_of_ours = Channel("callbacks", "callback", calling=Calling(25.0, ((0.3,) * 24,) * 7, spacing=Constant(7200.0)))
    distress = Distress(0.02, Exponential(1800.0), again=Retry(0.5, Constant(600.0)))
    drawn = draw(model(channels=(voice, desk, list_of_ours), distress=distress, again=Retry(0.4, Constant(300.0))), 1, 0)
    assert {purpose: len(tables) for purpose, tables in drawn.laws.items()} == {
        "patience": 3, "talk": 3, "wrap": 3, "gap": 9, "again": 1, "unheard": 1, "support": 1, "silence": 3, "reading": 3, "menu": 3,
        "spacing": 3,
    }  # fmt: skip
    of = {purpose: [float(table[1000]) for table in tables] for purpose, tables in drawn.laws.items()}
    assert (of["menu"], of["reading"], of["spacing"]) == ([40.0, 0.0, 0.0], [0.0, 75.0, 0.0], [0.0, 0.0, 7200.0])
    assert (of["again"], of["unheard"]) == ([300.0], [600.0])
    assert of["gap"][CAUSES.index("cut") + 3] == 9.0
    assert [len(table) > 1 for table in drawn.retries] == [True] + 4 * [False] + [True] + 3 * [False]
    assert (drawn.tolerance == 90.0).all()  # everybody calls first, and hears the wait


def test_distress_falls_on_a_share_of_people() -> None:
    n = len(draw(model(), 1, 0))
    drawn = draw(model(distress=Distress(0.1, Exponential(600.0))), 1, 0)
    assert drawn.distressed.sum() == pytest.approx(0.1 * n, abs=4.75 * np.sqrt(0.09 * n))
    more = draw(model(distress=Distress(0.3, Exponential(600.0))), 1, 0)
    assert not (drawn.distressed > more.distressed).any()  # the same people and more


def test_standing_moves_patience_and_the_choice_of_channel() -> None:
    standing = Standing(-0.4, spread=0.5, patience=2.0, channel="mail")
    plain, drawn = draw(model(channels=(VOICE,)), 1, 0), draw(model(standing=standing), 1, 0)
    assert drawn.standing.mean() == pytest.approx(-0.4 + 0.0144, abs=0.06)  # a little more: whom the bounds hold back
    assert (np.abs(drawn.standing) <= 1).all()
    assert (drawn.standing == -1).any()
    called = drawn.channel == 0
    np.testing.assert_allclose(drawn.patience[called], (plain.patience * np.exp(2 * drawn.standing))[called])
    np.testing.assert_allclose(drawn.temper, np.exp(2 * drawn.standing))
    assert not len(plain.temper)
    bad = drawn.standing < -0.5
    expected = -drawn.standing[bad]
    assert drawn.channel[bad].mean() == pytest.approx(expected.mean(), abs=4.75 * np.sqrt((expected * (1 - expected)).sum()) / bad.sum())
    assert not drawn.channel[drawn.standing >= 0].any()


def test_ordinary_needs_may_be_solved_elsewhere() -> None:
    drawn = draw(replace(model(), demand=(replace(CALLS, solved_elsewhere=Constant(3600.0)),)), 1, 0)
    np.testing.assert_allclose(drawn.solved_at, drawn.onset + 3600.0)
    assert (drawn.solved_by == Solved.ELSEWHERE).all()


def test_what_a_model_does_not_use_takes_no_memory() -> None:
    drawn = draw(model(channels=(VOICE,)), 1, 0)
    n = len(drawn)
    assert not len(drawn.distressed) + len(drawn.standing) + len(drawn.first_post) + len(drawn.posts)
    columns = [value for value in vars(drawn).values() if isinstance(value, np.ndarray)] + list(drawn.talk) + list(drawn.wrap)
    assert sum(column.size * column.itemsize if column.strides != (0,) else 8 for column in columns) < 100 * n


def test_a_centre_with_one_phone_channel_keeps_its_customers() -> None:
    """As drawn by the version before there were channels: the same scenario and seed are the same people."""
    redial = Redial(busy=Retry(0.8, Exponential(60.0)), gives_up_after=Lognormal(9000.0, 1.2))
    voice = Channel("voice", "voice", "main", redial=redial, announced=Announced("queue-length", Exponential(200.0)))
    needs = (
        Need("bill", 2, Lognormal(240.0, 0.8), Constant(20.0), Exponential(100.0)),
        Need("fault", 1, Exponential(300.0), Constant(30.0), Gamma(0.7, 300.0)),
    )
    demand = (
        Profile("calls", "bill", (0.0, DAY / 2, DAY), (900.0, 600.0), (1.0, 1.1), day_cv=0.2),
        Surge("rush", "fault", 3600.0, 0.2, 600.0, 600.0, 1800.0),
        People("quake", "fault", 7200.0, 500.0, Gamma(1.5, 7200.0), Exponential(20000.0), Exponential(9000.0), barred=0.4),
    )
    drawn = draw(replace(centre(duration=DAY), needs=needs, demand=demand, channels=(voice,)), 7, 3)
    assert int(drawn.key.sum() % 1_000_003) == 825_132
    for name, (first, last, total) in COLUMNS.items():
        column = getattr(drawn, name)
        assert [column[0], column[-1], column[np.isfinite(column)].sum()] == pytest.approx([first, last, total], rel=1e-12), name
    assert [(len(talk), talk.sum()) for talk in drawn.talk] == [
        (1274, pytest.approx(427831.38107035717)),
        (1340, pytest.approx(407130.54105161864)),
    ]
    assert [wrap.tolist() for wrap in drawn.wrap] == [[20.0], [30.0]]


COLUMNS = {
    "onset": (5.511151712620672, 86387.83136247289, 63226680.22455034),
    "informed": (0.8452826257506912, 0.9322686350638624, 1304.7825293494934),
    "outside": (0.48288419394919824, 0.29873102304739474, 1298.0237924959001),
    "haste": (0.8500953932872773, 0.9790298702256862, 1323.076784657835),
    "solved_at": (np.inf, np.inf, 12090076.772536272),
    "gives_up": (1728.0014375639587, 37643.74548735208, 46451019.571166225),
    "tolerance": (158.8793237822077, 218.35115833575531, 539652.7197435781),
    "network": (0.3809767709993216, 0.44237897070922916, 1296.3759988719391),
    "patience": (47.52640711145565, 41.2158919115639, 527700.3578277646),
    "talk_factor": (1.0, 1.1, 2662.8),
    "barred": (0, 0, 200),
    "demand": (0, 0, 2040),
    "solved_by": (0, 0, 1054),
}
