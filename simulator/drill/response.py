"""A response: the steps that somebody decided, as overrides of a scenario. What nobody decided does not happen."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simulator.model.ranges import Range
from simulator.model.world import After, At, Reading, Trigger
from simulator.scenario.decision_log import with_parameters

if TYPE_CHECKING:
    from simulator.model.exercise import Inject
    from simulator.scenario import Scenario
    from simulator.scenario.decision_log import Decision

Step = dict[str, Any]
SOONER = 1800.0
"""How much earlier a decision is tried, in seconds."""


@dataclass(frozen=True)
class Response:
    """Steps of a playbook as they are written in a scenario, in the order of the file.

    ``blocked`` are steps that were decided and could never start, each with what it needs and nobody decided.
    """

    steps: tuple[Step, ...]
    blocked: Mapping[str, str] = field(default_factory=dict)

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(str(step["id"]) for step in self.steps)

    def without(self, name: str) -> Response:
        """The response without a step, and without whatever cannot start without it."""
        return cleared([step for step in self.steps if step["id"] != name])

    def fallen(self, name: str) -> tuple[str, ...]:
        """What falls with a step."""
        left = set(self.without(name).ids)
        return tuple(other for other in self.ids if other != name and other not in left)

    def sooner(self, names: Iterable[str], not_before: float, by: float = SOONER) -> Response | None:
        """The response with the steps ``names`` decided ``by`` seconds earlier; None where that changes nothing."""
        chosen = set(names)
        moved = [_moved(step, by, not_before) if step["id"] in chosen else step for step in self.steps]
        return None if moved == list(self.steps) else Response(tuple(moved))


def playbook_of(scenario: Scenario) -> Response:
    """The scenario's own playbook."""
    return Response(tuple(copy.deepcopy(step) for step in scenario.variant_tree().get("playbook") or ()))


def response_of(scenario: Scenario, decisions: Sequence[Decision]) -> Response:
    """The steps that ``decisions`` name, at their times in the place of the playbook's own, as far as they can start."""
    return cleared(decided_steps(scenario, decisions))


def decided_steps(scenario: Scenario, decisions: Sequence[Decision]) -> list[Step]:
    """The steps that ``decisions`` name, whether or not they can start."""
    taken = {d.what: d for d in decisions if d.kind == "step"}
    ended = {d.what: d for d in decisions if d.kind == "end"}
    steps = []
    for step in playbook_of(scenario).steps:
        decision = taken.get(str(step["id"]))
        if decision is None:
            continue
        made = {key: value for key, value in step.items() if key not in ("at", "when")} | {"at": instant(decision.at)}
        if made["do"] == "decision":
            made["role"] = decision.role  # whoever took it; a role that is busy elsewhere keeps it waiting
        made = with_parameters(made, decision.parameters)
        if made["id"] in ended:
            made["until"] = {"at": instant(ended[made["id"]].at)}
        steps.append(made)
    return steps


def with_step(scenario: Scenario, response: Response, name: str) -> Response | None:
    """The response and one step that it lacks, as the playbook has it; None where it is there, or could not start."""
    if name in response.ids:
        return None
    own = {str(step["id"]): step for step in response.steps}
    steps = [own.get(str(step["id"]), step) for step in playbook_of(scenario).steps if step["id"] in own or step["id"] == name]
    made = cleared(steps)
    after = _after(next(step for step in steps if step["id"] == name), "when")
    theirs = {str(step["id"]) for step in playbook_of(scenario).steps}
    return None if name in made.blocked or (after in theirs and after not in made.ids) else made


def cleared(steps: Sequence[Step]) -> Response:
    """The steps that can start: each one's needs, and the step whose effect it follows, are among them."""
    left = list(steps)
    blocked: dict[str, str] = {}
    before = -1
    while before != len(left):
        before = len(left)
        ids = {step["id"] for step in left}
        for step in list(left):
            missing = [name for name in _listed(step.get("needs")) if name not in ids]
            if missing:
                blocked[str(step["id"])] = missing[0]
                left.remove(step)
    return Response(tuple(left), blocked)


