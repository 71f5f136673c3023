"""What customers do: they make contact, wait or give up, are led elsewhere, and may try again.

Compiled with mypyc.
"""

from __future__ import annotations

from math import exp

from mypy_extensions import i32, i64, u8

from simulator.engine.callbacks import Callbacks
from simulator.engine.contacts import (
    ABANDONED,
    ANNOUNCED,
    BALKED,
    BLOCKED,
    BY_ANNOUNCEMENT,
    BY_INFORMING,
    BY_SELF_SERVICE,
    CALLBACK_ACCEPTED,
    CLOSED,
    CONGESTION,
    CONTAINED,
    DEFLECTED,
    IN_MENU,
    LINK_DOWN,
    LOST_UPSTREAM,
    PLATFORM_DOWN,
    SELF_SERVICE,
    SITE_DOWN,
    STAYED_AWAY,
    STILL_TRYING,
    WAITING,
)
from simulator.engine.luck import CALLBACK, COIN, DEFLECT, GAP, MENU, MOVE, NETWORK, PATIENCE, SELF, duration, quantile, uniform
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
    MENU_ENDS,
    OVERFLOWS,
    POLICY,
    POSTS,
    REDIALS,
)
from simulator.engine.strategy import checked_agent


class Traffic(Callbacks):
    """The contact traffic of one floor, from the wish to make contact on."""

    access_open: bool = False

    # -- attempts ----------------------------------------------------------------------------------------------------

    def call(self, customer: i64) -> None:
        """A customer's first wish to make contact."""
        need = self.needs[i64(self.customers.need[customer])]
        now = self.calendar.now
        if need.grows or len(need.scale) > 0:
            factor = 1.0
            for fade in need.scale:
                factor *= fade.at(now)
            if self.customers.quiet.of(customer) >= factor:
                self.customers.fate[customer] = u8(STAYED_AWAY)
                return
        if len(need.pages) > 0:
            unaware = 1.0
            for fade in need.pages:
                unaware *= 1.0 - fade.at(now)
            if self.customers.informed.of(customer) < 1.0 - unaware:
                self.inform(customer, BY_INFORMING)
                return
        if self.customers.barred[customer] != 0:
            if not self.access_open:
                self.shut_out.append(customer)
                return
            self.customers.gives_up[customer] += now
        self.attempt(customer)

    def inform(self, customer: i64, by: i64) -> None:
        """The customer's need ends now without an agent."""
        self.customers.solved_at[customer] = self.calendar.now
        self.customers.solved_by[customer] = u8(by)
        self.solved(customer)

    def post(self, customer: i64) -> None:
        """A public post comes into being."""
        customers = self.customers
        now = self.calendar.now
        customers.onset[customer] = now
        customers.fate[customer] = u8(STILL_TRYING)
        customers.gives_up[customer] += now
        self.attempt(customer)

    def attempt(self, customer: i64) -> None:
        """One attempt, unless the need has ended meanwhile."""
        now = self.calendar.now
        if self.customers.solved_at[customer] <= now:
            self.solved(customer)
            return
        number = i64(self.customers.attempts[customer])
        self.customers.attempts[customer] = u8(number + 1)
        need = i64(self.customers.need[customer])
        queue = self.queues[i64(self.customers.channel[customer]) * len(self.needs) + need]
        row = self.contacts.open(customer, number, queue.number, now)
        if queue.channel.line:
            if len(self.congestion) > 0:
                passes = 1.0
                for fade in self.congestion:
                    passes *= 1.0 - fade.at(now)
                mark = self.customers.network.of(customer) if number == 0 else uniform(self.customers.key[customer], number, NETWORK)
                if mark < 1.0 - passes:
                    self.contacts.close(row, LOST_UPSTREAM, CONGESTION, now)
                    self.try_again(customer, queue, BUSY_SIGNAL)
                    return
            prevented = self.needs[need].prevented
            if prevented > 0.0 and self.customers.informed.of(customer) < prevented:
                self.contacts.close(row, CONTAINED, ANNOUNCED, now)
                self.inform(customer, BY_ANNOUNCEMENT)
                return
        self.enter(customer, row, queue)

    def enter(self, customer: i64, row: i64, queue: Queue) -> None:
        """The front door: opening hours, platform, site, line, self-service."""
        now = self.calendar.now
        channel = queue.channel
        if not channel.up or (not channel.open and not channel.keeps):
            if not channel.up and channel.line and self.sites[channel.numbers].trunks.cut():
                self.contacts.close(row, LOST_UPSTREAM, LINK_DOWN, now)  # the call does not come as far as the switch
            else:
                self.contacts.close(row, BLOCKED, PLATFORM_DOWN if not channel.up else CLOSED, now)
            self.try_again(customer, queue, BUSY_SIGNAL)
            return
        if channel.line:
            site = self.sites[channel.numbers]
            if site.lost or not site.open:
                self.contacts.close(row, BLOCKED, SITE_DOWN, now)
                self.try_again(customer, queue, BUSY_SIGNAL)
                return
            link = site.trunks.seize(queue.need)
            if link < 0:
                # With every cable cut the call never reaches the centre; otherwise the centre refuses it.
                self.contacts.close(row, LOST_UPSTREAM if link == -LINK_DOWN else BLOCKED, -link, now)
                self.try_again(customer, queue, BUSY_SIGNAL)
                return
            self.contacts.site[row] = i32(site.number)
            self.contacts.link[row] = i32(link)
        if len(channel.menu) > 0:
            self.lobbies[channel.number].join(row, now)
            self.contacts.stage[row] = u8(IN_MENU)
            key = self.customers.key[customer]
            spent = duration(channel.menu, uniform(key, i64(self.contacts.attempt[row]), MENU))
            self.calendar.push(now + spent, COMPLETION, (row << BITS) | MENU_ENDS)
            return
        self.meet(customer, row, queue)

    def end_menu(self, row: i64) -> None:
        """Self-service has solved it, or the contact goes on to the agents."""
        if self.contacts.stage[row] != IN_MENU:
            return  # cut off meanwhile
        queue = self.queues[i64(self.contacts.queue[row])]
        self.lobbies[queue.channel.number].leave(row, self.calendar.now)
        customer = i64(self.contacts.customer[row])
        mark = uniform(self.customers.key[customer], i64(self.contacts.attempt[row]), SELF)
        if mark < queue.contained:
            self.let_go(row)
            self.contacts.close(row, CONTAINED, SELF_SERVICE, self.calendar.now)
            self.inform(customer, BY_SELF_SERVICE)
        else:
            self.meet(customer, row, queue)

    # -- at the queue ------------------------------------------------------------------------------------------------

    def meet(self, customer: i64, row: i64, queue: Queue) -> None:
        """An agent at once, another channel, a callback, or the queue."""
        now = self.calendar.now
        self.contacts.queued[row] = now
        if self.contacts.wide:
            self.contacts.due[row] = now
        if queue.deflects >= 0 and queue.deflect_above < 0.0 and self.deflect(customer, row, queue):
            return
        if not queue.shut():
            if self.find_agent(row, queue):
                return
            channel = queue.channel
            if queue.deflects >= 0 or channel.offers >= 0 or channel.announces != 0:
                wait = self.announced_wait(queue)
                if queue.deflects >= 0 and wait >= queue.deflect_above and self.deflect(customer, row, queue):
                    return
                if channel.offers >= 0 and wait >= channel.offer_above and self.offer_callback(customer, row, queue, wait):
                    return
                if channel.announces != 0 and wait > self.customers.tolerance.of(customer):
                    self.let_go(row)
                    self.contacts.close(row, BALKED, 0, now)
                    self.try_again(customer, queue, AFTER_ABANDONING)
                    return
        queue.join(row, now)
        number = i64(self.contacts.attempt[row])
        if number == 0:
            patience = self.customers.patience[customer]
        else:
            patience = duration(queue.patience, uniform(self.customers.key[customer], number, PATIENCE))
            if len(self.customers.temper) > 0:
                patience *= self.customers.temper[customer]
        self.calendar.push(now + patience, HANG_UP, (row << BITS) | HANGS_UP)
        for delay in queue.overflow:
            self.calendar.push(now + delay, POLICY, (row << BITS) | OVERFLOWS)
        if self.strategy.wakes:
            self.offer_work()

    def announced_wait(self, queue: Queue) -> float:
        """The wait told to a caller: (queue + 1) / (agents x rate), or the last answered contact's wait."""
        if queue.channel.announces == LAST_ANSWERED:
            return queue.last_wait
        agents: i64 = 0
        for team in self.teams:
            if team.proficiency[queue.number] > 0.0:
                agents += team.online
        if agents == 0:
            return 1e18
        return float(queue.length + 1) * queue.mean_handle / float(agents)

    def deflect(self, customer: i64, row: i64, queue: Queue) -> bool:
        """Lead the contact to another channel, where it goes on at once, if the customer agrees; nobody is led on twice."""
        attempt = i64(self.contacts.attempt[row])
        customers = self.customers
        if attempt > 0 and i64(customers.led[customer]) == attempt:
            return False
        if attempt + 1 >= queue.channel.max_attempts or uniform(customers.key[customer], attempt, DEFLECT) >= queue.deflect_share:
            return False
        self.let_go(row)
        self.contacts.close(row, DEFLECTED, 0, self.calendar.now)
        customers.channel[customer] = u8(queue.deflects)
        customers.led[customer] = customers.attempts[customer]
        self.attempt(customer)
        return True

    def offer_callback(self, customer: i64, row: i64, queue: Queue, wait: float) -> bool:
        """Offer a callback, in the same place in line or by appointment, if the customer accepts."""
        channel = queue.channel
        now = self.calendar.now
        refuse = 1.0 - channel.offer_share
        if channel.offer_eager > 0.0:
            refuse *= exp((channel.offer_above - wait) / channel.offer_eager)
        if uniform(self.customers.key[customer], i64(self.contacts.attempt[row]), CALLBACK) >= 1.0 - refuse:
            return False
        self.let_go(row)
        self.contacts.close(row, CALLBACK_ACCEPTED, 0, now)
        if channel.offer_gap > 0.0:
            diary = self.channels[channel.offers]
            slot = max(diary.next_slot, now)
            diary.next_slot = slot + channel.offer_gap
            self.appoint(customer, channel.offers, queue.need, slot)
        else:
            self.list_callback(customer, channel.offers, queue.need, now, True)
        return True

    # -- leaving without an agent ------------------------------------------------------------------------------------

    def hang_up(self, row: i64) -> None:
        if self.contacts.stage[row] != WAITING or self.contacts.answered[row] == self.contacts.answered[row]:
            return  # answered or cut off meanwhile
        customer = i64(self.contacts.customer[row])
        queue = self.leave_queue(row)
        self.contacts.close(row, ABANDONED, 0, self.calendar.now)
        if len(self.customers.posts) > 0:
            self.spread(customer)
        self.try_again(customer, queue, AFTER_ABANDONING)

    def spread(self, customer: i64) -> None:
        """Somebody left without an answer posts in public, or a post without an answer breeds others."""
        customers = self.customers
        count = i64(customers.posts[customer])
        customers.posts[customer] = u8(0)
        first = customers.first_post[customer]
        i: i64 = first
        while i < first + count:
            self.calendar.enter(self.calendar.now + customers.onset[i], ARRIVAL, i, (i << BITS) | POSTS)
            i += 1

    def overflow(self, row: i64) -> None:
        """A waiting contact has become eligible for one more team."""
        if self.contacts.stage[row] != WAITING:
            return
        queue = self.queues[i64(self.contacts.queue[row])]
        if queue.shut():
            return
        chosen = self.strategy.agent_for(self.view, row)
        if chosen < 0:
            return
        agent = checked_agent(self.view, row, queue.number, chosen)
        agent.rise()
        self.take(row, queue, agent)

    def leave_queue(self, row: i64) -> Queue:
        queue = self.queues[i64(self.contacts.queue[row])]
        queue.leave(row, self.calendar.now)
        self.let_go(row)
        return queue

    # -- trying again ------------------------------------------------------------------------------------------------

    def try_again(self, customer: i64, queue: Queue, cause: i64) -> None:
        """After a failure: the need may have ended, the person may stop, or tries again later, perhaps by another channel."""
        customers = self.customers
        channel = queue.channel
        now = self.calendar.now
        if customers.solved_at[customer] <= now:
            self.solved(customer)
            return
        made = i64(customers.attempts[customer])
        key = customers.key[customer]
        retries = channel.retries[cause]
        persistence = retries[0] if len(retries) == 1 else quantile(retries, customers.persistence.of(customer))
        if persistence <= 0.0 or uniform(key, made - 1, COIN) >= persistence:
            self.give_up(customer)
            return
        if made >= channel.max_attempts:
            self.give_up(customer)
            customers.capped[customer] = u8(1)
            return
        gap = duration(channel.gap[cause], uniform(key, made - 1, GAP))
        i: i64 = 1
        while i < made:
            gap *= channel.spacing
            i += 1
        when = now + gap
        if when > customers.gives_up[customer]:
            self.give_up(customer)
            return
        shares = channel.moves[cause]
        if len(shares) > 0:
            mark = uniform(key, made - 1, MOVE)
            i = 0
            while i < len(shares) and mark >= shares[i]:
                i += 1
            if i < len(shares):
                customers.channel[customer] = u8(i)
        self.calendar.enter(when, ARRIVAL, customer, (customer << BITS) | REDIALS)

    def miss(self, row: i64, customer: i64) -> None:
        self.try_again(customer, self.queues[i64(self.contacts.queue[row])], AFTER_ABANDONING)
