"""What channels and people mean: kinds, opening hours in seconds, laws by need, choices, standing, care."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from simulator.errors import ScenarioError
from simulator.model.channels import Announced, Calling, Retry, SelfService, Turns
from simulator.model.distributions import Constant, Exponential, Lognormal
from simulator.model.people import Care, Contagion, Distress, Mix, Strain
from simulator.model.ranges import Range, ranges_of, replace_ranges
from simulator.model.world import Model
from simulator.scenario import load, lower

HERE = Path(__file__).parent
SMALL = (HERE / "small.yaml").read_text(encoding="utf-8")
CHANNELS = (HERE.parent / "errors" / "channels.yaml").read_text(encoding="utf-8")
LIST = CHANNELS[CHANNELS.index("callback: {hours") : CHANNELS.index("platforms:")]
HOUR, DAY = 3600.0, 86_400.0


def lowered(folder: Path, text: str, variant: str | None = None) -> Model:
    file = folder / "s.yaml"
    file.write_text(text, encoding="utf-8")
    return lower(load(file), variant)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return lowered(tmp_path_factory.mktemp("channels"), CHANNELS)


def test_a_channel_is_of_the_kind_that_it_names_or_is_called_after(model: Model) -> None:
    assert [(c.name, c.kind) for c in model.channels] == [
        ("voice", "voice"), ("chat", "chat"), ("email", "email"), ("social", "social"), ("direct", "message"), ("callback", "callback"),
    ]  # fmt: skip
    assert [c.numbers for c in model.channels] == ["main", "", "", "", "", ""]


def test_lists_that_we_call_come_last(tmp_path: Path) -> None:
    before = CHANNELS.replace("  voice:\n    hours", "  " + LIST + "  voice:\n    hours").replace("1d}\n  " + LIST, "1d}\n")
    model = lowered(tmp_path, before)
    assert before.index("callback:") < before.index("voice:\n")
    assert [c.name for c in model.channels][-1] == "callback"


def test_an_unknown_name_is_a_telephone(tmp_path: Path) -> None:
    assert lowered(tmp_path, SMALL.replace("  voice:\n", "  hotline:\n")).channels[0].kind == "voice"


def test_every_kind_has_a_target_of_its_own(model: Model) -> None:
    targets = {c.kind: (c.target_share, c.answer_within) for c in model.channels}
    assert targets["voice"] == (0.8, 20.0)
    assert targets["chat"] == (0.8, 60.0)
    assert targets["email"] == (0.9, DAY)


def test_opening_hours_in_seconds_from_a_friday_midnight_on(model: Model) -> None:
    fri, sat, sun, mon = 0.0, DAY, 2 * DAY, 3 * DAY
    assert model.channels[0].hours is not None
    assert model.channels[0].hours[:5] == (
        (fri + 8 * HOUR, fri + 20 * HOUR),
        (sat + 9 * HOUR, sat + 12 * HOUR),
        (sat + 13 * HOUR, sat + 14 * HOUR),
        (sun + 22 * HOUR, mon + 2 * HOUR),
        (mon + 8 * HOUR, mon + 20 * HOUR),
    )
    assert model.channels[1].hours is None


def test_hours_follow_the_clock_on_the_wall(tmp_path: Path) -> None:
    """In Madrid the night to 31 March 2024 had no hour from 2 to 3."""
    text = SMALL.replace("start: 2024-03-05T08:00, duration: 4h", "start: 2024-03-30T00:00, duration: 2d")
    text = text.replace("    target:", "    hours: {weekend: 01:00-04:00}\n    target:")
    assert lowered(tmp_path, text).channels[0].hours == ((HOUR, 4 * HOUR), (25 * HOUR, 27 * HOUR))


def test_hours_that_touch_are_one_stretch_and_a_whole_run_is_always(tmp_path: Path) -> None:
    def hours(said: str) -> object:
        return lowered(tmp_path, SMALL.replace("    target:", f"    hours: {said}\n    target:")).channels[0].hours

    assert hours("{tue: [08:00-10:00, 10:00-11:00, 10:30-11:30]}") == ((0.0, 3.5 * HOUR),)
    assert hours("{mon: 20:00-09:00, tue: 11:00-11:30}") == ((0.0, HOUR), (3 * HOUR, 3.5 * HOUR))
    assert hours("{mon-sun: 00:00-24:00}") is None
    assert hours("always") is None


def test_laws_of_a_channel_are_for_all_needs_or_by_need(model: Model) -> None:
    chat, email = model.channels[1], model.channels[2]
    assert chat.patience == dict.fromkeys(("outage", "billing", "listening"), Exponential(300.0))
    assert chat.talk_time == {"outage": Lognormal.of_mean(540.0, 300.0), "listening": Exponential(300.0)}
    assert (email.talk_time["billing"], email.wrap_up, email.keep_free) == (Exponential(360.0), {}, 2)


def test_chats_at_once(model: Model, tmp_path: Path) -> None:
    assert model.channels[1].speeds == (1.0, 0.9, 0.79)
    even = lowered(tmp_path, CHANNELS.replace("concurrency: 3, speeds: [100%, 90%, 79%]", "concurrency: 4"))
    assert even.channels[1].speeds == (1.0,) * 4
    said = lowered(tmp_path, CHANNELS.replace("concurrency: 3, speeds", "speeds"))
    assert said.channels[1].speeds == (1.0, 0.9, 0.79)
    assert model.channels[0].speeds == (1.0,)


def test_machine_announced_wait_and_moves(model: Model) -> None:
    voice = model.channels[0]
    assert voice.self_service == SelfService(Constant(40.0), {"billing": 0.2})
    assert voice.announced == Announced("queue-length", Exponential(600.0))
    assert voice.redial.moves == {"busy": {"social": 0.2}, "cut": {"social": 0.2}}  # cut is as busy, if not given
    assert model.channels[2].redial.moves == {"abandoned": {"voice": 1.0}}


def test_what_is_written_is_refused_only_where_a_platform_can_fail(tmp_path: Path) -> None:
    social = "social: {patience: 6h, platform: crm, redial: {busy: {probability: 10%, after: 1h}}}"
    text = CHANNELS.replace("social: {patience: 6h}", social)
    assert lowered(tmp_path, text).channels[3].redial.busy == Retry(0.1, Exponential(HOUR))


def test_a_conversation_and_its_defaults(model: Model, tmp_path: Path) -> None:
    direct = model.channels[4]
    assert direct.turns == Turns(6.0, Lognormal(180.0, 1.4), 900.0, Constant(40.0), DAY)
    bare = CHANNELS.replace(", turns: {number: 6, silence: {lognormal: {median: 3m, sigma: 1.4}}, same_agent_for: 15m, reading: 40s}", "")
    assert lowered(tmp_path, bare).channels[4].turns == Turns(5.0, Lognormal(240.0, 1.5), 0.0, Constant(60.0), DAY)
    assert model.channels[0].turns is None


def test_a_list_that_we_call(tmp_path: Path) -> None:
    said = (
        "callback: {calling: {answers: {weekday: {9-12: 30%, 18: 45%}, sat: {likely: 20%, low: 10%, high: 30%}}, rings: 20s, tries: 4, "
        "spacing: 3h, voicemail: 50%, wrong_moment: 10%, promise: 3d}}\n"
    )
    calling = lowered(tmp_path, CHANNELS.replace(LIST, said)).channels[5].calling
    assert isinstance(calling, Calling)
    assert calling.answers[0] == (0.0,) * 9 + (0.3,) * 3 + (0.0,) * 6 + (0.45,) + (0.0,) * 5
    assert calling.answers[0] == calling.answers[4]
    saturday = calling.answers[5][0]
    assert isinstance(saturday, Range)
    assert (saturday.low, saturday.name) == (0.1, "channels.callback.calling.answers.sat")
    assert calling.answers[6] == (0.0,) * 24
    assert (calling.rings, calling.tries, calling.spacing, calling.voicemail) == (20.0, 4, Constant(3 * HOUR), 0.5)
    assert (calling.voicemail_time, calling.wrong_moment, calling.solved_time, calling.promise) == (30.0, 0.1, 40.0, 3 * DAY)


def test_a_list_without_a_promise_never_lapses(tmp_path: Path) -> None:
    channel = lowered(tmp_path, CHANNELS.replace(LIST, "callback: {calling: {answers: 30%}}\n")).channels[5]
    assert channel.calling is not None
    assert channel.calling.promise == math.inf
    assert channel.calling.answers == ((0.3,) * 24,) * 7


def test_what_people_choose_first_and_after_a_while(model: Model, tmp_path: Path) -> None:
    outage, billing, listening = model.needs
    assert outage.channels == (
        Mix(0.0, {"voice": 0.8, "social": 0.2}),
        Mix(DAY + 7 * HOUR, {"voice": 0.6, "social": 0.3, "chat": 0.1}),
    )
    assert billing.channels[0].shares["email"] == Range(0.2, 0.1, 0.3, "needs.billing.channels.email")
    assert listening.channels == ()
    late = CHANNELS.replace("[{shares: {voice: 80%, social: 20%}}, {from: T+2h", "[{from: T+2h")
    assert lowered(tmp_path, late).needs[0].channels[0] == Mix(0.0, {"voice": 1.0})


def test_the_rest_takes_the_first_channel(tmp_path: Path) -> None:
    text = CHANNELS.replace(
        "[{shares: {voice: 80%, social: 20%}}, {from: T+2h, shares: {voice: 60%, social: 30%, chat: 10%}}]", "{social: 25%}"
    )
    assert lowered(tmp_path, text).needs[0].channels == (Mix(0.0, {"social": 0.25, "voice": 0.75}),)


def test_repeats_and_distress(model: Model) -> None:
    assert (model.needs[0].resolves, model.needs[0].again) == (0.8, Retry(0.6, Exponential(3 * HOUR)))
    assert model.needs[1].distress == Distress(0.02, Lognormal.of_mean(1200.0, 600.0), 180.0, 0.5, Retry(0.3, Exponential(DAY)))


def test_standing_is_what_the_history_amounts_to(model: Model) -> None:
    standing = model.demand[0].standing
    assert standing is not None
    # Days from 1 May 2014 and from 1 January 2016 to 14 July 2017, an hour of summer time apart in January.
    level = -0.6 * 2 ** (-1170 / 300) + 0.4 * 2 ** (-560 / 300)
    assert standing.level == pytest.approx(level, abs=1e-4)
    assert (standing.spread, standing.patience, standing.publicity, standing.channel) == (0.2, 0.5, 1.0, "social")
    assert standing.history == (("2014-05", -0.6, "two months without a line"), ("2016", 0.4, ""))
    assert model.demand[1].standing is None


def test_standing_stays_within_its_bounds_or_is_given(tmp_path: Path) -> None:
    bad = CHANNELS.replace("{at: 2016, weight: 0.4}", "{at: 2017-07-13, weight: -1}, {at: 2017-07-12, weight: -1}")
    standing = lowered(tmp_path, bad).demand[0].standing
    assert standing is not None
    assert standing.level == -1.0
    given = CHANNELS.replace(
        "history: [{at: 2014-05, weight: -0.6, what: two months without a line}, {at: 2016, weight: 0.4}]", "level: -0.3"
    )
    standing = lowered(tmp_path, given).demand[0].standing
    assert standing is not None
    assert (standing.level, standing.history) == (-0.3, ())


def test_care_strain_word_of_mouth_and_budget(model: Model, tmp_path: Path) -> None:
    assert model.care == Care("escalate", 1200.0, "listening", 0.8)
    assert model.strain == Strain(4 * HOUR, 2700.0, 0.1, 0.05, 0.03)
    assert model.contagion == Contagion("social", 0.03, 0.4, Exponential(HOUR))
    assert (model.budget, model.platforms[1].slows_down, model.thresholds[0].obligation) == (20_000.0, 1.4, "concession of the regulator")
    assert (model.teams[0].channels, model.teams[1].channels) == ((), ("chat", "email", "social", "direct", "callback"))
    assert model.demand[0].solved_elsewhere == Exponential(2 * DAY)
    plain = lowered(tmp_path, SMALL)
    assert (plain.care, plain.strain, plain.contagion, plain.budget) == (Care(), None, None, math.inf)


def test_those_who_take_over_have_a_team(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"care\.to: no team has the skill `listening`"):
        lowered(tmp_path, CHANNELS.replace(", listening: 1", "").replace("skills: {listening: 1}", "skills: {billing: 1}"))


def test_variants_reach_all_of_it(tmp_path: Path) -> None:
    text = CHANNELS + (
        "variants:\n"
        "  other:\n"
        "    channels.voice.hours.sat: 10:00-11:00\n"
        "    channels.chat.speeds.2: 60%\n"
        "    channels.direct.turns.number: {likely: 4, low: 2, high: 9}\n"
        "    needs.outage.channels.1.shares.chat: 5%\n"
        "    needs.billing.distress.share: 4%\n"
        "    care: {policy: cap, after: 10m, to: null}\n"
        "    playbook.brief: null\n"
        "    contagion: null\n"
        "    demand.billing.standing.publicity: 0\n"
        "    demand.billing.standing.history.1.weight: -0.4\n"
        "    budget: 5k\n"
    )
    model = lowered(tmp_path, text, "other")
    assert model.channels[0].hours is not None
    assert model.channels[0].hours[1] == (DAY + 10 * HOUR, DAY + 11 * HOUR)
    assert model.channels[1].speeds == (1.0, 0.9, 0.6)
    assert "channels.direct.turns.number" in ranges_of(model)
    assert model.needs[0].channels[1].shares == {"voice": pytest.approx(0.65), "social": 0.3, "chat": 0.05}
    assert model.needs[1].distress is not None
    assert model.needs[1].distress.share == 0.04
    assert (model.care, model.contagion, model.budget) == (Care("cap", 600.0), None, 5000.0)
    assert model.demand[0].standing is not None
    assert model.demand[0].standing.level < 0


def test_a_floor_without_telephones_needs_no_links(tmp_path: Path) -> None:
    text = SMALL.partition("channels:\n")[0] + (
        "channels: {message: {talk_time: 1m, patience: 1d}}\nsites: {office: {seats: 5}}\n"
        "teams: {desk: {headcount: 5, site: office, skills: {billing: 1}}}\n"
    )
    model = lowered(tmp_path, text)
    assert (model.links, model.sites[0].links, model.channels[0].kind) == ((), (), "message")


def test_a_plan_counts_turns_chats_machines_and_repeats(tmp_path: Path) -> None:
    from simulator.scenario.capacity import plan

    text = SMALL.replace("talk_time: {exponential: {mean: 4m}}", "talk_time: 4m, resolves: 50%, again: {probability: 50%, after: 1h}")
    voice = plan(lowered(tmp_path, text)).load[0]
    assert voice == pytest.approx(120 * (240 + 20) / 3600 / 0.75)
    menu = plan(lowered(tmp_path, text.replace("    target:", "    self_service: {contains: {billing: 25%}}\n    target:"))).load[0]
    assert menu == pytest.approx(voice * 0.75)
    chat = SMALL.replace("  voice:\n", "  chat:\n    speeds: [100%, 80%]\n")
    assert plan(lowered(tmp_path, chat)).load[0] == pytest.approx(120 * (240 / 1.6 + 20) / 3600)
    turns = SMALL.replace("  voice:\n", "  message:\n    turns: {number: 3}\n    talk_time: 90s\n    patience: 1d\n")
    turns = turns.replace("      busy: {probability: 80%, after: 2m}\n", "")
    later = plan(lowered(tmp_path, turns))
    assert max(later.load) == 0.0  # nobody waits on the line
    assert later.later == pytest.approx(480 * (3 * 90 + 20))


def test_who_is_repaired_before_calling_makes_no_work(tmp_path: Path) -> None:
    from simulator.scenario.capacity import plan

    whole = (HERE.parent / "errors" / "whole.yaml").read_text(encoding="utf-8")
    said = lowered(tmp_path, whole)
    soon = lowered(tmp_path, whole.replace("spread: 2h", "spread: 2h, repaired: 6h"))
    assert plan(soon).extra == pytest.approx(plan(said).extra * 0.75)


RANGED = {
    "needs.outage.resolves": "80%",
    "needs.outage.again.probability": "60%",
    "needs.outage.again.after": "3h",
    "needs.outage.channels.1.shares.chat": "10%",
    "needs.billing.distress.share": "2%",
    "needs.billing.distress.noticed_after": "3m",
    "demand.billing.solved_elsewhere": "2d",
    "demand.billing.standing.spread": "0.2",
    "demand.billing.standing.patience": "0.5",
    "channels.voice.redial.busy.moves.social": "20%",
    "channels.voice.self_service.takes": "40s",
    "channels.voice.self_service.contains.billing": "20%",
    "channels.chat.speeds.2": "79%",
    "channels.chat.patience": "5m",
    "channels.direct.turns.number": "6",
    "channels.direct.turns.silence.lognormal.sigma": "1.4",
    "channels.direct.turns.same_agent_for": "15m",
    "channels.callback.calling.answers.weekend": "40%",
    "channels.callback.calling.promise": "3d",
    "platforms.crm.slows_down": "x1.4",
    "care.after": "20m",
    "strain.builds_up": "4h",
    "strain.slows": "10%",
    "contagion.posts": "3%",
    "contagion.breeds": "0.4",
    "budget": "20k",
}


@pytest.mark.parametrize("path", RANGED)
def test_a_range_may_stand_where_a_number_stands(tmp_path: Path, path: str) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(CHANNELS, encoding="utf-8")
    value = RANGED[path]
    model = lower(load(file, [f"{path}={{likely: {value}, low: {value}, high: {value}}}"]))
    assert path in ranges_of(model)
    assert replace_ranges(model, float) == lower(load(file, [f"{path}={value}"]))
