"""A played drill looked at: plan against play, objectives, timings, and what each decision met. Numbers, no pages."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.drill.play import PLAYBOOK, instant_of, note_ids, readings
from simulator.drill.rating import GRACE, Doing, Suggested, missed_by, suggest
from simulator.drill.response import inject_id
from simulator.drill.worth import Luck, Worth, luck, worths
from simulator.model.exercise import RETURN
from simulator.scenario import lower
from simulator.scenario.variants import NO_ACTION
from simulator.statistics.intervals import interval_series
from simulator.statistics.measures import measure_named
from simulator.statistics.worlds import Worlds

if TYPE_CHECKING:
    from simulator.drill.play import Drill
    from simulator.experiment.result import Result
    from simulator.model.exercise import Aim, Exercise, Inject
    from simulator.model.world import Model, Step
    from simulator.scenario.decision_log import Decision, Rating
    from simulator.statistics.tally import Tally

MESSAGES = ("ivr.message", "page.publish", "message.send")
"""What tells callers something."""
SITES = ("site.open",)
FEWEST = 20.0
"""Groups with fewer people than this, on average over the worlds, are too small to be called the worst."""


@dataclass(frozen=True)
class Planned:
    """A step of the playbook in the played world: by plan and as played. Instants; None means never.

    Whether it was in time is measured at its effect: one that was decided soon and then waited, or was refused, was not.
    """

    id: str
    act: str
    planned: float | None  #: when the playbook would have started it
    decided: float | None
    effect: float | None  #: when it took effect
    note: str = ""  #: what kept it
    lead: float = 0.0  #: seconds from its start to its effect, which nobody could have spared it
    planned_effect: float | None = None  #: when it would have taken effect by the playbook

    @property
    def delay(self) -> float | None:
        """Seconds later than the playbook."""
        return None if self.planned is None or self.decided is None else self.decided - self.planned


@dataclass(frozen=True)
class Told:
    """An inject: when it was planned and told, and what followed."""

    inject: Inject
    told: float | None
    answer: str = ""  #: the expected step or task that took effect first, or was decided first where none did
    answered: float | None = None  #: when it was decided
    status: str = ""  #: in time, late, without effect, never, already done, by default, nothing expected, not played, not told
    effect: float | None = None  #: when it took effect; of a task, when it was done


@dataclass(frozen=True)
class Met:
    """A decision and what the wallboard showed then and half an hour later."""

    decision: Decision
    seen: Mapping[str, float] | None
    later: Mapping[str, float] | None
    effect: float | None
    note: str = ""
    half_hour: Mapping[str, float] | None = None  #: the last full interval before it: service level, share that hung up


@dataclass(frozen=True)
class Judged:
    """An objective: its value in the played world, over all worlds, the evaluator's rating and the suggested one."""

    aim: Aim
    value: float | None
    passed_in: int | None  #: worlds in which these decisions reach the target
    worlds: int
    doings: tuple[Doing, ...]
    suggested: Suggested
    rating: Rating | None


@dataclass(frozen=True)
class Timing:
    """A moment that every crisis has: as played and by the playbook, seconds since the impact; None means never."""

    name: str
    says: str
    played: float | None
    playbook: float | None


@dataclass(frozen=True)
class Group:
    """People of one need, who first wanted to call in one phase (or at any time), and the share that got nobody."""

    need: str
    phase: str
    people: float
    never_served: float


@dataclass(frozen=True)
class Review:
    """All that the report tells of a drill."""

    drill: Drill
    result: Result
    model: Model
    steps: tuple[Planned, ...]
    told: tuple[Told, ...]
    met: tuple[Met, ...]
    judged: tuple[Judged, ...]
    timings: tuple[Timing, ...]
    worths: tuple[Worth, ...]
    luck: Luck
    groups: tuple[Group, ...]  #: the worst first

    @property
    def exercise(self) -> Exercise:
        return self.drill.exercise

    @property
    def team(self) -> bool:
        """Whether people played; otherwise the playbook did."""
        return self.drill.log is not None

    def value(self, variant: str, measure: str, **scope: str) -> float:
        """A measure of one variant in the played world."""
        return value_of(_tally(self.result, variant, self.drill.world), measure, scope)


