"""What a column of an export can mean here: one table of meanings, their kinds and the words in which they are said back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """How the cells of a meaning are read."""

    MOMENT = "a date and a time of day"
    DATE = "a date"
    CLOCK = "a time of day"
    NAME = "a name"
    COUNT = "a number of calls"
    TOTAL = "a duration, summed over calls or agents"
    MEAN = "a duration, the mean of calls"
    EACH = "a duration of one call"
    SHARE = "a share"
    NUMBER = "a number"
    FLAG = "yes or no"
    OUTCOME = "what became of a call"
    PERSON = "somebody's mark, never kept"


@dataclass(frozen=True)
class Meaning:
    """``says`` completes "this column is ..."; ``of_calls`` marks what only tables with a row for each call have."""

    kind: Kind
    says: str
    of_calls: bool = False


MEANINGS: Mapping[str, Meaning] = {
    "moment": Meaning(Kind.MOMENT, "when the interval begins"),
    "date": Meaning(Kind.DATE, "the day"),
    "clock": Meaning(Kind.CLOCK, "when the interval begins, by the clock"),
    "length": Meaning(Kind.NUMBER, "how long the interval is, in minutes"),
    "queue": Meaning(Kind.NAME, "the skill or queue"),
    "media": Meaning(Kind.NAME, "by which channel"),
    "incomplete": Meaning(Kind.FLAG, "the row is not whole"),
    "complete": Meaning(Kind.FLAG, "the row is whole"),
    "edges_changed": Meaning(Kind.FLAG, "the edges of the wait bins changed within the row"),
    "arrived": Meaning(Kind.COUNT, "calls that reached the queue"),
    "answered": Meaning(Kind.COUNT, "calls that reached an agent"),
    "abandoned": Meaning(Kind.COUNT, "callers who gave up waiting"),
    "phantom": Meaning(Kind.COUNT, "abandoned calls that no person made"),
    "sent_away": Meaning(Kind.COUNT, "calls sent elsewhere by a rule"),
    "before_queue": Meaning(Kind.COUNT, "calls that ended before the queue, in the menu"),
    "second_legs": Meaning(Kind.COUNT, "calls handed over from another queue"),
    "answered_in_time": Meaning(Kind.COUNT, "calls answered within the target"),
    "answer_wait": Meaning(Kind.TOTAL, "waits of the answered, summed"),
    "abandon_wait": Meaning(Kind.TOTAL, "waits of those who gave up, summed"),
    "talk": Meaning(Kind.TOTAL, "talk, summed"),
    "hold": Meaning(Kind.TOTAL, "hold, summed"),
    "wrap": Meaning(Kind.TOTAL, "work after calls, summed"),
    "handle": Meaning(Kind.TOTAL, "talk, hold and work after calls, summed"),
    "mean_answer_wait": Meaning(Kind.MEAN, "mean wait of the answered"),
    "mean_abandon_wait": Meaning(Kind.MEAN, "mean wait of those who gave up"),
    "mean_talk": Meaning(Kind.MEAN, "mean talk"),
    "mean_hold": Meaning(Kind.MEAN, "mean hold"),
    "mean_wrap": Meaning(Kind.MEAN, "mean work after a call"),
    "mean_handle": Meaning(Kind.MEAN, "mean handle time"),
    "abandoned_share": Meaning(Kind.SHARE, "share who gave up"),
    "service_level": Meaning(Kind.SHARE, "service level"),
    "occupancy": Meaning(Kind.SHARE, "occupancy"),
    "agents": Meaning(Kind.NUMBER, "agents at work, counted per person"),
    "staffed": Meaning(Kind.TOTAL, "time at work, per person"),
    "staffed_by_skill": Meaning(Kind.TOTAL, "time at work, a person counted once in each of their skills"),
    "call": Meaning(Kind.PERSON, "which call", of_calls=True),
    "caller": Meaning(Kind.PERSON, "who called", of_calls=True),
    "agent": Meaning(Kind.PERSON, "which agent"),
    "arrival": Meaning(Kind.MOMENT, "when the call came", of_calls=True),
    "queued": Meaning(Kind.MOMENT, "when the call reached the queue", of_calls=True),
    "connected": Meaning(Kind.MOMENT, "when an agent answered", of_calls=True),
    "dequeued": Meaning(Kind.MOMENT, "when the call left the queue", of_calls=True),
    "ended": Meaning(Kind.MOMENT, "when the call ended", of_calls=True),
    "updated": Meaning(Kind.MOMENT, "when the record was written", of_calls=True),
    "call_wait": Meaning(Kind.EACH, "wait", of_calls=True),
    "call_talk": Meaning(Kind.EACH, "talk", of_calls=True),
    "call_hold": Meaning(Kind.EACH, "hold", of_calls=True),
    "call_wrap": Meaning(Kind.EACH, "work after the call", of_calls=True),
    "abandoned_wait": Meaning(Kind.EACH, "how long somebody waited who gave up", of_calls=True),
    "outcome": Meaning(Kind.OUTCOME, "what became of the call", of_calls=True),
    "gave_up": Meaning(Kind.FLAG, "the caller gave up", of_calls=True),
    "sent_off": Meaning(Kind.FLAG, "a rule sent the call elsewhere", of_calls=True),
    "callback": Meaning(Kind.FLAG, "the caller was called back", of_calls=True),
    "ivr": Meaning(Kind.EACH, "time in the menu before the queue", of_calls=True),
}
"""Every meaning by its name, as the mapping file writes it."""

ENDLESS = ("answered_bin", "abandoned_bin", "edge")
"""Families of columns: ``answered_bin 1``, ``abandoned_bin 1``, ``edge 1`` and so on."""


def meaning(name: str) -> Meaning | None:
    """The meaning called ``name``, one of a family too; None where there is none."""
    family, _, number = name.partition(" ")
    if family in ENDLESS and number.isdecimal():
        words = {"answered_bin": "answered in wait bin", "abandoned_bin": "gave up in wait bin", "edge": "where wait bin ends, s:"}
        return Meaning(Kind.NUMBER if family == "edge" else Kind.COUNT, f"{words[family]} {number}")
    return MEANINGS.get(name)
