"""Who serves whom: whether every contact that people may make meets a team that may take it."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.crisis.handling import Deflect
from simulator.model.channels import ChannelKind
from simulator.scenario import channels, steps
from simulator.scenario.findings import Findings
from simulator.scenario.forms import ScenarioForm, TeamForm
from simulator.scenario.law import high, low
from simulator.scenario.problem import Problem


def serves(team: TeamForm, channel: str, kind: ChannelKind) -> bool:
    """Whether a team takes contacts of a channel: one that it names, or, where it names none, any on which we are called."""
    return channel in team.channels if team.channels else not kind.calls_out


def check(form: ScenarioForm, findings: Findings, *, whole: bool) -> None:
    """Note channels that people use and nobody serves; warn of needs that nobody serves there, and (``whole``) of idle channels."""
    used = wanted(form)
    pointed_at = steps.referred(form, "channel")
    for name, channel in form.channels.items():
        kind = channels.kind_of(name, channel)
        teams = [team for team in form.teams.values() if serves(team, name, kind)]
        if teams and all(team.headcount <= channel.keep_free for team in teams):
            message = f"no team that serves it has more than {channel.keep_free} agents: no contact of it is ever taken"
            findings.warn(
                ("channels", name, "keep_free"), message, "a contact starts only while more agents than that are idle", "never-free"
            )
        if kind.calls_out:
            if whole:
                _check_list(name, teams, form, name in pointed_at, findings)
        elif name not in used:
            if not whole or name in pointed_at:
                continue
            hint = "give a need a share of it under `channels`, or let people move to it"
            findings.warn(("channels", name), "nobody makes contact by it", hint, "unused-channel")
        elif not any(team.skills.keys() & set(used[name]) for team in teams):
            problem = Problem(
                "people make contact by it, and no team serves it", "add it to the `channels` of a team", "no-team", on_key=True
            )
            findings.note(("channels", name), problem)
        else:
            for need in used.get(name, ()):
                some = any(need in team.skills for team in form.teams.values())
                if some and not any(need in team.skills for team in teams):
                    message = f"no team with the skill `{need}` serves `{name}`"
                    findings.warn(("needs", need), message, "such contacts wait until somebody is reassigned", "no-skill")
    _check_hand_overs(form, used, findings)


def _check_hand_overs(form: ScenarioForm, used: dict[str, tuple[str, ...]], findings: Findings) -> None:
    """Note talks that would be handed over to nobody: those who take over serve the same channel."""
    to = form.care.to if form.care is not None else None
    able = [team for team in form.teams.values() if to in team.skills]
    for name, needs in used.items() if able else ():
        kind = channels.kind_of(name, form.channels[name])
        handed = not kind.turns and channels.at_once(form.channels[name]) == 1 and any(form.needs[need].distress for need in needs)
        if handed and not any(serves(team, name, kind) for team in able):
            message = f"nobody with the skill `{to}` serves `{name}`: a talk that is handed over there waits for ever"
            findings.note(("care", "to"), Problem(message, f"add `{name}` to the `channels` of those who take over", "no-team"))


def _check_list(name: str, teams: list[TeamForm], form: ScenarioForm, filled: bool, findings: Findings) -> None:
    """Warn of a list that stays empty, that nobody dials, or on which some cannot be helped."""
    if not teams:
        hint = f"add `{name}` to the `channels` of a team"
        findings.warn(("channels", name), "no team dials this list: nobody on it is ever called", hint, "nobody-dials")
        return
    if not filled:
        hint = "a step such as `callback.offer` or `callback.campaign` does"
        findings.warn(("channels", name), "nothing puts people on this list", hint, "unused-channel")
    wanted_needs = dict.fromkeys(demand.need or key for key, demand in form.demand.items())
    lacking = [need for need in wanted_needs if not any(need in team.skills for team in teams)]
    if lacking:
        message = f"no team that dials this list has the skill `{lacking[0]}`"
        findings.warn(("channels", name), message, "people with that need are never called", "no-skill")


def wanted(form: ScenarioForm) -> dict[str, tuple[str, ...]]:
    """By channel on which people contact us: the needs with which they may do so, at first or after having moved there."""
    found = set(_first_choices(form)) if channels.first_inbound(form) else set()
    while True:
        more = {(other, need) for channel, need in found for other in _moves(form, channel, need)} - found
        if not more:
            break
        found |= more
    return {name: tuple(need for need in form.needs if (name, need) in found) for name in form.channels if any(c == name for c, _ in found)}


def _first_choices(form: ScenarioForm) -> Iterator[tuple[str, str]]:
    first = channels.first_inbound(form)
    for name, demand in form.demand.items():
        wanted_need = demand.need or name
        if wanted_need not in form.needs:
            continue  # noted already
        mixes = form.needs[wanted_need].channels
        if not mixes or mixes[0].from_ > 0:
            yield first, wanted_need
        for mix in mixes:
            yield from ((channel, wanted_need) for channel, share in mix.shares.items() if high(share) > 0)
            if sum(low(share) for share in mix.shares.values()) < 1 - 1e-9:
                yield first, wanted_need
        if demand.standing is not None and demand.standing.channel:
            yield demand.standing.channel, wanted_need
        if form.contagion is not None and high(form.contagion.posts) > 0:
            yield form.contagion.channel, wanted_need


def _moves(form: ScenarioForm, channel: str, need: str) -> Iterator[str]:
    """Where people with a need go from a channel: by themselves after a failed attempt, or led there."""
    redial = form.channels[channel].redial
    for retry in (redial.busy, redial.abandoned, redial.cut):
        if retry is not None:
            yield from (other for other, share in retry.moves.items() if high(share) > 0)
    for _, _, step in steps.located(form):
        if isinstance(step.do, Deflect) and step.do.channel == channel and need in step.do.accept:
            yield step.do.to
