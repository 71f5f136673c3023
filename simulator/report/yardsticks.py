"""What plans are compared by: the measures of every scenario, and those of what this one contains."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.statistics.contents import contents
from simulator.statistics.measures import measures

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.model.world import Model


@dataclass(frozen=True)
class Yardstick:
    """A measure in a scope, as the row and as the column of a table."""

    measure: str
    row: str
    column: str
    scope: Mapping[str, str] = field(default_factory=dict)


EVERY = (
    Yardstick("people_never_served", "people who got nobody", "got nobody"),
    Yardstick("never_served", "share who got nobody", "share"),
    Yardstick("people_reached", "people on the list whom we spoke to", "list reached"),
    Yardstick("hours_dialled", "work spent on calling back", "spent calling"),
    Yardstick("time_to_recover", "time until the centre was back", "back after"),
    Yardstick("served", "people served by an agent", "served"),
    Yardstick("attempted", "attempts", "attempts"),
    Yardstick("block_rate", "refused at the door", "refused"),
    Yardstick("abandon_rate", "hung up while waiting, of those who could queue", "hung up"),
    Yardstick("mean_wait", "mean wait of those who could queue", "mean wait"),
    Yardstick("first_reply", "mean time to the first reply of a conversation", "first reply"),
    Yardstick("reply_time", "mean time to a reply", "reply"),
    Yardstick("handovers", "messages answered by another agent than before", "handovers"),
    Yardstick("people_heard", "people in distress who were heard", "heard"),
    Yardstick("compassion_time", "work given to them beyond the technical", "compassion"),
    Yardstick("repeats", "contacts made again after an answer", "again"),
    Yardstick("strain_p90", "strain that nine agents in ten do not exceed", "strain"),
    Yardstick("satisfaction", "satisfaction (a model, an assumption)", "satisfaction"),
    Yardstick("complaints", "people who complain in public", "complaints"),
    Yardstick("praise", "people who praise us in public", "praise"),
    Yardstick("agents_online_6h", "agents online six hours after the impact", "online at T+6 h"),
    Yardstick("harm", "harm", "harm"),
    Yardstick("cost", "cost", "cost"),
)
"""In the order of the reports."""

SAID = {one.measure: one.row for one in EVERY} | {
    "service_level": "answered in time, of those who could queue",
    "harm_rate": "share of the possible harm",
    "gave_up": "people who gave up",
    "unserved_within": "share still without help",
    "people_unserved_within": "people still without help",
    "people_undecided_within": "people without help whose time had not run out",
    "longest_below": "longest time below the level",
    "reachability": "answered, of those who wanted an agent",
}
"""Measures as people say them; the others are their names."""

OF_CALLERS = ("block_rate", "abandon_rate", "mean_wait")
"""Measures that would mix minutes on a line with days of a letter: of the telephone only, where there are other channels too."""

SHORT = (
    "people_never_served", "people_reached", "hours_dialled", "time_to_recover", "abandon_rate", "block_rate", "mean_wait", "first_reply",
    "people_heard", "satisfaction", "agents_online_6h", "cost",
)  # fmt: skip
"""Those that the terminal shows."""


def said(measure: str, scope: Mapping[str, str]) -> str:
    """A measure in its scope as people say it."""
    words = SAID.get(measure, measure.replace("_", " "))
    return f"{words} ({', '.join(scope.values())})" if scope else words


def yardsticks(model: Model) -> list[Yardstick]:
    """What the variants of ``model`` are compared by."""
    inbound, calls = model.inbound, model.inbound[0]
    there = contents(model)
    free = not any(step.cost or step.cost_per_hour for step in (*model.events, *model.playbook))
    made = []
    for one in EVERY:
        about = measures[one.measure].about
        if (about and about not in there) or (one.measure == "cost" and free):
            continue
        if len(inbound) > 1 and one.measure in OF_CALLERS:
            made.append(Yardstick(one.measure, f"{one.row} ({calls})", f"{one.column} ({calls})", {"channel": calls}))
        else:
            made.append(one)
    return made
