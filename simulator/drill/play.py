"""A drill played: the decisions of a log in one world, and the same decisions, and others, in many."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from simulator.drill.response import Response, decided_steps, inject_id, overrides, playbook_of, response_of, seen, told, with_step
from simulator.errors import ScenarioError
from simulator.scenario import Scenario, lower
from simulator.scenario.decision_log import END, Decision, DecisionLog
from simulator.scenario.lowering import lower_tree
from simulator.scenario.variants import NO_ACTION, overridden

if TYPE_CHECKING:
    from simulator.model.exercise import Exercise
    from simulator.model.world import Model
    from simulator.records.run import LogEntry

PLAYED = "as played"
PLAYBOOK = "the playbook"
EVERYTHING_SOONER = "everything sooner"
LATER = 1800.0
"""How long after a decision its effect is looked at, in seconds."""
FACILITATOR = "facilitator"
Logbook = Callable[["Model"], "Sequence[LogEntry]"]


@dataclass(frozen=True)
class Drill:
    """A drill ready to be simulated. ``scenario`` has one variant for each response that is compared."""

    scenario: Scenario
    exercise: Exercise
    log: DecisionLog | None  #: None where the playbook plays
    decisions: tuple[Decision, ...]  #: of the log, and those that the facilitator took by default
    response: Response  #: what was decided
    seed: int
    world: int
    too_late: Mapping[int, str]  #: decisions that came after the default had been taken, by number: the inject
    left_out: Mapping[str, str]  #: why a decision cannot be tried earlier, by step
    events_list: tuple[str, str] | None = None  #: CSV text and file name of a list that took the place of the exercise's own

    @property
    def played(self) -> str:
        """The variant that was played."""
        return PLAYBOOK if self.log is None else PLAYED


def without(name: str) -> str:
    """The variant that lacks a step."""
    return f"without {name}"


def with_(name: str) -> str:
    """The variant in which a step that nobody decided is carried out as the playbook has it."""
    return f"with {name}"


def sooner(name: str) -> str:
    """The variant in which a step is decided earlier."""
    return f"{name} sooner"


def prepare(
    scenario: Scenario, exercise: Exercise, log: DecisionLog | None, *, seed: int, world: int, logbook: Logbook
) -> Drill:
    """Work out which injects were told when, which defaults were taken, and what is compared.

    ``logbook`` gives what happens with a model in the played world, as often as another default was taken there.
    """
    model = lower(scenario)
    decisions: tuple[Decision, ...] = () if log is None else log.decisions
    too_late: dict[int, str] = {}
    if log is not None:
        while True:
            kept = tuple(d for d in decisions if d.number not in too_late)
            default = _next_default(scenario, exercise, kept, logbook)
            if default is None:
                break
            too_late |= {d.number: default.default_of for d in kept if d.kind == "step" and d.what == default.what}
            decisions = (*decisions, default)
    kept = tuple(d for d in decisions if d.number not in too_late)
    response = playbook_of(scenario) if log is None else response_of(scenario, kept)
    impact = model.clock.impact or 0.0
    variants, left_out = _variants(scenario, exercise, log, kept, response, impact)
    made = replace(scenario, tree={**scenario.tree, "variants": variants})
    ordered = tuple(sorted(decisions, key=lambda d: (d.at, d.number)))
    return Drill(made, exercise, log, ordered, response, seed, world, too_late, left_out)


def readings(log: Sequence[LogEntry], name: str) -> Mapping[str, float] | None:
    """What the wallboard showed when the event ``name`` wrote it down; None where it never did."""
    for entry in log:
        if entry.id == name and entry.what == "note":
            found: dict[str, float] = json.loads(entry.detail)
            return found
    return None


def instant_of(log: Sequence[LogEntry], name: str, what: str) -> float | None:
    """When something first happened to a step or event; None where it did not."""
    return next((entry.instant for entry in log if entry.id == name and entry.what == what), None)


def note_ids(decision: Decision) -> tuple[str, str]:
    """The events that write the wallboard down at a decision, and half an hour later."""
    return f"seen {decision.number}", f"seen {decision.number} later"


def _variants(
    scenario: Scenario, exercise: Exercise, log: DecisionLog | None, decisions: Sequence[Decision], response: Response, impact: float
) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    end = lower(scenario).clock.duration
    notes = [told(inject) for inject in exercise.injects]
    for d in decisions:
        notes += [seen(name, at) for name, at in zip(note_ids(d), (d.at, d.at + LATER), strict=True) if at < end]
    made: dict[str, dict[str, Any]] = {}
    if log is not None:
        made[PLAYED] = overrides(scenario, response, notes)
    made[PLAYBOOK] = {} if log is not None else overrides(scenario, response, notes)
    made[NO_ACTION] = overrides(scenario, Response(()))
    left_out: dict[str, str] = {}
    for d in decisions:
        if d.kind == "end" and d.what in response.ids:
            made[without(f"{END}{d.what}")] = overrides(scenario, response_of(scenario, [o for o in decisions if o is not d]))
    for step in () if log is None else playbook_of(scenario).steps:
        added = with_step(scenario, response, str(step["id"]))
        if added is not None:
            made[with_(str(step["id"]))] = overrides(scenario, added)
    for name in response.ids:
        made[without(name)] = overrides(scenario, response.without(name))
        earlier = response.sooner([name], impact)
        if earlier is None:
            left_out[name] = "it starts when something else is done, at a fixed time, or when the wallboard says so"
        else:
            made[sooner(name)] = overrides(scenario, earlier)
    together = response.sooner(response.ids, impact)
    if together is not None and len(response.ids) > 1:
        made[EVERYTHING_SOONER] = overrides(scenario, together)
    for name, changes in scenario.variants.items():
        if changes and name not in made and all(path.partition(".")[0] == "playbook" for path in changes):
            made[name] = dict(changes)
    return made, left_out


def check(scenario: Scenario, log: DecisionLog) -> None:
    """Lower what was decided once, with the places of the log, so that a bad parameter is told at its line."""
    steps = [{key: value for key, value in step.items() if key != "needs"} for step in decided_steps(scenario, log.decisions)]
    response = Response(tuple(steps))
    tree = {**scenario.tree, "variants": {PLAYED: overrides(scenario, response)}}
    made, places, _ = overridden(tree, scenario.positions, PLAYED)
    by_step = {d.what: d.number - 1 for d in log.decisions if d.kind == "step"}
    for i, step in enumerate(made["playbook"]):
        for path, place in log.places.items():
            if path[0] == by_step[step["id"]]:
                places[("playbook", i, *path[1:])] = place
    model, findings = lower_tree(made, places, log.file, scenario.files.__getitem__, PLAYED)
    if model is None:
        raise ScenarioError(findings.errors)


def _next_default(scenario: Scenario, exercise: Exercise, decisions: Sequence[Decision], logbook: Logbook) -> Decision | None:
    """The first step that the facilitator takes because nobody has answered in time; None where everybody has."""
    if not any(inject.default for inject in exercise.injects):
        return None
    made = overrides(scenario, response_of(scenario, decisions), [told(inject) for inject in exercise.injects])
    model = lower(replace(scenario, tree={**scenario.tree, "variants": {PLAYED: made}}), PLAYED)
    log = logbook(model)
    due: list[tuple[float, Decision]] = []
    taken = {d.default_of for d in decisions}
    for inject in exercise.injects:
        at = instant_of(log, inject_id(inject.id), "note")
        if not inject.default or inject.within is None or at is None or inject.id in taken:
            continue
        deadline = at + inject.within
        answers = {*inject.expect, inject.default}
        answered = any(d.at <= deadline and d.what in answers and d.kind != "end" for d in decisions)
        if not answered and deadline < model.clock.duration:
            number = 1 + max((d.number for d in decisions), default=0)
            due.append((deadline, Decision(number, deadline, FACILITATOR, "step", inject.default, default_of=inject.id)))
    return min(due, key=lambda item: item[0])[1] if due else None
