"""Single points of failure: each part of the centre is taken out in turn, on the same customers, and what that costs is measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.errors import UsageError
from simulator.experiment.goals import measure_in
from simulator.experiment.measured import Measured, MeasuredPlan, Sample, places_of
from simulator.experiment.question import Findings, Found, Plan, questions
from simulator.scenario import Scenario, lower, with_variants
from simulator.scenario.variants import AS_WRITTEN, BUILT_IN
from simulator.statistics.measures import measure_named
from simulator.statistics.verdicts import LEAST

if TYPE_CHECKING:
    from simulator.model.world import Model
    from simulator.statistics.measures import Measure
    from simulator.statistics.summary import Estimate, PairedDifference

USUAL = "people_never_served"
RECOVERY = "time_to_recover"
KINDS = ("site", "link", "trench", "platform", "role", "team")


@dataclass(frozen=True)
class Part:
    """Something that can be lost, and the event that loses it."""

    kind: str  #: one of :data:`KINDS`
    name: str
    event: Mapping[str, Any]  #: what the event does, as it is written

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@questions.register("weakest")
@dataclass(frozen=True, kw_only=True)
class Weakest(Measured):
    """What must not fail: of which variant, by which measure, when parts are lost and for how long."""

    measure: str = USUAL
    variant: str | None = None
    at: str = "T+0"
    lasts: str = ""  #: a duration; empty is to the end of the run
    kinds: tuple[str, ...] = KINDS

    def plan(self, scenario: Scenario) -> Parts:
        model = lower(scenario, self.variant)
        measure, scope = measure_in(self.measure, model)
        if measure.better == "none":
            raise UsageError(f"`{measure.name}` is neither better high nor better low: no loss is the worst by it")
        unknown = [kind for kind in self.kinds if kind not in KINDS]
        if unknown:
            raise UsageError(f"there is no kind of part `{unknown[0]}`; there are {', '.join(KINDS)}")
        if model.clock.impact is None and self.at.lstrip().startswith("T"):
            raise UsageError(f"nothing strikes in {scenario.name}: say when the parts are lost, --at 2026-03-10T11:00")
        parts = tuple(part for part in parts_of(model) if part.kind in self.kinds)
        if not parts:
            raise UsageError(f"{scenario.name} has no {' or '.join(self.kinds)} that could be lost")
        own = scenario.variants.get(model.variant) or BUILT_IN.get(model.variant) or {}
        taken = {step.id for step in (*model.events, *model.playbook)}
        event = next(name for name in ("lost", *(f"lost-{n}" for n in range(2, 999))) if name not in taken)
        when = self._when(event)
        losing = {f"{_prefix(model)}without {p}": {**own, **_losing(scenario, model, event, {**p.event, **when})} for p in parts}
        wider = with_variants(scenario, losing)
        models = {str(p): _for_good(lower(wider, name), event) for p, name in zip(parts, losing, strict=True)}
        urgent = min(model.needs, key=lambda n: n.urgency).name if len({n.urgency for n in model.needs}) > 1 else ""
        recorded = [(measure, scope), (measure_named(RECOVERY), {}), *([(measure_named(USUAL), {"need": urgent})] if urgent else [])]
        return Parts(scenario, {"": model} | models, places_of(recorded), model.variant, measure, scope, parts, urgent)

    def _when(self, event: str) -> dict[str, Any]:
        ends = {"until": {"after": event, "by": self.lasts}} if self.lasts else {}
        return {"at": self.at, **ends}

    def judge(self, plan: Plan, found: Found) -> Losses:
        assert isinstance(plan, Parts)
        worlds = Sample(plan, found)
        worse = 1.0 if plan.measure.better == "lower" else -1.0
        differences = {str(p): worlds.difference(str(p), "", plan.measure, plan.scope, len(plan.parts)) for p in plan.parts}

        def cost(part: Part) -> float:
            mean = differences[str(part)].mean
            return -worse * mean if np.isfinite(mean) else np.inf

        ranked = sorted(plan.parts, key=cost)
        return Losses(
            scenario=plan.scenario,
            question=self,
            asked=len(found.tasks),
            replications=len(worlds.whole),
            failures=found.failures,
            interrupted=found.interrupted,
            effort=found.journal.effort,
            variant=plan.variant,
            measure=plan.measure,
            scope=plan.scope,
            urgent=plan.urgent,
            base=worlds.estimate("", plan.measure, plan.scope),
            losses=tuple(_loss(part, ranked[0], plan, worlds, differences[str(part)]) for part in ranked),
        )

    def command(self, scenario: Scenario) -> str:
        return self.again(scenario, {
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
    never: bool  #: whether it was back in no world
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


@dataclass(frozen=True, kw_only=True)
class Losses(Findings):
    """The findings: the worst loss first."""

    variant: str
    measure: Measure
    scope: Mapping[str, str]
    urgent: str  #: the most urgent need; empty where all are equally urgent
    base: Estimate
    losses: tuple[Loss, ...]

    @property
    def sure(self) -> bool:
        """Whether the worlds are enough to call a loss the worst, or as bad as it."""
        return self.replications >= LEAST


@dataclass(frozen=True)
class Parts(MeasuredPlan):
    """The models that lose a part each; the first, under the empty name, loses nothing."""

    variant: str
    measure: Measure
    scope: Mapping[str, str]
    parts: tuple[Part, ...]
    urgent: str


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


def _for_good(model: Model, event: str) -> Model:
    """The model with its part lost for the whole time asked, whatever the story repairs meanwhile."""
    return replace(model, events=tuple(replace(step, firm=step.id == event) for step in model.events))


def _losing(scenario: Scenario, model: Model, event: str, what: Mapping[str, Any]) -> dict[str, Any]:
    """The override that adds the event, whether or not the variant has any."""
    if scenario.variant_tree(model.variant).get("events"):
        return {f"events.{event}": dict(what)}
    return {"events": [{"id": event, **what}]}


def _prefix(model: Model) -> str:
    return "" if model.variant == AS_WRITTEN else f"{model.variant}, "


def _loss(part: Part, worst: Part, asked: Parts, worlds: Sample, difference: PairedDifference) -> Loss:
    name, others = str(part), max(len(asked.parts) - 1, 1)
    back = measure_named(RECOVERY)
    recovery = worlds.difference(name, "", back, {})
    from_worst = None if part is worst else worlds.difference(name, str(worst), asked.measure, asked.scope, others)
    urgent = {"need": asked.urgent}
    return Loss(
        part=part,
        estimate=worlds.estimate(name, asked.measure, asked.scope),
        difference=difference,
        urgent=worlds.difference(name, "", measure_named(USUAL), urgent, len(asked.parts)) if asked.urgent else None,
        recovery=recovery if recovery.n else None,
        never=worlds.estimate(name, back, {}).endless >= 1,
        tied=from_worst is None or not from_worst.clear,
    )
