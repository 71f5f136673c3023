"""Queues: the contacts of one need that wait, oldest first, linked through columns of the ledger.

Compiled with mypyc.
"""

from __future__ import annotations

from mypy_extensions import i32, i64, u8

from simulator.engine.contacts import NOBODY, OVER, WAITING, Contacts


class Queue:
    """First in, first in line; any contact may leave from anywhere in constant time."""

    def __init__(self, need: i64, urgency: i64, contacts: Contacts) -> None:
        self.need = need
        self.urgency = urgency
        self.contacts = contacts
        self.first: i64 = NOBODY
        self.last: i64 = NOBODY
        self.length: i64 = 0
        self.time = 0.0  #: contact-seconds spent waiting, up to ``since``
        self.since = 0.0
        self.last_wait = 0.0  #: wait of the last contact that was answered

    def join(self, row: i64, now: float) -> None:
        contacts = self.contacts
        self.time += float(self.length) * (now - self.since)
        self.since = now
        self.length += 1
        last = self.last
        contacts.stage[row] = u8(WAITING)
        contacts.before[row] = i32(last)
        contacts.after[row] = i32(NOBODY)
        if last >= 0:
            contacts.after[last] = i32(row)
        else:
            self.first = row
        self.last = row

    def leave(self, row: i64, now: float) -> None:
        contacts = self.contacts
        self.time += float(self.length) * (now - self.since)
        self.since = now
        self.length -= 1
        contacts.stage[row] = u8(OVER)
        before = i64(contacts.before[row])
        after = i64(contacts.after[row])
        if before >= 0:
            contacts.after[before] = i32(after)
        else:
            self.first = after
        if after >= 0:
            contacts.before[after] = i32(before)
        else:
            self.last = before
