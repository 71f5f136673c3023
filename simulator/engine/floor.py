"""The floor: the traffic, and the few verbs by which the world and the playbook act on it.

Compiled with mypyc.
"""

from __future__ import annotations

from typing import Final

from librt.vecs import vec
from mypy_extensions import i64, u8

from simulator.engine.contacts import (
    BY_REACHING,
    DIALLING,
    GAVE_UP,
    IN_SERVICE,
    IN_SERVICE_AT_END,
    OPEN_AT_END,
    OVER,
    REACHED,
    STILL_TRYING,
    TALKING,
    UNCONNECTED,
    UNFINISHED,
    Column,
)
from simulator.engine.crew import Crew
from simulator.engine.notes import Notes
from simulator.engine.rules import (
    ARRIVAL,
    BITS,
    DIAL_DUE,
    DIAL_ENDS,
    EVENT,
    HANGS_UP,
    LAPSES,
    MENU_ENDS,
    OVERFLOWS,
    OWN_TIME_UP,
    PAUSE_ENDS,
    POSTS,
    REDIALS,
    SILENT_TOO_LONG,
    TALK_ENDS,
    WRAP_ENDS,
    WRITES,
)
from simulator.engine.strategy import Strategy, says

PAUSED: Final = -1  #: the limit of entries is reached
EMPTY: Final = -2  #: nothing is left to happen
WHAT: Final = 15


