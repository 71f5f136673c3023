"""What ``crisis staff`` says: sentences first, then tables."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from simulator.document.blocks import Table
from simulator.experiment.staff.rosters import TODAY
from simulator.experiment.staff.search import SIZES, sized
from simulator.experiment.staff.targets import INTERVAL, labels
from simulator.model.world import Profile
from simulator.report.wording import amount, changed, count, measured, share
from simulator.roster.paid import Bill, Terms
from simulator.roster.paid import bill as billed
from simulator.statistics.estimation import mean_interval, wilson
from simulator.statistics.verdicts import MET, MISSED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.experiment.questions.staff import Answer
    from simulator.statistics.verdicts import Verdict

AGENTS = "Agents at work"
FEW = 10
"""People, up and down, below whom nothing is said of who pays."""
BINDS = {
    "seats": "No number of agents will do: there are not enough seats. With a seat for everybody it could be held.",
    "lines": "No number of agents will do, in whatever room: there are not enough lines. With lines for everybody it could be held.",
    "other": "No number of agents will do, nor seats or lines: what breaks it is neither. The report of `crisis run` says what binds.",
    "limits": "The shifts, people and seats that `staffing` allows are not enough: no roster made of them holds it.",
}


def question(answer: Answer) -> str:
    """What was asked."""
    asked = " and ".join(answer.question.targets)
    scope = "" if answer.question.by == "run" else f", {answer.question.by} by {answer.question.by}"
    if answer.question.probability is None:
        return f"Which roster holds {asked}{scope}, on average?"
    return f"Which roster holds {asked}{scope}, on {percent(answer.question.probability)} of days like these?"


def percent(value: float) -> str:
    return f"{100 * value:.10g} %"


def about(answer: Answer) -> str:
    """On what it rests."""
    variant = answer.question.variant or "the file as written"
    judged = answer.question.judging
    return (
        f"{len(answer.progress.tried)} rosters on {judged} simulated worlds each, the same for all; the answer on "
        f"{answer.replications} fresh ones. Variant: {variant}."
    )


def crisis(answer: Answer) -> str:
    """What may be larger or smaller."""
    return "demand" if all(isinstance(d, Profile) for d in answer.choices.model.demand) else "crisis"


def held(found: Verdict) -> str:
    """``186 of 200 worlds, 89 to 96 %``: the interval by which the claim is made."""
    low, high = wilson(found.met, found.worlds)
    return f"{found.met} of {found.worlds} worlds, {100 * low:.0f} to {100 * high:.0f} %"


def warnings(answer: Answer) -> Iterator[str]:
    """What a reader must know first."""
    now = answer.progress
    if answer.interrupted:
        yield "Interrupted: this is the best so far. `crisis staff --resume` goes on."
    elif answer.failures:
        yield f"{len(answer.failures)} worlds failed; the others are judged."
    if answer.choices.by_interval and now.best is not None:
        yield (
            "The scenario has no `staffing`: these are agents by interval, who come and go as they are needed. "
            "Shifts take more; say under `staffing` which may be worked."
        )


def verdict(answer: Answer) -> Iterator[str]:
    """The findings, most important first."""
    now, best = answer.progress, answer.progress.best
    if now.impossible:
        yield BINDS[now.binds] if now.binds in BINDS else BINDS["other"]
        places = [answer.targets[k].place for k in now.impossible]
        yield f"Not to be held with agents without end: {'; '.join(places[:6])}{f' and {len(places) - 6} more' if len(places) > 6 else ''}."
        if not now.possible:
            return
    if best is None:
        yield BINDS["limits"] if now.binds == "limits" else "No roster was found that holds it; the search had not come to its end."
        return
    if answer.too_dear:
        yield f"Not for {cost(answer, answer.search.max_cost)}: the cheapest roster found that holds it costs {cost(answer, best.cost)}."
    yield _claim(answer)
    agents, today = _peak(answer)
    more = f"at most {agents:.0f} agents at work at once, {today:.0f} today"
    yield f"The cheapest roster found costs {cost(answer, best.cost)}: {more}."
    if now.confirmed == best.point:
        of_today = answer.search.confirmed(TODAY)
        less = answer.search.confirmed(now.fewer)
        if answer.question.probability is not None:
            yield f"With today's roster it holds in {held(of_today.holding(now.possible))}."
            if now.fewer != best.point:
                yield f"With one agent less it holds in {held(less.holding(now.possible))}."
        if now.fewer != best.point:
            spared = less.nobody().sum(axis=1) - answer.search.confirmed(best.point).nobody().sum(axis=1)
            mean, half, _ = mean_interval(spared[:, None])
            if mean[0] > half[0]:
                yield f"The last agent spares {measured(float(mean[0]), float(half[0]), 'count')} people a day from reaching nobody."
            else:
                yield "Whether the last agent spares anybody from reaching nobody cannot be told from these worlds."
    if np.isfinite(now.bound):
        yield f"By the model that proposes rosters, nothing under {cost(answer, now.bound)} holds it; that is no proof."


def _claim(answer: Answer) -> str:
    now, best, asked = answer.progress, answer.progress.best, answer.question.probability
    assert best is not None
    fresh = now.confirmed == best.point
    judged = answer.search.confirmed(best.point) if fresh else best.judged
    where = "" if fresh else " on which it was chosen; fresh ones would say less"
    word = judged.word(now.possible) if fresh else ""
    if asked is None:
        sure = {MET: "That is shown.", MISSED: "It does not hold."}.get(word, "It is likely, not shown: more fresh worlds would tell.")
        means, half = judged.means
        worst = max(now.possible, key=lambda k: float(judged.badness(0.0)[k]))
        target = answer.targets[worst]
        return (
            f"Closest to its limit: {target.place}: {_value(float(means[worst]), float(half[worst]), target.measure.unit)}{where}. {sure}"
        )
    found = judged.holding(now.possible)
    if word == MET:
        sure = f"You asked for {percent(asked)}: that is shown."
    elif word == MISSED:
        sure = f"You asked for {percent(asked)}: it does not."
    else:
        needed = next((k for k in range(found.worlds + 1) if wilson(k, found.worlds)[0] >= asked), None)
        would = f" ({needed} of {found.worlds} would show it)" if needed is not None else ""
        sure = f"You asked for {percent(asked)}: likely, not shown{would}."
    return f"With this roster it holds in {held(found)}{where}. {sure}"


def _value(value: float, half: float, unit: str) -> str:
    plus = f" ± {100 * half:.1f} pp" if unit == "share" else f" ± {amount(half, unit)}"
    return f"{share(value) if unit == 'share' else amount(value, unit)}{plus}"


def cost(answer: Answer, value: float) -> str:
    """A cost in its unit."""
    staffing = answer.choices.staffing
    unit = staffing.currency or ("" if staffing.priced else "agent hours")
    return f"{value:,.1f} {unit}".strip() if value % 1 else f"{value:,.0f} {unit}".strip()


def _by_team(answer: Answer) -> tuple[list[str], np.ndarray, np.ndarray]:
    """The teams planned, and their agents by interval: with the roster, and today."""
    best = answer.progress.best
    assert best is not None
    names = [crew.team for crew in answer.choices.staffing.crews]
    places = {team.name: i for i, team in enumerate(answer.choices.model.teams)}
    made = answer.search.floor.base.copy()
    for choice, number in zip(answer.search.program, best.counts, strict=True):
        made[choice.team] += number * choice.cover
    return names, made[[places[name] for name in names]], answer.choices.today()


def by_interval(answer: Answer) -> Iterator[tuple[str, str, float, float]]:
    """Team, interval, agents on the roster, and today's."""
    names, made, today = _by_team(answer)
    places = labels(answer.scenario, answer.choices.model, INTERVAL)
    for team, row, before in zip(names, made, today, strict=True):
        for place, now, old in zip(places, row, before, strict=True):
            yield team, place, float(now), float(old)


