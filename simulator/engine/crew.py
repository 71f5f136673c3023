"""People at work and their sites: shifts, breaks, seats, evacuations, and the contacts that a failure cuts.

Compiled with mypyc.
"""

from __future__ import annotations

from typing import Final

from mypy_extensions import i16, i64

from simulator.engine.channels import Channel
from simulator.engine.contacts import CUT_OFF, DROPPED, HANDLED, NOBODY, TALKING, UNFINISHED, WRAPPING
from simulator.engine.rules import AFTER_A_CUT, BITS, PAUSE_ENDS, POLICY
from simulator.engine.staff import ABSENT, AVAILABLE, AWAY, BREAK, BUSY, OFF, WRAP, Agent, Site
from simulator.engine.traffic import Traffic

STANDS: Final = 7  #: leaves the seat and waits for another


class Crew(Traffic):
    """Verbs about agents and sites, by their numbers."""

    # -- people at work ----------------------------------------------------------------------------------------------

    def come(self, agent_number: i64, site_number: i64) -> None:
        """The agent is at the door of a site: takes a seat, or waits for one or for the opening; a lost site turns them away."""
        agent = self.agents[agent_number]
        site = self.sites[site_number]
        agent.on_shift = True
        if agent.seated or agent.waits:
            self.stay(agent)
            return
        if agent.state != AWAY:
            agent.turn(AWAY, self.calendar.now)
        agent.site = site
        if site.lost:
            return
        site.waiting.append(agent)
        agent.waits = True
        self.fill_seats(site)

    def fill_seats(self, site: Site) -> None:
        """Those who wait sit down as far as seats are ready, first come first seated."""
        if site.lost or not site.open:
            return
        while len(site.waiting) > 0 and site.taken < site.ready:
            agent = site.waiting.pop(0)
            agent.waits = False
            agent.seated = True
            site.taken += 1
            self.pick(agent)

    def go(self, agent_number: i64) -> None:
        """The shift ends: after the contact in hand the agent goes home."""
        agent = self.agents[agent_number]
        agent.on_shift = False
        self.take_leave(agent, OFF)

    def be_absent(self, agent_number: i64) -> None:
        """Not at work, though the roster says so; nothing for those who are at work already."""
        agent = self.agents[agent_number]
        if not agent.seated and not agent.waits:
            agent.turn(ABSENT, self.calendar.now)

    def stay(self, agent: Agent) -> None:
        """The next shift begins while the last contact of the one before goes on: nobody goes home in between."""
        if agent.leaving == OFF:
            agent.leaving = NOBODY

    def set_out(self, agent_number: i64) -> bool:
        """On the way to work; False for those who are at work, or at its door, already."""
        agent = self.agents[agent_number]
        agent.on_shift = True
        if agent.seated or agent.waits:
            self.stay(agent)
            return False
        agent.turn(AWAY, self.calendar.now)
        return True

    def take_break(self, agent_number: i64, length: float) -> None:
        """A planned pause, after the contact in hand; nothing for those who are not at work."""
        self.take_pause(agent_number, BREAK, length)

    def step_away(self, agent_number: i64, length: float) -> None:
        """Leave the seat for a while, after the contact in hand, and come back to it."""
        self.take_pause(agent_number, AWAY, length)

    def withdraw(self, agent_number: i64) -> None:
        """Leave the site, after the contact in hand, without an end in sight."""
        self.take_leave(self.agents[agent_number], AWAY)

    def take_pause(self, agent_number: i64, state: i64, length: float) -> None:
        agent = self.agents[agent_number]
        if not agent.seated or agent.state in (AWAY, BREAK):
            return
        agent.pause = length
        if agent.state == AVAILABLE:
            agent.rise()
            self.start_pause(agent, state)
        elif agent.leaving < 0:
            agent.leaving = i16(state)

    def start_pause(self, agent: Agent, state: i64) -> None:
        now = self.calendar.now
        agent.turn(state, now)
        agent.due = now + agent.pause
        agent.pause = 0.0
        self.calendar.push(agent.due, POLICY, (agent.number << BITS) | PAUSE_ENDS)

    def end_pause(self, agent_number: i64) -> None:
        agent = self.agents[agent_number]
        if agent.seated and agent.due == self.calendar.now and agent.state in (AWAY, BREAK):
            agent.due = -1.0
            self.pick(agent)

    def take_leave(self, agent: Agent, state: i64) -> None:
        if agent.state in (BUSY, WRAP):
            agent.leaving = i16(state)
            agent.pause = 0.0
            return
        if agent.state == AVAILABLE:
            agent.rise()
        self.depart(agent, state)

    def depart(self, agent: Agent, state: i64) -> None:
        """Leave now: for a pause keep the seat, else give it up."""
        if state in (AWAY, BREAK) and agent.pause > 0.0:
            self.start_pause(agent, state)
            return
        stands = state == STANDS
        if stands:
            state = AWAY
        site = agent.site
        if agent.waits:
            site.waiting.remove(agent)
            agent.waits = False
        agent.due = -1.0
        agent.turn(state, self.calendar.now)
        if agent.seated:
            agent.seated = False
            site.taken -= 1
            self.empty_inbox(agent)
        if stands:
            site.waiting.append(agent)
            agent.waits = True
        self.fill_seats(site)

    # -- sites -------------------------------------------------------------------------------------------------------

    def open_site(self, site_number: i64) -> None:
        site = self.sites[site_number]
        site.open = True
        self.fill_seats(site)

    def close_site(self, site_number: i64) -> None:
        """In good order: contacts in hand end, then the agents leave; those who wait are served no more there."""
        site = self.sites[site_number]
        site.open = False
        self.clear_out(site)

    def lose_site(self, site_number: i64, cut: bool) -> None:
        """Nobody may stay: contacts in progress are cut, or end first; agents are alive but idle."""
        site = self.sites[site_number]
        site.lost = True
        if cut:
            self.cut_contacts(site_number, NOBODY)
        self.clear_out(site)

    def regain_site(self, site_number: i64) -> None:
        site = self.sites[site_number]
        site.lost = False
        self.fill_seats(site)

    def clear_out(self, site: Site) -> None:
        for agent in site.waiting:
            agent.waits = False
        site.waiting = []
        for agent in self.agents:
            if agent.seated and agent.site is site:
                agent.pause = 0.0
                self.take_leave(agent, AWAY)

    def set_seats(self, site_number: i64, ready: i64) -> None:
        """So many seats can be used; with fewer than are taken, people leave theirs, after the contact in hand, and wait for one."""
        site = self.sites[site_number]
        site.ready = ready
        surplus = site.taken - ready
        here = [agent for agent in self.agents if agent.seated and agent.site is site]
        for agent in here:
            if agent.leaving in (AWAY, OFF, STANDS) and agent.pause == 0.0:
                surplus -= 1  # on the way out already
        for agent in here:
            if surplus > 0 and agent.leaving not in (AWAY, OFF, STANDS):
                surplus -= 1
                agent.pause = 0.0
                self.take_leave(agent, STANDS)
        self.fill_seats(site)

    # -- failures ----------------------------------------------------------------------------------------------------

    def cut_contacts(self, site_number: i64, channel_number: i64) -> None:
        """Cut the calls on a site's lines, those on links that are down, the talks of agents at a site, or a whole channel.

        What a channel keeps is not lost: it waits again for an agent.
        """
        contacts = self.contacts
        now = self.calendar.now
        for queue in self.queues + self.lobbies:
            if queue.channel.keeps:
                continue
            row = queue.first
            while row >= 0:
                after = i64(contacts.after[row])
                if self.is_hit(row, queue.channel, site_number, channel_number):
                    queue.leave(row, now)
                    self.let_go(row)
                    begun = contacts.answered[row] == contacts.answered[row]
                    contacts.close(row, DROPPED if begun else CUT_OFF, 0, now)
                    self.try_again(i64(contacts.customer[row]), self.queues[i64(contacts.queue[row])], AFTER_A_CUT)
                row = after
        for agent in self.agents:
            here = agent.site.number == site_number
            row = i64(agent.row)
            if row >= 0 and contacts.stage[row] == WRAPPING:
                if here:
                    agent.leaving = AWAY
                    agent.pause = 0.0
                    self.complete(row, agent)
            elif row >= 0 and (here or self.is_hit(row, self.channel_of(row), site_number, channel_number)):
                self.drop(row, agent, here)
            elif len(agent.chats) > 0 and (here or self.channel_of(agent.chats[0]).number == channel_number):
                self.drop_chats(agent, here)

    def channel_of(self, row: i64) -> Channel:
        return self.queues[i64(self.contacts.queue[row])].channel

    def is_hit(self, row: i64, channel: Channel, site_number: i64, channel_number: i64) -> bool:
        """Whether the failure takes this contact's line or channel."""
        if channel.number == channel_number:
            return not channel.keeps
        if not channel.line:
            return False
        contacts = self.contacts
        return contacts.site[row] == site_number or not self.links[i64(contacts.link[row])].up

    def drop(self, row: i64, agent: Agent, leaves: bool) -> None:
        """A contact is lost after its answer; where the building is being left, its agent leaves too."""
        contacts = self.contacts
        queue = self.queues[i64(contacts.queue[row])]
        now = self.calendar.now
        agent.row = NOBODY
        if leaves and agent.leaving < 0:
            agent.leaving = AWAY
            agent.pause = 0.0
        if contacts.wide:
            contacts.ends[row] = -1.0
        if queue.channel.keeps:
            self.pieces.add(contacts, row, UNFINISHED, now)
            self.offer(row, queue)
        else:
            self.let_go(row)
            contacts.close(row, DROPPED, 0, now)
            self.try_again(i64(contacts.customer[row]), queue, AFTER_A_CUT)
        self.release(agent)

    def drop_chats(self, agent: Agent, leaves: bool) -> None:
        """All the chats of an agent are lost."""
        contacts = self.contacts
        queue = self.queues[i64(contacts.queue[agent.chats[0]])]
        if leaves and agent.leaving < 0:
            agent.leaving = AWAY
            agent.pause = 0.0
        lost = agent.chats
        agent.chats = []
        agent.team.chatting.remove(agent)
        for row in lost:
            contacts.ends[row] = -1.0
            if contacts.stage[row] == TALKING:
                contacts.close(row, DROPPED, 0, self.calendar.now)
                self.try_again(i64(contacts.customer[row]), queue, AFTER_A_CUT)
            else:
                contacts.close(row, HANDLED, 0, self.calendar.now)
        self.release(agent)
