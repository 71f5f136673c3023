"""What we do: the registered actions of a playbook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from simulator.crisis.act import Act, acts
from simulator.crisis.events import NeedName, SiteName, TeamName
from simulator.model.distributions import Constant, Distribution
from simulator.model.units import Choice, Count, Duration, Law, Number, Ref, Says, Share


@acts.register("decision")
@dataclass(frozen=True)
class Decide(Act):
    """Somebody decides, once free to think of it, and another approves."""

    kind = "action"
    role: Annotated[str, Ref("role")]
    approval: Annotated[str | None, Ref("role"), Says("who must agree before the decision stands")] = None


@acts.register("numbers.reroute")
@dataclass(frozen=True)
class RerouteNumbers(Act):
    """The public numbers lead to another site from now on."""

    kind = "action"
    to: SiteName
    channel: Annotated[str | None, Ref("channel")] = None


@dataclass(frozen=True)
class OnShift:
    """The agents who were at work when their site was lost."""

    able: Annotated[Share, Says("share who can come")] = 1.0
    willing: Annotated[Share, Says("share of the able who will")] = 1.0
    family_first: Annotated[Law, Says("time until their families are seen to")] = Constant(0.0)
    journey: Annotated[Law, Says("time to get there")] = Constant(0.0)
    stays: Annotated[Duration, Says("they work there at least this long, beyond the end of their shift if need be")] = 0.0


@dataclass(frozen=True)
class OpeningCrew:
    """Who comes to a site that opens."""

    on_shift: OnShift = OnShift()
    next_shift: Annotated[
        str, Choice(("redirect", "stay-home")), Says("whether later shifts are told to come here; the same able and willing, no families first")
    ] = "redirect"


@acts.register("site.open")
@dataclass(frozen=True)
class OpenSite(Act):
    """A closed site opens: seats become ready, agents see to their families, travel and log in as seats allow."""

    kind = "action"
    site: SiteName
    agents: OpeningCrew = OpeningCrew()


@acts.register("site.close")
@dataclass(frozen=True)
class CloseSite(Act):
    """A site closes in good order: calls in progress end, nobody takes new ones there."""

    kind = "action"
    site: SiteName


@acts.register("ivr.message")
@dataclass(frozen=True)
class Announce(Act):
    """An announcement before the queue: a share of callers learn what they need and hang up. Works while its platform does."""

    kind = "action"
    prevents: Mapping[NeedName, Share]
    platform: Annotated[str, Ref("platform")] = "ivr"


@acts.register("staff.reassign")
@dataclass(frozen=True)
class ReassignStaff(Act):
    """A team takes on a need it did not serve."""

    kind = "action"
    team: TeamName
    need: NeedName
    proficiency: Number = 0.8


@acts.register("access.open")
@dataclass(frozen=True)
class OpenAccess(Act):
    """The network is opened to everyone: people without a plan can call, and many reach each other without us."""

    kind = "action"
    helps: Annotated[tuple[NeedName, ...], Says("whose need it may end outside the centre; empty means every need")] = ()
    reaches_relatives: Annotated[Share, Says("share of these people who reach their relatives directly")] = 0.0
    located: Annotated[Share, Says("share whose missing person is found through the network")] = 0.0
    within: Annotated[Law, Says("how long after the opening this happens to a person")] = Constant(1800.0)


@acts.register("lines.reserve")
@dataclass(frozen=True)
class ReserveLines(Act):
    """Lines of a site are kept for a need: other calls hear a busy signal unless more lines than that are free."""

    kind = "action"
    site: SiteName
    need: NeedName
    lines: Count


__all__ = [
    "Announce", "CloseSite", "Decide", "Distribution", "OnShift", "OpenAccess", "OpenSite", "OpeningCrew",
    "ReassignStaff", "RerouteNumbers", "ReserveLines",
]  # fmt: skip
