"""Channels small enough to follow by hand, and the one team that serves them all."""

from __future__ import annotations

from dataclasses import replace

from simulator.model.channels import Calling, Turns
from simulator.model.distributions import Constant
from simulator.model.world import Channel, Model
from simulator.records import Run
from simulator.vocabulary import Outcome
from simulator.workload import Workload
from tests.rules.small_centre import centre

VOICE = Channel("voice", "voice", "main")
CHAT = Channel("chat", "chat", speeds=(1.0, 1.0))
MAIL = Channel("letters", "email")
MESSAGE = Channel("message", "message", turns=Turns(2.0, Constant(30.0)))
ALWAYS = tuple((1.0,) * 24 for _ in range(7))
NEVER = tuple((0.0,) * 24 for _ in range(7))
BACK = Channel("back", "callback", calling=Calling(10.0, ALWAYS, tries=2, spacing=Constant(100.0)))


def with_channels(*channels: Channel, agents: int = 1, **changes: object) -> Model:
    """One team that serves every channel, also those on which we call out."""
    model = centre(agents, channel=channels[0])
    team = replace(model.teams[0], channels=tuple(channel.name for channel in channels))
    return replace(model, channels=channels, **{"teams": (team,), **changes})  # type: ignore[arg-type]  # replace() checks the names


def hand(*people: tuple[float, float, float, int], **more: object) -> Workload:
    """People by instant, talk, patience and channel."""
    arrivals, talk, patience, channel = zip(*people, strict=True)
    return Workload.by_hand(arrivals, talk, patience, channel=channel, **{"channels": max(channel) + 1, **more})


def what(run: Run) -> list[str]:
    return [Outcome(code).name.lower() for code in run.ledger.outcome.tolist()]