def review(drill: Drill, result: Result) -> Review:
    """Look at a drill that was simulated."""
    model = lower(drill.scenario, PLAYBOOK)
    mine, plan = _tally(result, drill.played, drill.world), _tally(result, PLAYBOOK, drill.world)
    steps = tuple(_planned(step, drill, mine, plan) for step in model.playbook)
    told = tuple(_told(inject, drill, mine, steps) for inject in drill.exercise.injects)
    return Review(
        drill=drill,
        result=result,
        model=model,
        steps=steps,
        told=told,
        met=tuple(_met(d, mine, model, steps, drill) for d in drill.decisions),
        judged=tuple(_judged(aim, drill, result, _doings(aim, drill, mine, steps, told, model)) for aim in drill.exercise.aims),
        timings=_timings(drill, model, mine, plan),
        worths=worths(drill, result),
        luck=luck(drill, result),
        groups=_groups(result, drill.played),
    )


def value_of(tally: Tally, measure: str, scope: Mapping[str, str]) -> float:
    """One measure of one world; infinite where endless, NaN where it is not defined."""
    (found,) = Worlds([tally]).estimates(dict(scope), [measure_named(measure)])
    return math.inf if found.endless else found.mean


def _tally(result: Result, variant: str, world: int) -> Tally:
    return next(tally for tally in result.tallies[variant] if tally.replication == world)


def _planned(step: Step, drill: Drill, mine: Tally, plan: Tally) -> Planned:
    log = mine.log
    decided = instant_of(log, step.id, "triggered")
    note = drill.response.blocked.get(step.id, "")
    if note:
        note = f"it needs {note}, which nobody decided"
        decided = next((d.at for d in drill.decisions if d.kind == "step" and d.what == step.id), None)
    refused = next((entry.detail for entry in log if entry.id == step.id and entry.what == "refused"), "")
    waits = [entry.detail for entry in log if entry.id == step.id and entry.what == "waits"]
    note = note or (f"refused: {refused}" if refused else "waited: " + ", ".join(waits) if waits else "")
    started, effect = (instant_of(log, step.id, what) for what in ("started", "done"))
    lead = effect - started if started is not None and effect is not None else 0.0
    planned = [instant_of(plan.log, step.id, what) for what in ("triggered", "done")]
    return Planned(step.id, step.act.name, planned[0], decided, effect, note, lead, planned[1])


def _told(inject: Inject, drill: Drill, mine: Tally, steps: Sequence[Planned]) -> Told:
    told = instant_of(mine.log, inject_id(inject.id), "note")
    if told is None:
        return Told(inject, None, status="not told")
    if not inject.expect:
        return Told(inject, told, status="nothing expected")
    moments = _decided(drill, steps)
    default = next((d for d in drill.decisions if d.default_of == inject.id), None)
    made = {step.id: step for step in steps}
    done = sorted(_effect(name, moments[name], made) for name in inject.expect if name in moments)
    if default is not None:
        return Told(inject, told, default.what, default.at, "by default", made[default.what].effect if default.what in made else None)
    if not done:
        people = all(name not in {s.id for s in steps} for name in inject.expect)
        return Told(inject, told, status="not played" if drill.log is None and people else "never")
    effect, at, name, lead = done[0]
    if math.isinf(effect):
        return Told(inject, told, name, at, "without effect")
    late = inject.within is not None and effect > told + inject.within + lead + 1e-6
    return Told(inject, told, name, at, "late" if late else "already done" if at < told else "in time", effect)


def _effect(name: str, at: float, made: Mapping[str, Planned]) -> tuple[float, float, str, float]:
    """When a step or task that was decided ``at`` took effect (infinite: never), that instant, its name, and its lead time."""
    step = made.get(name)
    if step is None:
        return at, at, name, 0.0
    return math.inf if step.effect is None else step.effect, at, name, step.lead


def _decided(drill: Drill, steps: Sequence[Planned]) -> dict[str, float]:
    """When each step and task was decided."""
    moments = {step.id: step.decided for step in steps if step.decided is not None}
    return moments | {d.what: d.at for d in drill.decisions if d.kind == "task"}


def _met(decision: Decision, mine: Tally, model: Model, steps: Sequence[Planned], drill: Drill) -> Met:
    first, second = note_ids(decision)
    step = next((s for s in steps if s.id == decision.what and decision.kind == "step"), None)
    note = step.note if step else ""
    if decision.number in drill.too_late:
        note = f"too late: the facilitator had taken it when the time of {drill.too_late[decision.number]} ran out"
    if decision.default_of:
        note = "; ".join(["taken by default: nobody answered in time", *([note] if note else [])])
    effect = step.effect if step else None
    return Met(decision, readings(mine.log, first), readings(mine.log, second), effect, note, _half_hour(mine, model, decision.at))


