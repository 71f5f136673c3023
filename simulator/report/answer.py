"""The answer to a program: the one document that ``--json`` prints, held by ``crisis-result.v1.json`` beside this module.

Everything outside ``run`` is equal in equal runs. The findings at the top are those of the baseline, which is the only
variant where one ran; with several, ``variants`` lists the others with their paired differences from it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.experiment.written import rounded
from simulator.report import staffing, tolerances
from simulator.report.verdict import precision
from simulator.statistics.measures import DIMENSIONS

if TYPE_CHECKING:
    from simulator.experiment.result import Result
    from simulator.statistics.summary import (
        Comparison,
        ContinuityVerdict,
        Estimate,
        Objective,
        PairedDifference,
        Scope,
        Summary,
        ThresholdResult,
    )
    from simulator.statistics.verdicts import Verdict

SCHEMA = "crisis-result/v1"
SCOPE = (*DIMENSIONS, "team")
"""What a measure is restricted to; null where it is not."""
NUMBERS = ("mean", "half_width", "p5", "p50", "p95")


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 7) of the document."""
    found: dict[str, Any] = json.loads((Path(__file__).parent / "crisis-result.v1.json").read_text(encoding="utf-8"))
    return found


def answer(result: Result) -> dict[str, Any]:
    """The document of ``result``; ``run`` has the manifest and the folder where results were written, else it is empty."""
    said: dict[str, Any] = {
        "schema": SCHEMA,
        "scenario": {"name": result.scenario.name, "sha256": result.scenario.sha256},
        "variant": result.baseline,
        "seed": result.seed,
        "replications": result.replications,
        "partial": result.partial,
        **_findings(result, result.summary),
        "artifacts": _artifacts(result),
        "run": _run(result),
    }
    comparison = result.comparison
    if comparison is not None:
        said["variants"] = [
            {"variant": name, **_findings(result, result.summaries[name]), "differences": _differences(comparison, name)}
            for name in comparison.variants
        ]
    return said


def _findings(result: Result, summary: Summary) -> dict[str, Any]:
    imprecise = [said for found, said in zip(result.precision, precision(result), strict=True) if not found.enough]
    return {
        "measures": [_estimate(e) for e in summary.estimates],
        "thresholds": [_threshold(t) for t in summary.thresholds],
        "tolerances": [tolerances.document(t) for t in summary.tolerances],
        "continuity": None if summary.continuity is None else _continuity(summary.continuity),
        "staffing": _rounded(staffing.document(summary.staffing)),
        "warnings": [*summary.warnings, *imprecise, *(d.message for d in result.scenario.warnings)],
    }


def _estimate(e: Estimate) -> dict[str, Any]:
    numbers = {name: rounded(getattr(e, name)) for name in NUMBERS}
    return {"measure": e.measure, "scope": _scope(e.scope), **numbers, "n": e.n, "unit": e.unit, "endless": rounded(e.endless)}


def _rounded(value: Any) -> Any:
    """The same with every number rounded the one way."""
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return rounded(value) if isinstance(value, float) else value


def _scope(scope: Scope) -> Mapping[str, str | None]:
    return {dimension: scope.get(dimension) for dimension in SCOPE}


def _threshold(t: ThresholdResult) -> dict[str, Any]:
    return {
        "id": t.id, "text": t.text, "value": rounded(t.value), "half_width": rounded(t.half_width), "status": t.status,
        "verdict": t.verdict, "judged_by": t.judged_by, **_worlds(t.worlds),
        "needs": {need: {"verdict": found.word, **_worlds(found)} for need, found in t.needs.items()},
    }  # fmt: skip


def _worlds(found: Verdict) -> dict[str, Any]:
    numbers = {"share": found.share, "low": found.low, "high": found.high, "in": found.asked}
    return {"met": found.met, "worlds": found.worlds, **{name: rounded(number) for name, number in numbers.items()}}


def _continuity(found: ContinuityVerdict) -> dict[str, Any]:
    whole = _objectives((found.rto, found.mtpd, found.mbco))
    return {**whole, "all_met": found.all_met, "needs": {need: _objectives(objectives) for need, objectives in found.needs.items()}}


def _objectives(objectives: Sequence[Objective]) -> dict[str, Any]:
    return {o.id: {"limit": rounded(o.limit), "verdict": o.verdict.word, **_worlds(o.verdict)} for o in objectives}


def _differences(comparison: Comparison, variant: str) -> list[dict[str, Any]]:
    return [_difference(d) for d in comparison.differences if d.variant == variant]


def _difference(d: PairedDifference) -> dict[str, Any]:
    """A difference; where a world never ended, no number but what it is at least, and in how many worlds that was."""
    numbers = {name: rounded(getattr(d, name)) if d.is_number else None for name in (*NUMBERS, "half_width_all")}
    unended = {"at_least": None if d.is_number else rounded(d.at_least), "never": d.never, "never_baseline": d.never_baseline}
    return {"measure": d.measure, "scope": _scope(d.scope), **numbers, "n": d.n, "unit": d.unit, **unended}


def _artifacts(result: Result) -> list[str]:
    if result.folder is None:
        return []
    return sorted(p.relative_to(result.folder).as_posix() for p in result.folder.rglob("*") if p.is_file())


def _run(result: Result) -> dict[str, Any]:
    if result.folder is None:
        return {}
    manifest = json.loads((result.folder / "manifest.json").read_text(encoding="utf-8"))
    return {"folder": result.folder.as_posix(), **manifest}
