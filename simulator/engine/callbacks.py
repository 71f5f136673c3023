"""Callbacks: we call people from a list, those who were promised a call and those who did not get through.

A call that we make holds a line from the dial to the end of talk (:mod:`simulator.engine.exchange`).

Compiled with mypyc.
"""

from __future__ import annotations

from mypy_extensions import i32, i64, u8

from simulator.engine.channels import Calling
from simulator.engine.contacts import (
    ALREADY_SOLVED,
    CONTAINED,
    DIALLING,
    FOUND_SOLVED,
    LAPSED,
    LEAVES_WORD,
    NEEDLESS,
    NO_ANSWER,
    NOBODY,
    NOT_CONNECTED,
    NOT_REACHED,
    OVER,
    REACHED,
    RESTING,
    TALKING,
    UNCONNECTED,
    VOICEMAIL,
    WAITING,
    WRAPPING,
    WRONG_MOMENT,
    WRONG_TIME,
)
from simulator.engine.conversations import Conversations
from simulator.engine.luck import CONNECTS, DIAL, MOMENT, PIECE, SPACING, TALK_BACK, WORD, WRAP_BACK, duration, uniform
from simulator.engine.queues import Queue
from simulator.engine.rules import BITS, COMPLETION, DIAL_DUE, DIAL_ENDS, LAPSES, POLICY, TALK_ENDS, WRAP_ENDS
from simulator.engine.staff import BUSY, Agent
from simulator.engine.staff import WRAP as IN_WRAP


