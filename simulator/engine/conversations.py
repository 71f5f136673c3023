"""Conversations: messages back and forth, with silence in between, that outlive shifts and change hands.

Compiled with mypyc.
"""

from __future__ import annotations

from math import floor as whole
from math import log, log1p

from mypy_extensions import i32, i64, u8

from simulator.engine.channels import Conversation
from simulator.engine.chats import Chats
from simulator.engine.contacts import FOR_OWN, HANDLED, HEARD, IDLE, NOBODY, SILENT, TALKING, TURN
from simulator.engine.luck import PIECE, READING, SILENCE, SUPPORT, TURN_TALK, TURNS, duration, uniform
from simulator.engine.queues import Queue
from simulator.engine.rules import ARRIVAL, BITS, COMPLETION, OWN_TIME_UP, POLICY, REDIALS, SILENT_TOO_LONG, TALK_ENDS, WRITES
from simulator.engine.staff import AVAILABLE, BUSY, Agent


class Conversations(Chats):
    """Contacts of several turns: each message is a piece of work of its own."""

    def answer(self, row: i64, queue: Queue, agent: Agent) -> None:
        conversation = queue.channel.conversation
        if conversation is None:
            super().answer(row, queue, agent)
            return
        contacts = self.contacts
        now = self.calendar.now
        if self.strain is not None:
            self.strain.rested(agent, now)
        if contacts.answered[row] != contacts.answered[row]:
            contacts.answered[row] = now
            queue.channel.conversations += 1
        queue.last_wait = now - contacts.due[row]
        key = self.customers.key[i64(contacts.customer[row])]
        attempt = i64(contacts.attempt[row])
        part = i64(contacts.part[row]) << PIECE
        customer = i64(contacts.customer[row])
        work = duration(queue.talk, uniform(key, attempt, TURN_TALK + part)) * self.customers.longer(customer)
        before = i64(contacts.agent[row])
        if before >= 0 and before != agent.number:
            work += duration(conversation.reading, uniform(key, attempt, READING + part))
        work *= self.tempo(queue, agent)
        if self.troubled and self.customers.distressed[customer] != 0 and self.customers.heard[customer] != HEARD:
            done = i64(contacts.part[row])
            if done + 1 >= messages(conversation, uniform(key, attempt, TURNS)):
                # In writing nobody cuts or hands over: the last answer takes the support that the person needs.
                work += duration(self.needs[queue.need].support, uniform(key, attempt, SUPPORT))
                contacts.heard[row] = u8(HEARD)
        contacts.agent[row] = i32(agent.number)
        contacts.stage[row] = u8(TALKING)
        contacts.begun[row] = now
        contacts.ends[row] = now + work
        agent.row = i32(row)
        agent.turn(BUSY, now)
        self.calendar.push(now + work, COMPLETION, (row << BITS) | TALK_ENDS)

    def end_talk(self, row: i64) -> None:
        contacts = self.contacts
        queue = self.queues[i64(contacts.queue[row])]
        conversation = queue.channel.conversation
        if conversation is None:
            super().end_talk(row)
            return
        now = self.calendar.now
        if contacts.stage[row] != TALKING or contacts.ends[row] != now:
            return  # a failure has ended it meanwhile
        agent = self.agents[i64(contacts.agent[row])]
        self.pieces.add(contacts, row, TURN, now)
        agent.row = NOBODY
        part = i64(contacts.part[row])
        customer = i64(contacts.customer[row])
        customers = self.customers
        if not customers.is_served(customer):  # somebody has answered, though there may be more to ask
            customers.served_in[customer] = i32(row)
        key = customers.key[customer]
        attempt = i64(contacts.attempt[row])
        if part >= messages(conversation, uniform(key, attempt, TURNS)):
            self.conclude(row, agent)
            self.end_conversation(row, queue, 0)
        else:
            contacts.stage[row] = u8(SILENT)
            silence = duration(conversation.silence, uniform(key, attempt, SILENCE + (part << PIECE)))
            if silence > conversation.idle_timeout:
                self.calendar.push(now + conversation.idle_timeout, POLICY, (row << BITS) | SILENT_TOO_LONG)
                if i64(customers.attempts[customer]) < queue.channel.max_attempts:
                    self.calendar.enter(now + silence, ARRIVAL, customer, (customer << BITS) | REDIALS)
            else:
                self.calendar.enter(now + silence, ARRIVAL, customer, (row << BITS) | WRITES)
        self.release(agent)

    def end_conversation(self, row: i64, queue: Queue, cause: i64) -> None:
        now = self.calendar.now
        queue.channel.conversations -= 1
        self.contacts.close(row, HANDLED, cause, now)

    def fall_silent(self, row: i64) -> None:
        """The customer has been silent too long: the conversation is closed, and their next message opens another."""
        queue = self.queues[i64(self.contacts.queue[row])]
        self.end_conversation(row, queue, IDLE)

    def write(self, row: i64) -> None:
        """The customer's next message: to the agent who knows the conversation, else to anybody."""
        contacts = self.contacts
        now = self.calendar.now
        queue = self.queues[i64(contacts.queue[row])]
        conversation = queue.channel.conversation
        contacts.due[row] = now
        owner = self.agents[i64(contacts.agent[row])]
        knows = owner.seated and owner.team.proficiency[queue.number] > 0.0  # a team may have given the need back meanwhile
        if conversation is not None and conversation.same_agent_for > 0.0 and knows and not queue.shut():
            if owner.state == AVAILABLE:
                owner.rise()
                self.answer(row, queue, owner)
                return
            inbox = owner.inbox
            if inbox is None:
                inbox = Queue.inbox(queue.channel, contacts)
                owner.inbox = inbox
            inbox.join(row, now)
            contacts.stage[row] = u8(FOR_OWN)
            self.calendar.push(now + conversation.same_agent_for, POLICY, (row << BITS) | OWN_TIME_UP)
            return
        self.offer(row, queue)

    def go_on_writing(self, agent: Agent) -> bool:
        inbox = agent.inbox
        if inbox is None or inbox.first < 0:
            return False
        row = inbox.first
        queue = self.queues[i64(self.contacts.queue[row])]
        if queue.shut() or agent.team.proficiency[queue.number] == 0.0:
            return False
        inbox.leave(row, self.calendar.now)
        self.answer(row, queue, agent)
        return True

    def own_time_up(self, row: i64) -> None:
        """The message has waited long enough for its own agent: anybody may answer it."""
        contacts = self.contacts
        queue = self.queues[i64(contacts.queue[row])]
        conversation = queue.channel.conversation
        if contacts.stage[row] != FOR_OWN or conversation is None:
            return
        if contacts.due[row] + conversation.same_agent_for == self.calendar.now:
            self.let_others(row, self.agents[i64(contacts.agent[row])])

    def let_others(self, row: i64, owner: Agent) -> None:
        """A message leaves its own agent's inbox for the common queue."""
        inbox = owner.inbox
        if inbox is not None:
            inbox.leave(row, self.calendar.now)
            self.offer(row, self.queues[i64(self.contacts.queue[row])])

    def empty_inbox(self, agent: Agent) -> None:
        """The agent goes home: what waits for them waits for anybody."""
        inbox = agent.inbox
        while inbox is not None and inbox.first >= 0:
            self.let_others(inbox.first, agent)


def messages(conversation: Conversation, u: float) -> i64:
    """How many messages the customer writes: geometric with the mean of the channel, at least one."""
    if conversation.number <= 1.0:
        return 1
    return 1 + i64(whole(log1p(-u) / log(1.0 - 1.0 / conversation.number)))
