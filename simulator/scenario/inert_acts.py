"""When a step of the story can do nothing: for every registered act, why, or nothing where it acts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.crisis import actions, events, handling, information, staffing
from simulator.model.world import KINDS, Step
from simulator.scenario.facts import Facts, references
from simulator.scenario.law import high, low

Reason = str | tuple[str, str]
"""Why nothing happens, or the parameter at fault and why."""


@dataclass(frozen=True)
class Case:
    """A step, and what is known of the runs that it belongs to."""

    facts: Facts
    step: Step

    @property
    def act(self) -> Any:
        return self.step.act


Finder = Callable[[Case], Reason | None]


def reason(facts: Facts, step: Step) -> Reason | None:
    """Why the act of a step can do nothing; None where it may do something, and for the acts of a plug-in."""
    needs = [need for _, need in references(step.act, "need")]
    if needs and not facts.wanted & set(needs) and not _acts_without_people(facts, step.act):
        return next(key for key, _ in references(step.act, "need")), f"nobody has the need `{needs[0]}`"
    find = ACTS.get(step.act.name)
    return find(Case(facts, step)) if find is not None else None


def _acts_without_people(facts: Facts, act: Any) -> bool:
    """Whether an act does something though nobody has the needs that it names."""
    if isinstance(act, actions.ReassignStaff):
        return facts.counts_skills  # one more makes an agent more flexible
    return isinstance(act, (actions.ReserveLines, actions.OpenAccess))  # lines kept for nobody are lacking; all can call


def entries(facts: Facts, step: Step) -> Iterator[tuple[str, str, str]]:
    """What the act of a step says of some needs in vain: the parameter, the need, and why."""
    for key, need in references(step.act, "need"):
        if not isinstance(getattr(step.act, key, None), (Mapping, tuple)):
            continue
        if need not in facts.wanted:
            yield key, need, "nobody has this need"
        elif isinstance(step.act, actions.Announce) and not any((channel, need) in facts.used for channel in facts.phones):
            yield key, need, "nobody with this need calls by telephone"
        elif isinstance(step.act, (handling.Deflect, information.SetSelfService)) and (step.act.channel, need) not in facts.used:
            yield key, need, f"nobody with this need is on `{step.act.channel}`"


def _nothing(_: Case) -> None:
    """It always does something, if only a line in the log."""


def _zero(**keys: float) -> Finder:
    """Nothing happens where any of these parameters is never other than this."""

    def find(case: Case) -> Reason | None:
        for key, value in keys.items():
            given = getattr(case.act, key)
            if low(given) == high(given) == value:
                return key.removesuffix("_"), f"changes nothing: it is {value:g}"
        return None

    return find


def _decision(case: Case) -> Reason | None:
    return None if case.step.id in case.facts.awaited else "decides nothing: no step waits for it"


def _go(case: Case) -> Reason | None:
    return None if case.step.id in case.facts.awaited else "leads to nothing: no step waits until somebody is there"


def _reroute(case: Case) -> Reason | None:
    channels = [c for c in case.facts.model.channels if c.name in case.facts.phones and case.act.channel in (None, c.name)]
    others = [other for _, other in case.facts.steps.values() if isinstance(other.act, actions.RerouteNumbers) and other.id != case.step.id]
    if not channels:
        return "no channel has telephone numbers"
    if all(channel.numbers == case.act.to for channel in channels) and not others:
        return "to", "the numbers lead there already"
    return None


def _open_site(case: Case) -> Reason | None:
    is_open = next(site.open for site in case.facts.model.sites if site.name == case.act.site)
    vacated = case.facts.doing(actions.CloseSite, events.LoseSite)  # whose people might be called here
    return ("site", "is open already, and no site is lost or closes") if is_open and not vacated else None


def _close_site(case: Case) -> Reason | None:
    return None if case.act.site in case.facts.opens else ("site", "is closed already, and no step opens it")


def _mend(case: Case) -> Reason | None:
    link = next(one for one in case.facts.model.links if one.name == case.act.link)
    mates = {one.name for one in case.facts.model.links if link.trench and one.trench == link.trench}
    cuts = {cut.link for cut in case.facts.doing(events.CutLink)}
    return None if link.fails is not None or cuts & (mates | {link.name}) else ("link", "nothing ever cuts it")


def _restore(case: Case) -> Reason | None:
    fails = any(fail.platform == case.act.platform for fail in case.facts.doing(events.FailPlatform))
    return None if fails else ("platform", "nothing ever makes it fail")


def _set_lines(case: Case) -> Reason | None:
    has = next(link.lines for link in case.facts.model.links if link.name == case.act.link)
    others = len([other for other in case.facts.doing(events.SetLines, handling.AddLines) if other.link == case.act.link])
    return ("lines", "it has as many already") if round(case.act.lines) == has and others == 1 else None


def _congest(case: Case) -> Reason | None:
    return _zero(blocks=0)(case) if case.facts.phones else "only telephones meet the carrier's network, and there are none"


def _scale(case: Case) -> Reason | None:
    if case.act.recovers_by is not None and case.act.recovers_by <= case.facts.soonest[case.step.id][1]:
        return "recovers_by", "demand is back to normal before it begins"
    return _zero(factor=1)(case)


def _lose_role(case: Case) -> Reason | None:
    return None if case.act.role in case.facts.roles_asked else ("role", f"`{case.act.role}` decides nothing and goes nowhere")


def _announce(case: Case) -> Reason | None:
    return _all_in_vain(case, "prevents", case.act.prevents)


def _all_in_vain(case: Case, key: str, shares: Mapping[str, float]) -> Reason | None:
    """Whether what is said of needs is in vain for each of them."""
    if all(high(share) <= 0 for share in shares.values()):
        return key, "changes nothing: it is 0% of everybody"
    why = {need: said for where, need, said in entries(case.facts, case.step) if where == key}
    return (key, next(iter(why.values()))) if why.keys() >= shares.keys() else None


def _reassign(case: Case) -> Reason | None:
    has = case.facts.team(case.act.team).skills.get(case.act.need, 0.0)
    others = [other for other in case.facts.doing(actions.ReassignStaff) if (other.team, other.need) == (case.act.team, case.act.need)]
    same = low(case.act.proficiency) == high(case.act.proficiency) == low(has) == high(has)
    return ("need", f"`{case.act.team}` serves it as fast already") if same and len(others) == 1 else None


def _access(case: Case) -> Reason | None:
    barred = any(high(getattr(demand, "barred", 0.0)) > 0 for demand in case.facts.model.demand)
    return (
        None
        if barred or high(case.act.located) > 0 or high(case.act.reaches_relatives) > 0
        else "nobody is barred, and nobody reaches anybody"
    )


def _route(case: Case) -> Reason | None:
    same = repr(case.act.to) == repr(case.facts.model.routing.strategy) and len(case.facts.doing(actions.SwitchRouting)) == 1
    return ("to", "contacts are routed so already") if same else None


def _reserve(case: Case) -> Reason | None:
    if case.act.site not in case.facts.led_to:
        return "site", "no numbers ever lead there"
    declared = next(site.reserve.get(case.act.need, 0) for site in case.facts.model.sites if site.name == case.act.site)
    return (
        ("lines", "as many are kept already")
        if round(case.act.lines) == declared and len(case.facts.doing(actions.ReserveLines)) == 1
        else None
    )


def _deflect(case: Case) -> Reason | None:
    return _all_in_vain(case, "accept", case.act.accept)


def _offer(case: Case) -> Reason | None:
    if not any(channel == case.act.channel for channel, _ in case.facts.used):
        return "channel", f"nobody makes contact by `{case.act.channel}`"
    if case.act.above >= case.facts.end:
        return "above", "no wait is as long as the run"
    return (
        ("accept", "nobody ever accepts: it is 0%, and no longer wait wins over more")
        if high(case.act.accept) <= 0 >= case.act.eager
        else None
    )


def _campaign(case: Case) -> Reason | None:
    if case.act.since >= case.facts.end:
        return "since", "it is after the end of the run"
    if case.act.at_most is not None and high(case.act.at_most) < 1:
        return "at_most", "nobody is ever on the list"
    return ("withheld", "no number is ever known") if low(case.act.withheld) >= 1 else None


def _channel(case: Case) -> Reason | None:
    calls_out = any(c.name == case.act.channel and KINDS[c.kind].calls_out for c in case.facts.model.channels)
    if isinstance(case.act, handling.OpenChannel) and not any(
        c.channel == case.act.channel for c in case.facts.doing(handling.CloseChannel)
    ):
        return "channel", "no step ever closes it"
    if not calls_out and not any(channel == case.act.channel for channel, _ in case.facts.used):
        return "channel", f"nobody makes contact by `{case.act.channel}`"
    return None


def _care(case: Case) -> Reason | None:
    if not any(need.distress is not None and need.name in case.facts.wanted for need in case.facts.model.needs):
        return "nobody is in distress"
    declared = case.facts.model.care
    same = (case.act.policy, float(case.act.after)) == (declared.policy, float(declared.after))
    return ("policy", "holds already") if same and len(case.facts.doing(handling.SwitchCare)) == 1 else None


def _message(case: Case) -> Reason | None:
    if case.facts.soonest[case.step.id][1] + case.act.read.least >= case.facts.end:
        return "read", "nobody reads it before the run ends"
    return _all_in_vain(case, "informs", case.act.informs)


def _page(case: Case) -> Reason | None:
    return _all_in_vain(case, "informs", case.act.informs)


def _self_service(case: Case) -> Reason | None:
    if {need for _, need, _ in entries(case.facts, case.step)} >= case.act.contains.keys():
        return "contains", f"nobody with these needs is on `{case.act.channel}`"
    machine = next(c.self_service for c in case.facts.model.channels if c.name == case.act.channel)
    declared = machine.contains if machine else {}
    same = all(low(share) == high(share) == declared.get(need, 0.0) for need, share in case.act.contains.items())
    others = [other for other in case.facts.doing(information.SetSelfService) if other.channel == case.act.channel]
    return ("contains", "it does so already") if same and len(others) == 1 else None


def _call_in(case: Case) -> Reason | None:
    team = case.facts.team(case.act.team)
    always = [shift for shift in team.shifts if shift.start <= 0 and shift.end >= case.facts.end]
    if sum(shift.agents for shift in always) >= team.headcount:
        return "team", "everybody in it is on duty all the time: nobody is left to be called in"
    if case.facts.soonest[case.step.id][1] + case.act.journey.least >= case.facts.end:
        return "journey", "nobody arrives before the run ends"
    return _zero(agents=0, works=0, comes=0)(case)


def _overtime(case: Case) -> Reason | None:
    begins = case.facts.soonest[case.step.id][1]
    teams = [team for team in case.facts.model.teams if case.act.team in (None, team.name)]
    if not any(begins <= shift.end < case.facts.end for team in teams for shift in team.shifts):
        return "no shift ends after it within the run"
    return _zero(stays=0, share=0)(case)


def _fail_platform(case: Case) -> Reason | None:
    return None if case.act.platform in case.facts.platforms_used else ("platform", "nothing stands on it")


def _lose_site(case: Case) -> Reason | None:
    return (
        None if case.act.site in case.facts.sites_used else ("site", "nobody works there, no numbers lead there and nothing stands there")
    )


def _degrade(case: Case) -> Reason | None:
    return ("seats", "all remain") if low(case.act.seats) >= 1 else None


def _cut(case: Case) -> Reason | None:
    link = next(one for one in case.facts.model.links if one.name == case.act.link)
    together = {one.name for one in case.facts.model.links if case.act.trench == "shared" and link.trench and one.trench == link.trench}
    return None if case.facts.carrying & (together | {link.name}) else ("link", "it never carries a call")


def _people_at_work(**keys: float) -> Finder:
    """As :func:`_zero`, or nobody of the team is at work any more."""

    def find(case: Case) -> Reason | None:
        team = case.act.team
        called_in = {call.team for call in case.facts.doing(staffing.CallInStaff)}
        begins = case.facts.soonest[case.step.id][1]
        if team is not None and team not in called_in and not any(shift.end > begins for shift in case.facts.team(team).shifts):
            return "team", "nobody in it is at work from then on"
        return _zero(**keys)(case)

    return find


ACTS: Mapping[str, Finder] = {
    "site.lose": _lose_site,
    "site.degrade": _degrade,
    "link.cut": _cut,
    "link.mend": _mend,
    "platform.fail": _fail_platform,
    "platform.restore": _restore,
    "network.congest": _congest,
    "lines.set": _set_lines,
    "demand.scale": _scale,
    "staff.away": _people_at_work(share=0, for_=0),
    "staff.unavailable": _people_at_work(share=0),
    "role.lose": _lose_role,
    "decision": _decision,
    "numbers.reroute": _reroute,
    "site.open": _open_site,
    "site.close": _close_site,
    "ivr.message": _announce,
    "staff.reassign": _reassign,
    "access.open": _access,
    "routing.switch": _route,
    "lines.reserve": _reserve,
    "contacts.deflect": _deflect,
    "callback.offer": _offer,
    "callback.campaign": _campaign,
    "channel.close": _channel,
    "channel.open": _channel,
    "lines.add": _zero(lines=0),
    "talk.scale": _zero(factor=1),
    "care.switch": _care,
    "message.send": _message,
    "page.publish": _page,
    "selfservice.set": _self_service,
    "role.go": _go,
    "staff.call_in": _call_in,
    "staff.overtime": _overtime,
    "wallboard.note": _nothing,
}
"""Every act that ships. Of those of a plug-in nothing is known."""
