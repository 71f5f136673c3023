"""What the declared strategies do: a rule that picks the agent, and an index by which the heads of the queues compete.

Compiled with mypyc.
"""

from __future__ import annotations

import math
from typing import Final

from librt.vecs import vec
from mypy_extensions import i64, mypyc_attr

from simulator.engine.strategy import Strategy, View

# Agent rules, in the order of simulator.routing.declared.AGENT_RULES (a test holds them equal).
LONGEST_IDLE: Final = 0
BEST_SKILL: Final = 1
LEAST_FLEXIBLE: Final = 2
SAME_SITE: Final = 3  #: from here on agents of one team differ
LEAST_OCCUPIED: Final = 4
RESTED_FIRST: Final = 5

FIRST_OF_ALL: Final = float("inf")
NOT_NOW: Final = float("-inf")  #: only the value of strategies that are ``choosy``


@mypyc_attr(allow_interpreted_subclasses=True)
class Chooser(Strategy):
    """Free agents by a rule; of the queues' oldest contacts the one with the highest value, then the oldest.

    ``aging_cap``: who has waited longer goes before all others. ``reserve``: so many agents of each team are kept free for
    the most urgent needs it serves.
    """

    def __init__(self, rule: i64, aging_cap: float, reserve: i64) -> None:
        self.rule = rule
        self.aging_cap = aging_cap
        self.reserve = reserve
        self.quick = True
        self.choosy = False  #: may leave a contact that the agent could take

    def agent_for(self, view: View, contact: i64) -> i64:
        return self.agent_of(view.own_teams_for(view.queue_of(contact)), view, contact)

    def agent_of(self, teams: list[i64], view: View, contact: i64) -> i64:
        """The free agent of these teams who suits the contact best, then the longest idle; -1 if there is none."""
        queue = view.queue_of(contact)
        rule = self.rule
        best: i64 = -1
        since = 0.0
        top = 0.0
        for team in teams:
            agent = view.longest_idle(team)
            if agent >= 0 and not (view.at_once(queue) or view.may_take(agent, contact)):
                agent = view.next_who_may(agent, contact)
            if agent < 0:
                continue
            if self.reserve > 0 and view.idle(team) <= self.reserve and self.can_wait(view, agent, queue):
                continue
            while agent >= 0:
                value = 0.0 if rule == LONGEST_IDLE else self.suits(view, agent, team, queue, contact)
                idle_since = view.idle_since(agent)
                if best < 0 or value > top or (value == top and (idle_since < since or (idle_since == since and agent < best))):
                    best = agent
                    since = idle_since
                    top = value
                if rule < SAME_SITE:
                    break
                agent = view.next_idle(agent) if view.at_once(queue) else view.next_who_may(agent, contact)
        return best

    def suits(self, view: View, agent: i64, team: i64, queue: i64, contact: i64) -> float:
        """How well the agent suits the contact by the rule; the higher the better."""
        rule = self.rule
        if rule == BEST_SKILL:
            return view.proficiency(team, queue)
        if rule == LEAST_FLEXIBLE:
            return -float(len(view.own_queues_of(agent)))
        if rule == SAME_SITE:
            return 1.0 if view.site_of(agent) == view.site_called(contact) else 0.0
        if rule == LEAST_OCCUPIED:
            return -view.occupancy(agent)
        return -view.strain(agent)

    def can_wait(self, view: View, agent: i64, queue: i64) -> bool:
        """Whether the agent's team serves a more urgent need than that of ``queue``."""
        urgency = view.urgency(queue)
        return any(view.urgency(other) < urgency for other in view.own_queues_of(agent))

    def contact_for(self, view: View, agent: i64) -> i64:
        queues = view.own_queues_of(agent)
        if len(queues) == 1 and view.at_once(queues[0]) and not self.choosy:
            return view.oldest(queues[0])  # there is nothing to choose from
        best: i64 = -1
        since = 0.0
        top = 0.0
        team = view.team_of(agent)
        overdue = view.now() - self.aging_cap
        for queue in queues:
            contact = view.oldest(queue)
            if contact < 0 or not (view.at_once(queue) or view.may_take(agent, contact)):
                continue
            if self.reserve > 0 and view.free_with(agent) <= self.reserve and self.can_wait(view, agent, queue):
                continue
            arrived = view.arrived(contact)
            value = self.value(view, queue, contact, team) if arrived >= overdue else FIRST_OF_ALL
            if value == NOT_NOW:
                continue
            if best < 0 or value > top or (value == top and (arrived < since or (arrived == since and contact < best))):
                best = contact
                since = arrived
                top = value
        return best

    def value(self, view: View, queue: i64, contact: i64, team: i64) -> float:
        """What it is worth to take the oldest ``contact`` of ``queue`` now; NOT_NOW leaves it. Of equal values the oldest goes first."""
        return 0.0


class MostUrgentFirst(Chooser):
    """The most urgent need."""

    def value(self, view: View, queue: i64, contact: i64, team: i64) -> float:
        return -float(view.urgency(queue))


