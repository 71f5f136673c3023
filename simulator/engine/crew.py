"""People at work and their sites: why somebody is away, seats, evacuations, and the contacts that a failure cuts.

Compiled with mypyc.
"""

from __future__ import annotations

from typing import Any

from mypy_extensions import i16, i64

from simulator.engine.channels import Channel
from simulator.engine.contacts import CUT_OFF, DROPPED, HANDLED, NOBODY, TALKING, UNFINISHED, WRAPPING
from simulator.engine.rules import AFTER_A_CUT, BITS, PAUSE_ENDS, POLICY
from simulator.engine.staff import (
    AVAILABLE,
    BUSY,
    NO_SEAT,
    OFF_SHIFT,
    PAUSES,
    SITE_LOST,
    WRAP,
    Agent,
    Site,
)
from simulator.engine.traffic import Traffic


class Crew(Traffic):
    """Verbs about agents and sites, by their numbers.

    An agent is at work while nothing keeps them away (no reason) and they have a seat. All reasons are set by :meth:`excuse` and
    cleared by :meth:`claim`; whoever has a contact in hand ends it first, and a reason that is withdrawn before leaves no trace.
    """

    on_leaving: Any = None  #: called with the number of whoever leaves the seat at a site that is lost or closed

    # -- why somebody is away ----------------------------------------------------------------------------------------

    def excuse(self, agent_number: i64, reason: i64) -> None:
        """Something keeps the agent away: they leave now, or after the contact in hand."""
        agent = self.agents[agent_number]
        if reason & OFF_SHIFT:
            self.drop_pause(agent)
        if i64(agent.reasons) & reason == reason:
            return
        agent.reasons = i16(i64(agent.reasons) | reason)
        if agent.state in (BUSY, WRAP):
            return
        if agent.state == AVAILABLE:
            agent.rise()
        self.depart(agent)

    def claim(self, agent_number: i64, reasons: i64) -> None:
        """These reasons no longer keep the agent away; without any other they sit down as soon as there is a seat."""
        agent = self.agents[agent_number]
        held = i64(agent.reasons)
        if not held & reasons:
            return
        agent.reasons = i16(held & ~reasons)
        if agent.state in (BUSY, WRAP):
            if agent.site.taken > agent.site.seats():
                self.match_seats(agent.site)  # whoever stays needs the seat after all
        else:
            self.come_back(agent)

    def come_back(self, agent: Agent) -> None:
        """Something that kept the agent away, who has no contact in hand, has ended."""
        if agent.reasons == 0 and agent.seated:
            self.pick(agent)
            return
        if agent.reasons == 0:
            agent.reasons = NO_SEAT
            agent.site.waiting.append(agent)
        agent.show(self.calendar.now)
        if agent.reasons == NO_SEAT:
            self.fill_seats(agent.site)

    def depart(self, agent: Agent) -> None:
        """Leave the desk now: for a pause keep the seat, for anything else give it up."""
        now = self.calendar.now
        site = agent.site
        if not i64(agent.reasons) & ~PAUSES:
            agent.show(now)
            agent.due = now + agent.pause
            self.calendar.push(agent.due, POLICY, (agent.number << BITS) | PAUSE_ENDS)
            return
        if agent.due < 0.0:
            self.drop_pause(agent)  # whoever is away anyway takes no pause
        waits = agent.reasons == NO_SEAT
        if i64(agent.reasons) & NO_SEAT and not waits:  # whom something else keeps away stands in no line
            agent.reasons = i16(i64(agent.reasons) & ~NO_SEAT)
            if agent in site.waiting:
                site.waiting.remove(agent)
        agent.show(now)
        if agent.seated:
            agent.seated = False
            site.taken -= 1
            if waits:
                site.waiting.append(agent)
            self.empty_inbox(agent)
            if site.seats() == 0 and self.on_leaving is not None:
                self.on_leaving(agent.number)
        self.fill_seats(site)

    # -- pauses ------------------------------------------------------------------------------------------------------

    def take_pause(self, agent_number: i64, reason: i64, length: float) -> None:
        """A planned break or an errand of so many seconds, after the contact in hand; nothing for who is away then."""
        agent = self.agents[agent_number]
        if agent.seated and agent.due < 0.0:
            agent.pause = max(agent.pause, length)
            self.excuse(agent_number, reason)

    def end_pause(self, agent_number: i64) -> None:
        agent = self.agents[agent_number]
        if agent.due == self.calendar.now:
            self.drop_pause(agent)
            self.come_back(agent)

    def drop_pause(self, agent: Agent) -> None:
        """Forget a pause, begun or to come."""
        agent.reasons = i16(i64(agent.reasons) & ~PAUSES)
        agent.pause = 0.0
        agent.due = -1.0

    # -- sites -------------------------------------------------------------------------------------------------------

    def move(self, agent_number: i64, site_number: i64) -> None:
        """The agent belongs to a site from now on; whoever sits or stands in line at one stays there."""
        agent = self.agents[agent_number]
        if agent.seated or agent.reasons == NO_SEAT:
            return
        agent.site = self.sites[site_number]
        away = i64(agent.reasons) & ~SITE_LOST
        agent.reasons = i16(away | SITE_LOST if agent.site.lost else away)
        self.come_back(agent)

    def lose_site(self, site_number: i64) -> None:
        """Nobody may stay or come in: whoever has a contact in hand ends it first, unless it is cut."""
        site = self.sites[site_number]
        site.lost = True
        for agent in self.agents:
            if agent.site is site:
                self.excuse(agent.number, SITE_LOST)

    def regain_site(self, site_number: i64) -> None:
        site = self.sites[site_number]
        site.lost = False
        for agent in self.agents:
            if agent.site is site:
                self.claim(agent.number, SITE_LOST)

    def set_open(self, site_number: i64, is_open: bool) -> None:
        """A site opens, or closes in good order: contacts in hand end first, those who wait are served no more there."""
        site = self.sites[site_number]
        site.open = is_open
        self.match_seats(site)

    def set_seats(self, site_number: i64, ready: i64) -> None:
        """So many seats can be used while the site is open."""
        site = self.sites[site_number]
        site.ready = ready
        self.match_seats(site)

    def match_seats(self, site: Site) -> None:
        """Where more people would stay than there are seats some stand up, after the contact in hand, and wait for a seat.

        Where there are seats again, whoever was to stand up and has not yet stays.
        """
        spare = site.seats()
        here = [agent for agent in self.agents if agent.seated and agent.site is site]
        for agent in here:
            if not i64(agent.reasons) & ~PAUSES:
                spare -= 1
        for agent in here:
            if spare < 0 and not i64(agent.reasons) & ~PAUSES:
                spare += 1
                self.excuse(agent.number, NO_SEAT)
            elif spare > 0 and i64(agent.reasons) & ~PAUSES == NO_SEAT:
                spare -= 1
                agent.reasons = i16(i64(agent.reasons) & ~NO_SEAT)
        self.fill_seats(site)

    def fill_seats(self, site: Site) -> None:
        """Those who wait sit down as far as seats are ready, first come first seated."""
        while len(site.waiting) > 0 and site.taken < site.seats():
            agent = site.waiting.pop(0)
            agent.reasons = 0
            agent.seated = True
            site.taken += 1
            self.pick(agent)

    # -- failures ----------------------------------------------------------------------------------------------------

    def cut_contacts(self, site_number: i64 = NOBODY) -> None:
        """Cut what stands on links or channels that are down, and the calls on the lines of a site and its agents' talks.

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
                if self.is_hit(row, queue.channel, site_number):
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
                    self.complete(row, agent)
            elif row >= 0 and (here or self.is_hit(row, self.channel_of(row), site_number)):
                self.drop(row, agent)
            elif len(agent.chats) > 0 and (here or not self.channel_of(agent.chats[0]).up):
                self.drop_chats(agent)

    def channel_of(self, row: i64) -> Channel:
        return self.queues[i64(self.contacts.queue[row])].channel

    def is_hit(self, row: i64, channel: Channel, site_number: i64) -> bool:
        """Whether the failure takes this contact's line or channel."""
        if not channel.up:
            return not channel.keeps or channel.calls_out
        if not channel.line:
            return False
        contacts = self.contacts
        return contacts.site[row] == site_number or not self.links[i64(contacts.link[row])].up

    def drop(self, row: i64, agent: Agent) -> None:
        """A contact is lost after its answer."""
        contacts = self.contacts
        queue = self.queues[i64(contacts.queue[row])]
        now = self.calendar.now
        agent.row = NOBODY
        if contacts.wide:
            contacts.ends[row] = -1.0
        if queue.channel.keeps:
            self.pieces.add(contacts, row, UNFINISHED, now)
            if queue.channel.calls_out:
                self.ring_off(row)
                contacts.answered[row] = contacts.blank_time[0]  # who was in talk waits for another call
            self.offer(row, queue)
        else:
            self.let_go(row)
            contacts.close(row, DROPPED, 0, now)
            self.try_again(i64(contacts.customer[row]), queue, AFTER_A_CUT)
        self.release(agent)

    def drop_chats(self, agent: Agent) -> None:
        """All the chats of an agent are lost."""
        contacts = self.contacts
        queue = self.queues[i64(contacts.queue[agent.chats[0]])]
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
