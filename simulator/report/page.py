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
from simulator.report.wording import NONE, LocalTime, difference, duration, held_in, share
from simulator.report.yardsticks import Yardstick, yardsticks
from simulator.statistics.measures import measures
from simulator.statistics.thresholds import STATUS

if TYPE_CHECKING:
    from jinja2 import Template

    from simulator.experiment.result import Result
    from simulator.report.figures import Picture
    from simulator.statistics.summary import Comparison, Estimate, Summary, ThresholdResult

TEMPLATES = Path(__file__).parent / "templates"
SIGNS = {"met": "✓", "missed": "✗", "too close to call": "≈", "no verdict": "·"}
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
    used = [name for name, _ in columns.TILES] + [one.measure for one in columns.phase_columns(summary)]
    used += [t.measure for t in summary.thresholds]
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
        continuity_of_needs=continuity_of_needs(summary),
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


def threshold_row(t: ThresholdResult) -> dict[str, Any]:
    """A pass mark: its sign and word, the mean, in how many worlds it holds, and the same with each need."""
    said = held_in(t.worlds) if t.judged_by == "worlds" else t.verdict
    worlds = "" if t.judged_by == "worlds" or not t.n else f"holds in {t.worlds.met} of {t.worlds.worlds}"
    needs = [{"name": need, "said": held_in(found)} for need, found in t.needs.items()]
    return {
        "sign": SIGNS[t.verdict], "word": said, "status": t.status, "text": t.text, "value": verdict.threshold_value(t),
        "worlds": worlds, "needs": needs,
    }  # fmt: skip


NAMES = {"rto": "Recovery time objective (RTO)", "mtpd": "Maximum tolerable disruption (MTPD)", "mbco": "Minimum level (MBCO)"}


def continuity_rows(summary: Summary) -> list[dict[str, str]]:
    """Each objective with its verdict, the interval of the share of worlds that met it, and that share that was asked for."""
    found = summary.continuity
    if found is None:
        return []
    return [
        {
            "name": NAMES[o.id],
            "limit": share(o.limit) if o.id == "mbco" else duration(o.limit),
            "says": o.says,
            "sign": SIGNS[o.verdict.word],
            "status": STATUS[o.verdict.word],
            "word": held_in(o.verdict),
            "interval": f"{share(o.verdict.low)} to {share(o.verdict.high)}",
            "asked": share(o.verdict.asked),
        }
        for o in (found.rto, found.mtpd, found.mbco)
    ]


def continuity_of_needs(summary: Summary) -> columns.Table | None:
    """The verdicts with each need; None where there is one need, or no objectives."""
    found = summary.continuity
    if found is None or not found.needs:
        return None
    rows = tuple((need, tuple(held_in(o.verdict) for o in objectives)) for need, objectives in found.needs.items())
    return columns.Table(("need", "RTO", "MTPD", "MBCO"), rows)


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
    return NONE if estimate is None or not estimate.n else verdict.plainly(estimate)


def _difference(comparison: Comparison, variant: str, one: Yardstick) -> dict[str, str]:
    for d in comparison.differences:
        if d.variant == variant and d.measure == one.measure and dict(d.scope) == one.scope and d.n:
            if d.is_number and not d.mean and not d.half_width:
                return {"text": "the same", "note": ""}
            text = difference(d, d.half_width_all)
            if one.measure in AMONG_QUEUED or d.better == "none":
                return {"text": text, "note": ""}
            if not d.clear:
                return {"text": text, "note": "unclear"}
            return {"text": text, "note": "better" if (d.mean < 0) == (d.better == "lower") else "worse"}
    return {"text": "", "note": ""}
