"""Single points of failure: each part of the centre is taken out in turn, on the same customers, and what that costs is measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.errors import UsageError
from simulator.experiment.goals import measure_in
from simulator.experiment.sample import Sample, again, sample
from simulator.scenario import Scenario, lower, with_variants
from simulator.scenario.variants import AS_WRITTEN, BUILT_IN
from simulator.statistics.verdicts import LEAST

if TYPE_CHECKING:
    from simulator.experiment.pool import Progress
    from simulator.model.world import Model
    from simulator.statistics.measures import Measure
    from simulator.statistics.summary import Estimate, PairedDifference

USUAL = "people_never_served"
KINDS = ("site", "link", "trench", "platform", "role", "team")


@dataclass(frozen=True)
class Part:
    """Something that can be lost, and the event that loses it."""

    kind: str  #: one of :data:`KINDS`
    name: str
    event: Mapping[str, Any]  #: what the event does, as it is written

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Question:
    """What is asked: of which variant, by which measure, when parts are lost and for how long."""

    measure: str = USUAL
    variant: str | None = None
    at: str = "T+0"
    lasts: str = ""  #: a duration; empty is to the end of the run
    kinds: tuple[str, ...] = KINDS
    replications: int = 30
    seed: int = 1

    def command(self, scenario: Scenario) -> str:
        """The command that gives the same results again."""
        return again("weakest", scenario, self.replications, self.seed, {
            "--variant": self.variant, "--measure": self.measure, "--at": self.at, "--lasts": self.lasts,
            "--only": self.kinds if self.kinds != KINDS else None,
        })  # fmt: skip


@dataclass(frozen=True)
class Loss:
    """What the loss of one part does."""

    part: Part
    estimate: Estimate  #: the measure without the part
    difference: PairedDifference  #: without the part less as it is; ``half_width_all`` holds for all parts together
    urgent: PairedDifference | None  #: people of the most urgent need who got nobody, where needs differ in urgency
    recovery: PairedDifference | None  #: time until the centre was back, where that is defined
    tied: bool  #: whether it cannot be told from the worst

    @property
    def nothing(self) -> bool:
        """Whether it changes nothing in any world: the part is not used, or is lost anyway."""
        return self.difference.mean == 0 and self.difference.half_width == 0

    @property
    def harmful(self) -> bool:
        """Whether the measure is clearly worse without the part."""
        d = self.difference
        return d.clear and (d.mean > 0) == (d.better == "lower")


@dataclass(frozen=True)
class Weakest:
    """The findings: the worst loss first."""

    scenario: Scenario
    question: Question
    variant: str
    measure: Measure
    scope: Mapping[str, str]
    urgent: str  #: the most urgent need; empty where all are equally urgent
    base: Estimate
    losses: tuple[Loss, ...]
    sample: Sample

    @property
    def sure(self) -> bool:
        """Whether the worlds are enough to call a loss the worst, or as bad as it."""
        return self.sample.replications >= LEAST


@dataclass(frozen=True)
class Plan:
    """The models that answer a question; the first, under the empty name, loses nothing."""

    measure: Measure
    scope: Mapping[str, str]
    parts: tuple[Part, ...]
    models: Mapping[str, Model]


def parts_of(model: Model) -> Iterator[Part]:
    """Everything that can be lost: a trench only where it holds more than one link."""
    for site in model.sites:
        yield Part("site", site.name, {"do": "site.lose", "site": site.name})
    for link in model.links:
        yield Part("link", link.name, {"do": "link.cut", "link": link.name, "trench": "spared"})
    for trench, links in Counter(link.trench for link in model.links if link.trench).items():
        if links > 1:
            first = next(link.name for link in model.links if link.trench == trench)
            yield Part("trench", trench, {"do": "link.cut", "link": first})
    for platform in model.platforms:
        yield Part("platform", platform.name, {"do": "platform.fail", "platform": platform.name})
    for role in model.roles:
        yield Part("role", role.name, {"do": "role.lose", "role": role.name})
    for team in model.teams:
        yield Part("team", team.name, {"do": "staff.unavailable", "team": team.name, "share": "100%"})


def plan(scenario: Scenario, question: Question) -> Plan:
    """The models to simulate. Raises UsageError where the question cannot be answered, ScenarioError where its times are wrong."""
    model = lower(scenario, question.variant)
    measure, scope = measure_in(question.measure, model)
    if measure.better == "none":
        raise UsageError(f"`{measure.name}` is neither better high nor better low: no loss is the worst by it")
    unknown = [kind for kind in question.kinds if kind not in KINDS]
    if unknown:
        raise UsageError(f"there is no kind of part `{unknown[0]}`; there are {', '.join(KINDS)}")
    if model.clock.impact is None and question.at.lstrip().startswith("T"):
        raise UsageError(f"nothing strikes in {scenario.name}: say when the parts are lost, --at 2026-03-10T11:00")
    parts = tuple(part for part in parts_of(model) if part.kind in question.kinds)
    if not parts:
        raise UsageError(f"{scenario.name} has no {' or '.join(question.kinds)} that could be lost")
    own = scenario.variants.get(model.variant) or BUILT_IN.get(model.variant) or {}
    taken = {step.id for step in (*model.events, *model.playbook)}
    event = next(name for name in ("lost", *(f"lost-{n}" for n in range(2, 999))) if name not in taken)
    when = _when(question, event)
    losing = {f"{_prefix(model)}without {p}": {**own, **_losing(scenario, model, event, {**p.event, **when})} for p in parts}
    wider = with_variants(scenario, losing)
    models = {str(p): _for_good(lower(wider, name), event) for p, name in zip(parts, losing, strict=True)}
    return Plan(measure, scope, parts, {"": model} | models)


def _for_good(model: Model, event: str) -> Model:
    """The model with its part lost for the whole time asked, whatever the story repairs meanwhile."""
    return replace(model, events=tuple(replace(step, firm=step.id == event) for step in model.events))


def _when(question: Question, event: str) -> dict[str, Any]:
    ends = {"until": {"after": event, "by": question.lasts}} if question.lasts else {}
    return {"at": question.at, **ends}


def _losing(scenario: Scenario, model: Model, event: str, what: Mapping[str, Any]) -> dict[str, Any]:
    """The override that adds the event, whether or not the variant has any."""
    if scenario.variant_tree(model.variant).get("events"):
        return {f"events.{event}": dict(what)}
    return {"events": [{"id": event, **what}]}


def _prefix(model: Model) -> str:
    return "" if model.variant == AS_WRITTEN else f"{model.variant}, "


def analyse(scenario: Scenario, question: Question, *, jobs: int | None = None, progress: Progress | None = None) -> Weakest:
    """Simulate every loss and rank them. Raises as :func:`plan` and :func:`~simulator.experiment.sample.sample` do."""
    asked = plan(scenario, question)
    worlds = sample(asked.models, seed=question.seed, replications=question.replications, jobs=jobs, progress=progress)
    model = asked.models[""]
    urgent = min(model.needs, key=lambda n: n.urgency).name if len({n.urgency for n in model.needs}) > 1 else ""
    worse = 1.0 if asked.measure.better == "lower" else -1.0
    differences = {str(p): worlds.difference(str(p), "", asked.measure, asked.scope, len(asked.parts)) for p in asked.parts}

    def cost(part: Part) -> float:
        mean = differences[str(part)].mean
        return -worse * mean if np.isfinite(mean) else np.inf

    ranked = sorted(asked.parts, key=cost)
    return Weakest(
        scenario=scenario,
        question=question,
        variant=model.variant,
        measure=asked.measure,
        scope=asked.scope,
        urgent=urgent,
        base=worlds.estimate("", asked.measure, asked.scope),
        losses=tuple(_loss(part, ranked[0], asked, worlds, differences[str(part)], urgent) for part in ranked),
        sample=worlds,
    )


def _loss(part: Part, worst: Part, asked: Plan, worlds: Sample, difference: PairedDifference, urgent: str) -> Loss:
    from simulator.statistics.measures import measure_named

    name, others = str(part), max(len(asked.parts) - 1, 1)
    recovery = worlds.difference(name, "", measure_named("time_to_recover"), {})
    from_worst = None if part is worst else worlds.difference(name, str(worst), asked.measure, asked.scope, others)
    return Loss(
        part=part,
        estimate=worlds.estimate(name, asked.measure, asked.scope),
        difference=difference,
        urgent=worlds.difference(name, "", measure_named(USUAL), {"need": urgent}, len(asked.parts)) if urgent else None,
        recovery=recovery if recovery.n else None,
        tied=from_worst is None or not from_worst.clear,
    )
