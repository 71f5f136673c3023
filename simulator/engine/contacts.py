"""Columns of the run: the ledger of contact attempts and the state of each customer. No object per contact.

Compiled with mypyc.
"""

from __future__ import annotations

from typing import Any, Final

from librt.vecs import append, extend, vec
from mypy_extensions import i32, i64, u8

Column = Any
"""A ``vec`` that interpreted code hands over, of what the attribute says that it goes to.

Declared as a ``vec``, an argument of a call from interpreted code is counted once more than it is let go (mypyc 2.4): the whole
column would stay in memory for ever, megabytes with every run. ``tests/engine/test_memory.py`` watches over it.
"""
NOBODY: Final = -1

# Outcomes, causes, fates: the numbers of simulator.vocabulary (a test holds them equal).
NONE: Final = 0
LOST_UPSTREAM: Final = 1
BLOCKED: Final = 2
CONTAINED: Final = 3
BALKED: Final = 4
ABANDONED: Final = 5
CUT_OFF: Final = 6
HANDLED: Final = 7
DROPPED: Final = 8
OPEN_AT_END: Final = 9
IN_SERVICE_AT_END: Final = 10
DEFLECTED: Final = 11
CALLBACK_ACCEPTED: Final = 12
NOT_REACHED: Final = 13

CONGESTION: Final = 1
NO_LINE: Final = 2
RESERVED: Final = 3
SITE_DOWN: Final = 4
LINK_DOWN: Final = 5
PLATFORM_DOWN: Final = 6
ANNOUNCED: Final = 7
CLOSED: Final = 8
SELF_SERVICE: Final = 9
IDLE: Final = 10
ALREADY_SOLVED: Final = 11
LAPSED: Final = 12

STAYED_AWAY: Final = 0
SOLVED_ELSEWHERE: Final = 2
GAVE_UP: Final = 3
STILL_TRYING: Final = 4
IN_SERVICE: Final = 5

BY_REPAIR: Final = 1
BY_ANNOUNCEMENT: Final = 3
BY_REACHING: Final = 4  #: this and higher numbers: our act reached them outside the centre

BY_INFORMING: Final = 6
BY_SELF_SERVICE: Final = 7

UNHEARD: Final = 1
HEARD: Final = 2

# Where a contact stands.
OVER: Final = 0
WAITING: Final = 1
TALKING: Final = 2
WRAPPING: Final = 3
IN_MENU: Final = 4
FOR_OWN: Final = 5  #: a message waits for the agent who knows the conversation
SILENT: Final = 6  #: the customer's turn
HANDING: Final = 7  #: talks, and somebody else will take over
DIALLING: Final = 8
LEAVES_WORD: Final = 9
WRONG_TIME: Final = 10
NEEDLESS: Final = 11  #: talks with somebody whose need is over
UNCONNECTED: Final = 12  #: dials, and the carrier loses the call
RESTING: Final = 13  #: between two dials

# What a piece of work came to: the numbers of simulator.vocabulary.Piece.
TURN: Final = 0
TALK: Final = 1
NO_ANSWER: Final = 2
VOICEMAIL: Final = 3
WRONG_MOMENT: Final = 4
FOUND_SOLVED: Final = 5
REACHED: Final = 6
UNFINISHED: Final = 7
NOT_CONNECTED: Final = 8


