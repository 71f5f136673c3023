"""The generated crises with every kind of channel, need, policy and action on them."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from simulator.crisis.act import Act
from simulator.crisis.handling import AddLines, CloseChannel, Deflect, OfferCallback, OpenChannel, ScaleTalk, StartCampaign, SwitchCare
from simulator.crisis.information import GoThere, PublishPage, SendMessage, SetSelfService
from simulator.crisis.staffing import CallInStaff, WorkOvertime
from simulator.crisis.wallboard import NoteWallboard
from simulator.model.channels import Calling, SelfService, Turns
from simulator.model.distributions import Constant, Exponential, Lognormal
from simulator.model.people import Care, Contagion, Distress, Mix, Standing, Strain
from simulator.model.world import After, At, Channel, Model, Need, Platform, Redial, Retry, Seats, Site, Step, Trigger
from tests.properties.generated import HOUR, crisis

DAYS = tuple(tuple(0.2 if 9 <= hour < 17 else 0.6 for hour in range(24)) for _ in range(7))


def channelled(seed: int) -> Model:
    """A generated crisis in which people may call, chat, write, post and be called back."""
    r = Random(seed)  # noqa: S311  # a generator of test cases, not of secrets
    model = crisis(seed)
    names = [need.name for need in model.needs]
    voice = replace(
        model.channels[0],
        self_service=r.choice([None, SelfService(r.choice([Constant(20.0), Exponential(40.0)]), {names[0]: r.uniform(0, 0.6)})]),
        hours=r.choice([None, ((0.0, 9 * HOUR),), ((HOUR, 3 * HOUR), (4 * HOUR, 13 * HOUR))]),
    )
    others = [
        Channel(
            "chat", "chat", speeds=r.choice([(1.0,), (1.0, 0.8, 0.6), (1.0, 1.0)]), platform="web",
            hours=r.choice([None, ((HOUR, 8 * HOUR),)]), patience={names[0]: Exponential(200.0)}, redial=_redial(r, "voice"),
        ),
        Channel(
            "message", "message", patience={names[0]: Exponential(3 * HOUR)}, keep_free=r.choice([0, 0, 1]), redial=_redial(r, "voice"),
            turns=Turns(
                r.choice([1.0, 2.0, 5.0]), Lognormal(600.0, 1.0), r.choice([0.0, 120.0, 2 * HOUR]), Constant(r.choice([0.0, 30.0])),
                r.choice([float("inf"), 1200.0]),
            ),
        ),
        Channel("email", "email", hours=r.choice([None, ((2 * HOUR, 6 * HOUR),)]), keep_free=r.choice([0, 2]), redial=_redial(r, "chat")),
        Channel("social", "social", patience={names[0]: Exponential(900.0)}, self_service=SelfService(Constant(5.0), {names[0]: 0.2})),
    ]  # fmt: skip
    chosen = r.sample(others, r.randint(0, len(others)))
    back = Channel(
        "back", "callback", keep_free=r.choice([0, 1]), platform=r.choice(["", "web"]),
        calling=Calling(
            15.0, DAYS, r.randint(1, 3), Exponential(1200.0), r.choice([0.0, 0.5]), 20.0, r.choice([0.0, 0.2]), 30.0,
            r.choice([float("inf"), HOUR]),
        ),
    )  # fmt: skip
    channels = (voice, *chosen, back)
    inbound = [channel.name for channel in channels[:-1]]
    social = "social" in inbound
    needs = tuple(_need(r, need, inbound) for need in model.needs)
    care = r.choice([Care(), Care("cap", 300.0), Care("escalate", 240.0, names[-1]), Care("care-team", 0.0, names[-1])])
    standing = r.choice([None, Standing(-0.5, 0.4, 0.5, 1.0, r.choice(inbound))])
    teams = tuple(
        replace(
            team,
            channels=tuple(r.sample([*inbound, "back"], r.randint(1, len(inbound) + 1))),
            site=r.choice([team.site, team.site, "cottage"]),
        )
        for team in model.teams
    )
    return replace(
        model,
        name=f"channelled-{seed}",
        channels=channels,
        needs=needs,
        demand=tuple(replace(demand, standing=standing) for demand in model.demand),
        teams=teams,
        sites=(*model.sites, Site("cottage", Seats(r.randint(1, 12), 0), ())),
        care=care,
        strain=r.choice([None, Strain(3 * HOUR, HOUR, 0.2, 0.2, 0.3)]),
        contagion=r.choice([None, Contagion("social", 0.3, 0.5, Exponential(600.0))]) if social else None,
        budget=r.choice([float("inf"), 100.0]),
        platforms=(*model.platforms, Platform("web", "cloud", slows_down=r.choice([1.0, 1.5]))),
        events=(
            *model.events,
            Step("shut", CloseChannel(r.choice(inbound)), At(r.uniform(0, 8) * HOUR), until=At(9 * HOUR)),
            Step("looked", NoteWallboard(), At(r.uniform(0, 8) * HOUR)),
        ),
        playbook=(*model.playbook, *_steps(r, model, names, inbound, voice)),
    )


def _redial(r: Random, other: str) -> Redial:
    retry = Retry(r.choice([0.5, 1.0]), Exponential(300.0))
    return Redial(retry, retry, retry, 1.5, None, 3.0, 6, {"abandoned": {other: r.choice([0.0, 0.5, 1.0])}, "busy": {"voice": 0.5}})


def _need(r: Random, need: Need, inbound: list[str]) -> Need:
    again = r.choice([None, Retry(0.6, Exponential(HOUR))])
    distress = Distress(r.choice([0.05, 0.5]), Exponential(900.0), 60.0, 0.5, r.choice([None, Retry(0.5, Exponential(HOUR))]))
    return replace(
        need,
        resolves=r.choice([1.0, 0.6]),
        again=again,
        distress=r.choice([None, distress]),
        channels=r.choice([(), (Mix(0.0, {name: 1.0 / len(inbound) for name in inbound}),)]),
    )


def _steps(r: Random, model: Model, names: list[str], inbound: list[str], voice: Channel) -> list[Step]:
    acts: list[Act] = [
        SendMessage({r.choice(names): r.uniform(0, 1)}, Exponential(600.0), r.choice([None, "web"])),
        PublishPage({r.choice(names): r.uniform(0, 1)}, r.choice([0.0, HOUR]), r.choice([None, "web"])),
        OfferCallback("voice", "back", r.choice([0.0, 60.0]), r.uniform(0, 1), r.choice([0.0, 300.0]), r.choice([0.0, 0.0, 20.0])),
        StartCampaign("back", order=r.choice(["oldest", "newest", "urgent", "persistent"]), withheld=0.1, second_number=0.1),
        StartCampaign("back", order="newest", second_number=0.1),
        AddLines("north", r.randint(0, 20)),
        ScaleTalk(r.choice(names), r.choice([0.7, 1.2])),
        SwitchCare("cap", 200.0),
        CallInStaff("team-0", r.randint(0, 5), 2 * HOUR, 0.8, Exponential(900.0)),
        WorkOvertime(HOUR, None, 0.7),
        GoThere("manager", r.choice(["main", "datacentre"])),
        CloseChannel(inbound[-1]),
        OpenChannel(inbound[-1]),
    ]
    if voice.self_service is not None:
        acts.append(SetSelfService("voice", {names[0]: r.uniform(0, 1)}))
    for other in inbound[1:]:
        acts += [
            Deflect(a, b, {r.choice(names): r.uniform(0, 1)}, r.choice([None, 0.0, 60.0])) for a, b in (("voice", other), (other, "voice"))
        ]
    steps: list[Step] = []
    for act in r.sample(acts, r.randint(0, len(acts))):
        when: Trigger = At(r.uniform(0, 9) * HOUR) if r.random() < 0.5 else After("event-0", r.uniform(0, HOUR))
        until = At(r.uniform(9, 12) * HOUR) if act.lasting and r.random() < 0.5 else None
        steps.append(Step(f"new-{act.name}-{len(steps)}", act, when, takes=r.choice([0.0, 600.0]), until=until, cost=30.0))
    return steps
