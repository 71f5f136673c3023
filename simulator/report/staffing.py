"""Agents required beside those scheduled and at work: what they are required for, in words, and rows for documents and workbooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.report.wording import count, duration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.statistics.summary import StaffingPlan, StaffingTarget

COLUMNS = ("required", "scheduled", "present", "over", "under")
"""Agents by interval; the last three are means over the worlds."""


def targets(plan: StaffingPlan) -> str:
    """``to answer 80 % within 20 s (voice), and for the work of letters``: what the agents are required for."""
    timed: dict[tuple[float, float], list[str]] = {}
    for of_one in plan.targets:
        if of_one.share is not None and of_one.within is not None:
            timed.setdefault((of_one.share, of_one.within), []).append(of_one.channel)
    answers = [f"{100 * share:g} % within {duration(within)} ({_listed(names)})" for (share, within), names in timed.items()]
    kept = [of_one.channel for of_one in plan.targets if of_one.share is None]
    said = [f"to answer {_listed(answers)}"] if answers else []
    said += [f"for the work of {_listed(kept)}, spread over each interval"] if kept else []
    return ", and ".join(said) or "for nothing, as nobody is expected"


def document(plan: StaffingPlan | None) -> dict[str, Any] | None:
    """The plan for programs: its targets and a row for each interval; None where the scenario has no demand."""
    if plan is None:
        return None
    return {"targets": [_target(of_one) for of_one in plan.targets], "intervals": list(rows(plan))}


def rows(plan: StaffingPlan) -> Iterator[dict[str, Any]]:
    """``start`` in seconds, agents by :data:`COLUMNS`, and ``by_need`` those required by each need."""
    required = plan.required.sum(axis=1).tolist()
    scheduled = plan.scheduled.tolist()
    means = [of_one.mean(axis=0).tolist() for of_one in (plan.present, plan.over, plan.under)]
    for t, start in enumerate(plan.starts.tolist()):
        numbers = (required[t], scheduled[t], *(values[t] for values in means))
        yield {
            "start": start,
            **dict(zip(COLUMNS, numbers, strict=True)),
            "by_need": dict(zip(plan.needs, plan.required[t].tolist(), strict=True)),
        }


def shortest(plan: StaffingPlan) -> tuple[float, float] | None:
    """The interval in which most agents are missing at work, by its start, and how many; None where none ever are."""
    missing = plan.under.mean(axis=0)
    worst = int(missing.argmax()) if len(missing) else 0
    return (float(plan.starts[worst]), float(missing[worst])) if len(missing) and missing[worst] > 0 else None


def shortfall(plan: StaffingPlan, at: str, missing: float) -> str:
    """``Around Tue 09:30, 12 agents fewer are at work than it takes to answer 80 % within 20 s (voice).``."""
    return f"Around {at}, {count(missing)} agents fewer are at work than it takes {targets(plan)}."


def _target(of_one: StaffingTarget) -> dict[str, Any]:
    return {"channel": of_one.channel, "share": of_one.share, "within": of_one.within}


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
