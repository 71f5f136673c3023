"""The best plan of a day whose agents finish their call: what the exact formula and an integer program give."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.roster.cover import Answer, Pattern, Program
from simulator.roster.finishing import Day, Edge
from simulator.roster.requirement import fewest

MOST = 45
"""Leavers at one edge, beyond whom more do not help."""


def optimum(day: Day, patterns: Sequence[Pattern], share: float) -> Answer:
    """The cheapest numbers of ``patterns`` with which at most ``share`` abandons in every interval; they stand before other variables.

    What an interval takes falls with those who leave at its start: a binary variable for each agent less. The staff before an edge
    counts at its least, which is in favour of the plan: the cost is a lower bound, and the plan valid where the formula says so.
    """
    program = Program()
    for pattern in patterns:
        program.add(pattern.cost)
    alone = [_fewest(day, interval, share, 0, 0) for interval in range(len(day.rates))]
    for interval, most in enumerate(alone):
        before = alone[interval - 1] if interval else 0
        terms = [(j, 1.0) for j, p in enumerate(patterns) if interval in p.covers]
        ends = [(j, 1.0) for j, p in enumerate(patterns) if interval - 1 in p.covers and interval not in p.covers]
        need = most
        for leaving in range(1, min(MOST, before) + 1):
            less = _fewest(day, interval, share, before, leaving, need)
            if less < need:
                helps = program.add(0.0, most=1.0)
                program.row([*ends, (helps, -float(leaving))], 0.0)
                terms.append((helps, float(need - less)))
                need = less
        program.row(terms, float(most))
    return program.solve()


def _fewest(day: Day, interval: int, share: float, before: int, leaving: int, known: int = 0) -> int:
    def holds(agents: int) -> bool:
        staff = min(before, agents + leaving)  # nobody stays who is not there
        return day.share(interval, Edge(staff, min(leaving, staff), agents)) <= share

    if not known:
        found = fewest(holds)
        assert found is not None
        return found
    while known > 1 and holds(known - 1):
        known -= 1
    return known
