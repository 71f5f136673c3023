"""The answer in words, bars and key figures: what stands first on the page, on the terminal and in every other form."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from simulator.document.blocks import Bar, Bars, Cell, Table, Tile
from simulator.report.judgement import listed
from simulator.report.labels import capital
from simulator.report.verdict import plainly, with_margin
from simulator.report.wording import amount, count, difference, measured
from simulator.report.yardsticks import SAID
from simulator.statistics.measures import measures

if TYPE_CHECKING:
    from simulator.report.labels import Labels
    from simulator.report.lead import Lead, Paying, Row, Value
    from simulator.statistics.summary import PairedDifference

WORDS = {
    "people_never_served": "people got nobody", "never_served": "of people got nobody", "served": "people served by an agent",
    "customers": "people", "gave_up": "people gave up", "time_to_recover": "until the centre was back", "handovers": "hand-overs",
    "first_reply": "to a first reply", "reply_time": "to a reply", "people_heard": "people in distress heard",
    "people_reached": "people called back and spoken to", "callbacks_open_at_end": "numbers still to be called at the end",
    "mean_wait": "mean wait", "abandon_rate": "hung up while waiting", "block_rate": "refused at the door", "cost": "cost",
    "resolved": "helped in the end, by whatever means", "reachability": "answered, of the contacts that wanted an agent",
    "hours_dialled": "spent calling", "harm": "of harm", "satisfaction": "satisfaction, in a model",
}  # fmt: skip
"""What stands after the number of a measure."""
LEGEND = (
    "± says how sure an average or a difference is: 95 %, of differences for all plans at once. Two numbers in brackets are what nine "
    "worlds in ten lie between: luck, and the ranges of the file."
)
"""The one explanation of intervals."""
FEW = 3
"""Rows beside the first ones of which a sentence tells every measure; of more it tells the first."""
MOST = 4
"""Rows that a sentence names; the bars show all."""


def words(value: Value, labels: Labels) -> str:
    """What a number is: the file's own words, else those of the measure, and of whom."""
    said = value.asked.says or WORDS.get(value.asked.measure) or SAID.get(value.asked.measure) or measures[value.asked.measure].says
    scope = labels.scope(value.asked.scope)
    return f"{said} ({scope})" if scope and not value.asked.says else said


def noun(value: Value, labels: Labels) -> str:
    """What is counted, as a heading has it: ``people who got nobody (looking for relatives)``."""
    said = SAID.get(value.asked.measure) or value.asked.says or WORDS.get(value.asked.measure) or measures[value.asked.measure].says
    scope = labels.scope(value.asked.scope)
    return f"{said} ({scope})" if scope else said


def plain_value(value: Value) -> str:
    """A number alone: ``25,029``, ``at least 4 h``, ``none`` where nobody could be counted."""
    if value.estimate is None or not value.estimate.n:
        return "no data"
    return plainly(value.estimate)


def phrase(value: Value, labels: Labels, spread: str = "") -> str:
    """A number with its words: ``25,029 (15,600 to 38,700) of 135,613 people got nobody``."""
    return f"{plain_value(value)}{spread}{_of(value)} {words(value, labels)}"


def _of(value: Value) -> str:
    people = value.population
    found = measures[value.asked.measure]
    counted = found.kind == "customers" and found.unit == "count" and found.name != "customers"
    return f" of {count(people)}" if counted and math.isfinite(people) and people >= 1 else ""


def moved(value: Value, *, exactly: bool = True) -> str:
    """How far a number is from the one beside it: ``2,590 ± 450 fewer``; ``the same``; ``no clear difference``."""
    d = value.change
    if d is None or not d.n or value.empty:
        return "nobody to count"
    if value.same:
        return "the same"
    if not d.is_number:
        return difference(d, d.half_width_all)
    if not d.clear:
        return f"no clear difference ({difference(d, d.half_width_all)})" if exactly else "no clear difference"
    return f"{measured(abs(d.mean), d.half_width_all, d.unit).replace(' %', ' pp', 1)} {_way(d)}"


def _way(d: PairedDifference) -> str:
    less, more = {"count": ("fewer", "more"), "duration": ("sooner", "later")}.get(d.unit, ("lower", "higher"))
    if d.unit == "duration" and not d.measure.startswith(("time_to", "first_reply", "list_")):
        less, more = "shorter", "longer"
    return less if d.mean < 0 else more


def sentences(found: Lead, labels: Labels) -> list[str]:
    """The answer, its most important sentence first."""
    base = found.base
    if base is None:
        return []
    if found.answer.per != "variant":
        whole = _whole(base, labels)
        rows = [f"{labels.of(found.answer.per, row.name)}: {listed([_brief(v, labels) for v in row.values])}" for row in found.rows]
        return [f"{capital(whole)}.", *([f"{capital('; '.join(rows))}."] if rows else [])]
    said = [f"{capital(labels.variant(base.name))}: {_whole(base, labels)}."]
    rest = list(found.rows)
    own = next((row for row in rest if row.name == found.own), None)
    if own is not None:
        rest.remove(own)
        said.append(f"{capital(_row(own, found, labels))}.")
    if len(rest) <= FEW:
        said += [f"{capital('; '.join(_row(row, found, labels) for row in rest))}."] if rest else []
    else:
        told = [row for row in rest if row.first.word != "unclear" and not row.first.same]
        shown = told if len(told) <= MOST else [*told[: MOST - 1], told[-1]]
        if shown:
            said.append(f"{capital('; '.join(_in_short(row, found, labels) for row in shown))}.")
    return [*said, *(pays(one, labels) for one in found.paying[:2])]


