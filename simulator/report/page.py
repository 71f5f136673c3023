"""The report: one HTML file that needs no network, no JavaScript and no other file."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.report import columns, verdict
from simulator.report.manifest import cpu, versions
from simulator.report.parts import parts
from simulator.report.plan import timeline
from simulator.report.wording import NONE, LocalTime, amount, change, duration, margin, share
from simulator.report.yardsticks import Yardstick, yardsticks
from simulator.statistics.measures import measures

if TYPE_CHECKING:
    from jinja2 import Template

    from simulator.experiment.result import Result
    from simulator.report.figures import Picture
    from simulator.statistics.summary import Comparison, Estimate, Summary, ThresholdResult

TEMPLATES = Path(__file__).parent / "templates"
STATUS = {"pass": ("✓", "passed"), "fail": ("✗", "failed"), "inconclusive": ("≈", "too close to call")}
MANY = 4
"""Variants beside the baseline from which on they stand one below another."""
AMONG_QUEUED = ("abandon_rate", "mean_wait")
"""Measures of those who got into the queue: fewer let in can make them look better, so they are not called better or worse."""


@cache
def template(name: str = "report.html.j2") -> Template:
    """The compiled template; every value is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template(name)


def render(
    result: Result, variant: str, pictures: Sequence[Picture], *, command: str, began: datetime, compared: Sequence[Picture] = ()
) -> str:
    """The page about ``variant``; with ``compared`` pictures it opens with the comparison of all variants."""
    summary, model = result.summaries[variant], result.models[variant]
    time = LocalTime(model.clock)
    comparison = result.comparison if compared else None
    drawn = {picture.name: _figure(picture) for picture in (*pictures, *compared)}
    used = [name for name, _ in (*columns.TILES, *columns.PHASES)] + [t.measure for t in summary.thresholds]
    return template().render(
        style=(TEMPLATES / "report.css").read_text(encoding="utf-8"),
        scenario=result.scenario,
        title=result.scenario.title or result.scenario.name,
        question=result.scenario.question,
        variant=variant,
        variants=list(result.summaries),
        start=time.at(0),
        zone=time.zone,
        length=duration(model.clock.duration),
        impact=None if summary.impact is None else time.at(summary.impact),
        result=result,
        summary=summary,
        verdict=verdict.verdict(summary, model),
        how_sure=verdict.how_sure(result),
        precision=verdict.precision(result),
        tiles=columns.tiles(summary, model),
        thresholds=[threshold_row(t) for t in summary.thresholds],
        continuity=continuity_rows(summary),
        comparison=None if comparison is None else comparison_table(result, comparison),
        worth=[] if comparison is None else verdict.comparison_sentences(comparison),
        figures=drawn,
        timeline=timeline(summary, model, time),
        network=verdict.network_sentence(summary, model),
        people=columns.people(summary),
        parts=parts(summary, model),
        phases=columns.phase_table(summary),
        intervals=columns.interval_table(summary, time),
        assumptions=result.scenario.assumptions(variant if variant in result.scenario.variant_names else None),
        definitions=[measures[name] for name in dict.fromkeys(used) if name in measures],
        command=command,
        began=began,
        versions=versions(),
        cpu=cpu(),
    )


def _figure(picture: Picture) -> dict[str, str]:
    data = base64.b64encode(picture.png).decode("ascii")
    return {"title": picture.title, "says": picture.says, "name": picture.name, "src": f"data:image/png;base64,{data}"}


def threshold_row(t: ThresholdResult) -> dict[str, str]:
    sign, word = STATUS[t.status]
    unit = measures[t.measure].unit if t.measure in measures else "ratio"
    value = "no data" if t.n == 0 else "never" if t.endless >= 1 else f"{amount(t.value, unit)} {margin(t.half_width, unit)}"
    return {"sign": sign, "word": word, "status": t.status, "text": t.text, "value": value}


def continuity_rows(summary: Summary) -> list[dict[str, str]]:
    found = summary.continuity
    if found is None:
        return []
    names = {"rto": "Recovery time objective (RTO)", "mtpd": "Maximum tolerable disruption (MTPD)", "mbco": "Minimum level (MBCO)"}
    return [
        {
            "name": names[o.id],
            "limit": share(o.limit) if o.id == "mbco" else duration(o.limit),
            "says": o.says,
            "met": f"{o.met} of {o.worlds}",
            "interval": f"{share(o.low)} to {share(o.high)}",
        }
        for o in (found.rto, found.mtpd, found.mbco)
    ]


def comparison_table(result: Result, comparison: Comparison) -> dict[str, Any]:
    """A row per measure: its value in the baseline, and in each variant with the paired difference and its 95 % interval."""
    rows = []
    for one in yardsticks(result.models[comparison.baseline]):
        base = columns.estimated(result.summary, one.measure, **one.scope)
        if base is None or not base.n:
            continue
        cells = [
            {
                "value": _value(columns.estimated(result.summaries[variant], one.measure, **one.scope)),
                **_difference(comparison, variant, one),
            }
            for variant in comparison.variants
        ]
        if base.mean or any(cell["text"] != "the same" for cell in cells):
            rows.append({"label": one.row, "base": verdict.with_margin(base), "cells": cells})
    return {
        "baseline": comparison.baseline,
        "variants": comparison.variants,
        "replications": comparison.replications,
        "rows": rows,
        "stacked": len(comparison.variants) >= MANY,
    }


def _value(estimate: Estimate | None) -> str:
    return NONE if estimate is None or not estimate.n else amount(estimate.mean, estimate.unit)


def _difference(comparison: Comparison, variant: str, one: Yardstick) -> dict[str, str]:
    for d in comparison.differences:
        if d.variant == variant and d.measure == one.measure and dict(d.scope) == one.scope and d.n:
            if not d.mean and not d.half_width:
                return {"text": "the same", "note": ""}
            text = f"{change(d.mean, d.unit)} {margin(d.half_width_all, d.unit)}"
            if one.measure in AMONG_QUEUED or d.better == "none":
                return {"text": text, "note": ""}
            if not d.clear:
                return {"text": text, "note": "unclear"}
            return {"text": text, "note": "better" if (d.mean < 0) == (d.better == "lower") else "worse"}
    return {"text": "", "note": ""}