class Floor(Crew):
    """Verbs in the imperative; agents, sites, links and needs are numbers."""

    cursor: i64 = 0  #: the next customer whose first call is due
    entries: i64 = 0  #: traffic entries done

    # -- time --------------------------------------------------------------------------------------------------------

    def advance(self, limit: i64) -> i64:
        """Let the traffic run: the slot of the next SimPy event (already due), PAUSED after ``limit`` entries, or EMPTY."""
        calendar = self.calendar
        onset = self.customers.onset
        n = self.customers.calls
        done: i64 = 0
        while done < limit:
            i = self.cursor
            if i < n:
                t = onset[i]
                k = calendar.n
                ahead = calendar.times[k - 1] if k > 0 else t
                if t < ahead or (t == ahead and calendar.spares(t, ARRIVAL, i)):
                    calendar.now = t
                    self.cursor = i + 1
                    done += 1
                    self.call(i)
                    continue
            elif not calendar.ready():
                self.entries += done
                return EMPTY
            code = calendar.pop()
            what = code & WHAT
            thing = code >> BITS
            if what == EVENT:
                self.entries += done
                return thing
            self.do(what, thing)
            done += 1
        self.entries += done
        return PAUSED

    def do(self, what: i64, thing: i64) -> None:
        """What a traffic entry says; ``thing`` is a contact, a customer or an agent."""
        if what == TALK_ENDS:
            self.end_talk(thing)
        elif what == WRAP_ENDS:
            self.end_wrap(thing)
        elif what == HANGS_UP:
            self.hang_up(thing)
        elif what == REDIALS:
            self.attempt(thing)
        elif what == OVERFLOWS:
            self.overflow(thing)
        elif what == PAUSE_ENDS:
            self.end_pause(thing)
        elif what == MENU_ENDS:
            self.end_menu(thing)
        elif what == WRITES:
            self.write(thing)
        elif what == OWN_TIME_UP:
            self.own_time_up(thing)
        elif what == SILENT_TOO_LONG:
            self.fall_silent(thing)
        elif what == DIAL_ENDS:
            self.end_dial(thing)
        elif what == DIAL_DUE:
            self.dial_again(thing)
        elif what == LAPSES:
            self.lapse(thing)
        elif what == POSTS:
            self.post(thing)
        else:  # LINE_FREES
            self.offer_work()

    def next_instant(self) -> float:
        """When the next thing happens; infinity if nothing will."""
        first = self.calendar.first()
        if self.cursor < self.customers.calls and self.customers.onset[self.cursor] < first:
            first = self.customers.onset[self.cursor]
        return first

    # -- lines -------------------------------------------------------------------------------------------------------

    def point_numbers(self, channel_number: i64, site_number: i64) -> None:
        self.channels[channel_number].numbers = site_number
        self.dial_where_possible()

    def set_lines(self, link_number: i64, lines: i64) -> None:
        self.links[link_number].lines = lines
        self.dial_where_possible()

    def set_link(self, link_number: i64, up: bool) -> None:
        """A link fails or works again; what stands on it is cut by :meth:`cut_contacts`, once all that fails together is down."""
        self.links[link_number].up = up
        if up:
            self.dial_where_possible()

    def reserve(self, site_number: i64, need: i64, lines: i64) -> None:
        self.sites[site_number].trunks.keep(need, lines)
        self.dial_where_possible()

    def set_open(self, site_number: i64, is_open: bool) -> None:
        super().set_open(site_number, is_open)
        self.dial_where_possible()

    def regain_site(self, site_number: i64) -> None:
        super().regain_site(site_number)
        self.dial_where_possible()

    # -- channels ----------------------------------------------------------------------------------------------------

    def set_platform(self, channel_number: i64, up: bool) -> None:
        """What a channel works with fails, or works again; what it does not keep is cut by :meth:`cut_contacts`."""
        channel = self.channels[channel_number]
        was = channel.up
        channel.up = up
        if up and not was and channel.keeps:
            self.offer_work()

    def set_hours(self, channel_number: i64, is_open: bool) -> None:
        """The channel opens, or closes: who waits on a call or a chat is still served, what is kept waits for the morning."""
        self.channels[channel_number].open = is_open
        if is_open:
            self.offer_work()

    def offer_callbacks(self, channel_number: i64, to: i64, above: float, share: float, eager: float, gap: float) -> None:
        """From now on callbacks on channel ``to`` (-1: none) are offered where the expected wait is at least ``above`` seconds.

        Of those who do not accept at that wait, all but 1/e do once it is ``eager`` seconds longer (0: none). With a ``gap``
        they are appointments so many seconds apart; without one they keep the place in line.
        """
        channel = self.channels[channel_number]
        channel.offers = to
        channel.offer_above = above
        channel.offer_share = share
        channel.offer_eager = eager
        channel.offer_gap = gap
        if to >= 0:  # the diary is of those who call back, whoever promises
            diary = self.channels[to]
            diary.next_slot = max(diary.next_slot, self.calendar.now + gap)

    def lead_away(self, channel_number: i64, need: i64, to: i64, share: float, above: float) -> None:
        """From now on a share of contacts is led to channel ``to`` (-1: none), where the wait is at least ``above``."""
        queue = self.queues[channel_number * len(self.needs) + need]
        queue.deflects = to
        queue.deflect_share = share
        queue.deflect_above = above

    # -- customers ---------------------------------------------------------------------------------------------------

    def announce(self, need: i64, share: float) -> None:
        """From now on ``share`` of callers with this need learn what they need from an announcement."""
        self.needs[need].prevented = share

    def open_access(self, delays: Column) -> None:
        """Everyone can call: those shut out so far try ``delays`` (by customer) from now."""
        self.access_open = True
        now = self.calendar.now
        after: vec[float] = delays
        for customer in self.shut_out:
            self.customers.gives_up[customer] += now + after[customer]
            self.calendar.enter(now + after[customer], ARRIVAL, customer, (customer << BITS) | REDIALS)
        self.shut_out = []

    def solve(self, people: Column, instants: Column, by: i64) -> None:
        """The need of each of these customers will end at their instant outside the centre, unless it ends sooner."""
        customers = self.customers
        numbers: vec[i64] = people
        when: vec[float] = instants
        i: i64 = 0
        while i < len(numbers):
            customer = numbers[i]
            if when[i] < customers.solved_at[customer]:
                customers.solved_at[customer] = when[i]
                customers.solved_by[customer] = u8(by)
            i += 1

    def set_skill(self, team_number: i64, need: i64, proficiency: float) -> None:
        """A team takes on a need, or gives it up (0), on every channel that it serves; its idle agents look at the queues at once."""
        team = self.teams[team_number]
        for channel in self.channels:
            if channel.number not in team.channels:
                continue
            queue = channel.number * len(self.needs) + need
            if team.proficiency[queue] == 0.0 and proficiency > 0.0:
                team.serves.append(queue)
                self.view.learn(team_number, queue)
            elif team.proficiency[queue] > 0.0 and proficiency == 0.0:
                team.serves.remove(queue)
                self.view.forget(team_number, queue)
            team.proficiency[queue] = proficiency
        self.offer_work()

    def switch_strategy(self, strategy: Strategy) -> None:
        """Route by another strategy from now on; idle agents look at the queues with its eyes at once."""
        self.strategy = strategy
        self.asks_always = says(strategy, "sees_all")
        self.quick = says(strategy, "quick")
        self.offer_work()

    # -- the end -----------------------------------------------------------------------------------------------------

    def note(self, notes: Notes, live: bool, deciding: bool) -> None:
        """Write down what is seen now; ``live`` and ``deciding`` are not for the floor to know."""
        now = self.calendar.now
        notes.take(now, self.sites, self.links, self.queues, self.teams, self.agents, self.channels, self.bench, live, deciding)

    def finish(self, horizon: float) -> None:
        """The run is over: mark what is still open and what is in hand, and settle each customer's story."""
        for agent in self.agents:
            agent.inbox = None  # agents refer to each other in a circle, and an inbox to every contact
        contacts = self.contacts
        customers = self.customers
        served_now: list[i64] = []
        row: i64 = 0
        while row < contacts.n:
            stage = i64(contacts.stage[row])
            if stage != OVER:
                dialled = DIALLING <= stage <= UNCONNECTED
                begun = dialled or contacts.answered[row] == contacts.answered[row]
                contacts.outcome[row] = u8(IN_SERVICE_AT_END if begun else OPEN_AT_END)
                if begun:
                    served_now.append(i64(contacts.customer[row]))
                if contacts.wide and (dialled or stage == TALKING):
                    self.lay_down(row, horizon)
                if self.queues[i64(contacts.queue[row])].channel.calls_out:
                    self.ring_off(row)
            row += 1
        customer: i64 = 0
        while customer < customers.n:
            fate = customers.fate[customer]
            # Who gave up stays so, unless our own act reached them outside the centre.
            pending = fate == STILL_TRYING or (fate == GAVE_UP and customers.solved_by[customer] >= BY_REACHING)
            if pending and customers.solved_at[customer] <= horizon:
                self.solved(customer)
            customer += 1
        for customer in served_now:  # also who has given up, where we are calling them
            if customers.fate[customer] in (STILL_TRYING, GAVE_UP) and not customers.is_served(customer):
                customers.fate[customer] = u8(IN_SERVICE)

    def lay_down(self, row: i64, horizon: float) -> None:
        """Write down the piece of work in hand at the end of the run; what is no piece of several has its times in the ledger."""
        contacts = self.contacts
        channel = self.channel_of(row)
        calling = channel.calling is not None
        if calling or channel.conversation is not None or contacts.part[row] > 0:
            reached = calling and contacts.stage[row] == TALKING
            self.pieces.add(contacts, row, REACHED if reached else UNFINISHED, horizon)
