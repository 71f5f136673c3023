"""Strengths and areas for improvement, drafted from the data for people to edit, and the rows that follow from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.drill.telling import decided, wallboard
from simulator.report.wording import count, duration
from simulator.scenario.decision_log import END

if TYPE_CHECKING:
    from simulator.drill.rating import Doing
    from simulator.drill.review import Judged, Planned, Review, Told
    from simulator.drill.worth import Gap, Worth

UNANSWERED = {
    "late": "was answered late",
    "without effect": "was answered by a step that never took effect",
    "never": "was not answered",
    "by default": "was not answered in time; the default was taken",
}
NOTABLE = 300.0
"""Seconds by which a step must be sooner or later than the playbook to be worth a line."""


@dataclass(frozen=True)
class Finding:
    """What was seen, where the plan speaks of it, why it may have been so, and what could be done. ``size`` sorts them."""

    observation: str
    capability: str = ""
    reference: str = ""
    analysis: str = ""
    recommendation: str = ""
    element: str = ""  #: Planning, Organisation, Equipment, Training or Exercise
    size: float = 0.0


def people(gap: Gap) -> str:
    """``1,240 ± 300``: how many people a difference is."""
    half = "" if gap.half_width == float("inf") else f" ± {count(round(gap.half_width))}"
    return f"{count(round(abs(gap.mean)))}{half}"


def strengths(review: Review) -> list[Finding]:
    """What went well, the largest first."""
    found = [
        Finding(f"{one.aim.id}: {one.aim.text}. {_sentence(one.suggested.because)}", one.aim.capability, size=1e9)
        for one in review.judged
        if one.suggested.level == "P"
    ]
    steps = {step.id: step for step in review.steps}
    for worth in review.worths:
        gap = worth.left_out
        if gap and gap.clear and gap.mean > 0:
            with_it = f" (with {', '.join(worth.falls)}, which need it)" if worth.falls else ""
            said = f"“{worth.step}” helped: without it{with_it} {people(gap)} more people would have got nobody."
            said += _sooner(steps.get(worth.step), review)
            found.append(Finding(said, _capability(review, worth.step), _plan(worth.step), size=gap.mean))
        if worth.added and worth.added.clear and worth.added.mean > 0:
            said = f"“{worth.step}” was left out: as the playbook has it, {people(worth.added)} more people would have got nobody."
            found.append(Finding(said, _capability(review, worth.step), _plan(worth.step), size=worth.added.mean))
    quick = [t for t in review.told if t.status in ("in time", "already done")]
    asked = [t for t in review.told if t.status in ("in time", "already done", *UNANSWERED)]
    if review.team and quick:
        found.append(Finding(f"{len(quick)} of {len(asked)} injects that asked for something were answered in the time allowed."))
    return sorted(found, key=lambda f: -f.size)


def _sooner(step: Planned | None, review: Review) -> str:
    """Said beside what a step was worth, for sooner is not better by itself."""
    if step is None or not review.team or step.delay is None or step.delay > -NOTABLE:
        return ""
    return f" It was decided {duration(-step.delay)} sooner than the playbook would have."


def areas(review: Review) -> list[Finding]:
    """What to work on: objectives first, then steps by the people they cost, then injects and tasks."""
    worth = {w.step: w for w in review.worths}
    found = [_missed(one) for one in review.judged if one.suggested.level in ("M", "U")]
    for step in review.steps:
        found += _about(step, review, worth.get(step.id))
    found += [_harmed(one.step, one.left_out, review) for one in review.worths if _did_harm(one) and one.left_out]
    undecided = {step.id for step in review.steps if step.decided is None}
    found += [_unanswered(told) for told in review.told if told.status in UNANSWERED and not set(told.inject.expect) & undecided]
    found += [_task(one, doing) for one in review.judged for doing in one.doings if doing.status in ("late", "never") and doing.text]
    return sorted(found, key=lambda f: -f.size)


def _did_harm(worth: Worth) -> bool:
    return worth.left_out is not None and worth.left_out.clear and worth.left_out.mean < 0


def _harmed(step: str, gap: Gap, review: Review) -> Finding:
    planned = next((one for one in review.steps if one.id == step), None)
    return Finding(
        f"“{step}” did harm: without it {people(gap)} fewer people would have got nobody.{_sooner(planned, review)}",
        _capability(review, step),
        _plan(step),
        f"The wallboard then: {_shown(step, review)}. To be completed: what was expected?",
        f"Say in the plan what must be true before {step}.",
        "Planning",
        -gap.mean,
    )


def _shown(step: str, review: Review) -> str:
    found = next((met for met in review.met if decided(met.decision) == step), None)
    return "not known" if found is None else wallboard(found.seen, found.half_hour)


def _missed(one: Judged) -> Finding:
    return Finding(
        f"{one.aim.id}: {one.aim.text}. {_sentence(one.suggested.because)}",
        one.aim.capability,
        analysis="To be completed: what kept the team from it?",
        recommendation=f"Plan how {one.aim.id} is reached, and exercise it again.",
        element="Planning",
        size=1e9,
    )


def _unanswered(told: Told) -> Finding:
    return Finding(
        f"Inject {told.inject.id} {UNANSWERED[told.status]}.",
        reference=f"inject {told.inject.id}",
        analysis="To be completed: did it reach the right role?",
        recommendation=f"Say who answers for {', '.join(told.inject.expect) or 'it'}, and who stands in.",
        element="Training",
    )


def _task(one: Judged, doing: Doing) -> Finding:
    return Finding(
        f"{doing.text}: {'late' if doing.status == 'late' else 'not reported'}.",
        one.aim.capability,
        f"task {doing.id}",
        "To be completed.",
        f"Write {doing.id} into the checklist of the first hour.",
        "Training",
    )


def _about(step: Planned, review: Review, worth: Worth | None) -> list[Finding]:
    """What was missed about a step, by what it was worth: a step that does harm is missed by nobody."""
    if not review.team or (worth is not None and _did_harm(worth)):
        return []
    added, earlier = (None, None) if worth is None else (worth.added, worth.earlier)
    capability, plan = _capability(review, step.id), _plan(step.id)
    without_it = step.decided is None and added is not None
    if without_it and added and ((not added.mean and not added.half_width) or (added.clear and added.mean > 0)):
        return []  # nobody missed it
    if step.decided is None:
        size = -added.mean if added and added.clear else 0.0
        fewer = f" As the playbook has it, {people(added)} fewer people would have got nobody." if added and size > 0 else ""
        return [Finding(f"“{step.id}” was never decided.{fewer}", capability, plan, "To be completed: was it known, and whose was it?",
            f"Put {step.id} on the first page of the plan, with a role and a time.", "Planning", size)]  # fmt: skip
    found = []
    if step.effect is None:
        found.append(Finding(f"“{step.id}” was decided and never took effect: {step.note or 'the run ended first'}.", capability, plan,
            "The order of steps was not clear, or something it needs was not there.",
            f"Teach what {step.id} needs before it can work.", "Training", 1.0))  # fmt: skip
    if step.delay is not None and step.delay >= NOTABLE and not (earlier and earlier.clear and earlier.mean > 0):
        size = -earlier.mean if earlier and earlier.clear else 0.0
        fewer = f" Half an hour earlier alone, {people(earlier)} fewer people would have got nobody." if earlier and size > 0 else ""
        waited = f" It {step.note}." if step.note.startswith("waited") else ""
        found.append(Finding(f"“{step.id}” was decided {duration(step.delay)} later than the playbook would have.{waited}{fewer}",
            capability, plan, "To be completed: what was waited for?",
            f"Give {step.id} a time by which somebody decides it, with or without the whole picture.", "Planning", size))  # fmt: skip
    return found


def _capability(review: Review, step: str) -> str:
    step = step.removeprefix(END)
    return next((aim.capability for aim in review.exercise.aims if step in aim.tasks), "")


def _plan(step: str) -> str:
    return f"playbook, step {step.removeprefix(END)}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def questions(review: Review) -> list[str]:
    """For the hot-wash, while everybody is still in the room."""
    asked = [
        "What surprised you?",
        "What did you know that the wallboard did not show, and the other way round?",
        "Which decision was hardest, and what would have made it easier?",
    ]
    for step in review.steps:
        if review.team and step.decided is None:
            asked.append(f"Nobody decided “{step.id}”. Did anybody think of it, and whose decision is it?")
        elif review.team and step.delay is not None and step.delay >= NOTABLE:
            asked.append(f"What did “{step.id}” wait for, {duration(step.delay)} longer than the plan?")
    late = [t.inject.id for t in review.told if t.status in UNANSWERED]
    if late:
        asked.append(f"Who heard {', '.join(late)}, and what happened with it then?")
    asked += ["Who was missing at the table?", "What will you do differently on Monday?"]
    return asked
