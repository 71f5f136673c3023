"""Small crises made up at random: every event, action and strategy comes up."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from simulator.crisis.actions import (
    Announce,
    CloseSite,
    Decide,
    OnShift,
    OpenAccess,
    OpeningCrew,
    OpenSite,
    ReassignStaff,
    RerouteNumbers,
    ReserveLines,
    SwitchRouting,
)
from simulator.crisis.events import (
    CongestNetwork,
    CutLink,
    DegradeSite,
    FailPlatform,
    LoseRole,
    LoseSite,
    LoseStaff,
    MendLink,
    RestorePlatform,
    ScaleDemand,
    SendStaffAway,
    SetLines,
)
from simulator.model.distributions import Constant, Empirical, Exponential, Gamma, Hyperexponential, Lognormal, Weibull, technion_patience
from simulator.model.world import (
    After,
    Announced,
    At,
    Break,
    Channel,
    Clock,
    Failures,
    Link,
    Model,
    Need,
    Overflow,
    People,
    Platform,
    Profile,
    Reading,
    Redial,
    Retry,
    Role,
    Routing,
    Seats,
    Shift,
    Site,
    Slowdown,
    Step,
    Surge,
    Team,
)
from simulator.routing.declared import AGENT_RULES, StrategyDeclaration, strategies

HOUR = 3600.0
PATIENCE = (
    technion_patience(),
    Weibull(0.7, 360.0),
    Hyperexponential(0.4, 15.0, 400.0),
    Empirical((5.0, 60.0, 90.0, 300.0, 900.0)),
)


def crisis(seed: int) -> Model:
    """A centre of some 10 to 40 agents for 12 hours in which up to ten things break and ten are done about it."""
    r = Random(seed)  # noqa: S311  # a generator of test cases, not of secrets
    names = ["everyday", "faults", "relatives"][: r.randint(1, 3)]
    needs = tuple(
        Need(
            name,
            r.randint(1, 3),
            r.choice([Exponential(240.0), Lognormal.of_mean(200.0, 180.0), Constant(180.0)]),
            r.choice([Constant(0.0), Constant(30.0), Exponential(20.0)]),
            r.choice([*PATIENCE, Exponential(300.0), Constant(0.0)]),
        )
        for name in names
    )
    demand: list[Profile | Surge | People] = [
        Profile("calls", names[0], (0.0, 6 * HOUR, 12 * HOUR), (r.uniform(50, 600), r.uniform(50, 600)), (), r.choice([0.0, 0.2]))
    ]
    for name in names[1:]:
        if r.random() < 0.5:
            demand.append(Surge(f"{name}-surge", name, 2 * HOUR, r.uniform(0.01, 0.1), r.choice([0.0, 600.0]), 600.0, HOUR))
        else:
            demand.append(
                People(
                    name,
                    name,
                    2 * HOUR,
                    r.randint(0, 400),
                    Gamma(1.2, HOUR),
                    Exponential(4 * HOUR),
                    Exponential(HOUR),
                    r.choice([0.0, 0.5]),
                )
            )
    teams = []
    for t in range(r.randint(1, 3)):
        agents = r.randint(1, 12)
        skills = {name: r.choice([0.5, 0.8, 1.0, 1.2]) for name in names if r.random() < 0.8} or {names[0]: 1.0}
        shifts = (
            Shift(0, agents, 0.0, r.choice([4, 8, 12]) * HOUR, (Break(HOUR, 900.0), Break(5 * HOUR, 1800.0))),
            Shift(agents, agents, r.choice([1, 4, 6]) * HOUR, 13 * HOUR),
        )
        teams.append(Team(f"team-{t}", 2 * agents, r.choice(["main", "second"]), skills, shifts, r.choice([0.0, 0.1])))
    return Model(
        name=f"generated-{seed}",
        variant="as-written",
        clock=Clock("UTC", "2026-01-01T00:00:00+00:00", 12 * HOUR, 1800.0, 2 * HOUR),
        needs=needs,
        demand=tuple(demand),
        channels=(_channel(r),),
        links=(
            Link("north", r.randint(1, 30), "street", _failures(r)),
            Link("south", r.randint(1, 30), r.choice(["street", "avenue"]), _failures(r)),
        ),
        sites=(
            Site("main", Seats(r.randint(5, 40), 0), ("north", "south")),
            Site("second", Seats(r.randint(5, 40), 0), ("south",), reserve={names[-1]: r.randint(0, 5)}),
            Site("spare", Seats(r.randint(2, 30), 1, r.choice([0.0, HOUR])), ("south",), open=False),
        ),
        teams=tuple(teams),
        routing=Routing(
            _strategy(r),
            (Overflow(names[0], "team-0", r.choice([0.0, 20.0, 60.0]), r.choice([0.0, 0.0, 2.0])),),
            r.choice([(), (Slowdown(0.85, 1.05), Slowdown(0.95, 1.09))]),
        ),
        platforms=(Platform("acd", "main"), Platform("ivr", r.choice(["main", "cloud"]))),
        roles=(Role("manager", "event-0", r.uniform(0, HOUR)), Role("board", approves_in=r.choice([0.0, 600.0]))),
        events=tuple(_events(r, names)),
        playbook=tuple(_playbook(r, names)),
        service_order=r.choice(["ordinal", "person"]),
    )


def _failures(r: Random) -> Failures | None:
    return r.choice([None, Failures(4 * HOUR, Exponential(HOUR), r.choice([0.0, 0.5, 1.0]))])


def _strategy(r: Random) -> StrategyDeclaration:
    """Any strategy with any agent rule, now and then with a cap on waits and with agents kept free."""
    return strategies[r.choice(list(strategies))](
        agent=r.choice(AGENT_RULES), aging_cap=r.choice([None, None, 0.0, 300.0]), reserve=r.choice([0.0, 0.0, 1.0, 3.0])
    )  # type: ignore[call-arg]  # all of ours have these


def _channel(r: Random) -> Channel:
    def retry() -> Retry | None:
        return r.choice([None, Retry(r.choice([0.5, 0.9, 1.0]), r.choice([Exponential(120.0), Constant(60.0), Lognormal(300.0, 0.5)]))])

    redial = Redial(retry(), retry(), retry(), r.choice([1.0, 1.6]), r.choice([None, Exponential(4 * HOUR)]), 3.0, r.randint(1, 8))
    announced = r.choice([None, Announced("queue-length", Exponential(300.0)), Announced("last-answered", Exponential(300.0))])
    return Channel("voice", "voice", r.choice(["main", "second"]), redial=redial, announced=announced)


def _events(r: Random, names: list[str]) -> list[Step]:
    site = r.choice(["main", "second"])
    acts = [
        LoseSite(site, r.choice(["cut", "finish"])),
        DegradeSite(site, r.uniform(0, 1)),
        CutLink(r.choice(["north", "south"]), r.choice(["shared", "spared"])),
        MendLink("south"),
        FailPlatform(r.choice(["acd", "ivr"])),
        RestorePlatform("acd"),
        CongestNetwork(r.uniform(0, 1), HOUR),
        SetLines("north", r.randint(0, 30)),
        ScaleDemand(r.choice(names), r.uniform(0, 2), r.choice([None, 9 * HOUR])),
        SendStaffAway(r.uniform(0, 1), 1200.0),
        LoseStaff(r.uniform(0, 1)),
        LoseRole(r.choice(["manager", "board"])),
    ]
    chosen = r.sample(acts, r.randint(1, len(acts)))
    steps = []
    for i, act in enumerate(chosen):
        when = At(r.uniform(0, 8) * HOUR) if i == 0 or r.random() < 0.7 else After("event-0", r.choice([0.0, 600.0]))
        until = At(r.uniform(8, 11) * HOUR) if act.lasting and r.random() < 0.6 else None
        steps.append(Step(f"event-{i}", act, when, until=until))
    return steps


def _playbook(r: Random, names: list[str]) -> list[Step]:
    crew = OpeningCrew(
        OnShift(0.8, 0.9, Exponential(1800.0), Lognormal(1800.0, 0.5), r.choice([0.0, 4 * HOUR])), r.choice(["redirect", "stay-home"])
    )
    acts = [
        Announce({r.choice(names): r.uniform(0, 1)}),
        RerouteNumbers(r.choice(["spare", "second"])),
        SwitchRouting(_strategy(r), r.choice([None, "acd"])),
        OpenSite("spare", crew),
        ReassignStaff("team-0", r.choice(names), 0.7),
        OpenAccess((), 0.4, 0.1, Exponential(1800.0)),
        ReserveLines("main", r.choice(names), r.randint(0, 20)),
        CloseSite(r.choice(["second", "spare"])),
    ]
    steps = [Step("decide", Decide("manager", r.choice([None, "board"])), After("event-0", r.uniform(0, HOUR)))]
    for act in r.sample(acts, r.randint(0, len(acts))):
        when = r.choice([None, At(r.uniform(0, 9) * HOUR), Reading("queue", above=3.0, lasting=300.0)])
        needs = ("decide",) if when is None or r.random() < 0.3 else ()
        until = At(r.uniform(9, 12) * HOUR) if act.lasting and r.random() < 0.5 else None
        steps.append(replace(Step(act.name, act, when, needs, r.choice([0.0, 900.0])), until=until, cost=10.0, cost_per_hour=5.0))
    return steps
