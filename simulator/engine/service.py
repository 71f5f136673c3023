"""Service: an agent answers a contact, talks, wraps up, and is free for the next.

Compiled with mypyc.
"""

from __future__ import annotations

from typing import Final

from mypy_extensions import i32, i64, u8

from simulator.engine.calendar import Calendar
from simulator.engine.channels import Channel
from simulator.engine.contacts import (
    BY_REPAIR,
    GAVE_UP,
    HANDING,
    HANDLED,
    HEARD,
    NOBODY,
    SOLVED_ELSEWHERE,
    TALK,
    TALKING,
    UNHEARD,
    WRAPPING,
    Contacts,
    Customers,
    Pieces,
)
from simulator.engine.exchange import Exchange
from simulator.engine.fading import Fade
from simulator.engine.lines import Link
from simulator.engine.luck import AGAIN, AGAIN_GAP, RESOLVED, SUPPORT, duration, uniform
from simulator.engine.luck import TALK as TALK_TIME
from simulator.engine.luck import WRAP as WRAP_TIME
from simulator.engine.needs import CAP, DISCRETION, ESCALATE, Care, Need
from simulator.engine.pace import Pace
from simulator.engine.queues import Queue
from simulator.engine.rules import ARRIVAL, BITS, COMPLETION, LINE_FREES, POLICY, REDIALS, TALK_ENDS, WRAP_ENDS
from simulator.engine.staff import BUSY, Agent, Bench, Site, Team
from simulator.engine.staff import WRAP as IN_WRAP
from simulator.engine.strain import Strain
from simulator.engine.strategy import Strategy, View, checked_agent, checked_queue, says


