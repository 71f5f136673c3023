"""Parts of the report that a scenario calls for: one for each thing that it contains beyond calls and queues.

Their rows are the measures that are about it, with their definitions as labels, so that a new measure appears by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from simulator.document.blocks import Table
from simulator.report.columns import OF_A_CHANNEL, estimated, refuses
from simulator.report.verdict import plainly, with_margin
from simulator.report.wording import amount, count, share
from simulator.statistics.measures import measures

if TYPE_CHECKING:
    from simulator.model.world import Model
    from simulator.statistics.summary import Estimate, Summary

TITLES = (
    ("callbacks", "Calling people back", ("callbacks",), ("callback-list",)),
    ("conversations", "Conversations", ("conversations", "backlog"), ("open-work",)),
    ("distress", "People in distress", ("distress", "care"), ()),
    ("repeats", "Contact again", ("repeats",), ()),
    ("machines", "Machines and other channels", ("self-service", "deflection", "hours"), ()),
    ("information", "What people were told", ("information",), ()),
    ("people", "How people feel, and what they say in public", ("satisfaction", "standing", "publicity", "contagion"), ()),
    ("work", "What the work did to those who do it", ("strain", "overtime"), ()),
)
"""In the order of the reports: a key, a title, what must be contained, the figures."""

CHANNEL = (
    ("attempted", "attempts"), ("blocked", "refused"), ("contained", "ended by a machine"), ("deflected", "led elsewhere"),
    ("answered", "answered"), ("service_level", "in time, of those who could queue"),
    ("service_level_of_arrived", "in time, of all who arrived"), ("mean_wait", "mean wait"), ("abandon_rate", "gave up waiting"),
)  # fmt: skip

GROUP = (
    ("customers", "people"), ("served", "served by an agent"), ("people_never_served", "got nobody"),
    ("never_served", "share who got nobody"), ("time_to_first_agent_p50", "half were answered within"),
    ("reachability", "answered, of those who wanted an agent"), ("mean_wait", "mean wait"),
)  # fmt: skip

RULES = {
    "aht-ceiling": "handle time, a ceiling 10 % above plan",
    "aht-z-score": "handle time, two standard deviations from the team",
    "aht-by-need": "handle time for the same need, two standard deviations",
    "customer-outcome": "what it came to for the customer",
    "commendations": "people in distress who were heard",
}
"""Rules of evaluation in words."""


@dataclass(frozen=True)
class Part:
    """A section: its tables, and the names of its figures."""

    key: str
    title: str
    tables: tuple[Table, ...]
    figures: tuple[str, ...] = ()


def parts(summary: Summary, model: Model) -> list[Part]:
    """The parts that ``model`` calls for and that have data."""
    made = []
    channels = channel_table(summary)
    if channels is not None:
        made.append(Part("channels", "Channel by channel", (replace(channels, caption="Means over the worlds"),), ("channels",)))
    groups = group_table(summary)
    if groups is not None:
        said = "; ".join(f"{name}: {who}" for name, who in model.groups.items() if who)
        caption = f"Means over the worlds. {said}" if said else "Means over the worlds"
        made.append(Part("groups", "Group by group", (replace(groups, caption=caption),)))
    for key, title, about, figures in TITLES:
        tables = [replace(found, caption="Averages over the worlds")] if (found := measure_table(summary, about)) else []
        if key == "distress" and summary.evaluation:
            tables.append(evaluation_table(summary))
        if tables:
            made.append(Part(key, title, tuple(tables), figures))
    if summary.staffing is not None:
        made.append(Part("planning", "Agents required and agents there", (), ("staffing",)))
    return made


def measure_table(summary: Summary, about: tuple[str, ...]) -> Table | None:
    """The measures about something, a row each; None where there are none."""
    rows = []
    for m in measures.values():
        estimate = estimated(summary, m.name) if m.about in about else None
        if estimate is not None and estimate.n:
            worlds = f"{amount(estimate.p5, estimate.unit)} to {amount(estimate.p95, estimate.unit)}"
            rows.append((m.says, with_margin(estimate), worlds, m.name))
    return Table(("what", "average", "nine worlds out of ten", "measure"), tuple(rows), numbers=True) if rows else None


def channel_table(summary: Summary) -> Table | None:
    """Inbound channels, the telephone first, against what happened on them; None where there is only one."""
    inbound = summary.inbound
    if len(inbound) < 2:
        return None
    shown = [(m, label) for m, label in CHANNEL if any(_mean(summary, m, channel) for channel in inbound)]
    if not any(refuses(summary, {"channel": channel}) for channel in inbound):
        shown = [(m, label) for m, label in shown if m != "service_level_of_arrived"]
    rows = tuple((channel, *(_cell(summary, m, channel) for m, _ in shown)) for channel in inbound)
    return Table(("channel", *(label for _, label in shown)), rows, numbers=True)


def group_table(summary: Summary) -> Table | None:
    """Groups of people, and everybody, against how they fared; None where the scenario names no group."""
    if not summary.groups:
        return None
    scopes: list[tuple[str, dict[str, str]]] = [*((group, {"group": group}) for group in summary.groups), ("everybody", {})]
    rows = []
    shown = [(m, label) for m, label in GROUP if m not in OF_A_CHANNEL or len(summary.inbound) < 2]  # a group has no channels of its own
    for name, scope in scopes:
        found = [estimated(summary, m, **scope) for m, _ in shown]
        rows.append((name, *("–" if e is None or not e.n else _in_short(e) for e in found)))
    return Table(("group", *(label for _, label in shown)), tuple(rows), numbers=True)


def _in_short(e: Estimate) -> str:
    if e.endless >= 0.5:
        return "never"
    return with_margin(e) if e.measure == "never_served" else plainly(e)


def _mean(summary: Summary, measure: str, channel: str) -> float:
    estimate = estimated(summary, measure, channel=channel)
    return estimate.mean if estimate is not None and estimate.n else 0.0


def _cell(summary: Summary, measure: str, channel: str) -> str:
    estimate = estimated(summary, measure, channel=channel)
    return "–" if estimate is None or not estimate.n else amount(estimate.mean, estimate.unit)


def evaluation_table(summary: Summary) -> Table:
    """What each rule of evaluation would do to agents who heard somebody in distress, and to those calls."""
    head = (
        "rule",
        "agents punished",
        "of those who heard somebody",
        "agents rewarded",
        "of those who heard somebody",
        "calls of compassion held against them",
        "in their favour",
    )
    rows = []
    for rule in summary.evaluation:
        c = rule.counts
        calls = c["calls"]

        def of_calls(n: float, calls: float = calls) -> str:
            return f"{count(n)} ({share(n / calls)})" if calls else "–"

        rows.append(
            (
                RULES.get(rule.rule, rule.rule),
                f"{count(c['punished'])} of {count(c['agents'])}",
                f"{count(c['carers_punished'])} of {count(c['carers'])}",
                count(c["rewarded"]),
                count(c["carers_rewarded"]),
                of_calls(c["against"]),
                of_calls(c["in_favour"]),
            )
        )
    caption = "Rules by which agents are evaluated: agents and calls that each would punish or reward"
    return Table(head, tuple(rows), caption, numbers=True)
