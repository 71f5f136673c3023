"""What breaks: the registered events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from simulator.crisis.act import Act, acts
from simulator.model.units import Choice, Count, Duration, Instant, Number, Ref, Says, Share

SiteName = Annotated[str, Ref("site")]
LinkName = Annotated[str, Ref("link")]
NeedName = Annotated[str, Ref("need")]
TeamName = Annotated[str, Ref("team")]
PlatformName = Annotated[str, Ref("platform")]


@acts.register("site.lose")
@dataclass(frozen=True)
class LoseSite(Act):
    """A building cannot be used: its agents are alive but idle, and nobody may go in."""

    kind = "event"
    site: SiteName
    calls: Annotated[str, Choice(("cut", "finish")), Says("whether calls in progress are cut or may end")] = "cut"


@acts.register("site.degrade")
@dataclass(frozen=True)
class DegradeSite(Act):
    """Part of a building's seats cannot be used."""

    kind = "event"
    site: SiteName
    seats: Annotated[Share, Says("the share of seats that remain usable")]


@acts.register("link.cut")
@dataclass(frozen=True)
class CutLink(Act):
    """A cable is cut: its calls drop, and every link in the same trench goes with it."""

    kind = "event"
    link: LinkName
    trench: Annotated[str, Choice(("shared", "spared")), Says("whether links in the same trench are cut too")] = "shared"


@acts.register("link.mend")
@dataclass(frozen=True)
class MendLink(Act):
    """A cut cable carries calls again."""

    kind = "both"
    link: LinkName


@acts.register("platform.fail")
@dataclass(frozen=True)
class FailPlatform(Act):
    """A system stops: what lives on it cannot work until it is restored."""

    kind = "event"
    platform: PlatformName


@acts.register("platform.restore")
@dataclass(frozen=True)
class RestorePlatform(Act):
    """A failed system works again."""

    kind = "both"
    platform: PlatformName


@acts.register("network.congest")
@dataclass(frozen=True)
class CongestNetwork(Act):
    """The carrier's network is full: a share of attempts never reaches the centre, less and less with time."""

    kind = "event"
    blocks: Annotated[Share, Says("share of attempts lost at the start")]
    half_life: Annotated[Duration, Says("time in which that share halves")]


@acts.register("lines.set")
@dataclass(frozen=True)
class SetLines(Act):
    """The number of lines of a link changes; calls in progress go on."""

    kind = "both"
    link: LinkName
    lines: Count


@acts.register("demand.scale")
@dataclass(frozen=True)
class ScaleDemand(Act):
    """Fewer people than usual have a need: on a bad day the city has other worries."""

    kind = "event"
    need: NeedName
    factor: Annotated[Number, Says("what remains at the start, 0 to 1; more contacts than usual are a surge in `demand`")]
    recovers_by: Annotated[Instant | None, Says("the instant at which demand is back to normal, growing evenly")] = None


@acts.register("staff.away")
@dataclass(frozen=True)
class SendStaffAway(Act):
    """Agents at work leave their seats for a while, after the contact in hand: a drill, an evacuation, a headcount."""

    kind = "both"
    share: Share
    for_: Duration
    team: TeamName | None = None


@acts.register("staff.unavailable")
@dataclass(frozen=True)
class LoseStaff(Act):
    """Agents at work or due to come cannot work until the effect ends."""

    kind = "event"
    share: Share
    team: TeamName | None = None
