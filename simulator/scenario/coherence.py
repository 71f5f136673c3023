"""Whether the sections of a scenario make sense together, beyond the form of each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from simulator.crisis.actions import RerouteNumbers
from simulator.model.channels import ChannelKind
from simulator.model.ranges import Range
from simulator.scenario import channels, doubts, leads, people, serving, steps
from simulator.scenario.document import Path
from simulator.scenario.findings import Findings
from simulator.scenario.forms import ScenarioForm
from simulator.scenario.problem import Problem, did_you_mean, shown

SCHEMA = "crisis/v1"
MOST = 100_000
"""Agents of a team, seats of a site, lines of a link."""
MOST_KINDS = 250
"""Needs, and entries of demand: each is a byte in the records."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(?: [A-Za-z0-9_-]+)*")
NAMED_SECTIONS = ("needs", "groups", "demand", "channels", "platforms", "links", "sites", "teams", "roles", "variants")


def check_names(tree: Mapping[str, Any], findings: Findings) -> None:
    """Note names and ids that could not stand in a dotted path."""
    clock = tree.get("clock")
    named: dict[Path, Any] = {(section,): tree.get(section) for section in NAMED_SECTIONS}
    named["clock", "phases"] = clock.get("phases") if isinstance(clock, dict) else None
    for path, found in named.items():
        for name in found if isinstance(found, dict) else ():
            if not NAME.fullmatch(name):
                findings.note((*path, name), Problem("a name has letters, digits, `-`, `_` and single spaces only", on_key=True))
    for section in steps.SECTIONS:
        found = tree.get(section)
        for i, item in enumerate(found if isinstance(found, list) else ()):
            name = item.get("id") if isinstance(item, dict) else None
            if isinstance(name, str) and not NAME.fullmatch(name):
                findings.note((section, i, "id"), Problem("an id has letters, digits, `-`, `_` and single spaces only"))


def check(form: ScenarioForm, findings: Findings, *, whole: bool) -> None:
    """Note what contradicts itself, and warn of what is probably not meant; ``whole`` also of what only a variant may lack."""
    if form.schema_ != SCHEMA:
        findings.note(("schema",), Problem(f"this version reads `{SCHEMA}`, got {shown(form.schema_)}", code="schema"))
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", form.name):
        findings.note(("name",), Problem("the name of a scenario has small letters, digits and `-` only"))
    phones = any(kind.holds_line for kind in _kinds(form))
    for section in ("needs", "demand", "channels", *(["links"] if phones else []), "sites", "teams"):
        if not getattr(form, section):
            findings.note((section,), Problem("is empty", "at least one is needed", on_key=True))
    _check_sizes(form, findings)
    _check_why(form, findings, whole=whole)
    people.check(form, findings)
    _check_where(form, findings)
    channels.check(form, findings)
    _check_who(form, findings)
    serving.check(form, findings, whole=whole)
    if whole:
        doubts.give(form, findings)
    steps.check(form, findings)
    leads.check(form, findings)


def _check_sizes(form: ScenarioForm, findings: Findings) -> None:
    """Note numbers that nobody means, before anything is made of them."""
    for section in ("needs", "demand"):
        if len(getattr(form, section)) > MOST_KINDS:
            findings.note((section,), Problem(f"at most {MOST_KINDS} can be simulated", code="too-large", on_key=True))
    sizes: list[tuple[Path, int]] = [(("teams", name, "headcount"), team.headcount) for name, team in form.teams.items()]
    sizes += [(("sites", name, "seats"), site.seats.to) for name, site in form.sites.items()]
    sizes += [(("links", name, "lines"), link.lines) for name, link in form.links.items()]
    for path, size in sizes:
        if size > MOST:
            findings.note(path, Problem(f"at most {MOST:,} can be simulated, got {size:,}", code="too-large"))


