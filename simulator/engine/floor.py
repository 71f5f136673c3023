"""The floor: the traffic, and the few verbs by which the world and the playbook act on it.

Compiled with mypyc.
"""

from __future__ import annotations

from typing import Final

from librt.vecs import vec
from mypy_extensions import i64, u8

from simulator.engine.calendar import BITS as ORDER
from simulator.engine.calendar import KIND
from simulator.engine.contacts import (
    BY_REACHING,
    CUT_OFF,
    DROPPED,
    GAVE_UP,
    IN_SERVICE_AT_END,
    NOBODY,
    OPEN_AT_END,
    OVER,
    STILL_TRYING,
    TALKING,
    WAITING,
    WRAPPING,
)
from simulator.engine.rules import (
    AFTER_A_CUT,
    ARRIVAL,
    BITS,
    EVENT,
    HANGS_UP,
    OVERFLOWS,
    PAUSE_ENDS,
    POLICY,
    REDIALS,
    TALK_ENDS,
    WRAP_ENDS,
)
from simulator.engine.staff import ABSENT, AVAILABLE, AWAY, BREAK, BUSY, OFF, WRAP, Agent, Site
from simulator.engine.traffic import Traffic

PAUSED: Final = -1  #: the limit of entries is reached
EMPTY: Final = -2  #: nothing is left to happen
WHAT: Final = 7


