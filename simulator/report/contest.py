"""The comparison report: which alternative, how sure, who pays, and what follows from the assumptions."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from simulator.document.blocks import Fold, Heading, Table, Text
from simulator.report.columns import estimated
from simulator.report.fairness import fares
from simulator.report.findings import document, rows
from simulator.report.judgement import MANY, average, basis, enough, interval, label, listed, sized, stable, verdict
from simulator.report.reservations import mark, oddities
from simulator.report.sheet import Sheet, section
from simulator.report.verdict import precision, with_margin
from simulator.report.wording import NONE, LocalTime, amount, change, count, share, times
from simulator.scenario.alternatives import factors_of
from simulator.statistics.measures import measures
from simulator.statistics.selection import rinott_constant
from simulator.statistics.summarise import REFUSED
from simulator.statistics.verdicts import LEAST

if TYPE_CHECKING:
    from simulator.document.blocks import Block, Picture
    from simulator.experiment.contest import Contest, Contrast
    from simulator.experiment.result import Result
    from simulator.report.figures import ContestGallery
    from simulator.statistics.summary import Estimate


def compose(result: Result, contest: Contest, pictures: Sequence[Picture], *, command: str) -> Sheet:
    """The report of ``result``; ``pictures`` are those of its :func:`gallery`."""
    drawn = {picture.name: picture for picture in pictures}
    return Sheet(
        kind="comparison",
        title="Comparison",
        question=result.scenario.question,
        variant="",
        scenario=result.scenario,
        seed=result.seed,
        answer=result,
        verdict=tuple(verdict(result, contest)),
        blocks=tuple(_blocks(result, contest, drawn)),
        notes=tuple(_notes(result, contest)),
        document=document(result, contest),
        rows=tuple(rows(contest)),
        command=command,
        about=_introduction(result, contest),
    )


DIFFERING = "Only what differs, as written."


def _vary(result: Result) -> tuple[str, ...]:
    vary: tuple[str, ...] = result.question.vary
    return vary


def _introduction(result: Result, contest: Contest) -> str:
    names = contest.alternatives
    shown = listed(names) if len(names) <= MANY else f"{', '.join(names[:MANY])} and {len(names) - MANY} more"
    who = "the same customers under every alternative" if contest.paired else "each alternative with worlds of its own"
    return f"{result.replications} simulated worlds, {who}. Compared: {shown}."


def _blocks(result: Result, contest: Contest, drawn: Mapping[str, Picture]) -> Iterator[Block]:
    baseline = contest.baseline
    yield from section("What each alternative leads to", table=_means(result, contest))
    yield from section("Ranking", _ranking_says(contest), table=_standings(contest))
    yield from section(f"Differences from {baseline}", table=_differences(contest), picture=drawn.get("differences"))
    if "sweep" in drawn:
        yield from section("Along the values", enough(contest, _vary(result)), picture=drawn["sweep"])
    yield from section("The course of the day", picture=drawn.get("alternatives-over-time"))
    if contest.paired:
        yield from section("World by world", table=_single(contest), picture=drawn.get("pairs-of-worlds"))
    if "trade-off" in drawn:
        yield from section("Trade-off", picture=drawn["trade-off"])
    if "regret" in drawn:
        yield from section("Regret", "Goals are never added up: what a goal is worth is yours to say.", picture=drawn["regret"])
    yield from _groups(result, contest)
    yield Fold(Heading("What differs"), (Text(basis(contest)), _differing(contest)))
    if contest.stability:
        yield from section("Under other conditions", stable(contest), table=_conditions(contest))
    yield from section("Goals and their definitions", " ".join(_definitions(contest)))


def _means(result: Result, contest: Contest) -> Table:
    rows = []
    for name in contest.alternatives:
        estimates = [estimated(result.summaries[name], goal.measure, **goal.scope) for goal in contest.goals]
        rows.append((name, *(NONE if e is None or not e.n else f"{with_margin(e)}{_strictest(result, name, e)}" for e in estimates)))
    caption = "Averages over the worlds ± 95 % interval of the average. Compare alternatives by the differences below, which are far surer."
    return Table(("alternative", *map(label, contest.goals)), tuple(rows), caption, numbers=True)


def _strictest(result: Result, name: str, e: Estimate) -> str:
    """Beside a service level of those who could queue the one of all who arrived, where many were refused."""
    summary = result.summaries[name]
    refused, of_all = (estimated(summary, measure, **e.scope) for measure in ("block_rate", "service_level_of_arrived"))
    if e.measure != "service_level" or refused is None or of_all is None or refused.mean <= REFUSED:
        return ""
    return f" ({share(of_all.mean)} of all who arrived)"


def _standings(contest: Contest) -> Table:
    ranking = contest.rankings[0]
    out = {} if contest.selection is None else dict(zip(contest.alternatives, contest.selection.out_after, strict=True))
    rows = []
    unended = any(s.endless for s in ranking.standings)
    for place, s in enumerate(ranking.standings, 1):
        behind = NONE if unended else interval(s.low, s.high, ranking.goal.unit)
        cells = [str(place), average(s.mean, s.endless, ranking.goal.unit), behind, share(s.wins)]
        if contest.selection is not None:
            cells.append(f"out after {out[s.alternative]} worlds" if out[s.alternative] else "still in")
        else:
            said = s.best and ranking.sure
            word = ("best" if len(ranking.tied) == 1 else "tied with best") if said else ""
            known = mark(contest, s.alternative, ranking.goal) if said else ""
            cells.append(f"{word}, but {known}" if known else word)
        rows.append((s.alternative, *cells))
    caption = (
        f"{label(contest.goals[0])}. Behind the best: simultaneous 95 % interval of the distance to the best of the others. Best in: "
        "share of worlds in which no other alternative is better, ties divided."
    )
    return Table(("alternative", "place", "average", "behind the best", "best in", ""), tuple(rows), caption, numbers=True)


def _ranking_says(contest: Contest) -> str:
    selection, zone = contest.selection, contest.zone
    if selection is None or zone is None:
        return " ".join(oddities(contest))
    spent = sum(out or selection.replications for out in selection.out_after)
    unit = measures[zone.measure].unit
    return (
        f"Ranked one replication after the other (Kim and Nelson 2001): alternatives leave as soon as they cannot be the best. "
        f"{count(spent)} runs were looked at; {len(contest.alternatives)} times {selection.replications} would have been "
        f"{count(len(contest.alternatives) * selection.replications)}. A difference below {amount(zone.half_width, unit)} does not matter."
    )


def _differences(contest: Contest) -> Table:
    rows = []
    for name in contest.alternatives:
        if name != contest.baseline:
            found = [c for goal in contest.goals for c in contest.contrasts if c.goal == goal and c.alternative == name]
            rows.append((name, *map(_difference, found)))
    worlds = contest.rankings[0].worlds
    where = f"In the same {worlds} worlds" if contest.paired else f"Between {worlds} worlds each"
    caption = f"{where}; ± is a 95 % interval that holds for all alternatives at once."
    return Table(("alternative", *map(label, contest.goals)), tuple(rows), caption, numbers=True)


def _difference(c: Contrast) -> str:
    if not math.isfinite(c.mean):
        return NONE
    if c.plain.is_number and c.mean == 0 and c.half_width == 0:
        return "the same"
    word = "" if not math.isfinite(c.half_width) else ", unclear" if not c.clear else ", better" if c.better else ", worse"
    return f"{sized(c)}{word}"


def _single(contest: Contest) -> Table:
    rows = []
    for c in contest.contrasts:
        if c.goal == contest.goals[0]:
            same = c.typical == c.low == c.high == 0
            median = "the same" if same else f"{change(c.typical, c.goal.unit)} ({interval(c.low, c.high, c.goal.unit, signed=True)})"
            median = NONE if not math.isfinite(c.typical) else median
            rows.append((c.alternative, median, share(c.plain.wins), times(c.reduction), _controls(c)))
    head = ("alternative", f"median world less {contest.baseline} (95 % interval)", "better in", "a pair is worth", "controls")
    return Table(head, tuple(rows), f"Single worlds, {label(contest.goals[0])}.", numbers=True)


def _controls(c: Contrast) -> str:
    return f"{', '.join(c.controls)} ({share(c.explained)} of the variance)" if c.controls else "none help"


def _groups(result: Result, contest: Contest) -> Iterator[Block]:
    """How each need, group of people, channel and site fares; the worst of a kind is marked, groups stand beside everybody."""
    names = [contest.baseline, *(s.alternative for s in contest.rankings[0].standings if s.alternative != contest.baseline)][:MANY]
    names = [name for name in contest.alternatives if name in names]
    for found in fares(result, names):
        worst = [found.worst(column) for column in range(len(names))]
        rows = [(name, *(_group_cell(e, worst=name == worst[i]) for i, e in enumerate(row))) for name, row in found.rows.items()]
        if found.everybody is not None:
            rows.append(("everybody", *(_group_cell(e, worst=False) for e in found.everybody)))
        marked = f"; the {found.kind} that fares worst in an alternative is marked" if any(worst) else ""
        who = result.models[contest.baseline].groups if found.kind == "group" else {}
        said = "".join(f" {name}: {text}." for name, text in who.items() if text and name in found.rows)
        table = Table((found.kind, *names), tuple(rows), f"{found.says}, averages ± 95 % interval{marked}.{said}", numbers=True)
        yield from section(f"Who fares how, by {found.kind}", table=table)


def _group_cell(e: Estimate | None, *, worst: bool) -> str:
    return NONE if e is None or not e.n else with_margin(e) + (" (worst)" if worst else "")


def _differing(contest: Contest) -> Table:
    if len(contest.alternatives) > MANY:  # a column each would say what the names say
        values = {path: ", ".join(dict.fromkeys(v or NONE for v in of_one.values())) for path, of_one in contest.differing.items()}
        return Table(("what", "values"), tuple(values.items()), DIFFERING)
    rows = tuple((path, *(of_one[name] or NONE for name in contest.alternatives)) for path, of_one in contest.differing.items())
    return Table(("what", *contest.alternatives), rows, DIFFERING)


def _conditions(contest: Contest) -> Table:
    tried = {s.alternative for condition in contest.stability for s in condition.standings}
    names = [name for name in contest.alternatives if name in tried]
    unit = contest.goals[0].unit
    place = {s.alternative: i for i, s in enumerate(contest.rankings[0].standings, 1)}
    as_assumed = tuple(
        f"{place[s.alternative]}. {average(s.mean, s.endless, unit)}{' *' if s.best and contest.rankings[0].sure else ''}"
        for s in map(contest.rankings[0].of, names)
    )
    rows: list[tuple[str, ...]] = [(f"as assumed ({contest.rankings[0].worlds} worlds)", *as_assumed)]
    for condition in contest.stability:
        found = {s.alternative: s for s in condition.standings}
        sure = condition.worlds >= LEAST
        cells = tuple(
            f"{found[n].rank}. {amount(found[n].mean, unit)}{' *' if found[n].best and sure else ''}" if n in found else "failed"
            for n in names
        )
        rows.append((condition.name, *cells))
    caption = (
        f"{label(contest.goals[0])}: place, average and, where it is best or tied with the best, a star. "
        "Places go by averages and stars by how sure the difference from the best is, so that a lower place may have one and a higher "
        f"none. {contest.stability[0].worlds} worlds each, in which more is tied than in those above."
    )
    return Table(("condition", *names), tuple(rows), caption, numbers=True)


def _definitions(contest: Contest) -> Iterator[str]:
    for name in dict.fromkeys(goal.measure for goal in contest.goals):
        measure = measures[name]
        says = measure.says.replace("`", "")
        yield f"{name} ({'more' if measure.better == 'higher' else 'less'} is better): {says}."
    yield "Ratios are ratios of sums over all worlds."


def _notes(result: Result, contest: Contest) -> Iterator[str]:
    yield (
        (
            "Common random numbers: every world's customers, their patience, redials and handle times are drawn once and met by every "
            "alternative, so that a difference within a world is due to the alternative. All statements are about such pairs."
        )
        if contest.paired
        else (
            "These are finished runs with worlds of their own. Intervals are of differences between worlds that have nothing in common; "
            "they hold, and are wider than those of worlds with the same customers."
        )
    )
    k = len(contest.alternatives)
    yield (
        f"Intervals of differences are paired t intervals at 95 %, Bonferroni over {_number(k - 1, 'alternative')} beside "
        f"{contest.baseline}. "
        f"Best, or tied with best: multiple comparisons with the best by paired t intervals, Bonferroni over {_number(k - 1, 'rival')} "
        "(Edwards and Hsu 1983; Nelson and Matejcik 1995). Each goal is judged for itself; over several goals together less is sure."
    )
    if any(c.controls for c in contest.contrasts):
        yield (
            "Control variates: where a draw that is known before the run (a range of the scenario, a day's busyness) explains part of a "
            "difference, the difference is corrected for the worlds that happened to be drawn. They are used only where they help."
        )
    if any(s.endless for r in contest.rankings for s in r.standings):
        yield (
            "Where a world never recovered there is no recovery time, and never less something is no number: averages and differences say "
            "at least how large they are, or in how many worlds the centre was back. Places are those of times cut at the end of the run."
        )
    if contest.selection is not None and contest.zone is not None:
        first = max(result.question.replications, 2)
        yield (
            f"Ranking is by the measure of single worlds, each world counting the same. With independent worlds two-stage selection "
            f"(Rinott 1978) would need (h S / difference)² runs of each alternative with h = {rinott_constant(k, first):.2f}."
        )
    yield from precision(result)


def _number(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


def gallery(result: Result, contest: Contest) -> ContestGallery:
    """The figures of the report, to be drawn. It goes to other processes, and so holds nothing large that they do not show."""
    from simulator.report.figures import COURSE, ContestGallery

    labels = {str(goal): label(goal) for goal in contest.goals}
    time = LocalTime(result.models[contest.baseline].clock)
    courses = {
        name: replace(
            summary, estimates=(), fates={}, logs={}, staffing=None,
            series=tuple(one for one in summary.series if one.name in COURSE and not one.scope),
        )
        for name, summary in result.summaries.items()
    }  # fmt: skip
    return ContestGallery(replace(contest, stability=()), courses, time, labels, *factors_of(contest.alternatives, _vary(result)))
