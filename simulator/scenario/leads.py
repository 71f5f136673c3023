"""Where a playbook leads people: never to where they are, and hardly ever in a circle."""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from simulator.crisis.handling import Deflect
from simulator.scenario import steps
from simulator.scenario.findings import Findings
from simulator.scenario.forms import ScenarioForm
from simulator.scenario.law import high
from simulator.scenario.problem import Problem

Circle = tuple[str, ...]
"""Channels, each of which leads to the next and the last to the first."""


def check(form: ScenarioForm, findings: Findings) -> None:
    """Note steps that lead a channel to itself, and warn of those that lead people in a circle."""
    found: dict[Circle, list[str]] = {}
    for need in form.needs:
        for circle in _circles(form, need):
            found.setdefault(circle, []).append(need)
    for circle, needs in found.items():
        closes = next(place for place, lead in _leads(form, needs[0]) if (lead.channel, lead.to) == (circle[-1], circle[0]))
        who = " and ".join(f"`{need}`" for need in needs)
        message = f"people with {who} are led in a circle: {' -> '.join([*circle, circle[0]])}"
        hint = "nobody is led on twice, so they end up where the first of these steps leads them; leave one out, or end it with `until`"
        findings.warn((*closes, "to"), message, hint, "led-in-a-circle")
    for place, lead in _leads(form, None):
        if lead.channel == lead.to:
            findings.note((*place, "to"), Problem(f"people are on `{lead.to}` already", "name another channel, or leave the step out"))


def _leads(form: ScenarioForm, need: str | None) -> Iterator[tuple[tuple[str, int], Deflect]]:
    """The steps that lead people with a need elsewhere, or (None) anybody, with their places."""
    for section, i, step in steps.located(form):
        if isinstance(step.do, Deflect) and (need is None or high(step.do.accept.get(need, 0.0)) > 0):
            yield (section, i), step.do


def _circles(form: ScenarioForm, need: str) -> Iterator[Circle]:
    """The circles in which people with a need are led, each from the channel that is led away first."""
    to: dict[str, set[str]] = {}
    for _, lead in _leads(form, need):
        if lead.channel != lead.to:
            to.setdefault(lead.channel, set()).add(lead.to)
    while True:
        try:
            TopologicalSorter(to).prepare()
        except CycleError as error:
            circle = error.args[1][:0:-1]
            first = circle.index(min(circle, key=list(to).index))
            circle = (*circle[first:], *circle[:first])
            yield circle
            to[circle[-1]].discard(circle[0])
        else:
            return