class Callbacks(Conversations):
    """Contacts that we make. Each dial is a piece of work."""

    def list_callback(self, customer: i64, channel: i64, need: i64, since: float, promised: bool) -> i64:
        """Put a customer on the list of ``channel``; ``since`` is the place in line. Returns the entry's row."""
        contacts = self.contacts
        now = self.calendar.now
        queue = self.queues[channel * len(self.needs) + need]
        row = contacts.open(customer, i64(self.customers.attempts[customer]), queue.number, since)
        contacts.queued[row] = since
        contacts.due[row] = since
        contacts.promised[row] = u8(1 if promised else 0)
        calling = queue.channel.calling
        if calling is not None and calling.promise < 1e300:
            self.calendar.push(now + calling.promise, POLICY, (row << BITS) | LAPSES)
        self.offer(row, queue)
        return row

    def appoint(self, customer: i64, channel: i64, need: i64, slot: float) -> None:
        """Promise a customer a call at ``slot``."""
        contacts = self.contacts
        queue = self.queues[channel * len(self.needs) + need]
        row = contacts.open(customer, i64(self.customers.attempts[customer]), queue.number, self.calendar.now)
        contacts.promised[row] = u8(1)
        contacts.stage[row] = u8(RESTING)
        self.calendar.push(slot, POLICY, (row << BITS) | DIAL_DUE)
        calling = queue.channel.calling
        if calling is not None and calling.promise < 1e300:
            self.calendar.push(slot + calling.promise, POLICY, (row << BITS) | LAPSES)

    def answer(self, row: i64, queue: Queue, agent: Agent) -> None:
        calling = queue.channel.calling
        if calling is None:
            super().answer(row, queue, agent)
            return
        contacts = self.contacts
        now = self.calendar.now
        if self.strain is not None:
            self.strain.rested(agent, now)
        contacts.agent[row] = i32(agent.number)
        contacts.begun[row] = now
        agent.row = i32(row)
        agent.turn(BUSY, now)
        site = self.exchange.way_out(agent)
        if site is not None:  # where there is no line, no agent may take an entry
            contacts.site[row] = i32(site.number)
            contacts.link[row] = i32(site.trunks.seize(queue.need))
        stage = DIALLING
        if len(self.congestion) > 0:
            key = self.customers.key[i64(contacts.customer[row])]
            part = i64(contacts.part[row]) << PIECE
            if uniform(key, i64(contacts.attempt[row]), CONNECTS + part) < 1.0 - self.connected():
                stage = UNCONNECTED
        self.go_on(row, stage, calling.rings)

    def ring_off(self, row: i64) -> None:
        """Give back the line of a call that we made. An entry is counted at no site: it may be dialled from several."""
        self.let_go(row)
        self.contacts.site[row] = i32(NOBODY)

    def go_on(self, row: i64, stage: i64, work: float) -> None:
        """The agent's work on this dial goes on in another ``stage`` for ``work`` seconds."""
        ends = self.calendar.now + work
        self.contacts.stage[row] = u8(stage)
        self.contacts.ends[row] = ends
        self.calendar.push(ends, COMPLETION, (row << BITS) | DIAL_ENDS)

    def end_dial(self, row: i64) -> None:
        contacts = self.contacts
        now = self.calendar.now
        stage = i64(contacts.stage[row])
        queue = self.queues[i64(contacts.queue[row])]
        calling = queue.channel.calling
        if calling is None or contacts.ends[row] != now or stage < DIALLING or stage > UNCONNECTED:
            return  # a failure has ended it
        customer = i64(contacts.customer[row])
        customers = self.customers
        key = customers.key[customer]
        attempt = i64(contacts.attempt[row])
        part = i64(contacts.part[row]) << PIECE
        if stage == DIALLING:
            if uniform(key, attempt, DIAL + part) >= calling.answered(now):
                if calling.voicemail > 0.0 and uniform(key, attempt, WORD + part) < calling.voicemail:
                    self.go_on(row, LEAVES_WORD, calling.voicemail_time)
                else:
                    self.dialled(row, calling, NO_ANSWER)
            elif (customers.is_served(customer) and customers.resolved[customer] != 0) or customers.solved_at[customer] <= now:
                self.go_on(row, NEEDLESS, calling.solved_time)
            elif calling.wrong_moment > 0.0 and uniform(key, attempt, MOMENT + part) < calling.wrong_moment:
                self.go_on(row, WRONG_TIME, calling.solved_time)
            else:
                self.begin_talk(row, queue, customer)
        elif stage == UNCONNECTED:
            self.dialled(row, calling, NOT_CONNECTED)
        elif stage == LEAVES_WORD:
            self.dialled(row, calling, VOICEMAIL)
        elif stage == WRONG_TIME:
            self.dialled(row, calling, WRONG_MOMENT)
        else:
            agent = self.agents[i64(contacts.agent[row])]
            self.ring_off(row)
            self.pieces.add(contacts, row, FOUND_SOLVED, now)
            contacts.close(row, CONTAINED, ALREADY_SOLVED, now)
            if not customers.is_served(customer):
                self.solved(customer)
            agent.row = NOBODY
            self.release(agent)

    def begin_talk(self, row: i64, queue: Queue, customer: i64) -> None:
        """Somebody is there and has a need: an ordinary talk."""
        contacts = self.contacts
        now = self.calendar.now
        agent = self.agents[i64(contacts.agent[row])]
        contacts.answered[row] = now
        contacts.stage[row] = u8(TALKING)
        key = self.customers.key[customer]
        work = duration(queue.talk, uniform(key, i64(contacts.attempt[row]), TALK_BACK)) * self.customers.longer(customer)
        work *= self.tempo(queue, agent)
        if self.troubled and self.customers.distressed[customer] != 0:
            work = self.comfort(row, queue, customer, work)
        contacts.ends[row] = now + work
        self.calendar.push(now + work, COMPLETION, (row << BITS) | TALK_ENDS)

    def end_talk(self, row: i64) -> None:
        queue = self.queues[i64(self.contacts.queue[row])]
        if queue.plain:
            self.put_down(row, queue)
            return
        if queue.channel.calling is None:
            super().end_talk(row)
            return
        contacts = self.contacts
        now = self.calendar.now
        if contacts.stage[row] != TALKING or contacts.ends[row] != now:
            return
        agent = self.agents[i64(contacts.agent[row])]
        self.ring_off(row)
        self.pieces.add(contacts, row, REACHED, now)
        contacts.released[row] = now
        self.conclude(row, agent)
        wrap = duration(queue.wrap, uniform(self.customers.key[i64(contacts.customer[row])], i64(contacts.attempt[row]), WRAP_BACK))
        if wrap > 0.0:
            contacts.stage[row] = u8(WRAPPING)
            contacts.ends[row] = now + wrap
            agent.turn(IN_WRAP, now)
            self.calendar.push(now + wrap, COMPLETION, (row << BITS) | WRAP_ENDS)
        else:
            self.complete(row, agent)

    def dialled(self, row: i64, calling: Calling, what: i64) -> None:
        """A dial that led to no talk: another one later, unless there have been enough."""
        contacts = self.contacts
        now = self.calendar.now
        agent = self.agents[i64(contacts.agent[row])]
        self.ring_off(row)
        self.pieces.add(contacts, row, what, now)
        contacts.tries[row] += u8(1)
        if i64(contacts.tries[row]) >= calling.tries:
            self.not_reached(row, 0)
        else:
            contacts.stage[row] = u8(RESTING)
            key = self.customers.key[i64(contacts.customer[row])]
            part = i64(contacts.part[row]) << PIECE
            gap = duration(calling.spacing, uniform(key, i64(contacts.attempt[row]), SPACING + part))
            self.calendar.push(now + gap, POLICY, (row << BITS) | DIAL_DUE)
        agent.row = NOBODY
        self.release(agent)

    def dial_again(self, row: i64) -> None:
        contacts = self.contacts
        if contacts.stage[row] == RESTING:
            contacts.due[row] = self.calendar.now
            if contacts.queued[row] != contacts.queued[row]:
                contacts.queued[row] = self.calendar.now
            self.offer(row, self.queues[i64(contacts.queue[row])])

    def lapse(self, row: i64) -> None:
        """The promise is broken: nobody calls any more; while somebody does, it is once that has led to nothing."""
        contacts = self.contacts
        stage = i64(contacts.stage[row])
        if stage == OVER:
            return
        if stage == WAITING:
            self.queues[i64(contacts.queue[row])].leave(row, self.calendar.now)
        elif stage != RESTING:
            self.calendar.push(contacts.ends[row], POLICY, (row << BITS) | LAPSES)
            return
        self.not_reached(row, LAPSED)

    def not_reached(self, row: i64, cause: i64) -> None:
        """We stop calling. Who was promised a call finds that nobody called, and may try again."""
        contacts = self.contacts
        contacts.close(row, NOT_REACHED, cause, self.calendar.now)
        customer = i64(contacts.customer[row])
        if contacts.promised[row] != 0 and not self.customers.is_served(customer):
            self.miss(row, customer)

    def miss(self, row: i64, customer: i64) -> None:
        """What a customer does whom we have not called as promised; the traffic says it."""
        raise TypeError("the traffic must say what customers do")
