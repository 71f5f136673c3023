"""A result as its readers see it: every name of the file is what readers call it.

Pages, figures and the terminal are made of this, so that no name can reach them. Files for programs are made of the result itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from simulator.model.answer import Asked
from simulator.model.world import After, Reading
from simulator.report.labels import labels_of
from simulator.report.lead import Beside, lead
from simulator.report.wording import amount
from simulator.report.yardsticks import said, yardsticks

if TYPE_CHECKING:
    from simulator.experiment.result import Result
    from simulator.model.world import Model, Step, Trigger
    from simulator.report.labels import Labels
    from simulator.report.lead import Lead
    from simulator.statistics.summary import Comparison, Scope, StaffingPlan, Summary, ThresholdResult

T = TypeVar("T")


@dataclass(frozen=True)
class Telling:
    """A result, its words, the same in these words, and what answers the question. Names of variants are keys, as in the result."""

    result: Result
    labels: Labels
    summaries: Mapping[str, Summary]
    models: Mapping[str, Model]
    comparison: Comparison | None
    lead: Lead

    @property
    def comparison_with(self) -> str:
        """The variant that the others are put beside."""
        return self.result.baseline if self.comparison is None else self.comparison.baseline

    def variant(self, name: str) -> str:
        """What a variant is called."""
        return self.labels.variant(name)


def telling(result: Result) -> Telling:
    """What is told of a result."""
    model = result.models[result.baseline]
    labels = labels_of(result.scenario, model)
    urgency = {need.name: need.urgency for need in model.needs}
    found, comparison = lead(result), result.comparison
    against = "" if comparison is None or found.base is None else found.base.name
    if comparison is not None and against and against != comparison.baseline:
        by = [Asked(one.measure, one.scope) for one in yardsticks(model)] + [Asked("people_ended_otherwise")]
        comparison = Beside(result, against).comparison(by) or comparison
    return Telling(
        result,
        labels,
        {name: told_summary(summary, labels, urgency) for name, summary in result.summaries.items()},
        {name: told_model(model, labels) for name, model in result.models.items()},
        None if comparison is None else _comparison(comparison, labels),
        found,
    )


def told_summary(summary: Summary, labels: Labels, urgency: Mapping[str, int]) -> Summary:
    """The findings with the words of ``labels`` for needs, channels, sites, groups, phases and steps; the most urgent need comes first."""
    scope = _scopes(labels)
    by = {kind: partial(labels.of, kind) for kind in ("need", "channel", "site", "group", "phase")}
    continuity, need = summary.continuity, by["need"]
    return replace(
        summary,
        needs=_each(need, sorted(summary.needs, key=lambda name: urgency.get(name, 0))),
        channels=_each(by["channel"], summary.channels), sites=_each(by["site"], summary.sites),
        groups=_each(by["group"], summary.groups), inbound=_each(by["channel"], summary.inbound),
        phases=tuple(replace(phase, name=labels.of("phase", phase.name)) for phase in summary.phases),
        estimates=tuple(replace(e, scope=scope(e.scope)) if e.scope else e for e in summary.estimates),
        series=tuple(replace(s, scope=scope(s.scope)) if s.scope else s for s in summary.series),
        fates={need(name) if name else "": of_need for name, of_need in summary.fates.items()},
        thresholds=tuple(_threshold(t, labels) for t in summary.thresholds),
        continuity=None if continuity is None else replace(continuity, needs=_keys(need, continuity.needs)),
        steps=tuple(replace(step, id=labels.step(step.id)) for step in summary.steps),
        staffing=None if summary.staffing is None else _staffing(summary.staffing, by["need"], by["channel"]),
        warnings=tuple(warning.replace("`", "") for warning in summary.warnings),
    )  # fmt: skip


def told_model(model: Model, labels: Labels) -> Model:
    """As much of the model as reports speak of: needs, channels, groups and steps, with the words of ``labels``."""
    return replace(
        model,
        needs=tuple(replace(need, name=labels.need(need.name)) for need in model.needs),
        channels=tuple(replace(channel, name=labels.of("channel", channel.name)) for channel in model.channels),
        groups=_keys(partial(labels.of, "group"), model.groups),
        events=tuple(_step(step, labels) for step in model.events),
        playbook=tuple(_step(step, labels) for step in model.playbook),
    )


def _each(word: Callable[[str], str], names: Sequence[str]) -> tuple[str, ...]:
    return tuple(map(word, names))


def _keys(word: Callable[[str], str], values: Mapping[str, T]) -> dict[str, T]:
    return {word(name): value for name, value in values.items()}


def _scopes(labels: Labels) -> Callable[[Scope], Scope]:
    """Scopes in words; equal ones are one object, as there are thousands."""
    known: dict[frozenset[tuple[str, str]], Scope] = {}

    def word(scope: Scope) -> Scope:
        key = frozenset(scope.items())
        if key not in known:
            known[key] = {dimension: labels.of(dimension, name) for dimension, name in scope.items()}
        return known[key]

    return word


def _comparison(comparison: Comparison, labels: Labels) -> Comparison:
    scope = _scopes(labels)
    return replace(comparison, differences=tuple(replace(d, scope=scope(d.scope)) if d.scope else d for d in comparison.differences))


def _threshold(t: ThresholdResult, labels: Labels) -> ThresholdResult:
    """A pass mark in a sentence: ``share who got nobody (looking for relatives): at most 40.0 %``."""
    from simulator.statistics.measures import measures

    scope = {dimension: labels.of(dimension, name) for dimension, name in t.scope.items()}
    unit = measures[t.measure].unit if t.measure in measures else "ratio"
    limits = [f"{word} {amount(limit, unit)}" for word, limit in (("at least", t.min), ("at most", t.max)) if limit is not None]
    of = f" ({', '.join(scope.values())})" if scope else ""
    worlds = f" in {100 * t.worlds.asked:g} % of the worlds" if t.judged_by == "worlds" else ""
    _, law, by = t.text.partition(" (obligation:")
    text = f"{said(t.measure, {})}{of}: {' and '.join(limits)}{worlds}{law}{by}"
    return replace(t, text=text, scope=scope, needs=_keys(labels.need, t.needs))


def _staffing(plan: StaffingPlan, need: Callable[[str], str], channel: Callable[[str], str]) -> StaffingPlan:
    targets = tuple(replace(one, channel=channel(one.channel)) for one in plan.targets)
    return replace(plan, needs=_each(need, plan.needs), targets=targets)


def _step(step: Step, labels: Labels) -> Step:
    return replace(
        step, id=labels.step(step.id), needs=_each(labels.step, step.needs), when=_trigger(step.when, labels),
        until=_trigger(step.until, labels),
    )  # fmt: skip


def _trigger(trigger: Trigger | None, labels: Labels) -> Trigger | None:
    if isinstance(trigger, After):
        return replace(trigger, step=labels.step(trigger.step))
    if isinstance(trigger, Reading) and trigger.need:
        return replace(trigger, need=labels.need(trigger.need))
    return trigger
