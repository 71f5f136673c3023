"""Tolerances in words and as a table: each important service by its name, before anything that is said of the whole centre."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.document.blocks import Cell, Table
from simulator.experiment.written import rounded
from simulator.report.labels import capital, plain
from simulator.report.verdict import with_margin
from simulator.report.wording import NONE, count, duration, share
from simulator.statistics.thresholds import STATUS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from simulator.report.relabel import Telling
    from simulator.statistics.summary import Summary, ToleranceResult
    from simulator.statistics.verdicts import Verdict

SIGNS = {"met": "✓", "missed": "✗", "too close to call": "≈", "no verdict": "·"}
SAYS = {"met": "within tolerance", "missed": "tolerance breached", "too close to call": "too close to call", "no verdict": "no verdict"}
NOT_RTO = "A tolerance is not a recovery time objective: the RTO below says when the whole centre is back, not how long a service may fail."


def service(found: ToleranceResult) -> str:
    """What the service is called."""
    return found.tolerance.title or plain(found.tolerance.name)


def worlds(found: Verdict) -> str:
    """In how many worlds it held: ``breached in 14 of 20 worlds``, ``within in 29 of 30 worlds``."""
    if not found.worlds:
        return "no data"
    of = f"of {found.worlds} world{'' if found.worlds == 1 else 's'}"
    breached = found.worlds - found.met
    return f"breached in {breached} {of}" if breached else f"within in {found.met} {of}"


def sentences(summary: Summary) -> Iterator[str]:
    """Each service: its tolerance, the verdict, the longest stretch, and people still without help; what an RTO is beside it."""
    for found in summary.tolerances:
        asked = found.tolerance
        limit = duration(asked.limit)
        yield f"{capital(service(found))}, tolerance {limit} ({asked.set_by}, {asked.set_on}): {headline(found)}. {beyond(found)}"
    if summary.tolerances and summary.continuity is not None:
        yield NOT_RTO


def headline(found: ToleranceResult) -> str:
    """``tolerance breached in 14 of 20 worlds``."""
    said = f"{SAYS[found.verdict.word]}, {worlds(found.verdict)}"
    return said.replace("breached, breached", "breached").replace("tolerance, within", "tolerance")


def beyond(found: ToleranceResult) -> str:
    """How long the service was below its level, and how many people were still without help after the limit."""
    limit = duration(found.tolerance.limit)
    below = "nobody wanted it after the impact" if not found.longest.n else f"longest below its level {with_margin(found.longest)}"
    if not found.unserved.n:
        return f"{capital(below)}; the run is too short to say who was without help after {limit}."
    most = found.tolerance.at_most
    allowed = "" if most is None else f", at most {share(most)} allowed"
    late = found.undecided.mean
    open_ = f"; {count(late)} more without help had not waited {limit} when the run ended" if late >= 0.5 else ""
    return (
        f"{capital(below)}; {with_margin(found.people)} people ({with_margin(found.unserved)}{allowed}) still without help {limit} after "
        f"they first needed it{open_}."
    )


def table(told: Telling, variants: Sequence[str]) -> Table | None:
    """A variant a row, a service a column: verdict, longest stretch and people without help; None without tolerances."""
    first = told.summaries[variants[0]].tolerances
    if not first:
        return None
    head = ("plan", *(f"{capital(service(found))}, {duration(found.tolerance.limit)}" for found in first))
    rows: list[tuple[str | Cell, ...]] = [(told.variant(name), *map(cell, told.summaries[name].tolerances)) for name in variants]
    caption = "Important services by their tolerance: longest time below the level, people still without help after the limit, verdict"
    return Table(head, tuple(rows), caption)


def cell(found: ToleranceResult) -> Cell:
    """``✗ 2 h 59 min; 117 people (3.1 %); breached in 14 of 20 worlds``."""
    longest = with_margin(found.longest) if found.longest.n else NONE
    people = f"{with_margin(found.people)} people ({share(found.unserved.mean)})" if found.unserved.n else NONE
    return Cell(f"{SIGNS[found.verdict.word]} {longest}; {people}; {worlds(found.verdict)}", STATUS[found.verdict.word])


def set_by(summary: Summary) -> Table | None:
    """Who set each tolerance, when, and why."""
    rows: list[tuple[str, ...]] = [
        (capital(service(f)), duration(f.tolerance.limit), f.tolerance.set_by, f.tolerance.set_on, f.tolerance.why,
         headline(f), share(f.verdict.asked), f"{share(f.verdict.low)} to {share(f.verdict.high)}" if f.verdict.worlds else NONE)
        for f in summary.tolerances
    ]  # fmt: skip
    head = ("service", "tolerance", "set by", "on", "why", "verdict", "asked", "share of worlds within it, 95 % interval")
    return Table(head, tuple(rows), "Impact tolerances") if rows else None


def document(found: ToleranceResult) -> dict[str, Any]:
    """One tolerance for a program."""
    asked, verdict = found.tolerance, found.verdict
    estimates = {"longest_below": found.longest, "unserved": found.unserved, "people": found.people, "undecided": found.undecided}
    numbers = {
        name: {**{number: rounded(getattr(e, number)) for number in ("mean", "half_width", "p5", "p95")}, "n": e.n}
        for name, e in estimates.items()
    }
    return {
        "service": asked.name, "title": asked.title, "needs": list(asked.needs), "groups": list(asked.groups), "limit": asked.limit,
        "at_most": asked.at_most, "set_by": asked.set_by, "set_on": asked.set_on, "why": asked.why,
        "verdict": verdict.word, "met": verdict.met, "worlds": verdict.worlds, "share": rounded(verdict.share),
        "low": rounded(verdict.low), "high": rounded(verdict.high), "in": verdict.asked, **numbers,
    }  # fmt: skip
