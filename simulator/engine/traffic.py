"""What happens to a contact: it arrives, waits, gives up, is answered, finishes, and its customer may try again.

Compiled with mypyc.
"""

from __future__ import annotations

from librt.vecs import vec
from mypy_extensions import i32, i64, u8

from simulator.engine.calendar import Calendar
from simulator.engine.contacts import (
    ABANDONED,
    ANNOUNCED,
    BALKED,
    BLOCKED,
    BY_ANNOUNCEMENT,
    CONGESTION,
    CONTAINED,
    GAVE_UP,
    HANDLED,
    LINK_DOWN,
    LOST_UPSTREAM,
    NOBODY,
    PLATFORM_DOWN,
    SERVED,
    SITE_DOWN,
    SOLVED_ELSEWHERE,
    STAYED_AWAY,
    TALKING,
    WAITING,
    WRAPPING,
    Contacts,
    Customers,
)
from simulator.engine.fading import Fade
from simulator.engine.lines import Link
from simulator.engine.luck import COIN, GAP, NETWORK, PATIENCE, TALK, WRAP, duration, quantile, uniform
from simulator.engine.pace import Pace
from simulator.engine.queues import Queue
from simulator.engine.rules import (
    AFTER_ABANDONING,
    ARRIVAL,
    BITS,
    BUSY_SIGNAL,
    COMPLETION,
    HANG_UP,
    HANGS_UP,
    LAST_ANSWERED,
    OVERFLOWS,
    POLICY,
    REDIALS,
    TALK_ENDS,
    WRAP_ENDS,
    Rules,
)
from simulator.engine.staff import BUSY, Agent, Site, Team
from simulator.engine.staff import WRAP as IN_WRAP
from simulator.engine.strategy import Strategy, View, check_agent, check_contact


