"""From the section ``answer`` to what it means: measures that exist, of people who exist, beside a variant that exists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.errors import UsageError
from simulator.model.answer import MOST, Answer, Asked
from simulator.scenario.answer_form import AnswerForm, AskedForm
from simulator.scenario.findings import Findings
from simulator.scenario.forms import ScenarioForm
from simulator.scenario.problem import Problem, did_you_mean, wrong
from simulator.scenario.thresholds import names_of, scope_of


def lowered(form: ScenarioForm, findings: Findings) -> Answer | None:
    """The answer that a scenario asks for; notes everything that is wrong with it. None where there is none, or it is not sound."""
    asked = form.answer
    if asked is None:
        return None
    before = len(findings.errors)
    made: list[Asked] = []
    with findings.at("answer"):
        if not asked.measures:
            raise wrong("an answer needs a measure", "for example [people_never_served]", at=("measures",))
        if len(asked.measures) > MOST:
            raise wrong(f"a first screen holds at most {MOST} measures", "name those that answer the question", at=("measures",))
    written = findings.tree["answer"]["measures"]
    raw = written if isinstance(written, list) else [written]
    for i, one in enumerate(asked.measures):
        with findings.at("answer", "measures", *([i] if raw is written else [])):
            found = _asked(one, asked, form, bare=isinstance(raw[i], str))
            if any(found.measure == other.measure and found.scope == other.scope for other in made):
                raise wrong(f"`{one.measure}` stands here twice")
            made.append(found)
    with findings.at("answer"):
        _check_variants(asked, form)
    if len(findings.errors) > before:
        return None
    return Answer(tuple(made), asked.per, asked.against or "", asked.per_cost)


def _asked(one: AskedForm, answer: AnswerForm, form: ScenarioForm, *, bare: bool) -> Asked:
    """A measure in its scope; raises Wrong."""
    from simulator.statistics.measures import check_scope, measures

    at = () if bare else ("measure",)
    measure = measures.get(one.measure)
    if measure is None:
        raise wrong(f"there is no measure `{one.measure}`", did_you_mean(one.measure, measures), "unknown-name", at)
    scope = scope_of(one)
    names = names_of(form)
    if answer.for_:
        kind = next((kind for kind in ("need", "group") if answer.for_ in names[kind]), "")
        if kind:  # else it is noted once, where it stands
            scope.setdefault(kind, answer.for_)
    each = scope
    if answer.per != "variant":
        if answer.per in scope:
            raise wrong(f"the answer is given for each {answer.per}, and `{one.measure}` is of one only", at=at)
        first = next(iter(names[answer.per]), "")
        each = scope | {answer.per: first} if first else scope
    try:
        check_scope(measure, each, names)
    except UsageError as error:
        raise wrong(str(error), at=at) from None
    return Asked(one.measure, scope, one.says)


def _check_variants(asked: AnswerForm, form: ScenarioForm) -> None:
    """What is said of variants, and for whom, must be there; raises Wrong."""
    known = (*form.needs, *form.groups)
    if asked.for_ and asked.for_ not in known:
        raise wrong(f"there is no need and no group `{asked.for_}`", did_you_mean(asked.for_, known), "unknown-name", ("for",))
    if asked.per != "variant" and not names_of(form)[asked.per]:
        raise wrong(f"there is no {asked.per} in this scenario", at=("per",))
    if asked.against is not None and asked.per != "variant":
        message = f"the answer is given for each {asked.per}, and is not put beside a variant"
        raise wrong(message, "take it out, or write `per: variant`", at=("against",))
    if asked.per_cost and asked.per != "variant":
        raise wrong("cost is that of a variant", "take it out, or `per: variant`", at=("per_cost",))


def check_variant(tree: Mapping[str, Any], findings: Findings) -> None:
    """Note a variant that the file does not have. Alternatives of another kind may take the place of those that it has later."""
    asked, declared = tree.get("answer"), tree.get("variants")
    against = asked.get("against") if isinstance(asked, dict) else None
    known = list(declared) if isinstance(declared, dict) else []
    if isinstance(against, str) and against not in known:
        findings.note(("answer", "against"), Problem(f"there is no variant `{against}`", did_you_mean(against, known), "unknown-name"))