class Contacts:
    """One row per attempt or callback, in the order in which they are made. ``blank_…`` are columns of rows not yet used.

    The columns lie where they are until there are more than ``room`` rows.
    ``wide`` ledgers have the columns of work in pieces as well.
    """

    def __init__(self, room: i64, blank_number: Column, blank_time: Column, blank_word: Column, wide: bool) -> None:
        self.n: i64 = 0
        self.wide = wide
        self.blank_number: Final[vec[i32]] = blank_number  #: of NOBODY
        self.blank_time: Final[vec[float]] = blank_time  #: of NaN
        self.blank_word: Final[vec[u8]] = blank_word  #: of zeros: no outcome, no cause, over
        # Begun with blanks, because a vec of a capacity alone writes zeros all over it.
        self.customer = vec[i32](blank_number, capacity=room)
        self.attempt = vec[u8](blank_word, capacity=room)
        self.queue = vec[i32](blank_number, capacity=room)  #: channel x needs + need
        self.site = vec[i32](blank_number, capacity=room)
        self.link = vec[i32](blank_number, capacity=room)
        self.agent = vec[i32](blank_number, capacity=room)
        self.arrived = vec[float](blank_time, capacity=room)
        self.queued = vec[float](blank_time, capacity=room)
        self.answered = vec[float](blank_time, capacity=room)
        self.released = vec[float](blank_time, capacity=room)  #: where work followed the talk; else it is ``ended``
        self.ended = vec[float](blank_time, capacity=room)
        self.outcome = vec[u8](blank_word, capacity=room)
        self.cause = vec[u8](blank_word, capacity=room)
        self.stage = vec[u8](blank_word, capacity=room)
        self.after = vec[i32](blank_number, capacity=room)  #: the next contact in the queue
        self.before = vec[i32](blank_number, capacity=room)
        if not wide:
            room = 0
            blank_number, blank_time, blank_word = blank_number[:0], blank_time[:0], blank_word[:0]
        self.due = vec[float](blank_time, capacity=room)  #: since when the customer waits for this piece of work
        self.begun = vec[float](blank_time, capacity=room)
        self.ends = vec[float](blank_time, capacity=room)  #: when the work in hand is to end
        self.left = vec[float](blank_time, capacity=room)  #: work left, in seconds at full speed
        self.part = vec[i32](blank_number, capacity=room)  #: pieces done
        self.tries = vec[u8](blank_word, capacity=room)  #: dials that no failure cut
        self.promised = vec[u8](blank_word, capacity=room)  #: 1 for a callback that the customer was promised
        self.heard = vec[u8](blank_word, capacity=room)  #: what somebody in distress will have got once the talk is over

    def grow(self) -> None:
        """Room for as many rows more as the blank columns have."""
        self.customer = extend(self.customer, self.blank_number)
        self.attempt = extend(self.attempt, self.blank_word)
        self.queue = extend(self.queue, self.blank_number)
        self.site = extend(self.site, self.blank_number)
        self.link = extend(self.link, self.blank_number)
        self.agent = extend(self.agent, self.blank_number)
        self.arrived = extend(self.arrived, self.blank_time)
        self.queued = extend(self.queued, self.blank_time)
        self.answered = extend(self.answered, self.blank_time)
        self.released = extend(self.released, self.blank_time)
        self.ended = extend(self.ended, self.blank_time)
        self.outcome = extend(self.outcome, self.blank_word)
        self.cause = extend(self.cause, self.blank_word)
        self.stage = extend(self.stage, self.blank_word)
        self.after = extend(self.after, self.blank_number)
        self.before = extend(self.before, self.blank_number)
        if self.wide:
            self.due = extend(self.due, self.blank_time)
            self.begun = extend(self.begun, self.blank_time)
            self.ends = extend(self.ends, self.blank_time)
            self.left = extend(self.left, self.blank_time)
            self.part = extend(self.part, self.blank_number)
            self.tries = extend(self.tries, self.blank_word)
            self.promised = extend(self.promised, self.blank_word)
            self.heard = extend(self.heard, self.blank_word)

    def open(self, customer: i64, attempt: i64, queue: i64, now: float) -> i64:
        """Begin a row for this attempt and return its number."""
        row = self.n
        if row == len(self.customer):
            self.grow()
        self.n = row + 1
        self.customer[row] = i32(customer)
        if attempt != 0:
            self.attempt[row] = u8(attempt)
        self.queue[row] = i32(queue)
        self.arrived[row] = now
        if self.wide:
            self.part[row] = i32(0)
        return row

    def close(self, row: i64, outcome: i64, cause: i64, now: float) -> None:
        """The attempt is over at ``now``; a line or agent it held is let go by the caller."""
        self.outcome[row] = u8(outcome)
        if cause != 0:
            self.cause[row] = u8(cause)
        self.stage[row] = u8(OVER)
        self.ended[row] = now