def _check_why(form: ScenarioForm, findings: Findings, *, whole: bool) -> None:
    for name, demand in form.demand.items():
        if demand.need is None and name not in form.needs:
            hint = did_you_mean(name, form.needs) + "; or say `need: ...`"
            findings.note(("demand", name), Problem(f"there is no need `{name}`", hint, "unknown-name", on_key=True))
    for group in form.groups if whole else ():
        if not any(group in demand.groups for demand in form.demand.values()):
            message = f"nobody belongs to the group `{group}`"
            findings.warn(("groups", group), message, f"write `groups: {group}` at the demand of these people", "no-effect")


def _kinds(form: ScenarioForm) -> list[ChannelKind]:
    return [channels.kind_of(name, channel) for name, channel in form.channels.items()]


def _called(form: ScenarioForm) -> set[str]:
    """The sites to which numbers lead, at first or once a step has moved them."""
    phones = [channel for name, channel in form.channels.items() if channels.kind_of(name, channel).has_numbers]
    moved = {step.do.to for _, _, step in steps.located(form) if isinstance(step.do, RerouteNumbers)} if phones else set()
    return moved | {channel.numbers or channels.first_open(form) for channel in phones}


def _check_links(form: ScenarioForm, findings: Findings) -> None:
    """Note sites without a link where one is needed: to be called, or to call where no numbers lend their lines."""
    called, calls_out = _called(form), any(kind.calls_out for kind in _kinds(form))
    for name, site in form.sites.items():
        if site.links:
            continue
        if name in called:
            findings.note(("sites", name, "links"), Problem("a site needs at least one link", "the public numbers lead to it"))
        elif calls_out and not called:
            hint = "who calls back from there has no other: there are no public numbers whose lines could be used"
            findings.note(("sites", name, "links"), Problem("a site needs at least one link", hint))


def _check_where(form: ScenarioForm, findings: Findings) -> None:
    _check_links(form, findings)
    for name, site in form.sites.items():
        opened = any(getattr(step.do, "site", "") == name and step.do.name == "site.open" for _, _, step in steps.located(form))
        if site.state == "closed" and not opened:
            findings.warn(("sites", name), f"no step opens the closed site `{name}`", code="never-opened")
    for name, link in form.links.items():
        if link.fails is None:
            continue
        path: Path = ("links", name, "fails")
        if (link.fails.every.low if isinstance(link.fails.every, Range) else link.fails.every) <= 0:
            findings.note((*path, "every"), Problem("nothing fails all the time", "a link that is down from the start is an event"))
        mates = [other for other, its in form.links.items() if other != name and link.trench and its.trench == link.trench and its.fails]
        if link.fails.common_cause and not mates:
            message = "no other link of its trench fails at random, so there is no cause in common"
            findings.warn((*path, "common_cause"), message, "give both links the same `trench`, and `fails`", "no-effect")
    if not any(site.state == "open" for site in form.sites.values()):
        findings.note(("sites",), Problem("no site is open at the start", on_key=True))


def _check_who(form: ScenarioForm, findings: Findings) -> None:
    for name, team in form.teams.items():
        if not team.skills:
            findings.note(("teams", name, "skills"), Problem("a team needs at least one skill"))
        for need, skill in team.skills.items():
            if (skill.low if isinstance(skill, Range) else skill) <= 0:
                findings.note(("teams", name, "skills", need), Problem("a proficiency is more than 0 (1 = standard speed)"))
    for need in form.needs:
        if not any(need in team.skills for team in form.teams.values()):
            findings.warn(("needs", need), f"no team has the skill `{need}`", "its callers wait until somebody is reassigned", "no-skill")
    for i, overflow in enumerate(form.routing.overflow if form.routing else ()):
        if overflow.need not in form.teams[overflow.team].skills:
            message = f"team `{overflow.team}` has no skill `{overflow.need}`"
            findings.note(("routing", "overflow", i, "team"), Problem(message, "give it one under `teams`"))
        if not (overflow.after or overflow.keeps):
            message = "says neither how long contacts wait (`after`) nor how many agents stay free (`keeps`)"
            findings.note(("routing", "overflow", i), Problem(message, "write `after: 60s` or `keeps: 2`", "missing-key", on_key=True))
