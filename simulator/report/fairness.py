"""Who fares how under each alternative: by need, group of people, channel and site, the worst of a kind known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.report.columns import estimated

if TYPE_CHECKING:
    from simulator.experiment.result import Result
    from simulator.statistics.summary import Estimate

BY = {
    "need": ("never_served", "share of people who got nobody"),
    "group": ("never_served", "share of people who got nobody"),
    "channel": ("reachability", "answered, of those who wanted an agent"),
    "site": ("service_level", "answered in time, of those who could queue"),
}
"""By what it is seen how each of a kind fares, and what that says."""


@dataclass(frozen=True)
class Fares:
    """How those of one kind fare: by name, the estimate under each alternative, None where there is none."""

    kind: str  #: need | group | channel | site
    measure: str
    says: str
    alternatives: tuple[str, ...]
    rows: dict[str, tuple[Estimate | None, ...]]
    everybody: tuple[Estimate | None, ...] | None  #: of groups only, which need not be everybody

    def worst(self, column: int) -> str:
        """The name of those who fare worst under an alternative; nothing where there is nobody to compare with."""
        known = {name: e.mean * (1 if e.better == "lower" else -1) for name, row in self.rows.items() if (e := row[column]) and e.n}
        return max(known, key=known.__getitem__) if len(self.rows) > 1 and known else ""


def fares(result: Result, alternatives: Sequence[str]) -> Iterator[Fares]:
    """Each kind of which there are several; groups even where there is one, beside everybody."""
    for kind, (measure, says) in BY.items():
        found = {
            name: tuple(estimated(result.summaries[alternative], measure, **{kind: name}) for alternative in alternatives)
            for name in getattr(result.summary, f"{kind}s")
        }
        found = {name: row for name, row in found.items() if any(e is not None and e.n for e in row)}
        if len(found) > 1 or (found and kind == "group"):
            everybody = tuple(estimated(result.summaries[alternative], measure) for alternative in alternatives)
            yield Fares(kind, measure, says, tuple(alternatives), found, everybody if kind == "group" else None)