def _half_hour(tally: Tally, model: Model, at: float) -> dict[str, float] | None:
    """Service level and the share that hung up, of several channels on the telephone, in the last full interval before an instant."""
    edges = tally.frame.intervals
    last = int((edges[1:] <= at + 1e-6).sum()) - 1
    if last < 0:
        return None
    scope = {"channel": model.inbound[0]} if len(model.inbound) > 1 else {}
    series = {one.name: one for one in interval_series(Worlds([tally])) if dict(one.scope) == scope}
    return {name: float(series[name].mean[last]) for name in ("service_level", "abandon_rate") if name in series}


def _doings(aim: Aim, drill: Drill, mine: Tally, steps: Sequence[Planned], told: Sequence[Told], model: Model) -> tuple[Doing, ...]:
    moments = _decided(drill, steps)
    impact = model.clock.impact or 0.0
    found = []
    for name in aim.tasks:
        step = next((s for s in steps if s.id == name), None)
        task = next((t for t in drill.exercise.tasks if t.id == name), None)
        asked = [t.told + t.inject.within for t in told if name in t.inject.expect and t.told is not None and t.inject.within is not None]
        if step is not None:
            due = min(asked) + step.lead if asked else None if step.planned_effect is None else step.planned_effect + GRACE
            found.append(Doing(name, due, step.effect))
        elif task is not None:
            since = instant_of(mine.log, task.after, "done") if task.after else impact
            due = None if since is None else since + task.within
            found.append(Doing(name, due, moments.get(name), drill.log is not None, task.text))
        else:
            by = drill.exercise.back.by if name == RETURN and drill.exercise.back else None
            found.append(Doing(name, by, moments.get(name), drill.log is not None))
    return tuple(found)


def _judged(aim: Aim, drill: Drill, result: Result, doings: tuple[Doing, ...]) -> Judged:
    rating = drill.log.ratings.get(aim.id) if drill.log else None
    tallies = result.tallies[drill.played]
    mark = aim.mark
    if mark is None:
        return Judged(aim, None, None, len(tallies), doings, suggest(None, doings), rating)
    value = value_of(_tally(result, drill.played, drill.world), mark.measure, mark.scope)
    misses = [missed_by(value_of(tally, mark.measure, mark.scope), mark.min, mark.max) for tally in tallies]
    passed = sum(miss == 0 for miss in misses)
    return Judged(aim, value, passed, len(misses), doings, suggest(missed_by(value, mark.min, mark.max), doings), rating)


def _timings(drill: Drill, model: Model, mine: Tally, plan: Tally) -> tuple[Timing, ...]:
    impact = model.clock.impact or 0.0
    people = [d.at for d in drill.decisions if d.at >= impact]

    def first(tally: Tally, acts: Sequence[str] | None, what: str, *, but: Sequence[str] = ()) -> float | None:
        ids = [s.id for s in model.playbook if (acts is None or s.act.name in acts) and s.act.name not in but]
        found = [at for name in ids if (at := instant_of(tally.log, name, what)) is not None and at >= impact]
        return min(found) - impact if found else None

    def both(name: str, says: str, acts: Sequence[str] | None, what: str = "done", but: Sequence[str] = ()) -> Timing:
        return Timing(name, says, first(mine, acts, what, but=but), first(plan, acts, what, but=but))

    def back(tally: Tally) -> float | None:
        took = value_of(tally, "time_to_recover", {})
        return took if math.isfinite(took) else None

    detected = first(mine, None, "triggered") if drill.log is None else (min(people) - impact if people else None)
    having = {step.act.name for step in model.playbook}
    decides = both("declared", "the first decision stands", ("decision",))
    if "decision" not in having:
        decides = both("declared", "the first step starts", None, "triggered")
    made = [Timing("first decision", "the first thing that anybody decided", detected, first(plan, None, "triggered")), decides]
    if having & set(MESSAGES):
        made.append(both("first message", "callers are told something", MESSAGES))
    made.append(both("first mitigation", "the first other step takes effect", None, but=("decision", *MESSAGES)))
    if having & set(SITES):
        made.append(both("site ready", "another site opens", SITES))
    if model.clock.impact is not None:
        made.append(Timing("recovered", "the level is back and held for half an hour", back(mine), back(plan)))
    return tuple(made)


def _groups(result: Result, variant: str) -> tuple[Group, ...]:
    summary = result.summaries[variant]
    found = []
    for need in summary.needs:
        for phase in ("", *(p.name for p in summary.phases)):
            scope = {"need": need} | ({"phase": phase} if phase else {})
            people, share = summary.estimate("customers", **scope), summary.estimate("never_served", **scope)
            if people.mean >= FEWEST and math.isfinite(share.mean):
                found.append(Group(need, phase, people.mean, share.mean))
    return tuple(sorted(found, key=lambda g: -g.never_served))


COMPARED = (PLAYBOOK, NO_ACTION)
"""What the played run is put beside."""