class BestSkillFirst(Chooser):
    """The need at which the agent is best."""

    def value(self, view: View, queue: i64, contact: i64, team: i64) -> float:
        return view.proficiency(team, queue)


class AccumulatingPriority(Chooser):
    """Priority grows with waiting, at a rate of its own for each need."""

    def __init__(self, rule: i64, aging_cap: float, reserve: i64, weights: vec[float]) -> None:
        super().__init__(rule, aging_cap, reserve)
        self.weights: Final = weights

    def value(self, view: View, queue: i64, contact: i64, team: i64) -> float:
        return self.weights[view.need(queue)] * view.wait(contact)


class Timed(Chooser):
    """Knows how long contacts take: mean ``talk`` and ``wrap`` by need, in seconds at standard speed."""

    def __init__(self, rule: i64, aging_cap: float, reserve: i64, talk: vec[float], wrap: vec[float]) -> None:
        super().__init__(rule, aging_cap, reserve)
        self.talk: Final = talk
        self.wrap: Final = wrap

    def rate(self, view: View, team: i64, queue: i64) -> float:
        """Contacts of ``queue`` that one agent of the team handles in a second."""
        need = view.need(queue)
        return 1.0 / (self.talk[need] / view.proficiency(team, queue) + self.wrap[need])


class GeneralisedCost(Timed):
    """Where waiting w costs weight x w^power, the need whose cost falls fastest: marginal cost times rate of service."""

    def __init__(
        self, rule: i64, aging_cap: float, reserve: i64, talk: vec[float], wrap: vec[float], weights: vec[float], power: float
    ) -> None:
        super().__init__(rule, aging_cap, reserve, talk, wrap)
        self.weights: Final = weights
        self.power = power

    def value(self, view: View, queue: i64, contact: i64, team: i64) -> float:
        cost = self.weights[view.need(queue)] * self.rate(view, team, queue)
        if self.power == 2.0:
            return cost * view.wait(contact)
        if self.power == 1.0:
            return cost
        return cost * self.power * math.pow(view.wait(contact), self.power - 1.0)


class MaxWeight(Timed):
    """The queue with the most work that this agent can take out of it in a second: its length times the rate of service."""

    def value(self, view: View, queue: i64, contact: i64, team: i64) -> float:
        return float(view.waiting(queue)) * self.rate(view, team, queue)


class FixedQueueRatio(Chooser):
    """The queue that is furthest beyond its share of all that wait."""

    def __init__(self, rule: i64, aging_cap: float, reserve: i64, shares: vec[float]) -> None:
        super().__init__(rule, aging_cap, reserve)
        self.shares: Final = shares
        self.total = 0.0

    def contact_for(self, view: View, agent: i64) -> i64:
        total: i64 = 0
        queue: i64 = 0
        queues = view.queues()
        while queue < queues:
            total += view.waiting(queue)
            queue += 1
        self.total = float(total)
        return super().contact_for(view, agent)

    def value(self, view: View, queue: i64, contact: i64, team: i64) -> float:
        return float(view.waiting(queue)) - self.shares[view.need(queue)] * self.total


class Triage(Timed):
    """Weight x rate of service x the chance that the caller is lost by the time all who wait now could be served.

    ``alive[need][i]`` is the share of callers with more patience than ``i * step[need]`` seconds; beyond the table the
    hazard stays ``hazard[need]`` a second.
    """

    def __init__(
        self, rule: i64, aging_cap: float, reserve: i64, talk: vec[float], wrap: vec[float], weights: vec[float],
        alive: list[vec[float]], step: vec[float], hazard: vec[float],
    ) -> None:  # fmt: skip
        super().__init__(rule, aging_cap, reserve, talk, wrap)
        self.weights: Final = weights
        self.alive: Final = alive
        self.step: Final = step
        self.hazard: Final = hazard
        self.horizon = 0.0  #: until all who wait now could have been served

    def contact_for(self, view: View, agent: i64) -> i64:
        work = 0.0
        queue: i64 = 0
        queues = view.queues()
        while queue < queues:
            need = view.need(queue)
            work += float(view.waiting(queue)) * (self.talk[need] + self.wrap[need])
            queue += 1
        online: i64 = 0
        team: i64 = 0
        teams = view.teams()
        while team < teams:
            online += view.online(team)
            team += 1
        self.horizon = work / float(online) if online > 0 else FIRST_OF_ALL
        return super().contact_for(view, agent)

    def value(self, view: View, queue: i64, contact: i64, team: i64) -> float:
        need = view.need(queue)
        age = view.wait(contact)
        now = self.share_alive(need, age)
        lost = 1.0 - self.share_alive(need, age + self.horizon) / now if now > 0.0 else 1.0
        return self.weights[need] * self.rate(view, team, queue) * lost

    def share_alive(self, need: i64, age: float) -> float:
        """The share of callers who wait longer than ``age``."""
        table = self.alive[need]
        last: i64 = len(table) - 1
        step = self.step[need]
        if age >= step * float(last):
            return table[last] * math.exp(-self.hazard[need] * (age - step * float(last)))
        cell = i64(age / step)
        part = age / step - float(cell)
        return table[cell] + part * (table[cell + 1] - table[cell])


