"""The words of the product as enums: one term, one meaning, one identifier.

Integer enums are stored in ledger columns; their order is part of the file format and only grows at the end. A column is
compared with a member's ``value``: the member itself NumPy takes for a number of 64 bits, and widens the whole column first.
"""

from __future__ import annotations

from enum import IntEnum, IntFlag


class Outcome(IntEnum):
    """How one contact attempt ended. The table in :mod:`simulator.statistics.books` says which sums each one enters."""

    NONE = 0  #: the attempt never happened (a row of the tape that nobody needed)
    LOST_UPSTREAM = 1  #: never reached the centre: congestion or a cable in the carrier's network
    BLOCKED = 2  #: refused at the front door: no line, site down, nobody open (see :class:`Cause`)
    CONTAINED = 3  #: ended in an announcement or self-service, without an agent
    BALKED = 4  #: left on hearing the expected wait, never queued
    ABANDONED = 5  #: queued and left before an answer
    CUT_OFF = 6  #: lost by a failure while waiting
    HANDLED = 7  #: answered and completed, wrap-up included
    DROPPED = 8  #: lost by a failure after the answer
    OPEN_AT_END = 9  #: still waiting when the run ended
    IN_SERVICE_AT_END = 10  #: talking or in wrap-up when the run ended; a conversation: begun, not over; a callback: dialled or talked to
    DEFLECTED = 11  #: went on by another channel, by design
    CALLBACK_ACCEPTED = 12  #: took the offer of a callback
    NOT_REACHED = 13  #: a callback that reached nobody, or came too late


class Cause(IntEnum):
    """Why an attempt ended as it did, where the outcome alone does not say."""

    NONE = 0
    CONGESTION = 1  #: the carrier's network was full
    NO_LINE = 2  #: every line busy: the caller hears a busy signal
    RESERVED = 3  #: lines were free but kept for a more urgent need
    SITE_DOWN = 4  #: the numbers lead to a site that is lost or closed
    LINK_DOWN = 5  #: every link of the site is cut
    PLATFORM_DOWN = 6  #: the switch that answers calls is down
    ANNOUNCEMENT = 7  #: an announcement told the caller what they needed
    CLOSED = 8  #: outside the opening hours of the channel
    SELF_SERVICE = 9  #: a machine did what the contact asked for
    IDLE = 10  #: a conversation was closed because the customer was silent too long
    ALREADY_SOLVED = 11  #: a callback found the need over
    LAPSED = 12  #: a callback was not made within its promise


class Fate(IntEnum):
    """How a customer's story stands at the end of the run: exactly one for every customer."""

    STAYED_AWAY = 0  #: the event removed the wish to call (no need arose); not counted among customers
    SERVED = 1  #: an agent handled the need; in a conversation, answered it
    SOLVED_ELSEWHERE = 2  #: repaired, found, informed or reached without an agent
    GAVE_UP = 3  #: tried and stopped trying
    STILL_TRYING = 4  #: waiting, or about to redial when the run ended
    IN_SERVICE = 5  #: an agent was talking to them, or dialling their number, when the run ended, and nobody had served them before


class Solved(IntEnum):
    """What solved a need outside the agents' hands."""

    NO = 0
    REPAIRED = 1  #: the fault behind the need ended
    ELSEWHERE = 2  #: solved by the customer's own means
    ANNOUNCEMENT = 3  #: informed by an announcement
    REACHED = 4  #: reached their relatives directly once the network was open
    LOCATED = 5  #: the missing person was located through the open network
    INFORMED = 6  #: a message or a page that we published told them what they needed
    SELF_SERVED = 7  #: a machine did what they asked for


class Heard(IntEnum):
    """Whether somebody in distress got the support they needed."""

    CALM = 0  #: not in distress
    UNHEARD = 1  #: in distress, and nobody noticed or had the time
    HEARD = 2


class Piece(IntEnum):
    """What one piece of an agent's work on a contact came to."""

    TURN = 0  #: a message answered
    TALK = 1  #: a talk: all of it, or until somebody took over
    NO_ANSWER = 2  #: a dial that nobody answered
    VOICEMAIL = 3  #: a dial that left a message
    WRONG_MOMENT = 4  #: a dial that reached somebody who wants another call
    ALREADY_SOLVED = 5  #: a dial that reached somebody whose need is over
    REACHED = 6  #: a dial that became a talk
    UNFINISHED = 7  #: cut by a failure, or going on when the run ended
    NOT_CONNECTED = 8  #: a dial that the carrier's full network lost


class AgentState(IntEnum):
    """Where an agent's time goes. Times in the states of one agent add up to the run."""

    OFF = 0  #: not on shift
    ABSENT = 1  #: on shift by the roster, but not at work
    AWAY = 2  #: on shift, unable to work: evacuated, drilling, travelling, waiting for a seat
    BREAK = 3
    AVAILABLE = 4
    BUSY = 5  #: talking
    WRAP = 6  #: after-contact work


class Reason(IntFlag):
    """What keeps an agent away; at work are those whom nothing keeps away and who have a seat.

    Somebody away for several reasons is in the state of the first, in this order.
    """

    OFF_SHIFT = 1  #: nobody expects them: outside their shift, and beyond what they promised to stay
    NOT_COMING = 2  #: absent from this shift
    UNAVAILABLE = 4  #: cannot work while an effect lasts
    SITE_LOST = 8  #: nobody may go into their site
    TRAVELLING = 16  #: on the way to a site
    ON_PAUSE = 32  #: an errand of its own length: a drill, a headcount
    ON_BREAK = 64
    NO_SEAT = 128  #: would sit down if there was a seat


class Rank(IntEnum):
    """The order of what happens at one instant (docs/explanation/rules-of-the-run.md)."""

    URGENT = 0  #: SimPy's own: process starts and interrupts
    WORLD = 1  #: capacity changes and failures
    COMPLETION = 2  #: talk and wrap-up end, lines are released
    POLICY = 3  #: policy timers, playbook, roster; SimPy's NORMAL
    HANG_UP = 4
    ARRIVAL = 5  #: first attempts and redials, by customer number
    OBSERVATION = 6
