"""``summary.json``: all numbers of a run with people, steps and differences. Equal runs, equal bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from simulator.document.program import json_text
from simulator.experiment.written import rounded
from simulator.report import staffing

if TYPE_CHECKING:
    from simulator.experiment.result import Result
    from simulator.statistics.summary import Comparison, Summary

SCHEMA = "crisis-summary/v1"
text = json_text
"""The one way in which JSON is written."""


def document(result: Result) -> dict[str, Any]:
    """Everything two equal runs agree on. One variant stands at the top level, several under ``variants``."""
    if result.comparison is None:
        return document_of(result, result.baseline)
    return _head(result, "all") | {
        "baseline": result.baseline,
        "variants": {name: _findings(summary) for name, summary in result.summaries.items()},
        "comparison": _comparison(result.comparison),
    }


def document_of(result: Result, variant: str) -> dict[str, Any]:
    """The document of one variant, also of one among several."""
    return _head(result, variant) | _findings(result.summaries[variant])


def _head(result: Result, variant: str) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "scenario": {"name": result.scenario.name, "sha256": result.scenario.sha256},
        "variant": variant,
        "seed": result.seed,
        "replications": result.replications,
        "partial": result.partial,
    }


def _findings(summary: Summary) -> dict[str, Any]:
    return {
        "measures": [_plain(e) for e in summary.estimates],
        "thresholds": [_plain(t) for t in summary.thresholds],
        "continuity": _plain(summary.continuity),
        "people": _plain(summary.fates),
        "staffing": _plain(staffing.document(summary.staffing)),
        "steps": [_plain(step) for step in summary.steps],
        "warnings": list(summary.warnings),
    }


def _comparison(comparison: Comparison) -> dict[str, Any]:
    return {"baseline": comparison.baseline, "differences": [_plain(d) for d in comparison.differences]}


def _plain(value: Any) -> Any:
    """Dataclasses and mappings as objects, numbers rounded the one way; what is missing or endless is null."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return rounded(value)
    if is_dataclass(value):
        kind: Any = type(value)
        return {name: _plain(getattr(value, name)) for name in _names(kind)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    return _plain(value.tolist())  # NumPy numbers and arrays


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind))
