"""Every measure of one day, by its definition in docs/reference/measures.md, out of the calls, people and agents of the second program.

A count is a number, a ratio a pair (numerator, denominator); None is what the day does not have. Scopes are by name.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from tests.independent import centre
from tests.independent.centre import ANSWER_WITHIN, END, IMPACT, INTERVAL, PHASES, SHORT, TARGET, Agent, Call, Centre, Person
from tests.independent.recovery import measured

Value = float | tuple[float, float] | None
Scope = Mapping[str, str]
RTO, MTPD, LEVEL = 70 * 60.0, 80 * 60.0, 0.5
HARM_BY, HARM_WEIGHT = 50 * 60.0, 10.0
WORKS = ("free", "busy", "wrap")
SOLVED = {1: "solved_by_repaired", 2: "solved_by_own_means"}
EDGE = 1e-6


def span(scope: Scope) -> tuple[float, float]:
    """From when until when the phase of a scope lasts."""
    if "phase" not in scope:
        return 0.0, END
    names = list(PHASES)
    after = names.index(scope["phase"]) + 1
    return PHASES[scope["phase"]], PHASES[names[after]] if after < len(names) else END


def quantile(values: Iterable[float], share: float) -> float | None:
    """The smallest value that at least this share does not exceed."""
    ordered = sorted(values)
    return ordered[max(math.ceil(share * len(ordered) - 1e-9), 1) - 1] if ordered else None


class Day:
    """The figures of one day."""

    def __init__(self, day: Centre) -> None:
        self.day = day
        answered = sorted((c.answered, c.person) for c in day.calls if not math.isnan(c.answered))
        self.first_answer = {person: at for at, person in reversed(answered)}
        self.known: dict[tuple[tuple[str, str], ...], dict[str, Value]] = {}  #: by scope

    def calls(self, scope: Scope) -> list[Call]:
        """A call belongs to the phase in which it tried, to the site whose line it held, to the groups of its person."""
        begins, ends = span(scope)
        return [c for c in self.day.calls if begins <= c.arrived < ends and self.is_in(c, scope)]

    def is_in(self, call: Call, scope: Scope) -> bool:
        group = self.day.people[call.person].group
        mine = {"need": call.need, "site": call.site, "group": group, "channel": "voice"}
        return all(mine[d] == name for d, name in scope.items() if d != "phase")

    def people(self, scope: Scope) -> list[Person]:
        """A person belongs to the phase of the first wish to call."""
        begins, ends = span(scope)
        return [
            p for p in self.day.people
            if begins <= p.onset < ends and scope.get("need", p.need) == p.need and scope.get("group", p.group) == p.group
        ]  # fmt: skip

    def value(self, measure: str, scope: Scope) -> Value:
        """The measure by name; raises KeyError for one that is not defined here."""
        place = tuple(scope.items())
        if place not in self.known:
            families = (self.of_calls, self.of_people, self.of_time, self.of_recovery, self.of_plan)
            self.known[place] = {name: value for family in families for name, value in family(scope).items()}
        return self.known[place][measure]

    # -- calls -------------------------------------------------------------------------------------------------------------

    def of_calls(self, scope: Scope) -> dict[str, Value]:
        calls = self.calls(scope)
        n = self.counts(calls)
        waits = [c.waited for c in calls if not math.isnan(c.answered) or c.outcome == "abandoned"]
        handled = [c for c in calls if c.outcome == "handled"]
        waited = {how: sum(c.waited for c in calls if self.how(c) == how) for how in ("answered", "abandoned")}
        ratios: dict[str, Value] = {
            "service_level": (n["answered_in_time"], n["offered"]),
            "service_level_less_short": (n["answered_in_time"], n["arrived"] - n["abandoned_short"]),
            "service_level_less_early": (n["answered_in_time"], n["arrived"] - n["abandoned_early"]),
            "service_level_good_abandons": (n["answered_in_time"] + n["abandoned_early"], n["arrived"]),
            "service_level_of_answered": (n["answered_in_time"], n["answered"]),
            "service_level_of_answerable": (n["answered_in_time"], n["answered"] + n["abandoned"] - n["abandoned_early"]),
            "service_level_of_arrived": (n["answered_in_time"], n["arrived"]),
            "reachability": (n["got_through"], n["wanted"]),
            "abandon_rate": (n["abandoned"], n["offered"]),
            "abandon_rate_less_short": (n["abandoned"] - n["abandoned_short"], n["offered"] - n["abandoned_short"]),
            "block_rate": (n["blocked"], n["arrived"]),
            "lost_upstream_rate": (n["lost_upstream"], n["attempted"]),
            "asa": (waited["answered"], n["answered"]),
            "mean_wait": (waited["answered"] + waited["abandoned"], n["offered"]),
            "aht": (sum(c.ended - c.answered for c in handled), len(handled)),
            "wait_p50": quantile(waits, 0.5),
            "wait_p90": quantile(waits, 0.9),
        }
        return n | ratios | {"sl_deficit": self.deficit(scope), "peak_queue": self.peak(scope)}

    @staticmethod
    def how(call: Call) -> str:
        return "answered" if not math.isnan(call.answered) else call.outcome

    def counts(self, calls: Sequence[Call]) -> dict[str, Any]:
        def ended(*outcomes: str) -> int:
            return sum(c.outcome in outcomes for c in calls)

        answered = [c for c in calls if not math.isnan(c.answered)]
        gave_up = [c for c in calls if c.outcome == "abandoned"]
        lost, blocked = ended("lost upstream"), ended("blocked")
        arrived = len(calls) - lost
        return {
            "attempted": len(calls), "fresh_contacts": sum(c.attempt == 0 for c in calls), "redials": sum(c.attempt > 0 for c in calls),
            "lost_upstream": lost, "arrived": arrived, "blocked": blocked,
            "blocked_no_line": sum(c.cause == "no line" for c in calls), "blocked_down": sum(c.cause == "site down" for c in calls),
            "blocked_reserved": 0, "lost_cut_link": 0, "contained": 0, "balked": 0,
            "offered": arrived - blocked, "wanted": len(calls), "got_through": len(answered), "answered": len(answered),
            "queued": sum(c.waited > 0 for c in calls), "answered_in_time": sum(c.waited <= ANSWER_WITHIN + EDGE for c in answered),
            "handled": ended("handled"), "dropped": ended("dropped"), "cut_off": ended("cut off"), "abandoned": len(gave_up),
            "abandoned_short": sum(c.waited <= SHORT + EDGE for c in gave_up),
            "abandoned_early": sum(c.waited <= ANSWER_WITHIN + EDGE for c in gave_up),
            "open_at_end": ended("open at end"), "in_service_at_end": ended("in service at end"),
        }  # fmt: skip

    def deficit(self, scope: Scope) -> float:
        """Interval by interval, cut where a phase begins: a surplus in one does not make up for another."""
        begins, ends = span(scope)
        grid = [k * INTERVAL for k in range(int(END / INTERVAL) + 1)]
        edges = sorted({*grid, *PHASES.values(), IMPACT, END})
        missing = 0.0
        for since, until in pairwise(edges):
            if begins <= since < ends:
                n = self.counts([c for c in self.day.calls if since <= c.arrived < until and self.is_in(c, scope)])
                missing += max(TARGET * n["offered"] - n["answered_in_time"], 0.0)
        return missing

    def peak(self, scope: Scope) -> float:
        """Most who waited at one instant of the phase; at one instant those who leave go first."""
        begins, ends = span(scope)
        theirs = [(c.queued, c.queued + c.waited) for c in self.day.calls if c.waited > 0 and self.is_in(c, scope)]
        instants = [begins, *(came for came, _ in theirs if begins <= came < ends)]
        return max(sum(came <= t < left for came, left in theirs) for t in instants)

    # -- people ------------------------------------------------------------------------------------------------------------

    def of_people(self, scope: Scope) -> dict[str, Value]:
        people = self.people(scope)

        def fated(*fates: str) -> int:
            return sum(p.fate in fates for p in people)

        solved = dict.fromkeys(("solved_by_announcement", "solved_by_reached", "solved_by_located"), 0)
        solved |= {name: sum(p.fate == "solved" and p.solved_by == by for p in people) for by, name in SOLVED.items()}
        harmed = [p for p in people if p.need == "rescue"]
        harm = sum(HARM_WEIGHT * self.harm(p) for p in harmed)
        answers = [self.first_answer.get(p.number, math.inf) - p.onset for p in people]
        return {
            "customers": len(people), "served": fated("served"), "solved_elsewhere": fated("solved"), **solved,
            "gave_up": fated("gave up"), "still_trying": fated("still trying"), "people_in_service_at_end": fated("in service"),
            "people_never_served": fated("gave up", "still trying"),
            "never_served": (fated("gave up", "still trying"), len(people)),
            "attempts_per_customer": (sum(p.attempts for p in people), len(people)),
            "time_to_first_agent_p50": quantile(answers, 0.5),
            "harm": harm, "harm_rate": (harm, HARM_WEIGHT * len(harmed)),
            "barred_customers": 0, "barred_served": 0, "barred_attempts": 0, "capped_customers": sum(p.capped for p in people),
        }  # fmt: skip

    @staticmethod
    def harm(person: Person) -> float:
        """The share of the harm that was done."""
        if person.fate in ("gave up", "still trying"):
            return 1.0
        return min(max(person.settled - person.onset, 0.0) / HARM_BY, 1.0)

    # -- agents and queues over time ---------------------------------------------------------------------------------------

    def of_time(self, scope: Scope) -> dict[str, Value]:
        begins, ends = span(scope)
        agents = [a for a in self.day.agents if scope.get("site", a.site) == a.site]
        queued = [c for c in self.day.calls if c.waited > 0 and self.is_in(c, scope)]
        waited = sum(max(min(c.queued + c.waited, ends) - max(c.queued, begins), 0.0) for c in queued)
        busy, online = self.spent(agents, begins, ends, "busy", "wrap"), self.spent(agents, begins, ends, *WORKS)
        return {
            "occupancy": (busy, online),
            "agents_online": (online, ends - begins),
            "queue_mean": (waited, ends - begins),
            "agents_online_peak": self.most_online(agents, begins, ends, whole="phase" not in scope),
            "agents_online_6h": None if IMPACT + 6 * 3600 > END else self.online(agents, IMPACT + 6 * 3600),
        }

    @staticmethod
    def spent(agents: Sequence[Agent], begins: float, ends: float, *states: str) -> float:
        return sum(max(min(until, ends) - max(since, begins), 0.0) for a in agents for state, since, until in a.past if state in states)

    @staticmethod
    def online(agents: Sequence[Agent], at: float) -> int:
        """How many are at work once everything at this instant has happened."""
        last = at >= END
        return sum(any(state in WORKS and since <= at < until + last for state, since, until in a.past) for a in agents)

    def most_online(self, agents: Sequence[Agent], begins: float, ends: float, *, whole: bool) -> float | None:
        """At the ends of intervals, and as the run begins; one that ends as a phase begins belongs to the phase before."""
        grid = [k * INTERVAL for k in range(int(END / INTERVAL) + 1)]
        seen = [t for t in grid if whole or begins < t <= ends or (t == 0 and begins == 0)]
        return max((self.online(agents, t) for t in seen), default=None)

    # -- recovery and the plan ---------------------------------------------------------------------------------------------

    def of_recovery(self, scope: Scope) -> dict[str, Value]:
        """Who still waits at the end, and not for longer than promised, is left out."""
        names = (
            "time_to_recover", "recovery_dated_within", "relapses", "longest_below", "share_above", "resilience_loss", "level_after_rto",
        )  # fmt: skip
        contacts = [
            (c.arrived, not math.isnan(c.answered)) for c in self.day.calls
            if c.arrived >= IMPACT and self.is_in(c, scope) and not (c.outcome == "open at end" and c.waited <= ANSWER_WITHIN + EDGE)
        ]  # fmt: skip
        return dict.fromkeys(names) | measured(contacts, LEVEL, IMPACT, END, RTO)

    def of_plan(self, scope: Scope) -> dict[str, Value]:
        return {"decision_latency": 600.0, "cost": 300 + round(60 * centre.ADDED_FOR / 3600, 2)}
