"""What the declared strategies do.

Compiled with mypyc.
"""

from __future__ import annotations

from mypy_extensions import i64

from simulator.engine.strategy import Strategy, View


class LongestIdle(Strategy):
    """The eligible agent who has been idle longest takes the contact; subclasses choose the contact."""

    def __init__(self, best_skill: bool) -> None:
        self.best_skill = best_skill

    def agent_for(self, view: View, contact: i64) -> i64:
        queue = view.queue_of(contact)
        best: i64 = -1
        since = 0.0
        skill = 0.0
        for team in view.teams_for(queue):
            agent = view.longest_idle(team)
            if agent >= 0 and (view.prompt() or view.may_take(agent, contact)):
                idle_since = view.idle_since(agent)
                if self.best_skill:
                    proficiency = view.proficiency(team, queue)
                    better = proficiency > skill or (proficiency == skill and idle_since < since)
                    if best < 0 or better:
                        best = agent
                        since = idle_since
                        skill = proficiency
                elif best < 0 or idle_since < since or (idle_since == since and agent < best):
                    best = agent
                    since = idle_since
        return best


class FirstComeFirstServed(LongestIdle):
    """The contact that has waited longest, whatever its need."""

    def contact_for(self, view: View, agent: i64) -> i64:
        best: i64 = -1
        since = 0.0
        for queue in view.queues_of(agent):
            oldest = view.oldest(queue)
            if oldest >= 0 and (view.prompt() or view.may_take(agent, oldest)):
                arrived = view.arrived(oldest)
                if best < 0 or arrived < since or (arrived == since and oldest < best):
                    best = oldest
                    since = arrived
        return best


class MostUrgentFirst(LongestIdle):
    """The most urgent need; within one urgency the contact that has waited longest."""

    def contact_for(self, view: View, agent: i64) -> i64:
        best: i64 = -1
        since = 0.0
        rank: i64 = 0
        for queue in view.queues_of(agent):
            oldest = view.oldest(queue)
            if oldest >= 0 and (view.prompt() or view.may_take(agent, oldest)):
                urgency = view.urgency(queue)
                arrived = view.arrived(oldest)
                if best < 0 or urgency < rank or (urgency == rank and (arrived < since or (arrived == since and oldest < best))):
                    best = oldest
                    since = arrived
                    rank = urgency
        return best


class BestSkillFirst(LongestIdle):
    """The need at which the agent is best; within one proficiency the contact that has waited longest."""

    def contact_for(self, view: View, agent: i64) -> i64:
        best: i64 = -1
        since = 0.0
        skill = 0.0
        team = view.team_of(agent)
        for queue in view.queues_of(agent):
            oldest = view.oldest(queue)
            if oldest >= 0 and (view.prompt() or view.may_take(agent, oldest)):
                proficiency = view.proficiency(team, queue)
                arrived = view.arrived(oldest)
                if best < 0 or proficiency > skill or (proficiency == skill and (arrived < since or (arrived == since and oldest < best))):
                    best = oldest
                    since = arrived
                    skill = proficiency
        return best