def together(answer: Answer) -> NDArray[np.float64]:
    """Agents of all teams planned, by interval."""
    return np.asarray(_by_team(answer)[1].sum(axis=0))


def _peak(answer: Answer) -> tuple[float, float]:
    _, made, today = _by_team(answer)
    return float(made.sum(axis=0).max()), float(today.sum(axis=0).max())


def agents(answer: Answer) -> Table:
    """Agents by team, in stretches in which nothing changes."""
    names, made, today = _by_team(answer)
    places = [*labels(answer.scenario, answer.choices.model, INTERVAL), "end"]
    columns = [tuple(np.round(np.concatenate((made[:, t], today[:, t])), 1)) for t in range(made.shape[1])]
    rows = []
    for _, group in groupby(range(len(columns)), key=lambda t: columns[t]):
        stretch = list(group)
        now, old = np.split(np.array(columns[stretch[0]]), 2)
        cells = [f"{a:g} ({a - b:+g})" if round(a - b, 1) else f"{a:g}" for a, b in zip(now, old, strict=True)]
        rows.append((f"{places[stretch[0]]} – {places[stretch[-1] + 1]}", *cells))
    return Table(("from – to", *names), tuple(rows), "Agents on the roster, breaks apart; in brackets the change from today", numbers=True)


def bill(answer: Answer) -> Table:
    """At work, rostered, paid and money, each by its name."""
    best = answer.progress.best
    assert best is not None
    names, made, today = _by_team(answer)
    staffing = answer.choices.staffing
    hours = np.diff(answer.search.edges) / 3600
    days = max(float(answer.choices.model.clock.duration) / 86_400, 1.0)
    per_week = 7 / days
    rows, total = [], Bill(0, 0.0, 0, 0.0, 0.0)
    for i, (name, crew) in enumerate(zip(names, staffing.crews, strict=True)):
        terms = Terms(crew.shrinkage, staffing.week / 3600)
        mine = {j for j, offer in enumerate(answer.choices.offers) if offer.team == name}
        money = sum(answer.search.program[j].cost * best.counts[j] for j in mine)
        of_team = billed(round(float(made[i].max())), float(made[i] @ hours) * per_week, money, terms)
        total += of_team
        rows.append(_bill_row(name, of_team, float(made[i] @ hours), float(today[i] @ hours), answer))
    if len(rows) > 1:
        rows.append(_bill_row("all", total, float((made @ hours).sum()), float((today @ hours).sum()), answer))
    says = (
        "Rostered: people on the books for those at work, with the shrinkage that `staffing` names. Paid: full-time equivalents, "
        "if every week were like this run."
    )
    return Table(("team", "most at work", "hours at work", "today", "rostered", "paid (FTE)", "cost"), tuple(rows), says, numbers=True)