class NewestFirst(Chooser):
    """First come first served until somebody has waited longer than ``calm``; from then on the newest first."""

    def __init__(self, rule: i64, aging_cap: float, reserve: i64, calm: float) -> None:
        super().__init__(rule, aging_cap, reserve)
        self.calm = calm

    def contact_for(self, view: View, agent: i64) -> i64:
        oldest = super().contact_for(view, agent)
        if oldest < 0 or view.wait(oldest) <= self.calm or view.wait(oldest) > self.aging_cap:
            return oldest
        best: i64 = -1
        since = 0.0
        for queue in view.own_queues_of(agent):
            contact = view.newest(queue)
            if contact < 0 or not (view.at_once(queue) or view.may_take(agent, contact)):
                continue
            if self.reserve > 0 and view.free_with(agent) <= self.reserve and self.can_wait(view, agent, queue):
                continue
            arrived = view.arrived(contact)
            if best < 0 or arrived > since or (arrived == since and contact > best):
                best = contact
                since = arrived
        return best if best >= 0 else oldest


class MutualHelp(Chooser):
    """Teams keep to their own needs until the imbalance between their queues passes a threshold; then one helps the other.

    ``own[team][need]`` is 1 where the need is the team's own. Team p begins to help with queue q when
    ``waiting(q) - ratio * own waiting`` exceeds ``begin``, unless another team helps p; while it helps it holds that
    difference near zero, and it stops once fewer than ``end`` contacts wait in q.
    """

    def __init__(self, rule: i64, aging_cap: float, reserve: i64, own: list[vec[i64]], ratio: float, begin: float, end: float) -> None:
        super().__init__(rule, aging_cap, reserve)
        self.own: Final = own
        self.ratio = ratio
        self.begin = begin
        self.end = end
        self.helping: Final[list[list[i64]]] = [[] for _ in own]  #: by team: the queues with which it helps
        self.lent: i64 = -1  #: the queue that the agent asked about is lent to; -1 is none
        self.sees_all = True
        self.choosy = True

    def agent_for(self, view: View, contact: i64) -> i64:
        self.wakes = False
        queue = view.queue_of(contact)
        need = view.need(queue)
        agent = self.agent_of([team for team in view.own_teams_for(queue) if self.own[team][need] == 1], view, contact)
        if agent >= 0:
            return agent
        helpers: list[i64] = []
        waiting = view.waiting(queue)
        for team in view.own_teams_for(queue):
            if self.own[team][need] == 0:
                if self.helps(team, queue, waiting):
                    helpers.append(team)
                elif self.begins(view, team, queue, waiting + 1):
                    self.wakes = True  # the oldest of the queue goes first: this contact joins before anybody helps
        return -1 if self.wakes else self.agent_of(helpers, view, contact)

    def contact_for(self, view: View, agent: i64) -> i64:
        team = view.team_of(agent)
        self.lent = -1
        furthest = 0.0
        for queue in view.own_queues_of(agent):
            if self.own[team][view.need(queue)] == 1:
                continue
            waiting = view.waiting(queue)
            if self.helps(team, queue, waiting) or self.begins(view, team, queue, waiting):
                beyond = self.beyond(view, team, queue, waiting)
                if beyond > furthest and view.may_take(agent, view.oldest(queue)):
                    self.lent = queue
                    furthest = beyond
        return super().contact_for(view, agent)

    def value(self, view: View, queue: i64, contact: i64, team: i64) -> float:
        if queue == self.lent:
            return 1.0
        if self.own[team][view.need(queue)] == 1:
            return -float(view.urgency(queue))
        return NOT_NOW

    def beyond(self, view: View, team: i64, queue: i64, waiting: i64) -> float:
        """How far the queue is beyond balance with the team's own queues."""
        ours: i64 = 0
        other: i64 = 0
        queues = view.queues()
        while other < queues:
            if self.own[team][view.need(other)] == 1:
                ours += view.waiting(other)
            other += 1
        return float(waiting) - self.ratio * float(ours)

    def helps(self, team: i64, queue: i64, waiting: i64) -> bool:
        """Whether the team helps with the queue; help ends where little is left."""
        helping = self.helping[team]
        if queue not in helping:
            return False
        if float(waiting) < self.end:
            helping.remove(queue)
            return False
        return True

    def begins(self, view: View, team: i64, queue: i64, waiting: i64) -> bool:
        """Help begins where the imbalance is beyond the threshold and the team is not being helped itself."""
        if self.beyond(view, team, queue, waiting) <= self.begin:
            return False
        for others in self.helping:
            for helped in others:
                if self.own[team][view.need(helped)] == 1:
                    return False
        self.helping[team].append(queue)
        return True
