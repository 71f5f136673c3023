"""A centre small enough to follow by hand: one site, one link, agents who are at work all the time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from simulator.model.distributions import Constant
from simulator.model.world import (
    Channel,
    Clock,
    Link,
    Model,
    Need,
    Platform,
    Profile,
    Redial,
    Routing,
    Seats,
    Shift,
    Site,
    Step,
    Team,
)
from simulator.routing.declared import FirstCome
from simulator.vocabulary import Outcome

LETTERS = {
    Outcome.LOST_UPSTREAM: "u",
    Outcome.BLOCKED: "b",
    Outcome.CONTAINED: "c",
    Outcome.BALKED: "k",
    Outcome.ABANDONED: "a",
    Outcome.CUT_OFF: "x",
    Outcome.HANDLED: "s",
    Outcome.DROPPED: "d",
    Outcome.OPEN_AT_END: "w",
    Outcome.IN_SERVICE_AT_END: "i",
}


def centre(
    agents: int = 1,
    lines: int = 100,
    *,
    needs: Mapping[str, int] | None = None,
    teams: Sequence[Team] | None = None,
    sites: Sequence[Site] | None = None,
    links: Sequence[Link] | None = None,
    routing: Routing | None = None,
    redial: Redial | None = None,
    events: Sequence[Step] = (),
    playbook: Sequence[Step] = (),
    channel: Channel | None = None,
    duration: float = 1000.0,
    platforms: Sequence[Platform] = (),
) -> Model:
    """A model for a workload written by hand; ``needs`` gives urgencies."""
    urgencies = needs or {"question": 1}
    return Model(
        name="by-hand",
        variant="as-written",
        clock=Clock("UTC", "2026-01-01T00:00:00+00:00", duration, 100.0),
        needs=tuple(Need(name, urgency, Constant(1.0), Constant(0.0), Constant(1.0)) for name, urgency in urgencies.items()),
        demand=(Profile("calls", next(iter(urgencies)), (0.0, duration), (1.0,)),),
        channels=(channel or Channel("voice", "voice", "main", redial=redial or Redial()),),
        links=tuple(links or (Link("cable", lines),)),
        sites=tuple(sites or (Site("main", Seats(100, 100), ("cable",)),)),
        teams=tuple(teams or (Team("people", agents, "main", dict.fromkeys(urgencies, 1.0), (Shift(0, agents, 0.0, duration),)),)),
        routing=routing or Routing(FirstCome()),
        platforms=tuple(platforms),
        events=tuple(events),
        playbook=tuple(playbook),
    )


def outcomes(run: object) -> str:
    """One letter per attempt, in order."""
    return "".join(LETTERS[Outcome(code)] for code in run.ledger.outcome.tolist())  # type: ignore[attr-defined]  # a Run
