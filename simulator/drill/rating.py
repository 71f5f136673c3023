"""The suggested rating of an objective: a rule anybody can check, never a verdict. The evaluator's own rating comes first."""

from __future__ import annotations

import math
from dataclasses import dataclass

WORDS = {
    "P": "performed",
    "S": "performed with some difficulty",
    "M": "performed with major difficulty",
    "U": "not performed",
    "": "not rated",
}
RULES = {
    "P": "the target is met, and every task was done in time",
    "S": "the target is met, but one task was never done, or some were late",
    "M": "the target is missed by less than half of it, or two tasks and more were never done",
    "U": "the target is missed by half of it and more, or none of the tasks was done",
}
"""What each level means; an objective without a target goes by its tasks, one without tasks by its target."""
FAR = 0.5
GRACE = 900.0
"""Seconds by which a step may take effect later than by the playbook and still be in time."""


@dataclass(frozen=True)
class Doing:
    """A step or task: when it was due and when it was done, a step at its effect (instants); ``done`` None means never.

    ``played`` is False where nobody could have done it: the playbook played, and it is a task of people.
    """

    id: str
    due: float | None
    done: float | None
    played: bool = True
    text: str = ""

    @property
    def status(self) -> str:
        """One of in time, late, never and not played."""
        if not self.played:
            return "not played"
        if self.done is None:
            return "never"
        return "in time" if self.due is None or self.done <= self.due + 1e-6 else "late"


@dataclass(frozen=True)
class Suggested:
    """A level (empty where there is nothing to go by) and what it follows from."""

    level: str
    because: str

    @property
    def words(self) -> str:
        return WORDS[self.level]


def missed_by(value: float, least: float | None, most: float | None) -> float:
    """How far a value is beyond its limit, as a fraction of the limit; 0 within, NaN where there is no value."""
    if math.isnan(value):
        return math.nan
    over = 0.0 if most is None or value <= most else _part(value - most, most)
    under = 0.0 if least is None or value >= least else _part(least - value, least)
    return max(over, under)


def _part(miss: float, limit: float) -> float:
    return miss / abs(limit) if limit else math.inf


def suggest(miss: float | None, doings: tuple[Doing, ...]) -> Suggested:
    """The level of an objective from how far its target was missed (None: it has none; NaN: no data) and from its tasks."""
    played = [d for d in doings if d.played]
    never = [d.id for d in played if d.done is None]
    late = [d.id for d in played if d.status == "late"]
    known = miss is not None and not math.isnan(miss)
    if not known and not played:
        return Suggested("", "there is no data" if miss is not None else "nobody played its tasks")
    if played and len(never) == len(played):
        return Suggested("U", f"never done: {', '.join(never)}")
    if known and miss is not None and miss >= FAR:
        return Suggested("U", "the target was not reached at all" if math.isinf(miss) else "the target is missed by half of it and more")
    if known and miss:
        return Suggested("M", "the target is missed by less than half of it")
    if len(never) >= 2:
        return Suggested("M", f"never done: {', '.join(never)}")
    parts = ["the target is met"] * known
    parts += [f"never done: {', '.join(never)}"] * bool(never) + [f"late: {', '.join(late)}"] * bool(late)
    if never or late:
        return Suggested("S", "; ".join(parts))
    return Suggested("P", ", ".join([*parts, *(["every task in time"] if played else [])]))
