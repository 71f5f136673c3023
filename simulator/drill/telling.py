"""How instants, decisions, wallboards and triggers are said in the papers of a drill."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from simulator.drill.response import trigger_tree
from simulator.model.world import After, At
from simulator.report.wording import NONE, count, duration, share
from simulator.scenario.calendar import spoken
from simulator.scenario.decision_log import END
from simulator.statistics.measures import in_words, measure_named
from simulator.statistics.thresholds import limit_text

if TYPE_CHECKING:
    from simulator.model.exercise import Inject
    from simulator.model.world import Clock, Threshold, Trigger
    from simulator.report.wording import LocalTime
    from simulator.scenario.decision_log import Decision


class Clockwork:
    """Instants of one scenario, as people at the table say them."""

    def __init__(self, time: LocalTime, clock: Clock) -> None:
        self.time = time
        self.impact = clock.impact

    def at(self, instant: float | None) -> str:
        """``T+1:05 (Tue 14:19)``; a dash for what never happened."""
        if instant is None or not math.isfinite(instant):
            return NONE
        since = self.time.since(instant)
        return f"{since} ({self.time.clock(instant)})" if since else self.time.clock(instant)

    def after(self, seconds: float | None) -> str:
        """A time since the impact."""
        return "never" if seconds is None else duration(seconds)

    def written(self, instant: float) -> str:
        """The instant as a scenario or a list has it: ``T+1h5m``."""
        if self.impact is None:
            return f"start+{spoken(instant)}"
        since = instant - self.impact
        return f"T{'-' if since < 0 else '+'}{spoken(abs(since)) if since else 0}"


def condition(trigger: Trigger | None) -> str:
    """When something is told, in words."""
    if isinstance(trigger, After):
        return f"{spoken(float(trigger.by))} after {trigger.step}" if trigger.by else f"after {trigger.step}"
    if trigger is None or isinstance(trigger, At):
        return NONE
    waits = trigger.measure == "longest_wait"
    side, limit = ("above", trigger.above) if trigger.above is not None else ("below", trigger.below)
    value = duration(float(limit or 0)) if waits else count(float(limit or 0))
    of = f" of {trigger.need}" if trigger.need else ""
    return f"when {trigger.measure.replace('_', ' ')}{of} is {side} {value} for {duration(float(trigger.lasting))}"


def planned(inject: Inject, clock: Clockwork) -> str:
    """When an inject is to be told."""
    return clock.at(inject.at) if inject.at is not None else condition(inject.when)


def listed_time(inject: Inject, clock: Clockwork) -> str:
    """The same as an events list has it, to be read again."""
    if inject.at is not None:
        return clock.written(inject.at)
    return json.dumps(trigger_tree(inject.when)).replace('"', "")


def decided(decision: Decision) -> str:
    """What was decided."""
    return f"{END}{decision.what}" if decision.kind == "end" else decision.what


def parameters(said: Mapping[str, Any]) -> str:
    """Parameters on one line."""
    return json.dumps(said, ensure_ascii=False).replace('"', "")[1:-1] if said else ""


def wallboard(seen: Mapping[str, float] | None, half_hour: Mapping[str, float] | None = None) -> str:
    """What the screen showed."""
    if seen is None:
        return NONE
    text = (
        f"{count(seen['queue'])} waiting, longest {duration(seen['longest_wait'])}; {count(seen['agents_online'])} agents online, "
        f"{count(seen['agents_free'])} free; {count(seen['lines_in_use'])} lines in use, {count(seen['lines_free'])} free"
    )
    if seen.get("callback_list"):
        text += f"; {count(seen['callback_list'])} numbers to call back"
    if half_hour and math.isfinite(half_hour.get("service_level", math.nan)):
        text += f"; last half hour {share(half_hour['service_level'])} in time, {share(half_hour['abandon_rate'])} hung up"
    return text


def target(mark: Threshold | None) -> str:
    """The target of an objective, as a scenario writes it."""
    if mark is None:
        return "tasks in time"
    measure = measure_named(mark.measure)
    sides = [f"at least {limit_text(measure, mark.min)}"] if mark.min is not None else []
    sides += [f"at most {limit_text(measure, mark.max)}"] if mark.max is not None else []
    return f"{in_words(mark.measure, mark.scope)} {' and '.join(sides)}"
