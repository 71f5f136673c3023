"""An exercise: what a team is asked to show, what it is told and when, and who takes part. Read by the drill only.

Instants are seconds since the scenario's start, durations are seconds. Steps of the playbook and tasks of the exercise are
referred to by id; a task is something people do that no switch of the centre shows (a headcount, a call to a family).
"""

from __future__ import annotations

from dataclasses import dataclass

from simulator.model.world import Threshold, Trigger

RETURN = "return-to-normal"
"""The task that ends every crisis: somebody decides that the ordinary way of working is back."""


@dataclass(frozen=True)
class Participant:
    """A role at the table, never a name. ``part`` is player, facilitator, evaluator or observer."""

    role: str
    part: str = "player"
    does: str = ""


@dataclass(frozen=True)
class Task:
    """Something a role has to do, ``within`` seconds of the step ``after`` (of the impact where that is empty)."""

    id: str
    text: str
    role: str
    within: float
    after: str = ""


@dataclass(frozen=True)
class Aim:
    """An objective: a capability to show, by a measure within limits (``mark``), by ``tasks`` done in time, or by both."""

    id: str
    capability: str
    text: str
    mark: Threshold | None = None
    tasks: tuple[str, ...] = ()
    criteria: tuple[str, ...] = ()


@dataclass(frozen=True)
class Inject:
    """What participants are told, at an instant or when a trigger fires.

    ``expect`` are the steps and tasks that it should lead to, ``within`` seconds; ``default`` is the step that the
    facilitator takes for a team that has started none of them by then.
    """

    id: str
    to: tuple[str, ...]
    text: str
    at: float | None = None
    when: Trigger | None = None
    sender: str = ""
    via: str = ""
    expect: tuple[str, ...] = ()
    within: float | None = None
    default: str = ""
    objectives: tuple[str, ...] = ()
    look_for: str = ""
    notes: str = ""


@dataclass(frozen=True)
class Return:
    """The decision that the crisis is over: who takes it, by which criteria, and when at the latest (an instant)."""

    role: str
    criteria: tuple[str, ...]
    by: float | None = None


@dataclass(frozen=True)
class Lesson:
    """A row of an earlier improvement plan."""

    text: str
    capability: str = ""
    action: str = ""
    owner: str = ""
    due: str = ""
    status: str = ""


@dataclass(frozen=True)
class Exercise:
    """Everything that a drill of a scenario needs beside the scenario."""

    type: str
    title: str = ""
    scope: str = ""
    sponsor: str = ""
    contact: str = ""
    date: str = ""
    handling: str = ""
    ground_rules: tuple[str, ...] = ()
    participants: tuple[Participant, ...] = ()
    tasks: tuple[Task, ...] = ()
    aims: tuple[Aim, ...] = ()
    injects: tuple[Inject, ...] = ()
    back: Return | None = None
    lessons: tuple[Lesson, ...] = ()
