"""Warnings that think along: what is allowed, and probably not meant. Each has a code that ``crisis explain`` knows."""

from __future__ import annotations

from simulator.crisis.events import SetLines
from simulator.crisis.handling import AddLines
from simulator.model.world import KINDS, After, At, Model, Reading, Team, Threshold
from simulator.scenario import capacity, sources
from simulator.scenario.calendar import spoken
from simulator.scenario.document import Path
from simulator.scenario.findings import Findings
from simulator.scenario.law import high, low
from simulator.scenario.timeline import earliest, local, located

NEVER = float("inf")
MUCH_ABSENCE = 0.2
"""A share of absence that hardly anybody has without counting breaks and training into it."""


def give(model: Model, findings: Findings, *, whole: bool) -> None:
    """Warn about one variant; ``whole`` also looks at what variants seldom change: volumes, rosters and sources."""
    _about_steps(model, findings)
    _about_readings(model, findings)
    _about_thresholds(model, findings)
    if whole:
        _about_continuity(model, findings)
        for team in model.teams:
            _about_shrinkage(team, ("teams", team.name), findings)
        _about_hours(model, findings)
        capacity.advise(model, findings)
        _about_sources(findings)


def _about_steps(model: Model, findings: Findings) -> None:
    end = model.clock.duration
    instants = earliest(model)
    for name, (path, step) in located(model).items():
        start, effect = instants[name]
        if start >= end:
            late_causes = any(instants[n][1] >= end for n in step.needs)
            if not late_causes and not (isinstance(step.when, After) and instants[step.when.step][1] >= end):
                findings.warn(
                    (*path, "when" if step.when is not None and "at" not in _raw(findings, path) else "at"),
                    f"never starts: {spoken(start)} after the start at the earliest, and the run lasts {spoken(end)}",
                    code="never-fires",
                )
        elif effect >= end:
            message = (
                f"takes {spoken(low(step.takes))}, longer than the run of {spoken(end)}"
                if low(step.takes) >= end
                else f"takes effect {spoken(effect)} after the start at the earliest, and the run lasts {spoken(end)}"
            )
            findings.warn((*path, "takes"), message, code="takes-too-long")
        elif isinstance(step.until, At) and step.until.instant <= effect:
            findings.warn((*path, "until"), "ends before it can take effect", code="ends-first")


def _raw(findings: Findings, path: Path) -> dict[str, object]:
    section, i = path
    found = findings.tree[section][i]
    return found if isinstance(found, dict) else {}


def _about_readings(model: Model, findings: Findings) -> None:
    agents = float(sum(team.headcount for team in model.teams))
    lines = _most_lines(model)
    phones_only = all(KINDS[channel.kind].holds_line or KINDS[channel.kind].calls_out for channel in model.channels)
    most = {
        "queue": lines if phones_only else NEVER,  # who waits on the telephone holds a line
        "longest_wait": model.clock.duration,
        "agents_online": agents,
        "agents_free": agents,
        "lines_free": lines,
        "lines_in_use": lines,
    }
    wanted = {demand.need for demand in model.demand}
    for path, step in located(model).values():
        for key, trigger in (("when", step.when), ("until", step.until)):
            if not isinstance(trigger, Reading):
                continue
            if trigger.need and trigger.need not in wanted:
                findings.warn((*path, key, "need"), f"never fires: nobody calls for `{trigger.need}`", code="never-fires")
            if trigger.above is not None and low(trigger.above) >= most.get(trigger.measure, NEVER):
                limit = most[trigger.measure]
                shown = spoken(limit) if trigger.measure == "longest_wait" else f"{limit:g}"
                findings.warn((*path, key, "above"), f"never fires: {trigger.measure} is at most {shown}", code="never-fires")
            if trigger.below is not None and trigger.below <= 0:
                findings.warn((*path, key, "below"), f"never fires: {trigger.measure} is never below 0", code="never-fires")


def _most_lines(model: Model) -> float:
    """More lines than that there never are, whatever steps set or add."""
    acts = [step.act for step in (*model.events, *model.playbook)]
    most = 0.0
    for link in model.links:
        theirs = [act for act in acts if isinstance(act, (SetLines, AddLines)) and act.link == link.name]
        most += max([float(link.lines), *(high(act.lines) for act in theirs if isinstance(act, SetLines))])
        most += sum(high(act.lines) for act in theirs if isinstance(act, AddLines))
    return most