class Pieces:
    """Pieces of work, in the order in which they ended."""

    def __init__(self) -> None:
        self.contact = vec[i32]()
        self.agent = vec[i32]()
        self.due = vec[float]()
        self.begun = vec[float]()
        self.ended = vec[float]()
        self.what = vec[u8]()

    def add(self, contacts: Contacts, row: i64, what: i64, now: float) -> None:
        """The work in hand on ``row`` ends as ``what``."""
        self.contact = append(self.contact, i32(row))
        self.agent = append(self.agent, contacts.agent[row])
        self.due = append(self.due, contacts.due[row])
        self.begun = append(self.begun, contacts.begun[row])
        self.ended = append(self.ended, now)
        self.what = append(self.what, u8(what))
        contacts.part[row] += i32(1)


class Marks:
    """A column of the workload that many runs never read: it is packed when it is first read. ``source`` is a buffer of floats."""

    def __init__(self, source: Any) -> None:
        self.source: Final[Any] = source
        self.column = vec[float]()

    def of(self, customer: i64) -> float:
        if len(self.column) == 0:
            self.column = vec[float](self.source)
        return self.column[customer]


class Customers:
    """The columns of the workload that the run reads, and what became of each person.

    Those that every contact needs come first: they lie in few lines of the processor's cache.
    """

    def __init__(
        self,
        onset: Column,
        need: Column,
        barred: Column,
        solved_at: Column,
        attempts: Column,
        channel: Column,
        led: Column,
        gives_up: Column,
        patience: Column,
        talk: Column,
        talk_factor: Column,
        wrap: Column,
        fate: Column,
        served_in: Column,
        resolved: Column,
        distressed: Column,
        posts: Column,
        temper: Column,
        key: Column,
        informed: Marks,
        quiet: Marks,
        solved_by: Column,
        tolerance: Marks,
        persistence: Marks,
        network: Marks,
        first_post: Column,
        capped: Column,
        heard: Column,
        repeats: Column,
        calls: i64,
    ) -> None:
        self.n: i64 = len(onset)
        self.calls = calls  #: the first so many are people; the rest are posts that may come into being
        self.onset: Final[vec[float]] = onset
        self.need: Final[vec[u8]] = need
        self.barred: Final[vec[u8]] = barred
        self.solved_at: Final[vec[float]] = solved_at
        self.attempts: Final[vec[u8]] = attempts
        self.channel: Final[vec[u8]] = channel  #: of the next attempt
        self.led: Final[vec[u8]] = led  #: the number of the last attempt that was led on from another channel; 0 if none was
        self.gives_up: Final[vec[float]] = gives_up  #: the instant; of posts and of who is shut out, seconds after their first attempt
        self.patience: Final[vec[float]] = patience
        self.talk: Final[vec[float]] = talk  #: by person; empty where talk goes by order of service
        self.talk_factor: Final[vec[float]] = talk_factor  #: empty where it is 1 for all
        self.wrap: Final[vec[float]] = wrap  #: one value where it is the same for all
        self.fate: Final[vec[u8]] = fate  #: of whom nobody has served
        self.served_in: Final[vec[i32]] = served_in  #: the contact in which somebody first helped them; NOBODY so far
        self.resolved: Final[vec[u8]] = resolved
        self.distressed: Final[vec[u8]] = distressed  #: empty where nobody is
        self.posts: Final[vec[u8]] = posts  #: still to come into being; empty where there is no contagion
        self.temper: Final[vec[float]] = temper  #: factor on the patience of later attempts; empty where it is everybody's own
        self.key: Final[vec[i64]] = key
        self.informed: Final = informed
        self.quiet: Final = quiet
        self.solved_by: Final[vec[u8]] = solved_by
        self.tolerance: Final = tolerance
        self.persistence: Final = persistence
        self.network: Final = network
        self.first_post: Final[vec[i64]] = first_post
        self.capped: Final[vec[u8]] = capped
        self.heard: Final[vec[u8]] = heard  #: empty where nobody is in distress
        self.repeats: Final[vec[u8]] = repeats

    def is_served(self, customer: i64) -> bool:
        """Whether somebody has helped this customer."""
        return self.served_in[customer] >= 0

    def longer(self, customer: i64) -> float:
        """How many times as long as its law says this customer's talk takes."""
        return self.talk_factor[customer] if len(self.talk_factor) > 0 else 1.0
