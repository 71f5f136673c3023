"""Chats: one agent holds several at once, each going forward at a speed that depends on how many there are.

Limited processor sharing with rates; a change of their number reschedules what the agent holds.

Compiled with mypyc.
"""

from __future__ import annotations

from mypy_extensions import i32, i64, u8

from simulator.engine.contacts import HANDLED, NOBODY, TALKING, WRAPPING
from simulator.engine.queues import Queue
from simulator.engine.rules import BITS, COMPLETION, TALK_ENDS
from simulator.engine.service import Service
from simulator.engine.staff import BUSY, Agent
from simulator.engine.strategy import checked_queue


class Chats(Service):
    """Contacts that take one of an agent's slots."""

    def answer(self, row: i64, queue: Queue, agent: Agent) -> None:
        if queue.channel.slots == 1:
            super().answer(row, queue, agent)
            return
        contacts = self.contacts
        now = self.calendar.now
        if self.strain is not None and len(agent.chats) == 0:
            self.strain.rested(agent, now)
        if contacts.answered[row] != contacts.answered[row]:
            contacts.answered[row] = now
            queue.last_wait = now - contacts.queued[row]
        contacts.agent[row] = i32(agent.number)
        contacts.stage[row] = u8(TALKING)
        contacts.begun[row] = now
        self.progress(agent, queue)
        if contacts.left[row] != contacts.left[row]:
            contacts.left[row] = self.talk(row, queue, agent)
        agent.chats.append(row)
        if len(agent.chats) == 1:
            agent.turn(BUSY, now)
            agent.team.chatting.append(agent)
        self.reschedule(agent, queue)

    def progress(self, agent: Agent, queue: Queue) -> None:
        """Bring what is left of each of the agent's chats up to now."""
        contacts = self.contacts
        now = self.calendar.now
        held: i64 = len(agent.chats)
        if held > 0:
            speed = queue.channel.speeds[held - 1]
            for row in agent.chats:
                contacts.left[row] -= (now - agent.chats_since) * speed
        agent.chats_since = now

    def reschedule(self, agent: Agent, queue: Queue) -> None:
        """Enter the new ends of the agent's chats; entries made before no longer hold."""
        contacts = self.contacts
        now = self.calendar.now
        held: i64 = len(agent.chats)
        if held == 0:
            return
        speed = queue.channel.speeds[held - 1]
        for row in agent.chats:
            ends = now + max(contacts.left[row], 0.0) / speed
            contacts.ends[row] = ends
            self.calendar.push(ends, COMPLETION, (row << BITS) | TALK_ENDS)

    def end_talk(self, row: i64) -> None:
        contacts = self.contacts
        queue = self.queues[i64(contacts.queue[row])]
        if queue.channel.slots == 1:
            super().end_talk(row)
            return
        stage = i64(contacts.stage[row])
        now = self.calendar.now
        if contacts.ends[row] != now or (stage not in (TALKING, WRAPPING)):
            return  # the pace has changed since, or a failure has ended it
        agent = self.agents[i64(contacts.agent[row])]
        self.progress(agent, queue)
        if stage == TALKING:
            contacts.released[row] = now
            self.conclude(row, agent)
            wrap = self.wrap_of(row, queue)
            if wrap > 0.0:
                contacts.stage[row] = u8(WRAPPING)
                contacts.left[row] = wrap
                self.reschedule(agent, queue)
                return
        contacts.close(row, HANDLED, 0, now)
        self.free_slot(row, queue, agent)
        self.next_chat(agent)

    def free_slot(self, row: i64, queue: Queue, agent: Agent) -> None:
        """The agent no longer holds this chat; the others go on at their new speed."""
        agent.chats.remove(row)
        if len(agent.chats) == 0:
            agent.team.chatting.remove(agent)
        self.reschedule(agent, queue)

    def next_chat(self, agent: Agent) -> None:
        """A slot is free: after the last chat leave or look around, else perhaps take one more."""
        if len(agent.chats) == 0:
            agent.row = NOBODY
            self.release(agent)
        else:
            self.fill(agent)

    def fill(self, agent: Agent) -> None:
        """Take one more chat if there is room, and nothing that needs the whole agent comes before it."""
        channel = self.queues[i64(self.contacts.queue[agent.chats[0]])].channel
        if agent.reasons != 0 or len(agent.chats) >= channel.slots:
            return
        row = self.strategy.contact_for(self.view, agent.number)
        if row >= 0 and self.queues[i64(self.contacts.queue[row])].channel is channel:
            self.take(row, checked_queue(self.view, agent, row), agent)

    def find_room(self, row: i64, queue: Queue) -> bool:
        """The agent with the fewest chats who has room for one more takes it."""
        if queue.channel.slots == 1:
            return False
        best: Agent | None = None
        for team in self.teams:
            for agent in team.chatting:
                if agent.reasons != 0 or len(agent.chats) >= queue.channel.slots or not self.view.may_take(agent.number, row):
                    continue
                if self.queues[i64(self.contacts.queue[agent.chats[0]])].channel is not queue.channel:
                    continue
                if (
                    best is None
                    or len(agent.chats) < len(best.chats)
                    or (len(agent.chats) == len(best.chats) and agent.number < best.number)
                ):
                    best = agent
        if best is None:
            return False
        self.answer(row, queue, best)
        return True
