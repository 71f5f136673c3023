"""The port of routing: a strategy answers two questions about what an operations lead could see, and nothing else.

A user's strategy is a plain Python subclass of :class:`Strategy`. Contacts, agents, queues, needs and teams are numbers;
the :class:`View` tells about them and has no verb. A queue holds the contacts of one need on one channel. Every answer
is checked by the floor.

Compiled with mypyc.
"""

from __future__ import annotations

from typing import Final

from librt.vecs import vec
from mypy_extensions import i64, mypyc_attr, u8

from simulator.engine.calendar import Calendar
from simulator.engine.contacts import WAITING, Contacts, Customers
from simulator.engine.exchange import Exchange
from simulator.engine.queues import Queue
from simulator.engine.staff import AVAILABLE, Agent, Team


@mypyc_attr(native_class=False)  # mypyc cannot derive native classes from built-in exceptions
class IllegalChoice(RuntimeError):
    """A strategy chose an agent or a contact that cannot be taken."""


class View:
    """What an operations lead could see. Numbers in, numbers out; -1 stands for nobody."""

    def __init__(
        self,
        calendar: Calendar,
        contacts: Contacts,
        customers: Customers,
        queues: list[Queue],
        teams: list[Team],
        agents: list[Agent],
        exchange: Exchange,
    ) -> None:
        self._calendar: Final = calendar
        self._contacts: Final = contacts
        self._customers: Final = customers
        self._queues: Final = queues
        self._teams: Final = teams
        self._agents: Final = agents
        self._exchange: Final = exchange
        self._at_once: Final = vec[u8]([u8(1)] * len(queues))
        for queue in queues:
            if queue.channel.calling is not None:
                self._at_once[queue.number] = u8(0)
            for team in teams:
                if team.delay[queue.number] > 0.0 or team.keep[queue.number] > 0:
                    self._at_once[queue.number] = u8(0)
        self._prompt: Final[bool] = all(plain == 1 for plain in self._at_once)
        self._teams_of: Final[list[list[i64]]] = [[t.number for t in teams if t.proficiency[q.number] > 0.0] for q in queues]

    def now(self) -> float:
        """Seconds since the start."""
        return self._calendar.now

    def need_of(self, contact: i64) -> i64:
        """The need that the contact asks for now: a hand-over changes it."""
        return self._queues[i64(self._contacts.queue[contact])].need

    def queue_of(self, contact: i64) -> i64:
        """The queue in which the contact waits, or would wait."""
        return i64(self._contacts.queue[contact])

    def queues(self) -> i64:
        """How many queues there are; they are numbered from 0."""
        return len(self._queues)

    def teams(self) -> i64:
        """How many teams there are; they are numbered from 0."""
        return len(self._teams)

    def need(self, queue: i64) -> i64:
        """The need of the contacts in ``queue``."""
        return self._queues[queue].need

    def urgency(self, queue: i64) -> i64:
        """1 is the most urgent."""
        return self._queues[queue].urgency

    def arrived(self, contact: i64) -> float:
        """When the contact came to the queue: after a self-service, and for each message of a conversation anew."""
        if self._contacts.wide:
            return self._contacts.due[contact]
        return self._contacts.queued[contact]

    def attempt(self, contact: i64) -> i64:
        """0 for a first call."""
        return i64(self._contacts.attempt[contact])

    def wait(self, contact: i64) -> float:
        """How many seconds ago the contact came to the queue."""
        return self._calendar.now - self.arrived(contact)

    def waiting(self, queue: i64) -> i64:
        """How many contacts wait in ``queue``; outside opening hours none that anybody could take."""
        waits = self._queues[queue]
        if waits.shut():
            return 0
        return waits.length

    def oldest(self, queue: i64) -> i64:
        """The contact that came first of those in ``queue``, or -1."""
        waits = self._queues[queue]
        if waits.shut():
            return -1
        return waits.first

    def newest(self, queue: i64) -> i64:
        """The contact that came last, or -1."""
        waits = self._queues[queue]
        if waits.shut():
            return -1
        return waits.last

    def behind(self, contact: i64) -> i64:
        """The contact of the same queue that came next, or -1."""
        return i64(self._contacts.after[contact])

    def ahead(self, contact: i64) -> i64:
        """The contact of the same queue that came just before, or -1."""
        return i64(self._contacts.before[contact])

    def teams_for(self, queue: i64) -> tuple[i64, ...]:
        """The teams that serve ``queue``."""
        return tuple(self._teams_of[queue])

    def queues_of(self, agent: i64) -> tuple[i64, ...]:
        """The queues this agent's team serves."""
        return tuple(self._agents[agent].team.serves)

    def own_teams_for(self, queue: i64) -> list[i64]:
        """The floor's own list behind ``teams_for``, for compiled strategies: nobody changes it."""
        return self._teams_of[queue]

    def own_queues_of(self, agent: i64) -> list[i64]:
        """The floor's own list behind ``queues_of``, for compiled strategies: nobody changes it."""
        return self._agents[agent].team.serves

    def team_of(self, agent: i64) -> i64:
        """The agent's team."""
        return self._agents[agent].team.number

    def site_of(self, agent: i64) -> i64:
        """The site where the agent works."""
        return self._agents[agent].site.number

    def site_called(self, contact: i64) -> i64:
        """The site at whose lines the contact arrived."""
        return i64(self._contacts.site[contact])

    def occupancy(self, agent: i64) -> float:
        """The share of this agent's time at work so far that went to contacts and wrap-up; 0 before the first."""
        person = self._agents[agent]
        worked = person.worked
        rested = person.rested
        if person.state == AVAILABLE:
            rested += self._calendar.now - person.since
        return worked / (worked + rested) if worked > 0.0 else 0.0

    def strain(self, agent: i64) -> float:
        """How strained this agent is; 0 is rested."""
        return self._agents[agent].strain

    def proficiency(self, team: i64, queue: i64) -> float:
        """1 is standard speed; 0 means that the team lacks the skill."""
        return self._teams[team].proficiency[queue]

    def delay(self, team: i64, queue: i64) -> float:
        """The wait from which the team takes contacts of ``queue`` (overflow)."""
        return self._teams[team].delay[queue]

    def keep(self, team: i64, queue: i64) -> i64:
        """The team takes contacts of ``queue`` only while more than so many of its agents are free."""
        return self._teams[team].keep[queue]

    def online(self, team: i64) -> i64:
        """How many agents of the team are at work: free, with a contact or in wrap-up."""
        return self._teams[team].online

    def idle(self, team: i64) -> i64:
        """How many agents of the team are free and wait for a contact."""
        return self._teams[team].idle

    def free_with(self, agent: i64) -> i64:
        """How many agents of the agent's team are free, this one among them."""
        person = self._agents[agent]
        # Who has just become free stands not yet in the order of idleness.
        waits = person.previous is not None or person.team.first is person
        return person.team.idle if waits else person.team.idle + 1

    def somebody_free(self, queue: i64) -> bool:
        """Whether an agent of a team that serves ``queue`` is free and waits for a contact."""
        return any(self._teams[team].idle > 0 for team in self._teams_of[queue])

    def something_waits(self, agent: i64) -> bool:
        """Whether a contact waits in one of the queues this agent's team serves."""
        return any(self._queues[queue].length > 0 for queue in self._agents[agent].team.serves)

    def longest_idle(self, team: i64) -> i64:
        """The free agent of the team who has been idle longest, or -1."""
        agent = self._teams[team].first
        if agent is None:
            return -1
        return agent.number

    def next_idle(self, agent: i64) -> i64:
        """The free agent of the same team who has been idle next longest, or -1."""
        follower = self._agents[agent].next
        if follower is None:
            return -1
        return follower.number

    def next_who_may(self, agent: i64, contact: i64) -> i64:
        """The free agent of the same team who has been idle next longest of those who may take ``contact``, or -1.

        Agents of one team differ only where we call: each needs a line of the site where they sit.
        """
        follower = self._agents[agent].next
        queue = self._queues[i64(self._contacts.queue[contact])]
        while follower is not None and not self._allows(follower, queue.number, contact):
            if queue.channel.calling is None:
                return -1
            follower = follower.next
        return -1 if follower is None else follower.number

    def idle_since(self, agent: i64) -> float:
        """The instant since when the agent is free."""
        return self._agents[agent].idle_since

    def learn(self, team: i64, queue: i64) -> None:
        """The floor tells that a team has taken on a queue."""
        if team not in self._teams_of[queue]:
            self._teams_of[queue].append(team)

    def forget(self, team: i64, queue: i64) -> None:
        """The floor tells that a team has given up a queue."""
        self._teams_of[queue].remove(team)

    def prompt(self) -> bool:
        """Whether every free agent may take every contact the team has the skill for: no delays, no agents kept free, no list to call."""
        return self._prompt

    def at_once(self, queue: i64) -> bool:
        """The same for the contacts of ``queue``: whoever is free and has the skill may take any of them."""
        return self._prompt or self._at_once[queue] != 0

    def may_take(self, agent: i64, contact: i64) -> bool:
        """Whether the free ``agent`` may take the waiting or arriving ``contact`` now.

        That is: has the skill, the overflow delay is over, as many agents stay free as shall, and there is a line for a call that we make.
        """
        return self._allows(self._agents[agent], self.queue_of(contact), contact)

    def _allows(self, agent: Agent, queue: i64, contact: i64) -> bool:
        """The same, for the floor, which has the agent and the queue of the contact at hand."""
        if self._prompt or self._at_once[queue] != 0:
            return agent.team.proficiency[queue] > 0.0
        team = agent.team
        if team.keep[queue] > 0 and self.free_with(agent.number) <= team.keep[queue]:
            return False
        if team.proficiency[queue] <= 0.0 or self._calendar.now < self.arrived(contact) + team.delay[queue]:
            return False
        asked = self._queues[queue]
        return asked.channel.calling is None or self._exchange.can_dial(agent, asked.need)