def _about_thresholds(model: Model, findings: Findings) -> None:
    from simulator.statistics.measures import measures

    wanted = {demand.need for demand in model.demand}
    opened = {getattr(step.act, "site", "") for step in (*model.events, *model.playbook) if step.act.name == "site.open"}
    for i, threshold in enumerate(model.thresholds):
        need, site = threshold.scope.get("need"), threshold.scope.get("site")
        if need is not None and need not in wanted:
            message = f"has no data: nobody calls for `{need}`" + _obliged(threshold)
            findings.warn(("thresholds", i, "need"), message, "give it a demand", code="no-data")
        if site is not None and site not in opened and not next(s.open for s in model.sites if s.name == site):
            message = f"has no data: the site `{site}` is closed and no step opens it" + _obliged(threshold)
            findings.warn(("thresholds", i, "site"), message, code="no-data")
        passes = threshold.max is None or threshold.max >= 1
        if measures[threshold.measure].unit == "share" and passes and (threshold.min is None or threshold.min <= 0):
            key = "max" if threshold.max is not None else "min"
            findings.warn(("thresholds", i, key), "always passes: a share lies between 0% and 100%", code="always-passes")


def _obliged(threshold: Threshold) -> str:
    return f"; the obligation ({threshold.obligation}) could not be judged" if threshold.obligation else ""


def _about_continuity(model: Model, findings: Findings) -> None:
    promise, clock = model.continuity, model.clock
    if promise is None:
        return
    left = clock.duration - (clock.impact or 0.0)
    if promise.rto >= left:
        findings.warn(
            ("continuity", "rto"), f"cannot be judged: the run ends {spoken(left)} after the impact", "choose a longer `clock.duration`",
            code="run-too-short",
        )  # fmt: skip
    if promise.mtpd < promise.rto:
        findings.warn(
            ("continuity", "mtpd"),
            "the longest tolerable disruption is shorter than the time in which recovery is promised",
            "usually rto <= mtpd",
            code="continuity-order",
        )


def _about_shrinkage(team: Team, path: Path, findings: Findings) -> None:
    rostered = max((shift.first + shift.agents for shift in team.shifts), default=0)
    if team.absence >= MUCH_ABSENCE and any(shift.breaks for shift in team.shifts):
        findings.warn(
            (*path, "absence"),
            f"{team.absence:.0%} looks like a whole shrinkage, and the roster has breaks of its own: they count twice",
            "absence is who does not come at all",
            code="shrinkage-twice",
        )
    elif team.absence > 0 and 0 < rostered < team.headcount and rostered == round(team.headcount * (1 - team.absence)):
        findings.warn(
            (*path, "absence"),
            f"the roster has {rostered} of {team.headcount} agents: it is {team.absence:.0%} less already, and absence counts twice",
            "roster everybody who is due, or leave out `absence`",
            code="shrinkage-twice",
        )


def _about_hours(model: Model, findings: Findings) -> None:
    """Where a channel is declared open, and none of the teams that serve it is at work."""
    wanted = {demand.need for demand in model.demand}
    for channel in model.channels:
        kind = KINDS[channel.kind]
        able = [team for team in model.teams if wanted & team.skills.keys()]
        teams = [team for team in able if (channel.name in team.channels if team.channels else not kind.calls_out)]
        if channel.hours is None or not teams:
            continue
        work = sorted((shift.start, shift.end) for team in teams for shift in team.shifts)
        for opens, closes in channel.hours:
            alone = opens
            for start, end in work:
                if start <= alone < end:
                    alone = end
            if alone < closes - 1:
                message = f"it is open at {local(model, alone):%Y-%m-%dT%H:%M}, and nobody who serves it is at work"
                findings.warn(("channels", channel.name, "hours"), message, "look at the roster", "open-unstaffed")
                break


def _about_sources(findings: Findings) -> None:
    said = findings.tree.get("sources")
    bare = [a for a in sources.assumptions(findings.tree) if a.text == sources.NO_SOURCE and (said or a.is_range)]
    if bare:
        names = ", ".join(a.path for a in bare[:4]) + (", ..." if len(bare) > 4 else "")
        which = f"{len(bare)} values have no source: {names}" if len(bare) > 1 else "has no source"
        where = sources.path_of(findings.tree, bare[0].path)
        if len(bare) > 1:
            where = ("sources",) if said else where
        findings.warn(where, which, "say under `sources` whether it is a fact, a record or assumed", code="no-source")