class Floor(Traffic):
    """Verbs in the imperative; agents, sites, links and needs are numbers."""

    cursor: i64 = 0  #: the next customer whose first call is due
    entries: i64 = 0  #: traffic entries done

    # -- time --------------------------------------------------------------------------------------------------------

    def advance(self, limit: i64) -> i64:
        """Let the traffic run: the slot of the next SimPy event (already due), PAUSED after ``limit`` entries, or EMPTY."""
        calendar = self.calendar
        onset = self.customers.onset
        n = self.customers.n
        done: i64 = 0
        while done < limit:
            i = self.cursor
            if i < n:
                t = onset[i]
                if (
                    calendar.n == 0
                    or t < calendar.times[0]
                    or (t == calendar.times[0] and ((ARRIVAL << KIND) | (i << ORDER)) < calendar.ranks[0])
                ):
                    calendar.now = t
                    self.cursor = i + 1
                    done += 1
                    self.call(i)
                    continue
            elif calendar.n == 0:
                self.entries += done
                return EMPTY
            code = calendar.pop()
            what = code & WHAT
            thing = code >> BITS
            if what == TALK_ENDS:
                self.end_talk(thing)
            elif what == WRAP_ENDS:
                self.end_wrap(thing)
            elif what == HANGS_UP:
                self.hang_up(thing)
            elif what == REDIALS:
                self.redial(thing)
            elif what == EVENT:
                self.entries += done
                return thing
            elif what == OVERFLOWS:
                self.overflow(thing)
            elif what == PAUSE_ENDS:
                self.end_pause(thing)
            done += 1
        self.entries += done
        return PAUSED

    def next_instant(self) -> float:
        """When the next thing happens; infinity if nothing will."""
        first = float("inf")
        if self.calendar.n > 0:
            first = self.calendar.times[0]
        if self.cursor < self.customers.n and self.customers.onset[self.cursor] < first:
            first = self.customers.onset[self.cursor]
        return first

    # -- people at work ----------------------------------------------------------------------------------------------

    def come(self, agent_number: i64, site_number: i64) -> None:
        """The agent is at the door of a site: takes a seat, or waits for one or for the opening; a lost site turns them away."""
        agent = self.agents[agent_number]
        site = self.sites[site_number]
        if agent.seated or agent.waits:
            return
        agent.on_shift = True
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
        agent = self.agents[agent_number]
        agent.turn(ABSENT, self.calendar.now)

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
            agent.leaving = state

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
            agent.leaving = state
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
        site = agent.site
        if agent.waits:
            site.waiting.remove(agent)
            agent.waits = False
        agent.due = -1.0
        agent.turn(state, self.calendar.now)
        if agent.seated:
            agent.seated = False
            site.taken -= 1
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
            self.cut_contacts(site_number, False)
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
        """So many seats can be used; with fewer than are taken, people leave theirs and wait for one."""
        site = self.sites[site_number]
        site.ready = ready
        surplus = site.taken - ready
        if surplus > 0:
            for agent in self.agents:
                if surplus > 0 and agent.seated and agent.site is site and agent.leaving != AWAY:
                    surplus -= 1
                    agent.pause = 0.0
                    self.take_leave(agent, AWAY)
                    if agent.state == AWAY:
                        site.waiting.append(agent)
                        agent.waits = True
        self.fill_seats(site)

    # -- lines -------------------------------------------------------------------------------------------------------

    def point_numbers(self, site_number: i64) -> None:
        self.numbers = site_number

    def set_lines(self, link_number: i64, lines: i64) -> None:
        self.links[link_number].lines = lines

    def cut_links(self, link_numbers: list[i64]) -> None:
        """Links that fail together: all are down before any agent who loses a call looks for the next."""
        for number in link_numbers:
            self.links[number].up = False
        self.cut_contacts(NOBODY, False)

    def mend_link(self, link_number: i64) -> None:
        self.links[link_number].up = True

    def reserve(self, site_number: i64, need: i64, lines: i64) -> None:
        self.sites[site_number].trunks.reserve[need] = lines

    def set_switch(self, up: bool) -> None:
        """The platform that answers calls fails, cutting every contact, or works again."""
        if self.switch_up and not up:
            self.cut_contacts(NOBODY, True)
        self.switch_up = up

    def cut_contacts(self, site_number: i64, everything: bool) -> None:
        """Cut the contacts on a site's lines or with its agents, those on links that are down, or everything."""
        contacts = self.contacts
        now = self.calendar.now
        for queue in self.queues:
            row = queue.first
            while row >= 0:
                after = i64(contacts.after[row])
                if everything or contacts.site[row] == site_number or not self.links[i64(contacts.link[row])].up:
                    customer = i64(contacts.customer[row])
                    self.leave_queue(row, customer)
                    contacts.close(row, CUT_OFF, 0, now)
                    self.try_again(customer, AFTER_A_CUT)
                row = after
        for agent in self.agents:
            row = agent.row
            here = agent.site.number == site_number
            if row >= 0 and contacts.stage[row] == WRAPPING and here:
                agent.leaving = AWAY
                agent.pause = 0.0
                self.complete(row, agent)
            elif row >= 0 and contacts.stage[row] == TALKING:
                cut = contacts.site[row] == site_number or not self.links[i64(contacts.link[row])].up
                if everything or here or cut:
                    self.drop(row, agent, here)

    def drop(self, row: i64, agent: Agent, leaves: bool) -> None:
        """A contact is lost after its answer; where the building is being left, its agent leaves too."""
        contacts = self.contacts
        self.let_go(row)
        contacts.close(row, DROPPED, 0, self.calendar.now)
        agent.row = NOBODY
        if leaves and agent.leaving < 0:
            agent.leaving = AWAY
            agent.pause = 0.0
        self.try_again(i64(contacts.customer[row]), AFTER_A_CUT)
        self.release(agent)

    # -- customers ---------------------------------------------------------------------------------------------------

    def announce(self, need: i64, share: float) -> None:
        """From now on ``share`` of callers with this need learn what they need from an announcement."""
        self.prevented[need] = share

    def open_access(self, delays: vec[float]) -> None:
        """Everyone can call: those shut out so far try ``delays`` (by customer) from now."""
        self.access_open = True
        now = self.calendar.now
        for customer in self.shut_out:
            self.customers.gives_up[customer] += now + delays[customer]
            self.calendar.enter(now + delays[customer], ARRIVAL, customer, (customer << BITS) | REDIALS)
        self.shut_out = []

    def solve(self, customer: i64, instant: float, by: i64) -> None:
        """The customer's need will end at ``instant`` outside the centre, unless it ends sooner."""
        customers = self.customers
        if instant < customers.solved_at[customer]:
            customers.solved_at[customer] = instant
            customers.solved_by[customer] = u8(by)

    def set_skill(self, team_number: i64, need: i64, proficiency: float) -> None:
        """A team takes on a need; its idle agents look at the queue at once."""
        team = self.teams[team_number]
        if team.proficiency[need] == 0.0:
            team.serves.append(need)
            self.view.learn(team_number, need)
        team.proficiency[need] = proficiency
        while team.first is not None and self.queues[need].length > 0:
            agent = team.first
            assert agent is not None
            agent.rise()
            before = team.idle
            self.pick(agent)
            if team.idle > before:
                break

    # -- the end -----------------------------------------------------------------------------------------------------

    def count_time(self) -> None:
        """Bring every cumulative time up to now."""
        now = self.calendar.now
        for agent in self.agents:
            agent.turn(agent.state, now)
        for site in self.sites:
            site.count(0, now)
        for queue in self.queues:
            queue.time += float(queue.length) * (now - queue.since)
            queue.since = now

    def finish(self, horizon: float) -> None:
        """The run is over: mark what is still open, and settle the customers whose need ended meanwhile."""
        contacts = self.contacts
        row: i64 = 0
        while row < contacts.n:
            stage = contacts.stage[row]
            if stage == WAITING:
                contacts.outcome[row] = u8(OPEN_AT_END)
            elif stage != OVER:
                contacts.outcome[row] = u8(IN_SERVICE_AT_END)
            row += 1
        customers = self.customers
        customer: i64 = 0
        while customer < customers.n:
            fate = customers.fate[customer]
            # Who gave up stays so, unless our own act reached them outside the centre.
            pending = fate == STILL_TRYING or (fate == GAVE_UP and customers.solved_by[customer] >= BY_REACHING)
            if pending and customers.solved_at[customer] <= horizon:
                self.solved(customer)
            customer += 1