def _whole(base: Row, labels: Labels) -> str:
    """All numbers of a row with their words, the first with how differently the worlds went."""
    told = [value for value in base.values if not value.empty]
    return listed([phrase(value, labels, spread=_spread(value) if value is base.first else "") for value in told]) or "nobody to count"


def _brief(value: Value, labels: Labels) -> str:
    """A number with words of a row that names its scope itself."""
    said = value.asked.says or WORDS.get(value.asked.measure) or words(value, labels)
    return f"{plain_value(value)}{_of(value)} {said}"


def _spread(value: Value) -> str:
    """How differently the worlds went: what luck and the ranges of the file do, which is more than the interval of the mean."""
    e = value.estimate
    if e is None or e.n < 2 or not e.p5 < e.p95:
        return ""
    return f" ({amount(e.p5, e.unit)} to {amount(e.p95, e.unit)})"


def _row(row: Row, found: Lead, labels: Labels) -> str:
    parts = [f"{plain_value(row.first)} ({moved(row.first, exactly=False)})" if not row.first.empty else "nobody to count"]
    parts += [f"{plain_value(value)} {words(value, labels)}" for value in row.values[1:] if not value.empty]
    return f"{labels.variant(row.name)}: {', '.join(parts)}{cost_of(row, found)}"


def _in_short(row: Row, found: Lead, labels: Labels) -> str:
    return f"{labels.variant(row.name)} {moved(row.first, exactly=False)}{cost_of(row, found).replace(', for', ' for', 1)}"


def cost_of(row: Row, found: Lead) -> str:
    """``, for 21,000 (2.0 each)``: what it costs, and for each that is gained where something is; nothing where cost is no question."""
    if not found.costs or found.base is None:
        return ""
    extra = row.cost - found.base.cost
    d = row.first.change
    gained = abs(d.mean) if d is not None and d.is_number and row.first.word == "better" and d.unit == "count" else 0.0
    each = extra / gained if gained else 0.0
    return f", for {count(round(extra))}" + (f" ({each:.{0 if each >= 10 else 1}f} each)" if each > 0 else "")


def pays(one: Paying, labels: Labels) -> str:
    """Who loses where a plan wins on the whole."""
    d = one.change
    return (
        f"Who pays: with {labels.variant(one.plan)}, {measured(d.mean, d.half_width_all, d.unit)} more people "
        f"({labels.of(one.dimension, one.name)}) get nobody than with {labels.variant(one.against)}."
    )


def bars(found: Lead, labels: Labels) -> Iterator[Bars]:
    """A figure for each measure of which there is something to compare."""
    base = found.base
    if base is None or not found.rows:
        return
    for place, own in enumerate(base.values):
        if found.answer.per == "variant":
            made = [_changed_bar(row, row.values[place], found, labels, first=place == 0) for row in found.rows]
            title = f"{capital(noun(own, labels))}, compared with “{labels.variant(base.name)}” ({plain_value(own)})"
        else:
            made = [_valued_bar(row, row.values[place], found, labels) for row in found.rows]
            title = capital(noun(own, labels))
        if any(bar.value for bar in made):
            yield Bars(title, tuple(made))


def _changed_bar(row: Row, value: Value, found: Lead, labels: Labels, *, first: bool) -> Bar:
    d = value.change
    known = d is not None and d.is_number and math.isfinite(d.mean)
    mean, half = (d.mean, d.half_width_all if math.isfinite(d.half_width_all) else 0.0) if known and d is not None else (0.0, 0.0)
    text = f"{moved(value)}{cost_of(row, found) if first else ''}"
    return Bar(capital(labels.variant(row.name)), mean, text, value.word, mean - half, mean + half)


def _valued_bar(row: Row, value: Value, found: Lead, labels: Labels) -> Bar:
    e = value.estimate
    known = e is not None and e.n and math.isfinite(e.mean)
    mean = e.mean if known and e is not None else 0.0
    said = _brief(value, labels) if e is not None and e.n else "no data"
    return Bar(capital(labels.of(found.answer.per, row.name)), mean, said, "")


def table(found: Lead, labels: Labels) -> Table | None:
    """The same numbers as a table: a row for each, a column for each measure."""
    base = found.base
    if base is None or not found.rows:
        return None
    kind = {"variant": "plan"}.get(found.answer.per, found.answer.per)
    head = [kind, *(words(value, labels) for value in base.values)]
    rows: list[list[str | Cell]] = []
    for row in (base, *found.rows) if found.answer.per == "variant" else found.rows:
        rows.append([capital(labels.of(found.answer.per, row.name)), *(_cell(value) for value in row.values)])
        if found.costs:
            rows[-1].append(count(round(row.cost)))
    if found.costs:
        head.append("cost")
    return Table(tuple(head), tuple(map(tuple, rows)), "Averages over the worlds ± 95 % interval of the average", numbers=True)


def _cell(value: Value) -> str:
    return "no data" if value.estimate is None or not value.estimate.n else with_margin(value.estimate)


def tiles(found: Lead, labels: Labels) -> list[Tile]:
    """The numbers of the answer, for the file as written."""
    base = found.base
    if base is None:
        return []
    own: Sequence[Value] = next((row.values for row in found.rows if row.name == found.own), base.values)
    if found.answer.per != "variant":
        own = base.values
    made = []
    for value in own:
        e = value.estimate
        if e is not None and e.n:
            spread = f"in nine worlds out of ten: {amount(e.p5, e.unit)} to {amount(e.p95, e.unit)}" if e.p5 < e.p95 else "in every world"
            made.append(Tile(with_margin(e), words(value, labels), spread))
    return made
