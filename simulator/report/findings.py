"""What a comparison found, for programs: one document, held by ``crisis-comparison.v1.json`` beside this module, and rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.experiment.written import rounded
from simulator.report.fairness import fares
from simulator.report.judgement import verdict
from simulator.report.reservations import mark, reservations
from simulator.statistics.verdicts import LEAST

if TYPE_CHECKING:
    from simulator.experiment.contest import Contest, Contrast
    from simulator.experiment.result import Result

SCHEMA = "crisis-comparison/v1"


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 7) of the document."""
    found: dict[str, Any] = json.loads((Path(__file__).parent / "crisis-comparison.v1.json").read_text(encoding="utf-8"))
    return found


def rows(contest: Contest) -> Iterator[dict[str, Any]]:
    """The differences as a table."""
    for c in contest.contrasts:
        ranking = next(r for r in contest.rankings if r.goal == c.goal)
        standing, sure = ranking.of(c.alternative), ranking.sure
        yield {
            "goal": str(c.goal), "alternative": c.alternative, "baseline": c.against, "unit": c.goal.unit, "better": c.goal.better,
            "mean": rounded(standing.mean), "mean_half_width": rounded(standing.half_width), "difference": _of(c, c.mean),
            "half_width_all": _of(c, c.half_width), "controls": "; ".join(c.controls), "plain_difference": _of(c, c.plain.mean),
            "plain_half_width_all": _of(c, c.plain.half_width_all), "median": rounded(c.typical), "median_low": rounded(c.low),
            "median_high": rounded(c.high), "wins": rounded(c.plain.wins), "pairs": c.plain.n, "variance_reduction": rounded(c.reduction),
            "best_or_tied": standing.best if sure else None,
            "but": mark(contest, c.alternative, c.goal) if standing.best and sure else "",
        }  # fmt: skip


def document(result: Result, contest: Contest) -> dict[str, Any]:
    """All findings for programs. Equal runs, equal documents; missing and endless numbers are null."""
    return {
        "schema": SCHEMA,
        "scenario": {"name": result.scenario.name, "sha256": result.scenario.sha256},
        "seed": result.seed,
        "replications": result.replications,
        "partial": result.partial,
        "alternatives": list(contest.alternatives),
        "baseline": contest.baseline,
        "winner": contest.winner,
        "tied": list(contest.tied) if contest.rankings[0].sure else [],
        "undominated": list(contest.undominated),
        "inputs_equal": contest.inputs_equal,
        "verdict": list(verdict(result, contest)),
        "goals": [_goal(contest, i) for i in range(len(contest.goals))],
        "neglected": [_contrast(c) for c in contest.neglected],
        "fares": [
            {
                "by": of_kind.kind,
                "name": name,
                "measure": of_kind.measure,
                "alternative": of_kind.alternatives[column],
                "mean": rounded(e.mean),
                "half_width": rounded(e.half_width),
                "worst": name == of_kind.worst(column),
            }
            for of_kind in fares(result, contest.alternatives)
            for name, row in of_kind.rows.items()
            for column, e in enumerate(row)
            if e is not None and e.n
        ],
        "failed": [
            {
                "alternative": name,
                "worlds": len(failures),
                "replication": failures[0].replication,
                "seed": failures[0].seed,
                "error": failures[0].error,
            }
            for name, failures in contest.failed.items()
        ],
        "selection": _selection(contest),
        "stability": [
            {
                "condition": c.name,
                "worlds": c.worlds,
                "standings": [
                    {
                        "alternative": s.alternative,
                        "place": s.rank,
                        "mean": rounded(s.mean),
                        "half_width": rounded(s.half_width),
                        "best_or_tied": s.best if c.worlds >= LEAST else None,
                    }
                    for s in c.standings
                ],
            }
            for c in contest.stability
        ],
        "differing": {path: dict(values) for path, values in contest.differing.items()},
    }


def _goal(contest: Contest, i: int) -> dict[str, Any]:
    goal, ranking = contest.goals[i], contest.rankings[i]
    return {
        "measure": goal.measure,
        "scope": dict(goal.scope),
        "unit": goal.unit,
        "better": goal.better,
        "worlds": ranking.worlds,
        "more_worlds_needed": ranking.more,
        "standings": [
            {
                "alternative": s.alternative, "place": place, "mean": rounded(s.mean), "half_width": rounded(s.half_width),
                "behind_best": [rounded(s.low), rounded(s.high)], "best_in": rounded(s.wins),
                "best_or_tied": s.best if ranking.sure else None,
                "but": list(reservations(contest, s.alternative, goal)) if s.best and ranking.sure else [],
                "regret": rounded(s.regret), "endless": rounded(s.endless),
            }
            for place, s in enumerate(ranking.standings, 1)
        ],
        "differences": [_contrast(c) for c in contest.contrasts if c.goal == goal],
    }  # fmt: skip


def _of(c: Contrast, value: float) -> float | None:
    """A number of a difference; none where a world never ended."""
    return rounded(value) if c.plain.is_number else None


def _contrast(c: Contrast) -> dict[str, Any]:
    return {
        "measure": c.goal.measure, "scope": dict(c.goal.scope), "alternative": c.alternative, "against": c.against,
        "mean": _of(c, c.mean), "half_width_all": _of(c, c.half_width), "clear": c.clear, "better": c.better,
        "controls": list(c.controls), "explained": rounded(c.explained), "plain_mean": _of(c, c.plain.mean),
        "plain_half_width_all": _of(c, c.plain.half_width_all), "at_least": None if c.plain.is_number else rounded(c.plain.at_least),
        "never": c.plain.never, "never_baseline": c.plain.never_baseline, "median": rounded(c.typical),
        "median_interval": [rounded(c.low), rounded(c.high)], "wins": rounded(c.plain.wins), "pairs": c.plain.n,
        "variance_reduction": rounded(c.reduction),
    }  # fmt: skip


def _selection(contest: Contest) -> dict[str, Any] | None:
    found, zone = contest.selection, contest.zone
    if found is None or zone is None:
        return None
    return {
        "measure": zone.measure, "scope": dict(zone.scope), "indifference": rounded(found.zone), "decided": found.decided,
        "left": [contest.alternatives[i] for i in found.left], "replications": found.replications,
        "out_after": {name: out or None for name, out in zip(contest.alternatives, found.out_after, strict=True)},
    }  # fmt: skip