class Traffic:
    """The contact traffic of one floor."""

    def __init__(
        self,
        calendar: Calendar,
        customers: Customers,
        contacts: Contacts,
        queues: list[Queue],
        links: list[Link],
        sites: list[Site],
        teams: list[Team],
        agents: list[Agent],
        rules: Rules,
        pace: Pace,
        numbers: i64,
        strategy: Strategy,
    ) -> None:
        self.calendar = calendar
        self.customers = customers
        self.contacts = contacts
        self.queues = queues
        self.links = links
        self.sites = sites
        self.teams = teams
        self.agents = agents
        self.rules = rules
        self.pace = pace
        self.numbers = numbers  #: the site to which the numbers lead
        self.strategy = strategy
        self.view = View(calendar, contacts, customers, queues, teams, agents)
        self.switch_up = True  #: the platform that answers calls
        self.access_open = False
        self.shut_out: list[i64] = []  #: customers who wait for access
        self.prevented = vec[float]([0.0] * len(queues))  #: by need: share that an announcement informs
        self.congestion: list[Fade] = []
        self.scale: list[list[Fade]] = [[] for _ in queues]
        self.starts = vec[i64]([0] * len(queues))  #: services started, by need

    # -- customers ---------------------------------------------------------------------------------------------------

    def call(self, customer: i64) -> None:
        """A customer's first wish to call."""
        customers = self.customers
        need = i64(customers.need[customer])
        now = self.calendar.now
        if len(self.scale[need]) > 0:
            factor = 1.0
            for fade in self.scale[need]:
                factor *= fade.at(now)
            if customers.quiet[customer] >= factor:
                customers.fate[customer] = u8(STAYED_AWAY)
                return
        if customers.barred[customer] != 0 and not self.access_open:
            self.shut_out.append(customer)
            return
        self.begin(customer)

    def begin(self, customer: i64) -> None:
        """The first attempt: the clock of giving up starts."""
        self.customers.gives_up[customer] += self.calendar.now
        self.attempt(customer)

    def attempt(self, customer: i64) -> None:
        """One attempt, unless the need has ended meanwhile."""
        customers = self.customers
        now = self.calendar.now
        if customers.solved_at[customer] <= now:
            self.solved(customer)
            return
        number = i64(customers.attempts[customer])
        customers.attempts[customer] = u8(number + 1)
        row = self.contacts.open(customer, number, now)
        need = i64(customers.need[customer])
        if len(self.congestion) > 0:
            passes = 1.0
            for fade in self.congestion:
                passes *= 1.0 - fade.at(now)
            mark = customers.network[customer] if number == 0 else uniform(customers.key[customer], number, NETWORK)
            if mark < 1.0 - passes:
                self.contacts.close(row, LOST_UPSTREAM, CONGESTION, now)
                self.try_again(customer, BUSY_SIGNAL)
                return
        if customers.informed[customer] < self.prevented[need]:
            self.contacts.close(row, CONTAINED, ANNOUNCED, now)
            customers.solved_at[customer] = now
            customers.solved_by[customer] = u8(BY_ANNOUNCEMENT)
            self.solved(customer)
            return
        self.enter(customer, need, row)

    def enter(self, customer: i64, need: i64, row: i64) -> None:
        """The front door: switch, site, line, announced wait, agent or queue."""
        now = self.calendar.now
        contacts = self.contacts
        site = self.sites[self.numbers]
        if not self.switch_up or site.lost or not site.open:
            contacts.close(row, BLOCKED, PLATFORM_DOWN if not self.switch_up else SITE_DOWN, now)
            self.try_again(customer, BUSY_SIGNAL)
            return
        link = site.trunks.seize(need)
        if link < 0:
            # With every cable cut the call never reaches the centre; otherwise the centre refuses it.
            contacts.close(row, LOST_UPSTREAM if link == -LINK_DOWN else BLOCKED, -link, now)
            self.try_again(customer, BUSY_SIGNAL)
            return
        contacts.site[row] = i32(site.number)
        contacts.link[row] = i32(link)
        chosen = self.strategy.agent_for(self.view, row)
        if chosen >= 0:
            check_agent(self.view, row, chosen)
            agent = self.agents[chosen]
            agent.rise()
            self.answer(row, customer, need, agent)
            return
        queue = self.queues[need]
        if self.rules.announces != 0 and self.announced_wait(queue) > self.customers.tolerance[customer]:
            self.let_go(row)
            contacts.close(row, BALKED, 0, now)
            self.try_again(customer, AFTER_ABANDONING)
            return
        queue.join(row, now)
        number = i64(contacts.attempt[row])
        if number == 0:
            patience = self.customers.patience[customer]
        else:
            patience = duration(self.rules.patience[need], uniform(self.customers.key[customer], number, PATIENCE))
        self.calendar.push(now + patience, HANG_UP, (row << BITS) | HANGS_UP)
        overflow = self.rules.overflow[need]
        i: i64 = 0
        n: i64 = len(overflow)
        while i < n:
            self.calendar.push(now + overflow[i], POLICY, (row << BITS) | OVERFLOWS)
            i += 1
        if self.strategy.wakes:
            self.offer_work()

    def announced_wait(self, queue: Queue) -> float:
        """The wait told to a caller: (queue + 1) / (agents x rate), or the last answered contact's wait."""
        if self.rules.announces == LAST_ANSWERED:
            return queue.last_wait
        agents: i64 = 0
        for team in self.teams:
            if team.proficiency[queue.need] > 0.0:
                agents += team.online
        if agents == 0:
            return 1e18
        return float(queue.length + 1) * self.rules.mean_handle[queue.need] / float(agents)

    def try_again(self, customer: i64, cause: i64) -> None:
        """After a failure: the need may have ended, the person may stop, or redials later."""
        customers = self.customers
        now = self.calendar.now
        if customers.solved_at[customer] <= now:
            self.solved(customer)
            return
        made = i64(customers.attempts[customer])
        key = customers.key[customer]
        if uniform(key, made - 1, COIN) >= quantile(self.rules.retries[cause], customers.persistence[customer]):
            customers.fate[customer] = u8(GAVE_UP)
            return
        if made >= self.rules.max_attempts:
            customers.fate[customer] = u8(GAVE_UP)
            customers.capped[customer] = u8(1)
            return
        gap = duration(self.rules.gap[cause], uniform(key, made - 1, GAP))
        spacing = self.rules.spacing
        i: i64 = 1
        while i < made:
            gap *= spacing
            i += 1
        when = now + gap
        if when > customers.gives_up[customer]:
            customers.fate[customer] = u8(GAVE_UP)
            return
        self.calendar.enter(when, ARRIVAL, customer, (customer << BITS) | REDIALS)

    def solved(self, customer: i64) -> None:
        customers = self.customers
        customers.fate[customer] = u8(SOLVED_ELSEWHERE)
        customers.settled[customer] = customers.solved_at[customer]

    # -- service -----------------------------------------------------------------------------------------------------

    def answer(self, row: i64, customer: i64, need: i64, agent: Agent) -> None:
        """The agent, no longer idle, picks up the contact, no longer in a queue."""
        now = self.calendar.now
        contacts = self.contacts
        rules = self.rules
        contacts.answered[row] = now
        contacts.agent[row] = i32(agent.number)
        contacts.stage[row] = u8(TALKING)
        self.queues[need].last_wait = now - contacts.arrived[row]
        agent.row = row
        agent.turn(BUSY, now)
        if rules.by_person:
            talk = self.drawn(rules.talk_drawn[0], rules.talk, need, customer, i64(contacts.attempt[row]), TALK)
        else:
            order = self.starts[need]
            self.starts[need] = order + 1
            drawn = rules.talk_drawn[need]
            # More services than customers only where dropped callers come back: their talk goes with the person.
            if order < len(drawn):
                talk = drawn[order]
            else:
                talk = duration(rules.talk[need], uniform(self.customers.key[customer], i64(contacts.attempt[row]), TALK))
        talk *= self.customers.talk_factor[customer] / agent.team.proficiency[need]
        if len(self.pace.above) > 0:
            talk *= self.pace.factor(self.teams, now)
        self.calendar.push(now + talk, COMPLETION, (row << BITS) | TALK_ENDS)

    def drawn(self, column: vec[float], tables: list[vec[float]], need: i64, customer: i64, attempt: i64, purpose: i64) -> float:
        """A duration that goes with the person: drawn for the first attempt, unfolded from the key for later ones."""
        if attempt == 0:
            return column[customer]
        return duration(tables[need], uniform(self.customers.key[customer], attempt, purpose))

    def end_talk(self, row: i64) -> None:
        contacts = self.contacts
        if contacts.stage[row] != TALKING:
            return  # dropped by a failure meanwhile
        now = self.calendar.now
        contacts.released[row] = now
        self.let_go(row)
        customer = i64(contacts.customer[row])
        customers = self.customers
        customers.fate[customer] = u8(SERVED)
        customers.settled[customer] = contacts.answered[row]
        need = i64(customers.need[customer])
        rules = self.rules
        if rules.by_person:
            wrap = self.drawn(rules.wrap_drawn[0], rules.wrap, need, customer, i64(contacts.attempt[row]), WRAP)
        else:
            drawn = rules.wrap_drawn[need]
            if len(drawn) == 1:
                wrap = drawn[0]
            else:
                wrap = duration(rules.wrap[need], uniform(customers.key[customer], i64(contacts.attempt[row]), WRAP))
        agent = self.agents[i64(contacts.agent[row])]
        if wrap > 0.0:
            contacts.stage[row] = u8(WRAPPING)
            agent.turn(IN_WRAP, now)
            self.calendar.push(now + wrap, COMPLETION, (row << BITS) | WRAP_ENDS)
        else:
            self.complete(row, agent)

    def end_wrap(self, row: i64) -> None:
        contacts = self.contacts
        if contacts.stage[row] == WRAPPING:
            self.complete(row, self.agents[i64(contacts.agent[row])])

    def complete(self, row: i64, agent: Agent) -> None:
        self.contacts.close(row, HANDLED, 0, self.calendar.now)
        agent.row = NOBODY
        self.release(agent)

    def release(self, agent: Agent) -> None:
        """The agent is done with a contact: leave if due, else take the next contact or rest."""
        if agent.leaving >= 0:
            state = agent.leaving
            agent.leaving = NOBODY
            self.depart(agent, state)
        else:
            self.pick(agent)

    def pick(self, agent: Agent) -> None:
        """The free agent takes a waiting contact or rests."""
        now = self.calendar.now
        row = self.strategy.contact_for(self.view, agent.number)
        if row < 0:
            agent.rest(now)
            return
        check_contact(self.view, agent.number, row)
        self.take(row, agent)

    def take(self, row: i64, agent: Agent) -> None:
        """A waiting contact leaves its queue for the agent, who is no longer idle."""
        customer = i64(self.contacts.customer[row])
        need = i64(self.customers.need[customer])
        self.queues[need].leave(row, self.calendar.now)
        self.answer(row, customer, need, agent)

    def offer_work(self) -> None:
        """What may be taken has changed: every idle agent, team by team and longest idle first, is asked for a contact."""
        for team in self.teams:
            agent = team.first
            while agent is not None:
                follower = agent.next
                row = self.strategy.contact_for(self.view, agent.number)
                if row >= 0:
                    check_contact(self.view, agent.number, row)
                    agent.rise()
                    self.take(row, agent)
                agent = follower

    def depart(self, agent: Agent, state: i64) -> None:
        """Leave the floor for ``state``; the floor of verbs says how."""
        raise TypeError("a floor must say how agents depart")

    # -- leaving without an agent ------------------------------------------------------------------------------------

    def hang_up(self, row: i64) -> None:
        contacts = self.contacts
        if contacts.stage[row] != WAITING:
            return  # answered or cut off meanwhile
        customer = i64(contacts.customer[row])
        self.leave_queue(row, customer)
        contacts.close(row, ABANDONED, 0, self.calendar.now)
        self.try_again(customer, AFTER_ABANDONING)

    def overflow(self, row: i64) -> None:
        """A waiting contact has become eligible for one more team."""
        if self.contacts.stage[row] != WAITING:
            return
        chosen = self.strategy.agent_for(self.view, row)
        if chosen < 0:
            return
        check_agent(self.view, row, chosen)
        agent = self.agents[chosen]
        agent.rise()
        self.take(row, agent)

    def leave_queue(self, row: i64, customer: i64) -> None:
        self.queues[i64(self.customers.need[customer])].leave(row, self.calendar.now)
        self.let_go(row)

    def let_go(self, row: i64) -> None:
        """Give back the line."""
        link = self.links[i64(self.contacts.link[row])]
        link.used -= 1
        self.contacts.link[row] = i32(NOBODY)

    def redial(self, customer: i64) -> None:
        self.attempt(customer)
