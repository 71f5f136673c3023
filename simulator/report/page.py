"""The report: one HTML file that needs no network, no JavaScript and no other file."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.model.world import At
from simulator.report import columns, verdict
from simulator.report.manifest import cpu, versions
from simulator.report.plan import timeline
from simulator.report.wording import LocalTime, amount, change, duration, margin, share
from simulator.statistics.measures import measures

if TYPE_CHECKING:
    from jinja2 import Template

    from simulator.experiment import Result
    from simulator.report.figures import Picture
    from simulator.statistics.summary import Comparison, Summary, ThresholdResult

TEMPLATES = Path(__file__).parent / "templates"
STATUS = {"pass": ("✓", "passed"), "fail": ("✗", "failed"), "inconclusive": ("≈", "too close to call")}
COMPARED = (
    ("people_never_served", "people who got nobody"),
    ("never_served", "share who got nobody"),
    ("time_to_recover", "time until the centre was back"),
    ("abandon_rate", "hung up while waiting"),
    ("block_rate", "refused at the door"),
    ("mean_wait", "mean wait"),
    ("agents_online_6h", "agents online six hours after the impact"),
    ("decision_latency", "time until decided"),
    ("harm", "harm"),
    ("cost", "cost"),
)
"""What variants are compared by, where the difference is defined."""


@cache
def template() -> Template:
    """The compiled template; every value is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("report.html.j2")


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
        title=getattr(result.scenario, "title", "") or result.scenario.name,
        question=getattr(result.scenario, "question", ""),
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
        tiles=columns.tiles(summary, model),
        thresholds=[_threshold(t) for t in summary.thresholds],
        continuity=_continuity(summary),
        comparison=None if comparison is None else _comparison(comparison),
        worth=[] if comparison is None else verdict.comparison_sentences(comparison),
        figures=drawn,
        timeline=timeline(summary, model, time),
        network=verdict.network_sentence(summary, model),
        people=columns.people(summary),
        phases=columns.phase_table(summary),
        intervals=columns.interval_table(summary, time),
        assumptions=list(result.scenario.assumptions()),
        definitions=[measures[name] for name in dict.fromkeys(used) if name in measures],
        drill=any(isinstance(step.when, At) for step in model.events),
        command=command,
        began=began,
        versions=versions(),
        cpu=cpu(),
    )


def _figure(picture: Picture) -> dict[str, str]:
    data = base64.b64encode(picture.png).decode("ascii")
    return {"title": picture.title, "says": picture.says, "name": picture.name, "src": f"data:image/png;base64,{data}"}


def _threshold(t: ThresholdResult) -> dict[str, str]:
    sign, word = STATUS[t.status]
    unit = measures[t.measure].unit if t.measure in measures else "ratio"
    value = "no data" if t.n == 0 else "never" if t.endless >= 1 else f"{amount(t.value, unit)} {margin(t.half_width, unit)}"
    return {"sign": sign, "word": word, "status": t.status, "text": t.text, "value": value}


def _continuity(summary: Summary) -> list[dict[str, str]]:
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


def _comparison(comparison: Comparison) -> dict[str, Any]:
    """A row per measure, a column per variant: the paired difference and its 95 % interval."""
    rows = []
    for measure, label in COMPARED:
        cells = [_cell(comparison, variant, measure) for variant in comparison.variants]
        if any(cell["text"] for cell in cells):
            rows.append({"label": label, "measure": measure, "cells": cells})
    return {"baseline": comparison.baseline, "variants": comparison.variants, "replications": comparison.replications, "rows": rows}


def _cell(comparison: Comparison, variant: str, measure: str) -> dict[str, str]:
    for d in comparison.differences:
        if d.variant == variant and d.measure == measure and not d.scope and d.n:
            if not d.mean and not d.half_width:
                return {"text": "the same", "note": "", "kind": "same"}
            text = f"{change(d.mean, d.unit)} {margin(d.half_width, d.unit)}"
            if not d.clear:
                return {"text": text, "note": "no clear difference", "kind": "same"}
            note = "" if d.better == "none" else "better" if (d.mean < 0) == (d.better == "lower") else "worse"
            return {"text": text, "note": note, "kind": note}
    return {"text": "", "note": "", "kind": ""}
