"""Tolerances: each is of needs or of groups that exist, with a limit that people are counted at."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.model.world import Tolerance
from simulator.scenario.findings import Findings
from simulator.scenario.forms import ScenarioForm
from simulator.scenario.problem import Wrong, wrong
from simulator.scenario.thresholds import limit_of
from simulator.scenario.tolerance_form import ToleranceForm


def lowered(form: ScenarioForm, findings: Findings) -> tuple[Tolerance, ...]:
    """The tolerances of a scenario; notes what is wrong with them."""
    made: list[Tolerance] = []
    for name, one in form.tolerances.items():
        with findings.at("tolerances", name):
            made.append(_lowered(name, one, form))
    return tuple(made)


def _lowered(name: str, one: ToleranceForm, form: ScenarioForm) -> Tolerance:
    """One tolerance; raises Wrong with everything that is wrong with it."""
    problems = [problem for wrong in _wrong(one, form) for problem in wrong.problems]
    if problems:
        raise Wrong(*problems)
    return Tolerance(name, one.limit, one.set_by, one.set_on, one.why, one.needs, one.groups, one.at_most, one.in_, one.title)


def _wrong(one: ToleranceForm, form: ScenarioForm) -> Iterator[Wrong]:
    if not one.needs and not one.groups:
        yield wrong("nobody is served by it", "say whom: `needs: [...]`, or `groups: [...]`")
    if one.needs and one.groups:
        yield wrong("a service is of needs or of groups, not of both", "write two tolerances", at=("groups",), on_key=True)
    for key, names in (("needs", one.needs), ("groups", one.groups)):
        if len(set(names)) < len(names):
            yield wrong(f"`{next(n for n in names if names.count(n) > 1)}` stands here twice", at=(key,))
    if len(set(one.groups)) > 1:
        yield wrong("people may belong to several groups, and would count twice", "write a tolerance for each group", at=("groups",))
    if form.clock.impact is None:
        yield wrong("nothing strikes in this scenario, so that no service can fail", "give the clock an `impact`", at=("limit",))
    try:
        limit_of(one.limit, key="limit")
    except Wrong as found:
        yield found
    for key in ("set_by", "set_on", "why"):
        if not getattr(one, key).strip():
            yield wrong(f"`{key}` is empty: a tolerance that nobody set, at no time and for no reason, binds nobody", at=(key,))
