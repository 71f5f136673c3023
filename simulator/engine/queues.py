"""Queues: the contacts of one need on one channel that wait, oldest first, linked through columns of the ledger.

Compiled with mypyc.
"""

from __future__ import annotations

from typing import Final

from librt.vecs import vec
from mypy_extensions import i32, i64, u8

from simulator.engine.channels import Channel
from simulator.engine.contacts import NOBODY, WAITING, Column, Contacts


class Queue:
    """First in, first in line; any contact may leave from anywhere in constant time.

    With the laws of its contacts: tables of :mod:`simulator.engine.luck`, and talk and wrap-up as drawn by order of
    service.
    """

    def __init__(
        self,
        number: i64,
        need: i64,
        urgency: i64,
        channel: Channel,
        contacts: Contacts,
        patience: Column,
        talk: Column,
        wrap: Column,
        talk_drawn: Column,
        wrap_drawn: Column,
        mean_handle: float,
        overflow: Column,
        contained: float,
    ) -> None:
        self.number = number
        self.need = need
        self.channel: Final = channel
        self.plain: Final = channel.plain
        self.contacts: Final = contacts
        self.overflow: Final[vec[float]] = overflow  #: the distinct waits at which another team may take a contact
        self.deflects: i64 = -1  #: the channel to which contacts are led
        self.starts: i64 = 0  #: talks begun of those drawn by order of service
        self.first: i64 = NOBODY
        self.last: i64 = NOBODY
        self.length: i64 = 0
        self.load = 0.0  #: the same, to be multiplied by seconds
        self.time = 0.0  #: contact-seconds spent waiting, up to ``since``
        self.since = 0.0
        self.last_wait = 0.0  #: wait of the last contact that was answered
        self.talk_drawn: Final[vec[float]] = talk_drawn
        self.wrap_drawn: Final[vec[float]] = wrap_drawn
        self.patience: Final[vec[float]] = patience
        self.talk: Final[vec[float]] = talk
        self.wrap: Final[vec[float]] = wrap
        self.urgency = urgency
        self.mean_handle = mean_handle
        self.contained = contained  #: share of contacts that self-service ends
        self.deflect_share = 0.0
        self.deflect_above = 0.0  #: once the expected wait is longer; below 0 whether or not an agent is free

    @staticmethod
    def inbox(channel: Channel, contacts: Contacts) -> Queue:
        """A place of its own: for the messages that wait for one agent, or for those in self-service."""
        none = vec[float]()
        return Queue(NOBODY, NOBODY, 0, channel, contacts, none, none, none, none, none, 0.0, none, 0.0)

    def shut(self) -> bool:
        """Whether its contacts are kept: for the next opening hours, or until their platform works again."""
        return self.channel.keeps and not (self.channel.open and self.channel.up)

    def join(self, row: i64, now: float) -> None:
        self.time += self.load * (now - self.since)
        self.since = now
        self.length += 1
        self.load += 1.0
        last = self.last
        self.contacts.stage[row] = u8(WAITING)
        self.contacts.before[row] = i32(last)
        if self.contacts.after[row] >= 0:  # it has been in a queue before
            self.contacts.after[row] = i32(NOBODY)
        if last >= 0:
            self.contacts.after[last] = i32(row)
        else:
            self.first = row
        self.last = row

    def leave(self, row: i64, now: float) -> None:
        """Out of the line; where the contact stands from now on is for the caller to say."""
        self.time += self.load * (now - self.since)
        self.since = now
        self.length -= 1
        self.load -= 1.0
        before = i64(self.contacts.before[row])
        after = i64(self.contacts.after[row])
        if before >= 0:
            self.contacts.after[before] = i32(after)
        else:
            self.first = after
        if after >= 0:
            self.contacts.before[after] = i32(before)
        else:
            self.last = before