def overrides(scenario: Scenario, response: Response, notes: Sequence[Step] = ()) -> dict[str, Any]:
    """What the variant of a response changes in the scenario; ``notes`` are events beside the scenario's own."""
    tree = scenario.variant_tree()
    written = {str(step["id"]) for step in tree.get("playbook") or ()}
    gone = written - set(response.ids)
    changes: dict[str, Any] = {"playbook": [_without(step, gone) for step in response.steps if _after(step, "when") not in gone]}
    events = [_without(event, gone) for event in tree.get("events") or () if _after(event, "when") not in gone]
    if notes or events != list(tree.get("events") or ()):
        changes["events"] = [*events, *notes]
    for role, said in (tree.get("roles") or {}).items():
        if isinstance(said, dict) and isinstance(said.get("busy"), dict) and said["busy"].get("after") in gone:
            changes[f"roles.{role}.busy"] = None
    return changes


def told(inject: Inject) -> Step:
    """An inject as an event that only writes the wallboard down."""
    step: Step = {"id": inject_id(inject.id), "do": "wallboard.note"}
    return step | ({"at": instant(inject.at)} if inject.at is not None else {"when": trigger_tree(inject.when)})


def inject_id(name: str) -> str:
    """The id of the event that tells an inject."""
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in name)
    return f"inject {kept}"


def seen(name: str, at: float) -> Step:
    """The wallboard at an instant."""
    return {"id": name, "do": "wallboard.note", "at": instant(at)}


def instant(seconds: float) -> str:
    """An instant as a scenario writes it."""
    return f"start+{seconds:.3f}".rstrip("0").rstrip(".") + "s" if seconds else "start"


def seconds_of(step: Step) -> float:
    """The instant of a step that :func:`response_of` made."""
    text = str(step["at"])
    return 0.0 if text == "start" else float(text.removeprefix("start+").removesuffix("s"))


def trigger_tree(trigger: Trigger | None) -> dict[str, Any]:
    """A trigger as a scenario writes it."""
    if isinstance(trigger, At):
        return {"at": instant(trigger.instant)}
    if isinstance(trigger, After):
        return {"after": trigger.step, "by": _duration(trigger.by)}
    assert isinstance(trigger, Reading)
    return _reading(trigger)


def _reading(trigger: Reading) -> dict[str, Any]:
    wait = trigger.measure == "longest_wait"
    said: dict[str, Any] = {"measure": trigger.measure, "for": _duration(trigger.lasting)}
    for side, limit in (("above", trigger.above), ("below", trigger.below)):
        if limit is not None:
            said[side] = _duration(limit) if wait else limit
    return said | ({"need": trigger.need} if trigger.need else {})


def _duration(value: float) -> Any:
    if isinstance(value, Range):
        return {side: _duration(float(getattr(value, side))) for side in ("likely", "low", "high")}
    return f"{value:.3f}".rstrip("0").rstrip(".") + "s"


def _listed(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _after(step: Step, key: str) -> Any:
    trigger = step.get(key)
    return trigger.get("after") if isinstance(trigger, dict) else None


def _without(step: Step, gone: set[str]) -> Step:
    """The step without an end that nothing brings about any more."""
    return {key: value for key, value in step.items() if key != "until"} if _after(step, "until") in gone else step


def _moved(step: Step, by: float, not_before: float) -> Step:
    if isinstance(step.get("at"), str) and "when" not in step and step["at"].startswith("start"):
        at = seconds_of(step)
        return step | {"at": instant(min(at, max(at - by, not_before)))}
    when = step.get("when")
    if isinstance(when, dict) and "after" in when and "by" in when:
        return step | {"when": when | {"by": _less(when["by"], by)}}
    return step


def _less(value: Any, by: float) -> Any:
    """A delay, or each side of a range of delays, ``by`` seconds shorter; never below nothing."""
    from simulator.scenario.quantity import duration

    if isinstance(value, dict):
        return {side: _less(limit, by) for side, limit in value.items()}
    return _duration(max(duration(value) - by, 0.0))
