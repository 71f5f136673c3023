"""What a comparison found, in plain words: which alternative, how sure, who pays for it, and what it rests on."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from simulator.report.columns import estimated
from simulator.report.reservations import but, paid_by
from simulator.report.wording import NONE, amount, change, changed, count, difference, margin
from simulator.report.yardsticks import said
from simulator.scenario.alternatives import factors_of
from simulator.statistics.measures import measures
from simulator.statistics.verdicts import LEAST

if TYPE_CHECKING:
    from simulator.experiment.contest import Contest, Contrast
    from simulator.experiment.result import Result
    from simulator.experiment.task import Failure
    from simulator.statistics.ranking import Goal

MANY = 8  #: alternatives from which on tables say less


def label(goal: Goal) -> str:
    """A goal as people say it."""
    return said(goal.measure, goal.scope)


def verdict(result: Result, contest: Contest) -> Iterator[str]:
    """Which alternative, in plain words, most important first."""
    yield _best(contest)
    for name, failures in contest.failed.items():
        yield _left_out(name, failures)
    lead = contest.lead
    if math.isfinite(lead.half_width) and not (lead.mean == 0 and lead.half_width == 0):
        yield _lead(lead, paired=contest.paired)
    alike = _alike(contest)
    if alike:
        yield f"In every world {listed(alike)} came out exactly as {contest.winner}."
    for c in contest.neglected:
        if c.goal.scope != paid_by(contest, contest.winner):  # that need has been named
            yield _neglect(c, result)
    others = _other_goals(contest)
    if others:
        yield others
    beaten = [name for name in contest.alternatives if name not in contest.undominated]
    if beaten and len(contest.goals) > 1:
        shown = listed(beaten) if len(beaten) <= MANY else f"{len(beaten)} of {len(contest.alternatives)} alternatives"
        yield (
            f"Dominated, all {len(contest.goals)} goals considered: {shown}. Another alternative is no worse in any goal and clearly "
            "better in one."
        )
    if contest.stability:
        yield stable(contest)
    yield basis(contest)


def _left_out(name: str, failures: Sequence[Failure]) -> str:
    worlds = "a world" if len(failures) == 1 else f"{len(failures)} worlds"
    what = " ".join(failures[0].error.split())
    return (
        f"{name} failed in {worlds} and is left out; the others keep all of theirs. First in replication {failures[0].replication} "
        f"(seed {failures[0].seed}): {what}"
    )


def _best(contest: Contest) -> str:
    first, worlds = label(contest.goals[0]), contest.rankings[0].worlds
    tied = contest.tied
    if contest.selection is not None and contest.zone is not None:
        zone = amount(contest.zone.half_width, measures[contest.zone.measure].unit)
        worlds = contest.selection.replications
        if contest.selection.decided:
            what = contest.zone.text.partition("=")[0].strip()
            return (
                f"{contest.winner} is best by {what}, or no worse than the best by {zone}, as ranking was sure of after {worlds} worlds"
                f"{but(contest, tied, contest.goals[0])}."
            )
        return (
            f"Ranking could not decide between {listed(tied)} within {worlds} worlds at a difference of {zone}; raise --max-replications."
        )
    if not contest.rankings[0].sure:
        few = "One world does" if worlds == 1 else f"{worlds} worlds do"
        return f"{few} not say which alternative is best by “{first}”, nor which are tied: that takes {LEAST}."
    if len(tied) == 1:
        return f"{contest.winner} is best by “{first}”{but(contest, tied, contest.goals[0])}."
    more = contest.rankings[0].more
    needed = f" About {count(more)} worlds would be needed to name one, if they differ as much as they seem to." if more else ""
    if len(tied) == len(contest.alternatives):
        return f"None of the alternatives can be told apart in {worlds} worlds: {first}.{needed}"
    together = but(contest, tied, contest.goals[0])
    return f"{listed(tied)} are best by “{first}” and cannot be told apart in {worlds} worlds{together}.{needed}"


def sized(c: Contrast) -> str:
    """How large a difference is, with its interval; where some worlds never ended, what can be told."""
    if not c.plain.is_number:
        return difference(c.plain, c.half_width)
    return changed(c.mean, c.half_width, c.goal.unit)


def average(mean: float, endless: float, unit: str) -> str:
    """The average over the worlds, of which a share is endless."""
    return "never" if endless >= 1 else f"{'at least ' if endless else ''}{amount(mean, unit)}"


def _lead(c: Contrast, *, paired: bool) -> str:
    """``rehearsed: 4,120 fewer people who got nobody than with improvised (95 % interval 3,800 to 4,440 fewer)``."""
    if not c.plain.is_number:
        word = "no clear difference" if not c.clear else "better" if c.better else "worse"
        return f"{c.alternative} against {c.against}, {label(c.goal)}: {difference(c.plain, c.half_width)} ({word})."
    low, high = c.mean - c.half_width, c.mean + c.half_width
    less, more = _directions(c.goal)
    if not c.clear:
        return (
            f"Between {c.alternative} and {c.against} there is no clear difference: {change(c.mean, c.goal.unit)} "
            f"(95 % interval {change(low, c.goal.unit)} to {change(high, c.goal.unit)})."
        )
    way = less if c.mean < 0 else more
    ends = sorted((abs(low), abs(high)))
    worlds = c.plain.n
    if not paired:
        return _said(c, ends, way, "")
    often = f"; better in {c.ahead}" if c.better else f"; worse in {worlds - c.ahead - c.even}"
    often += f" of {worlds} worlds" + (f", the same in {c.even}" if c.even else "")
    return _said(c, ends, way, often)


def _said(c: Contrast, ends: Sequence[float], way: str, often: str) -> str:
    ends_said = f"95 % interval {_size(ends[0], c.goal.unit)} to {_size(ends[1], c.goal.unit)}{often}"
    if c.goal.unit == "count":
        return f"{c.alternative}: {_size(abs(c.mean), c.goal.unit)} {way} {label(c.goal)} than with {c.against} ({ends_said})."
    return f"{c.alternative}: {label(c.goal)}, {_size(abs(c.mean), c.goal.unit)} {way} than with {c.against} ({ends_said})."


def _neglect(c: Contrast, result: Result) -> str:
    ((dimension, name),) = c.goal.scope.items()
    ours, theirs = (estimated(result.summaries[of], "people_never_served", **{dimension: name}) for of in (c.alternative, c.against))
    people = "" if ours is None or theirs is None else f" ({count(ours.mean)} against {count(theirs.mean)} people)"
    return (
        f"But {c.alternative} pays with people of one {dimension}: with {name}, {_size(c.mean, 'share')} more of them got nobody than with "
        f"{c.against}, {margin(c.half_width, 'share')}{people}."
    )


def _alike(contest: Contest) -> list[str]:
    """Alternatives that are the winner under another name, as far as these worlds show."""
    mine = contest.columns[contest.winner]
    return [
        name
        for name, columns in contest.columns.items()
        if name != contest.winner and all((a.worlds == b.worlds).all() for a, b in zip(mine, columns, strict=True))
    ]


def _other_goals(contest: Contest) -> str:
    """Where another goal names another alternative, that is said."""
    contrary = [r for r in contest.rankings[1:] if r.sure and contest.winner not in r.tied]
    if not contrary:
        return ""
    told = [f"By “{label(r.goal)}”, {_named(r.tied[:3])} best{but(contest, r.tied[:3], r.goal)}." for r in contrary]
    return f"Other goals name others. {' '.join(told)}"


def _named(names: Sequence[str]) -> str:
    return f"{listed(names)} {'is' if len(names) == 1 else 'are'}"


def stable(contest: Contest) -> str:
    """Whether the winner stays first under other conditions."""
    lost = [c for c in contest.stability if not any(s.alternative == contest.winner and s.best for s in c.standings)]
    tried = listed([c.name for c in contest.stability])
    few = [c.worlds for c in contest.stability if c.worlds < LEAST]
    if few:
        return f"Whether {contest.winner} stays first under other conditions takes {LEAST} worlds of each, and {min(few)} were simulated."
    if not lost:
        return f"{contest.winner} stays first, or tied with the first, under other conditions: {tried}."
    fell = {c.name for c in lost if all(s.alternative != contest.winner for s in c.standings)}
    told = [f"{c.name} ({'it failed there' if c.name in fell else f'{c.standings[0].alternative} is first'})" for c in lost]
    return f"The answer depends on the conditions: {contest.winner} is not among the first with {listed(told)}; tried were {tried}."


def enough(contest: Contest, vary: Sequence[str]) -> str:
    """From which swept value on more of it is not clearly better; nothing where that is no question."""
    factors, point = factors_of(contest.alternatives, vary)
    if len(factors) != 1 or not contest.rankings[0].sure:
        return ""
    ((path, values),) = factors.items()
    best = next(place for place, name in point.items() if name == contest.winner)
    along = [value for value in values if point.get((value, best[1])) in contest.tied]
    if along[0] == best[0] or values.index(along[0]) > values.index(best[0]):
        return f"The best value of {path} by “{label(contest.goals[0])}” is {best[0]}{but(contest, [contest.winner], contest.goals[0])}."
    return (
        f"The best value of {path} by “{label(contest.goals[0])}” is {best[0]}, from which {along[0]} cannot be told apart"
        f"{but(contest, [contest.winner], contest.goals[0])}."
    )


def basis(contest: Contest) -> str:
    """Whether what is gained follows from rules alone or from assumptions."""
    if not contest.paired:
        return (
            "The runs have worlds of their own, of other seeds or with other customers: differences are between independent worlds. "
            "Compared in the same worlds (`crisis compare FILE`), they would be much surer."
        )
    if not contest.differing:
        return "Nothing differs between the alternatives but their names."
    if contest.inputs_equal:
        return "Only the rules differ between the alternatives: callers, people, places and luck are the same."
    paths = [path for path in contest.differing if not path.startswith("routing")]
    shown = listed(paths[:4]) if len(paths) <= 4 else f"{', '.join(paths[:4])} and {len(paths) - 4} more"
    return f"The alternatives assume different things ({shown}): what they gain follows from your assumptions, not from an observation."


def _directions(goal: Goal) -> tuple[str, str]:
    return {"count": ("fewer", "more"), "duration": ("shorter", "longer"), "share": ("lower", "higher")}.get(goal.unit, ("lower", "higher"))


def _size(value: float, unit: str) -> str:
    return change(abs(value), unit).lstrip("+")


def interval(low: float, high: float, unit: str, *, signed: bool = False) -> str:
    """Two ends in the words of the unit."""

    def end(value: float) -> str:
        return (
            NONE if not math.isfinite(value) else "0" if value == 0 else change(value, unit) if signed or value < 0 else _size(value, unit)
        )

    return f"{end(low)} to {end(high)}"


def listed(names: Sequence[str]) -> str:
    """``a, b and c``."""
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
