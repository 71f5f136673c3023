"""The sheet of a sensitivity analysis: what moves the answer, and where a plan stops paying."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulator.document.blocks import Table
from simulator.experiment.written import rounded
from simulator.report import sheet
from simulator.report.labels import labels_of
from simulator.report.rests import key_in_words
from simulator.report.verdict import plainly, with_margin
from simulator.report.wording import count, difference, duration, share
from simulator.report.yardsticks import said
from simulator.scenario import lower
from simulator.statistics.measures import in_words

if TYPE_CHECKING:
    from simulator.document.blocks import Block, Picture
    from simulator.experiment.factors import Factor
    from simulator.experiment.questions.sensitivity import BreakEven, Drivers, Effect, Tornado
    from simulator.statistics.ranks import Correlation
    from simulator.statistics.summary import Estimate, PairedDifference, Scope

SCHEMA = "crisis-sensitivity/v1"
TOLD = 3
"""Assumptions named in the verdict."""


def compose(found: Drivers, *, drawn: bool = True) -> sheet.Sheet:
    """Say, tabulate and, where it is to be ``drawn``, draw what was found."""
    told = _told(found)
    blocks = [block for number, one in enumerate(told.tornados) for block in _about(one, number, drawn=drawn)]
    by_measure: dict[str, list[BreakEven]] = {}
    for even in told.break_evens:
        by_measure.setdefault(in_words(even.measure.name, even.scope), []).append(even)
    for number, (_, evens) in enumerate(by_measure.items()):
        blocks += _where_it_pays(told, evens, number, drawn=drawn)
    return sheet.Sheet(
        kind="sensitivity",
        title="What moves the answer",
        question="Which assumptions matter, and how far may they be off before the answer changes?",
        variant=found.variant,
        scenario=found.scenario,
        seed=found.question.seed,
        answer=found,
        verdict=tuple(_verdict(told)),
        blocks=tuple(blocks),
        notes=tuple(_notes(found)),
        document=_document(found),
        rows=tuple(_rows(found)),
        command=found.question.command(found.scenario),
    )


def _told(found: Drivers) -> Drivers:
    """The same with the words of its readers for assumptions, variants and scopes."""
    labels = labels_of(found.scenario, lower(found.scenario))

    def factor(one: Factor) -> Factor:
        return replace(one, name=key_in_words(one.name, labels))

    def scope(of: Scope) -> dict[str, str]:
        return {dimension: labels.of(dimension, name) for dimension, name in of.items()}

    return replace(
        found,
        variant=labels.variant(found.variant),
        question=replace(found.question, against=labels.variant(found.question.against) if found.question.against else ""),
        tornados=tuple(
            replace(one, scope=scope(one.scope), effects=tuple(replace(e, factor=factor(e.factor)) for e in one.effects))
            for one in found.tornados
        ),
        break_evens=tuple(replace(even, scope=scope(even.scope), factor=factor(even.factor)) for even in found.break_evens),
    )


def value(factor: Factor, at: float) -> str:
    """The value of an assumption at a place of its range, as people say it."""
    number = factor.at(at)
    if factor.unit == "duration":
        return duration(number)
    if factor.unit == "share":
        return share(number)
    if factor.unit == "rate":
        return f"{count(number * 3600)}/h"
    return f"x{number:.3g}" if factor.unit == "factor" else count(number)


def _verdict(found: Drivers) -> Iterator[str]:
    for one in found.tornados:
        clear = [e for e in one.effects if e.swing.clear]
        what = said(one.measure.name, one.scope)
        if not clear:
            yield f"{_capital(what)}: no assumption changes it clearly between the ends of its range."
            continue
        first = clear[0]
        yield (
            f"{_capital(what)}: {first.factor.name} matters most. From {value(first.factor, 0)} to {value(first.factor, 1)} the mean "
            f"goes from {_amount(first.low)} to {_amount(first.high)} ({difference(first.swing, first.swing.half_width_all)})."
            + "".join(f" Then {e.factor.name} ({difference(e.swing, math.nan)})." for e in clear[1 : 1 + TOLD])
        )
        unclear = [e.factor.name for e in one.effects if not e.swing.clear]
        if unclear:
            yield f"No clear effect on it: {', '.join(unclear)}."
    told: dict[str, list[str]] = {}
    for even in found.break_evens:
        if even.crossings:
            yield _turns(found, even)
        else:
            told.setdefault(_throughout(found, even), []).append(f"{even.factor.name} ({value(even.factor, 0)} to {value(even.factor, 1)})")
    for sentence, factors in told.items():
        yield f"{sentence} at any value of {' or '.join(factors)}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _amount(estimate: Estimate) -> str:
    if not estimate.n:
        return "no data"
    return plainly(estimate)


def _turns(found: Drivers, even: BreakEven) -> str:
    """Where the plan is the better one."""
    f, lower = even.factor, even.measure.better == "lower"
    parts = [
        f"{'below' if crossing.rising == lower else 'above'} {value(f, crossing.at)} ({_between(f, crossing.low, crossing.high)})"
        for crossing in even.crossings
    ]
    return f"{_by(found, even)} is better than {found.question.against} where {f.name} is {' and '.join(parts)}."


def _throughout(found: Drivers, even: BreakEven) -> str:
    """Which is the better one, where that is the same all along the range."""
    other = found.question.against
    if not any(d.n for d in even.differences):
        return f"{_by(found, even)} cannot be compared with {other}, for nothing was measured"
    if all(even.sure):
        return f"{_by(found, even)} is {'better' if all(even.pays) else 'worse'} than {other}"
    if any(even.sure):
        word = "never worse" if all(even.pays) else "never better"
        return f"{_by(found, even)} is {word} than {other}, and not everywhere clearly different,"
    return f"{_by(found, even)} cannot be told from {other}"


def _by(found: Drivers, even: BreakEven) -> str:
    return f"By {said(even.measure.name, even.scope)}, {found.variant}"


def _between(factor: Factor, low: float, high: float) -> str:
    """The interval of a crossing; one that reaches an end of the range may go on."""
    if low <= 0 and high >= 1:
        return "95 % interval: anywhere in the range, or beyond it"
    left = f"{value(factor, low)}{' or less' if low <= 0 else ''}"
    right = f"{value(factor, high)}{' or more' if high >= 1 else ''}"
    return f"95 % interval {left} to {right}"


def _about(one: Tornado, number: int, *, drawn: bool) -> Iterator[Block]:
    what = said(one.measure.name, one.scope)
    rows = tuple((e.factor.name, *_cells(e)) for e in one.effects)
    head = ("assumption", "from", "to", "at the low end", "at the high end", "swing", "rank correlation")
    says = f"As it is, with every assumption drawn in each world: {with_margin(one.base)}." if one.base.n else ""
    caption = "Means over the worlds. The swing is the paired difference between the ends; its 95 % interval holds for all rows at once"
    table = Table(head, rows, caption, numbers=True)
    yield from sheet.section(f"What moves it: {what}", says, table=table, picture=_tornado(one, what, number) if drawn else None)


def _cells(e: Effect) -> tuple[str, ...]:
    swing = difference(e.swing, e.swing.half_width_all) if e.swing.n else "–"
    unclear = "" if e.swing.clear or not e.swing.n else " (unclear)"
    return (value(e.factor, 0), value(e.factor, 1), _amount(e.low), _amount(e.high), swing + unclear, _correlation(e.correlation))


def _correlation(found: Correlation) -> str:
    if found.value != found.value:
        return "–"
    return f"{found.value:+.2f} ({found.low:+.2f} to {found.high:+.2f})".replace("-", "−")


def _tornado(one: Tornado, what: str, number: int) -> Picture | None:
    from math import isfinite

    from simulator.report.figures.drivers import Bar, tornado

    bars = [
        Bar(e.factor.name, e.low.mean, e.high.mean, value(e.factor, 0), value(e.factor, 1), _cells(e)[4], e.swing.clear)
        for e in one.effects
        if isfinite(e.low.mean) and isfinite(e.high.mean)
    ]
    if not bars or not isfinite(one.base.mean):
        return None
    scale = {"share": 100.0, "duration": 1 / 60.0}.get(one.base.unit, 1.0)
    in_unit = {"share": ", %", "duration": ", minutes"}.get(one.base.unit, "")
    scaled = [Bar(b.name, b.low * scale, b.high * scale, b.low_is, b.high_is, b.says, b.clear) for b in bars]
    says = (
        "Each bar reaches from the mean with the assumption at its low end (hatched) to that at its high end; "
        f"the line is {_amount(one.base)}, with all drawn."
    )
    return tornado(scaled, one.base.mean * scale, f"{what}{in_unit}", says, f"tornado-{number + 1}")


def _where_it_pays(found: Drivers, evens: list[BreakEven], number: int, *, drawn: bool) -> Iterator[Block]:
    what = said(evens[0].measure.name, evens[0].scope)
    rows = tuple(
        (f"{even.factor.name} = {value(even.factor, place)}", _difference(d), _word(d, pays=pays, sure=sure))
        for even in evens
        for place, d, pays, sure in zip(even.places, even.differences, even.pays, even.sure, strict=True)
    )
    head = ("held at", f"{found.variant} less {found.question.against}", "is")
    yield from sheet.section(
        f"Where {found.variant} pays against {found.question.against}, by {what}",
        table=Table(head, rows, "Paired differences in the same worlds with 95 % intervals", numbers=True),
        picture=_curves(found, evens, what, number) if drawn else None,
    )


def _word(d: PairedDifference, *, pays: bool, sure: bool) -> str:
    if d.mean == 0 and d.half_width == 0:
        return "the same"
    return "unclear" if not sure else "better" if pays else "worse"


def _difference(d: PairedDifference) -> str:
    if d.is_number and d.mean == 0 and d.half_width == 0:
        return "none"
    return difference(d, d.half_width) if d.n else "no data"


def _curves(found: Drivers, evens: list[BreakEven], what: str, number: int) -> Picture | None:
    from math import isfinite

    from simulator.report.figures.drivers import Curve, break_even

    unit = evens[0].differences[0].unit
    scale = {"share": 100.0, "duration": 1 / 60.0}.get(unit, 1.0)
    curves = [
        Curve(
            e.factor.name,
            e.places,
            [value(e.factor, place) for place in e.places],
            [d.mean * scale for d in e.differences],
            [d.half_width * scale if isfinite(d.half_width) else 0.0 for d in e.differences],
            [(c.at, c.low, c.high) for c in e.crossings],
            e.measure.better == "lower",
        )
        for e in evens
        if all(isfinite(d.mean) and d.is_number for d in e.differences)
    ]
    if not curves:
        return None
    in_unit = {"share": "percentage points", "duration": "minutes"}.get(unit, "people" if "people" in what else "")
    pair = f"{found.variant} less {found.question.against}"
    says = f"{pair} along each assumption; the band is a 95 % interval, the grey stretch that of the break-even."
    return break_even(curves, f"{what}: {pair}", says, f"break-even-{number + 1}", in_unit)


def _notes(found: Drivers) -> Iterator[str]:
    yield (
        "One assumption at a time is held at an end of its range; all others are drawn in each world as in any run, and the customers "
        "are the same in every row. The swing is therefore the effect amid everything else that nobody knows. Effects that two "
        "assumptions have only together do not show in it."
    )
    yield (
        "Rank correlations (Spearman's, with 95 % intervals, from ten worlds on) come from the worlds in which every assumption is drawn: "
        "near +1 or −1, "
        "knowing the assumption is nearly knowing the result."
    )
    if found.break_evens:
        yield (
            "The break-even is where the paired difference crosses zero, read on straight lines between "
            f"{found.question.levels} places of the range; its interval is where zero lies within the difference's own interval."
        )
    if any(e.endless for one in found.tornados for effect in one.effects for e in (effect.low, effect.high)):
        yield "A world that never recovers counts with the longest time that the run could have shown: such means are lower bounds."
    yield "A range is the scenario's own statement: a wide one makes an assumption look important, a narrow one makes it look certain."


def _document(found: Drivers) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "scenario": {"name": found.scenario.name, "sha256": found.scenario.sha256},
        "variant": found.variant,
        "against": found.question.against,
        "seed": found.question.seed,
        "replications": found.replications,
        "partial": found.partial,
        "measures": [
            {
                "measure": one.measure.name,
                "scope": dict(one.scope),
                "unit": one.base.unit,
                "better": one.measure.better,
                "as_it_is": _estimate(one.base),
                "assumptions": [_effect(e) for e in one.effects],
            }
            for one in found.tornados
        ],
        "break_even": [_even(even) for even in found.break_evens],
    }


def _effect(e: Effect) -> dict[str, Any]:
    return {
        "path": e.factor.name,
        "unit": e.factor.unit,
        **{key: rounded(getattr(e.factor, key)) for key in ("low", "likely", "high")},
        "at_low": _estimate(e.low),
        "at_high": _estimate(e.high),
        "swing": {key: _number(e.swing, key) for key in ("mean", "half_width", "half_width_all")} | {"clear": e.swing.clear},
        "rank_correlation": {key: rounded(getattr(e.correlation, key)) for key in ("value", "low", "high")} | {"n": e.correlation.n},
    }


def _number(d: PairedDifference, key: str) -> float | None:
    """A number of a difference; none where a world never ended."""
    return rounded(getattr(d, key)) if d.is_number else None


def _estimate(e: Estimate) -> dict[str, Any]:
    return {key: rounded(getattr(e, key)) for key in ("mean", "half_width", "p5", "p50", "p95", "endless")} | {"n": e.n}


def _even(even: BreakEven) -> dict[str, Any]:
    lower = even.measure.better == "lower"
    return {
        "measure": even.measure.name,
        "scope": dict(even.scope),
        "path": even.factor.name,
        "unit": even.factor.unit,
        "places": [
            {"value": rounded(even.factor.at(place)), "difference": _number(d, "mean"), "half_width": _number(d, "half_width")}
            for place, d in zip(even.places, even.differences, strict=True)
        ],
        "crossings": [
            {
                "at": rounded(even.factor.at(c.at)),
                "low": None if c.low <= 0 else rounded(even.factor.at(c.low)),
                "high": None if c.high >= 1 else rounded(even.factor.at(c.high)),
                "pays": "below" if c.rising == lower else "above",
            }
            for c in even.crossings
        ],
    }


def _rows(found: Drivers) -> Iterator[dict[str, Any]]:
    for one in found.tornados:
        for e in one.effects:
            yield {
                "measure": in_words(one.measure.name, one.scope),
                "unit": one.base.unit,
                "assumption": e.factor.name,
                "assumption_unit": e.factor.unit,
                "low": rounded(e.factor.low),
                "high": rounded(e.factor.high),
                "at_low": rounded(e.low.mean),
                "at_high": rounded(e.high.mean),
                "swing": _number(e.swing, "mean"),
                "half_width": _number(e.swing, "half_width"),
                "half_width_all": _number(e.swing, "half_width_all"),
                "rank_correlation": rounded(e.correlation.value),
                "worlds": e.swing.n,
            }


PAGE = sheet.Page(compose)