@mypyc_attr(allow_interpreted_subclasses=True)
class Strategy:
    """Which agent for this contact, which contact for this agent. Override both methods.

    The floor asks only where there is somebody, or something, to choose; a strategy that keeps an account of all that comes
    sets ``sees_all`` and is asked about every contact and by every agent who becomes free. Where ``agent_for`` sets
    ``wakes``, every idle agent is asked again for a contact after this one has joined its queue.
    """

    sees_all: bool = False
    quick: bool = False  #: compiled: answers as fast as the floor could look whether there is anything to choose
    wakes: bool = False

    def agent_for(self, view: View, contact: i64) -> i64:
        """A free agent who may take ``contact``, or -1 to let it wait."""
        raise TypeError("a strategy must define agent_for(view, contact)")

    def contact_for(self, view: View, agent: i64) -> i64:
        """A waiting contact for the free ``agent``, or -1 to let the agent rest."""
        raise TypeError("a strategy must define contact_for(view, agent)")


def says(strategy: object, word: str) -> bool:
    """Whether a strategy says ``word`` of itself; looked up as Python does, since a subclass may say so in its class body."""
    return bool(getattr(strategy, word, False))


def checked_agent(view: View, contact: i64, queue: i64, chosen: i64) -> Agent:
    """The agent chosen for the contact in ``queue``; raises IllegalChoice unless they are free and may take it."""
    fault = "there is no such agent"
    if 0 <= chosen < len(view._agents):
        agent = view._agents[chosen]
        if agent.state != AVAILABLE:
            fault = "that agent is not free"
        elif view._allows(agent, queue, contact):
            return agent
        else:
            fault = "that agent may not take this contact (skill, overflow delay, agents kept free, or no line)"
    raise IllegalChoice(f"agent_for(contact {contact}) answered {chosen}: {fault}")


def checked_queue(view: View, agent: Agent, chosen: i64) -> Queue:
    """The queue of the contact chosen for the agent; raises IllegalChoice unless it waits and the agent may take it."""
    fault = "there is no such contact"
    if 0 <= chosen < view._contacts.n:
        if view._contacts.stage[chosen] != WAITING:
            fault = "that contact is not waiting"
        else:
            queue = view._queues[i64(view._contacts.queue[chosen])]
            if view._allows(agent, queue.number, chosen):
                return queue
            fault = "that agent may not take this contact (skill, overflow delay, agents kept free, or no line)"
    raise IllegalChoice(f"contact_for(agent {agent.number}) answered {chosen}: {fault}")
