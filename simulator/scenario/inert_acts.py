"""When a step of the story can do nothing: for every registered act, why, or nothing where it acts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from simulator.crisis import actions, events, handling, information, staffing
from simulator.model.world import KINDS, Step
from simulator.scenario.facts import Facts, references
from simulator.scenario.law import high, low

Reason = str | tuple[str, str]
"""Why nothing happens, or the parameter at fault and why."""


def reasons(facts: Facts, step: Step) -> Iterator[Reason]:
    """Why the act of a step can do nothing."""
    for key, need in dict.fromkeys(references(step.act, "need")):
        if need not in facts.wanted and need in {n.name for n in facts.model.needs}:
            yield key, f"nobody has the need `{need}`"
    find = ACTS.get(step.act.name)
    if find is not None:
        reason = find(facts, step, step.act)
        if reason:
            yield reason


def _nothing(_: Facts, __: Step, ___: Any) -> None:
    """It always does something, if only a line in the log."""


def _zero(**keys: float) -> Callable[[Facts, Step, Any], Reason | None]:
    """Nothing happens where any of these parameters is never other than this."""

    def find(_: Facts, __: Step, act: Any) -> Reason | None:
        for key, value in keys.items():
            given = getattr(act, key)
            if low(given) == high(given) == value:
                return key.removesuffix("_"), f"changes nothing: it is {value:g}"
        return None

    return find


def _decision(facts: Facts, step: Step, act: actions.Decide) -> Reason | None:
    return None if step.id in facts.awaited else "decides nothing: no step waits for it"


def _go(facts: Facts, step: Step, act: information.GoThere) -> Reason | None:
    return None if step.id in facts.awaited else "leads to nothing: no step waits until somebody is there"


def _reroute(facts: Facts, step: Step, act: actions.RerouteNumbers) -> Reason | None:
    channels = [c for c in facts.model.channels if c.name in facts.phones and act.channel in (None, c.name)]
    others = [other for _, other in facts.steps.values() if isinstance(other.act, actions.RerouteNumbers) and other.id != step.id]
    if not channels:
        return "no channel has telephone numbers"
    if all(channel.numbers == act.to for channel in channels) and not others:
        return "to", "the numbers lead there already"
    return None


def _open_site(facts: Facts, step: Step, act: actions.OpenSite) -> Reason | None:
    is_open = next(site.open for site in facts.model.sites if site.name == act.site)
    closes = any(other.site == act.site for other in facts.doing(actions.CloseSite))
    return ("site", "is open already, and no step closes it") if is_open and not closes and not facts.doing(events.LoseSite) else None


def _close_site(facts: Facts, step: Step, act: actions.CloseSite) -> Reason | None:
    return None if act.site in facts.opens else ("site", "is closed already, and no step opens it")


def _mend(facts: Facts, step: Step, act: events.MendLink) -> Reason | None:
    link = next(one for one in facts.model.links if one.name == act.link)
    mates = {one.name for one in facts.model.links if link.trench and one.trench == link.trench}
    cuts = {cut.link for cut in facts.doing(events.CutLink)}
    return None if link.fails is not None or cuts & (mates | {link.name}) else ("link", "nothing ever cuts it")


def _restore(facts: Facts, step: Step, act: events.RestorePlatform) -> Reason | None:
    fails = any(fail.platform == act.platform for fail in facts.doing(events.FailPlatform))
    return None if fails else ("platform", "nothing ever makes it fail")


def _set_lines(facts: Facts, step: Step, act: events.SetLines) -> Reason | None:
    has = next(link.lines for link in facts.model.links if link.name == act.link)
    others = len([other for other in facts.doing(events.SetLines, handling.AddLines) if other.link == act.link])
    return ("lines", "it has as many already") if round(act.lines) == has and others == 1 else None


def _congest(facts: Facts, step: Step, act: events.CongestNetwork) -> Reason | None:
    return _zero(blocks=0)(facts, step, act) if facts.phones else "only telephones meet the carrier's network, and there are none"


def _scale(facts: Facts, step: Step, act: events.ScaleDemand) -> Reason | None:
    if act.recovers_by is not None and act.recovers_by <= facts.soonest[step.id][1]:
        return "recovers_by", "demand is back to normal before it begins"
    return _zero(factor=1)(facts, step, act)


def _lose_role(facts: Facts, step: Step, act: events.LoseRole) -> Reason | None:
    return None if act.role in facts.roles_asked else ("role", f"`{act.role}` decides nothing and goes nowhere")


def _announce(facts: Facts, step: Step, act: actions.Announce) -> Reason | None:
    heard = {need for channel, need in facts.used if channel in facts.phones}
    useless = [need for need in act.prevents if need in facts.wanted and need not in heard]
    return ("prevents", f"nobody with `{useless[0]}` calls by telephone") if useless else _all_zero("prevents", act.prevents)


def _all_zero(key: str, shares: Mapping[str, float]) -> Reason | None:
    return None if any(high(share) > 0 for share in shares.values()) else (key, "changes nothing: it is 0% of everybody")


def _reassign(facts: Facts, step: Step, act: actions.ReassignStaff) -> Reason | None:
    has = facts.team(act.team).skills.get(act.need, 0.0)
    others = [other for other in facts.doing(actions.ReassignStaff) if (other.team, other.need) == (act.team, act.need)]
    same = low(act.proficiency) == high(act.proficiency) == low(has) == high(has)
    return ("need", f"`{act.team}` serves it as fast already") if same and len(others) == 1 else None


def _access(facts: Facts, step: Step, act: actions.OpenAccess) -> Reason | None:
    barred = any(high(getattr(demand, "barred", 0.0)) > 0 for demand in facts.model.demand)
    return None if barred or high(act.located) > 0 or high(act.reaches_relatives) > 0 else "nobody is barred, and nobody reaches anybody"


def _route(facts: Facts, step: Step, act: actions.SwitchRouting) -> Reason | None:
    same = repr(act.to) == repr(facts.model.routing.strategy) and len(facts.doing(actions.SwitchRouting)) == 1
    return ("to", "contacts are routed so already") if same else None


def _reserve(facts: Facts, step: Step, act: actions.ReserveLines) -> Reason | None:
    if act.site not in facts.led_to:
        return "site", "no numbers ever lead there"
    if act.need in facts.wanted and not any((channel, act.need) in facts.used for channel in facts.phones):
        return "need", f"nobody with `{act.need}` calls by telephone"
    declared = next(site.reserve.get(act.need, 0) for site in facts.model.sites if site.name == act.site)
    return ("lines", "as many are kept already") if round(act.lines) == declared and len(facts.doing(actions.ReserveLines)) == 1 else None


def _deflect(facts: Facts, step: Step, act: handling.Deflect) -> Reason | None:
    useless = [need for need in act.accept if need in facts.wanted and (act.channel, need) not in facts.used]
    return ("accept", f"nobody with `{useless[0]}` is on `{act.channel}`") if useless else _all_zero("accept", act.accept)


def _offer(facts: Facts, step: Step, act: handling.OfferCallback) -> Reason | None:
    if not any(channel == act.channel for channel, _ in facts.used):
        return "channel", f"nobody makes contact by `{act.channel}`"
    if act.above >= facts.end:
        return "above", "no wait is as long as the run"
    return ("accept", "nobody ever accepts: it is 0%, and no longer wait wins over more") if high(act.accept) <= 0 >= act.eager else None


def _campaign(facts: Facts, step: Step, act: handling.StartCampaign) -> Reason | None:
    if act.since >= facts.end:
        return "since", "it is after the end of the run"
    if act.at_most is not None and high(act.at_most) < 1:
        return "at_most", "nobody is ever on the list"
    return ("withheld", "no number is ever known") if low(act.withheld) >= 1 else None


def _channel(facts: Facts, step: Step, act: Any) -> Reason | None:
    calls_out = any(c.name == act.channel and KINDS[c.kind].calls_out for c in facts.model.channels)
    if isinstance(act, handling.OpenChannel) and not any(c.channel == act.channel for c in facts.doing(handling.CloseChannel)):
        return "channel", "no step ever closes it"
    if not calls_out and not any(channel == act.channel for channel, _ in facts.used):
        return "channel", f"nobody makes contact by `{act.channel}`"
    return None


def _care(facts: Facts, step: Step, act: handling.SwitchCare) -> Reason | None:
    if not any(need.distress is not None and need.name in facts.wanted for need in facts.model.needs):
        return "nobody is in distress"
    declared = facts.model.care
    same = (act.policy, float(act.after)) == (declared.policy, float(declared.after))
    return ("policy", "holds already") if same and len(facts.doing(handling.SwitchCare)) == 1 else None


def _message(facts: Facts, step: Step, act: information.SendMessage) -> Reason | None:
    if facts.soonest[step.id][1] + act.read.least >= facts.end:
        return "read", "nobody reads it before the run ends"
    return _all_zero("informs", act.informs)


def _page(facts: Facts, step: Step, act: information.PublishPage) -> Reason | None:
    return _all_zero("informs", act.informs)


def _self_service(facts: Facts, step: Step, act: information.SetSelfService) -> Reason | None:
    useless = [need for need in act.contains if need in facts.wanted and (act.channel, need) not in facts.used]
    if useless:
        return "contains", f"nobody with `{useless[0]}` is on `{act.channel}`"
    machine = next(c.self_service for c in facts.model.channels if c.name == act.channel)
    declared = machine.contains if machine else {}
    same = all(low(share) == high(share) == declared.get(need, 0.0) for need, share in act.contains.items())
    others = [other for other in facts.doing(information.SetSelfService) if other.channel == act.channel]
    return ("contains", "it does so already") if same and len(others) == 1 else None


def _call_in(facts: Facts, step: Step, act: staffing.CallInStaff) -> Reason | None:
    team = facts.team(act.team)
    always = [shift for shift in team.shifts if shift.start <= 0 and shift.end >= facts.end]
    if sum(shift.agents for shift in always) >= team.headcount:
        return "team", "everybody in it is on duty all the time: nobody is left to be called in"
    if facts.soonest[step.id][1] + act.journey.least >= facts.end:
        return "journey", "nobody arrives before the run ends"
    return _zero(agents=0, works=0, comes=0)(facts, step, act)


def _overtime(facts: Facts, step: Step, act: staffing.WorkOvertime) -> Reason | None:
    begins = facts.soonest[step.id][1]
    teams = [team for team in facts.model.teams if act.team in (None, team.name)]
    if not any(begins < shift.end < facts.end for team in teams for shift in team.shifts):
        return "no shift ends after it within the run"
    return _zero(stays=0, share=0)(facts, step, act)


def _fail_platform(facts: Facts, step: Step, act: events.FailPlatform) -> Reason | None:
    return None if act.platform in facts.platforms_used else ("platform", "nothing stands on it")


def _lose_site(facts: Facts, step: Step, act: events.LoseSite) -> Reason | None:
    return None if act.site in facts.sites_used else ("site", "nobody works there, no numbers lead there and nothing stands there")


def _degrade(facts: Facts, step: Step, act: events.DegradeSite) -> Reason | None:
    return ("seats", "all remain") if low(act.seats) >= 1 else None


def _cut(facts: Facts, step: Step, act: events.CutLink) -> Reason | None:
    link = next(one for one in facts.model.links if one.name == act.link)
    together = {one.name for one in facts.model.links if act.trench == "shared" and link.trench and one.trench == link.trench}
    return None if facts.carrying & (together | {link.name}) else ("link", "it never carries a call")


def _people_at_work(**keys: float) -> Callable[[Facts, Step, Any], Reason | None]:
    def find(facts: Facts, step: Step, act: Any) -> Reason | None:
        called_in = {call.team for call in facts.doing(staffing.CallInStaff)}
        due = act.team is None or act.team in called_in or any(s.end > facts.soonest[step.id][1] for s in facts.team(act.team).shifts)
        if not due:
            return "team", "nobody in it is at work from then on"
        return _zero(**keys)(facts, step, act)

    return find


ACTS: Mapping[str, Callable[[Facts, Step, Any], Reason | None]] = {
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