def _bill_row(name: str, found: Bill, hours: float, today: float, answer: Answer) -> tuple[str, ...]:
    return name, str(found.at_work), count(hours), count(today), str(found.rostered), f"{found.fte:.1f}", cost(answer, found.money)


def pays(answer: Answer) -> Table | None:
    """People of each need who get nobody, with the roster less today's; None where nobody's number changes."""
    now, best = answer.progress, answer.progress.best
    if best is None or now.confirmed != best.point:
        return None
    with_it, before = answer.search.confirmed(best.point).nobody(), answer.search.confirmed(TODAY).nobody()
    if len(with_it) != len(before) or len(with_it) < 2:
        return None
    mean, half, _ = mean_interval(with_it - before)
    if np.abs(mean).max() < 1:
        return None
    rows = [
        (
            need.title or need.name,
            count(float(before[:, n].mean())),
            count(float(with_it[:, n].mean())),
            changed(float(mean[n]), float(half[n]), "count"),
        )
        for n, need in enumerate(answer.choices.model.needs)
    ]
    return Table(
        ("need", "get nobody today", "with the roster", "difference"), tuple(rows), "People, on average over the fresh worlds", numbers=True
    )


def curve(answer: Answer) -> Table:
    """Rosters that were tried, by cost, and how sure each is."""
    now = answer.progress
    seen: dict[float, tuple[str, ...]] = {}
    for one in sorted(now.tried, key=lambda t: (t.cost, -t.judged.holding(now.possible).met)):
        found = one.judged.holding(now.possible)
        cell = (
            held(found)
            if answer.question.probability is not None
            else ("holds" if one.judged.passes(now.possible, 0.0) else "does not hold")
        )
        seen.setdefault(round(one.cost, 2), (cost(answer, one.cost), str(sum(one.counts)), cell))
    says = "On the worlds on which rosters are chosen, which flatter those chosen; the answer's own number is of fresh ones"
    return Table(("cost", "agents, all shifts", "it holds in"), tuple(seen.values()), says, numbers=True)


def sizes(answer: Answer) -> list[tuple[str, Verdict]]:
    """In how many worlds the roster holds in a crisis of another size; empty where averages decide."""
    now, best = answer.progress, answer.progress.best
    if best is None or not now.done or answer.question.probability is None:
        return []
    made = [("× 1", best.judged.holding(now.possible))]
    made += [(f"× {size:g}", answer.search.of(sized(best.point, size), answer.search.common).holding(now.possible)) for size in SIZES]
    return sorted(((name, v) for name, v in made if v.worlds), key=lambda pair: float(pair[0][2:]))


def notes() -> Iterator[str]:
    """How it was found, and what it does not say."""
    yield (
        "A program chooses the cheapest shifts by a model of who would be busy with agents without end; simulated worlds judge each "
        "roster, and correct the model. The best is then judged on worlds on which nothing was chosen."
    )
    yield (
        "The share of the worlds is of days like the assumptions of this file. The claim is made where the whole 95 % interval (Wilson) "
        "lies at or above what was asked, and the same interval is printed."
    )
    yield "Agents finish the contact in hand when their shift ends; that work is in the worlds and not in the cost."
