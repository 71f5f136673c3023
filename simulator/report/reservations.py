"""What is said in the same breath as *best*: who pays for it, who is not counted, and what beats it; and ties that look odd."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from simulator.report.wording import count, share
from simulator.statistics.measures import leaves_out_refused

if TYPE_CHECKING:
    from simulator.experiment.contest import Contest
    from simulator.statistics.ranking import Goal, Ranking
    from simulator.statistics.summary import Scope

SHOWN = 5e-4
"""A difference of shares that can be seen at one decimal of a per cent."""


def but(contest: Contest, names: Sequence[str], goal: Goal) -> str:
    """``, but it is dominated by …``: what belongs into a sentence that calls ``names`` the best by ``goal``."""
    clauses = [clause for name in names for clause in reservations(contest, name, goal, "it" if len(names) == 1 else name)]
    return f", but {'; and '.join(clauses)}" if clauses else ""


def reservations(contest: Contest, name: str, goal: Goal, subject: str = "it") -> Iterator[str]:
    """What must be known of an alternative that is called best by ``goal``, or tied with the best."""
    by = contest.dominated_by.get(name, ())
    if by:
        yield f"{subject} is dominated by {_listed(by)}, no worse in any goal and clearly better in one"
    paying = _paying(contest, name)
    if paying is not None:
        ours, best = paying.of(name), paying.standings[0]
        yield (
            f"{subject} pays with people of a more urgent need: {share(ours.mean)} of those with {paying.goal.scope['need']} got nobody, "
            f"with {best.alternative} {share(best.mean)}"
        )
    yield from _uncounted(contest, name, goal, subject)


def mark(contest: Contest, name: str, goal: Goal) -> str:
    """The same in a few words, for a table; nothing where nothing must be known."""
    words = ["dominated"] if contest.dominated_by.get(name) else []
    paying = _paying(contest, name)
    words += [f"pays with {paying.goal.scope['need']}"] if paying is not None else []
    if leaves_out_refused(goal.measure):
        other = _other(contest, name)
        words += ["refuses more"] if _more(contest.refused, name, other) else []
        words += ["more got nobody"] if _more(contest.never_served, name, other) else []
    return ", ".join(words)


def paid_by(contest: Contest, name: str) -> Scope | None:
    """The more urgent need whose people pay for an alternative, as a scope; None where none do."""
    paying = _paying(contest, name)
    return None if paying is None else paying.goal.scope


def _paying(contest: Contest, name: str) -> Ranking | None:
    """The most urgent need, more urgent than another, of whose people clearly and visibly more get nobody than elsewhere."""
    return next((r for r in contest.urgent if not r.of(name).best and r.of(name).regret >= SHOWN), None)


def _uncounted(contest: Contest, name: str, goal: Goal, subject: str) -> Iterator[str]:
    """Where the goal does not see whom the door refuses: that more are refused, or get nobody, than with those it is held against."""
    if not leaves_out_refused(goal.measure):
        return
    other = _other(contest, name)
    clauses = []
    refused, lost = _more(contest.refused, name, other), _more(contest.never_served, name, other)
    if refused:
        clauses.append(
            f"{subject} refuses {share(refused[0])} of arriving contacts, whom this does not count ({other}: {share(refused[1])})"
        )
    if lost:
        clauses.append(f"{share(lost[0])} of all people got nobody{'' if refused else f' with {subject}'} ({other}: {share(lost[1])})")
    if clauses:
        yield ", and ".join(clauses)


def _more(ranking: Ranking | None, name: str, other: str) -> tuple[float, float] | None:
    """The averages of two alternatives where that of the first is visibly higher."""
    if ranking is None:
        return None
    ours, theirs = ranking.of(name).mean, ranking.of(other).mean
    return (ours, theirs) if ours - theirs >= SHOWN else None


def _other(contest: Contest, name: str) -> str:
    """Against whom an alternative is held: the winner, or for the winner whom it is compared with."""
    return contest.winner if name != contest.winner else contest.lead.against


def oddities(contest: Contest) -> Iterator[str]:
    """Places, ties and differences in the first goal that look as if they contradicted each other, and why they do not."""
    ranking = contest.rankings[0]
    if contest.selection is not None or not math.isfinite(ranking.standings[0].low):
        return
    best = set(ranking.tied)
    passed = False
    for s in ranking.standings:
        passed |= not s.best
        if s.best and passed:
            ahead = next(other.alternative for other in ranking.standings if not other.best)
            yield (
                f"{s.alternative} is tied with the best though {ahead}, which has the better average, is not: the difference of "
                f"{s.alternative} from the best varies more from world to world, so that it may well be none."
            )
    for c in contest.contrasts:
        inside, outside = (c.alternative, c.against) if c.alternative in best else (c.against, c.alternative)
        if c.goal == ranking.goal and not c.clear and inside in best and outside not in best:
            ours = ranking.standings[0].alternative
            yield (
                f"{outside} cannot be told apart from {inside}, and yet only {inside} may be best: being tied is not passed on. "
                f"{outside} is clearly behind {ours}, {inside} is not."
            )
        elif c.goal == ranking.goal and c.clear and {c.alternative, c.against} <= best:
            yield (
                f"{c.alternative} and {c.against} differ clearly and yet both may be best: to be out, an alternative must be clearly "
                "behind the best of all the others at once, which asks for more than one pair does."
            )


def _listed(names: Sequence[str]) -> str:
    shown = list(names[:3])
    more = f" and {count(len(names) - 3)} more" if len(names) > 3 else ""
    return (" and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 and not more else ", ".join(shown)) + more