class Service:
    """Talks that hold the whole agent: calls, letters, posts. Its subclasses know the other ways to work."""

    def __init__(
        self,
        calendar: Calendar,
        customers: Customers,
        contacts: Contacts,
        needs: list[Need],
        channels: list[Channel],
        queues: list[Queue],
        links: list[Link],
        sites: list[Site],
        teams: list[Team],
        agents: list[Agent],
        bench: Bench,
        pace: Pace,
        care: Care,
        strain: Strain | None,
        strategy: Strategy,
    ) -> None:
        self.calendar: Final = calendar
        self.customers: Final = customers
        self.contacts: Final = contacts
        self.pieces: Final = Pieces()
        self.needs: Final = needs
        self.channels: Final = channels
        self.queues: Final = queues
        self.links: Final = links
        self.sites: Final = sites
        self.teams: Final = teams
        self.agents: Final = agents
        self.bench: Final = bench
        self.pace: Final = pace
        self.care: Final = care
        self.strain: Final = strain
        self.drag = 1.0  #: factor on talk time while a system that agents work with is down
        self.strategy = strategy
        self.asks_always: bool = says(strategy, "sees_all")
        self.quick: bool = says(strategy, "quick")
        self.exchange: Final = Exchange(sites, channels)
        self.view: Final = View(calendar, contacts, customers, queues, teams, agents, self.exchange)
        self.congestion: Final[list[Fade]] = []  #: share of calls that the carrier loses
        self.shut_out: list[i64] = []  #: customers who wait for access
        self.lobbies: Final = [Queue.inbox(channel, contacts) for channel in channels]  #: who is in self-service, by channel
        self.by_person: bool = len(customers.talk) > 0
        self.troubled: bool = len(customers.distressed) > 0

    # -- the beginning of a talk -------------------------------------------------------------------------------------

    def answer(self, row: i64, queue: Queue, agent: Agent) -> None:
        """The agent, no longer idle, takes the contact, no longer in a queue: where it is not one talk, subclasses say how."""
        self.take_up(row, queue, agent)

    def take_up(self, row: i64, queue: Queue, agent: Agent) -> None:
        """One talk that holds the whole agent begins."""
        now = self.calendar.now
        if self.strain is not None:
            self.strain.rested(agent, now)
        again = self.contacts.wide and self.contacts.answered[row] == self.contacts.answered[row]
        if not again:
            self.contacts.answered[row] = now
            queue.last_wait = now - self.contacts.queued[row]
        self.contacts.agent[row] = i32(agent.number)
        self.contacts.stage[row] = u8(TALKING)
        agent.row = i32(row)
        if agent.state != BUSY:
            agent.turn(BUSY, now)
        if self.contacts.wide:
            self.contacts.begun[row] = now
            if again and self.contacts.left[row] == self.contacts.left[row]:
                work = self.contacts.left[row] * self.tempo(queue, agent)  # taken over from somebody else
            else:
                work = self.talk(row, queue, agent)
            self.contacts.ends[row] = now + work
        else:
            work = self.talk(row, queue, agent)
        self.calendar.push(now + work, COMPLETION, (row << BITS) | TALK_ENDS)

    def tempo(self, queue: Queue, agent: Agent) -> float:
        """How long a standard second of talk takes this agent now."""
        factor = self.drag * self.needs[queue.need].drag / agent.team.proficiency[queue.number]
        if len(self.pace.above) > 0:
            factor *= self.pace.factor(self.teams, self.calendar.now)
        if self.strain is not None:
            factor *= 1.0 + self.strain.slows * agent.strain
        return factor

    def talk(self, row: i64, queue: Queue, agent: Agent) -> float:
        """Seconds of talk, with the support that somebody in distress needs and may get."""
        customer = i64(self.contacts.customer[row])
        if self.by_person and self.contacts.attempt[row] == 0:
            work = self.customers.talk[customer]
        elif queue.starts < len(queue.talk_drawn):
            work = queue.talk_drawn[queue.starts]
            queue.starts += 1
        else:
            # Also where there are more services than were drawn, because people come back: their talk goes with the person.
            work = duration(queue.talk, uniform(self.customers.key[customer], i64(self.contacts.attempt[row]), TALK_TIME))
        work *= self.customers.longer(customer)
        work *= self.tempo(queue, agent)
        if self.troubled and self.customers.distressed[customer] != 0:
            work = self.comfort(row, queue, customer, work)
        return work

    def comfort(self, row: i64, queue: Queue, customer: i64, work: float) -> float:
        """The talk with a person in distress under the policy of care, and what they will have got once it is over."""
        need = self.needs[queue.need]
        care = self.care
        support = duration(need.support, uniform(self.customers.key[customer], i64(self.contacts.attempt[row]), SUPPORT))
        allowed = work + support
        if queue.channel.plain:  # nobody cuts or hands over a written talk or a call that we made
            if care.policy == CAP:
                allowed = min(allowed, care.after)
            elif care.policy != DISCRETION:
                until = care.after if care.policy == ESCALATE else need.noticed_after
                if until < allowed:
                    self.contacts.stage[row] = u8(HANDING)
                    self.contacts.left[row] = allowed - until
                    return until
        self.contacts.heard[row] = u8(HEARD if allowed - work >= care.heard_from * support else UNHEARD)
        return allowed

    # -- the end of a talk -------------------------------------------------------------------------------------------

    def end_talk(self, row: i64) -> None:
        self.put_down(row, self.queues[i64(self.contacts.queue[row])])

    def put_down(self, row: i64, queue: Queue) -> None:
        """A talk that held the whole agent ends, unless a failure has ended it before."""
        stage = i64(self.contacts.stage[row])
        if stage not in (TALKING, HANDING):
            return  # dropped by a failure meanwhile
        now = self.calendar.now
        if self.contacts.wide and self.contacts.ends[row] != now:
            return  # taken up again since by somebody else
        if stage == HANDING:
            self.hand_over(row)
            return
        agent = self.agents[i64(self.contacts.agent[row])]
        self.let_go(row)
        if self.contacts.wide and self.contacts.part[row] > 0:
            self.pieces.add(self.contacts, row, TALK, now)
        self.conclude(row, agent)
        wrap = self.wrap_of(row, queue)
        if wrap > 0.0:
            self.contacts.released[row] = now
            self.contacts.stage[row] = u8(WRAPPING)
            agent.turn(IN_WRAP, now)
            if self.contacts.wide:
                self.contacts.ends[row] = now + wrap
            self.calendar.push(now + wrap, COMPLETION, (row << BITS) | WRAP_ENDS)
        else:
            self.complete(row, agent)

    def wrap_of(self, row: i64, queue: Queue) -> float:
        attempt = i64(self.contacts.attempt[row])
        if self.by_person and attempt == 0:
            if len(self.customers.wrap) == 1:
                return self.customers.wrap[0]
            return self.customers.wrap[i64(self.contacts.customer[row])]
        if not self.by_person and len(queue.wrap_drawn) == 1:
            return queue.wrap_drawn[0]
        return duration(queue.wrap, uniform(self.customers.key[i64(self.contacts.customer[row])], attempt, WRAP_TIME))

    def conclude(self, row: i64, agent: Agent) -> None:
        """An agent has done what could be done: the need is over, or the person may come again."""
        customer = i64(self.contacts.customer[row])
        now = self.calendar.now
        if not self.customers.is_served(customer):
            self.customers.served_in[customer] = i32(row)
        need = self.needs[i64(self.customers.need[customer])]
        troubled = self.troubled and self.customers.distressed[customer] != 0
        resolves = need.resolves
        if troubled:
            resolves *= need.troubled_resolves
        over: i64 = 1
        if resolves < 1.0 and uniform(self.customers.key[customer], i64(self.contacts.attempt[row]), RESOLVED) >= resolves:
            over = 0
        self.customers.resolved[customer] = u8(over)
        if need.again <= 0.0 and not troubled:
            return
        customers = self.customers
        key = customers.key[customer]
        attempt = i64(self.contacts.attempt[row])
        again = 0.0
        gap = need.again_gap
        lasts = now < customers.solved_at[customer] and customers.solved_by[customer] == BY_REPAIR
        if over == 0 or lasts:
            again = need.again  # the answer did not help, or the fault behind the need lasts
        if troubled:
            if self.contacts.heard[row] > customers.heard[customer]:
                customers.heard[customer] = self.contacts.heard[row]
            heard = customers.heard[customer] == HEARD
            if self.strain is not None:
                self.strain.touched(agent, heard)
            if not heard and need.troubled_again > again:
                again = need.troubled_again
                gap = need.troubled_gap
        if again <= 0.0:
            return
        made = i64(customers.attempts[customer])
        if made >= self.channels[i64(customers.channel[customer])].max_attempts or uniform(key, attempt, AGAIN) >= again:
            return
        if customers.repeats[customer] < 255:
            customers.repeats[customer] += u8(1)
        when = now + duration(gap, uniform(key, attempt, AGAIN_GAP))
        self.calendar.enter(when, ARRIVAL, customer, (customer << BITS) | REDIALS)

    def end_wrap(self, row: i64) -> None:
        if self.contacts.stage[row] == WRAPPING and not (self.contacts.wide and self.contacts.ends[row] != self.calendar.now):
            self.complete(row, self.agents[i64(self.contacts.agent[row])])

    def complete(self, row: i64, agent: Agent) -> None:
        self.contacts.close(row, HANDLED, 0, self.calendar.now)
        agent.row = NOBODY
        self.release(agent)

    def hand_over(self, row: i64) -> None:
        """Somebody else takes over: the contact waits for them, and holds its line."""
        now = self.calendar.now
        agent = self.agents[i64(self.contacts.agent[row])]
        was = self.queues[i64(self.contacts.queue[row])]
        self.pieces.add(self.contacts, row, TALK, now)
        queue = self.queues[was.channel.number * len(self.needs) + self.care.to]
        self.contacts.queue[row] = i32(queue.number)
        self.contacts.due[row] = now
        self.contacts.heard[row] = u8(HEARD)
        agent.row = NOBODY
        self.offer(row, queue)
        self.release(agent)

    # -- the agent ---------------------------------------------------------------------------------------------------

    def release(self, agent: Agent) -> None:
        """The agent is done with a contact: leave if due, else take the next contact or rest."""
        if self.strain is not None:
            self.strain.worked(agent, self.calendar.now)
        if agent.reasons != 0:
            self.depart(agent)
        else:
            self.pick(agent)

    def pick(self, agent: Agent) -> None:
        """The free agent takes a waiting contact or rests; messages of conversations that they know come first."""
        if self.contacts.wide and agent.inbox is not None and self.go_on_writing(agent):
            return
        if not (self.asks_always or self.quick or self.view.something_waits(agent.number)):
            agent.rest(self.calendar.now)
            return
        row = self.strategy.contact_for(self.view, agent.number)
        if row < 0:
            agent.rest(self.calendar.now)
            return
        self.take(row, checked_queue(self.view, agent, row), agent)

    def take(self, row: i64, queue: Queue, agent: Agent) -> None:
        """A waiting contact leaves its queue for the agent, who is no longer idle."""
        queue.leave(row, self.calendar.now)
        if queue.plain:
            self.take_up(row, queue, agent)
        else:
            self.answer(row, queue, agent)
            if len(agent.chats) > 0:
                self.fill(agent)

    def offer(self, row: i64, queue: Queue) -> None:
        """To a free agent at once, else into the queue, to wait there without giving up."""
        if queue.shut() or not self.find_agent(row, queue):
            queue.join(row, self.calendar.now)

    def find_agent(self, row: i64, queue: Queue) -> bool:
        """Answer the contact if an agent is free for it, or has room for it beside others."""
        chosen: i64 = -1
        if self.asks_always or (self.bench.free > 0 and (self.quick or self.view.somebody_free(queue.number))):
            chosen = self.strategy.agent_for(self.view, row)
        if chosen < 0:
            return not queue.plain and self.find_room(row, queue)
        agent = checked_agent(self.view, row, queue.number, chosen)
        agent.rise()
        if queue.plain:
            self.take_up(row, queue, agent)
        else:
            self.answer(row, queue, agent)
        return True

    def offer_work(self) -> None:
        """What may be taken has changed: every idle agent, team by team and longest idle first, is asked for a contact."""
        for team in self.teams:
            agent = team.first
            while agent is not None:
                follower = agent.next
                row = self.strategy.contact_for(self.view, agent.number)
                if row >= 0:
                    queue = checked_queue(self.view, agent, row)
                    agent.rise()
                    self.take(row, queue, agent)
                agent = follower

    def let_go(self, row: i64) -> None:
        """Give back the line, if the contact holds one."""
        held = i64(self.contacts.link[row])
        if held >= 0:
            self.links[held].used -= 1
            self.contacts.link[row] = i32(NOBODY)
            if self.exchange.short:
                self.offer_line(held)

    def offer_line(self, number: i64) -> None:
        """A line of a link is free again: whoever wanted one is asked after what happens now."""
        link = self.links[number]
        if link.wanted:
            link.wanted = False
            self.calendar.push(self.calendar.now, POLICY, LINE_FREES)

    def dial_where_possible(self) -> None:
        """There may be a line again: if somebody wanted for one, every idle agent is asked for a contact."""
        if self.exchange.short:
            self.exchange.short = False
            self.offer_work()

    def connected(self) -> float:
        """The share of calls that the carrier's network does not lose now."""
        share = 1.0
        for fade in self.congestion:
            share *= 1.0 - fade.at(self.calendar.now)
        return share

    def go_on_writing(self, agent: Agent) -> bool:
        """Whether the agent answers a message of a conversation that they know; the conversations say how."""
        return False

    def find_room(self, row: i64, queue: Queue) -> bool:
        """Whether an agent with other contacts in hand takes this one too; the chats say how."""
        return False

    def fill(self, agent: Agent) -> None:
        """Take one more chat beside those in hand, if there is room; the chats say how."""

    def depart(self, agent: Agent) -> None:
        """Leave the desk; the crew says how."""
        raise TypeError("a floor must say how agents depart")

    def solved(self, customer: i64) -> None:
        """The need has ended without an agent, unless one had answered it before."""
        customers = self.customers
        if not customers.is_served(customer):
            customers.fate[customer] = u8(SOLVED_ELSEWHERE)

    def give_up(self, customer: i64) -> None:
        """No further attempt."""
        if not self.customers.is_served(customer):
            self.customers.fate[customer] = u8(GAVE_UP)
