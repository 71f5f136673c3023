"""Links and the lines of a site: who gets a line, and who hears a busy signal.

Compiled with mypyc.
"""

from __future__ import annotations

from typing import Final

from librt.vecs import vec
from mypy_extensions import i64

from simulator.engine.contacts import LINK_DOWN, NO_LINE, RESERVED, Column


class Link:
    """A carrier connection with ``lines`` simultaneous contacts."""

    def __init__(self, number: i64, lines: i64) -> None:
        self.number = number
        self.lines = lines
        self.used: i64 = 0
        self.wanted = False  #: somebody could not dial for want of a line, and none of these has been given back since
        self.up = True


class Trunks:
    """The links of one site, with lines kept for needs: others need more free lines than are reserved for anybody else."""

    def __init__(self, links: list[Link], reserve: Column) -> None:
        self.links: Final = links
        self.reserve: Final[vec[i64]] = reserve
        self.reserved: i64 = 0
        for lines in reserve:
            self.reserved += lines

    def keep(self, need: i64, lines: i64) -> None:
        """Reserve ``lines`` for contacts of ``need``."""
        self.reserved += lines - self.reserve[need]
        self.reserve[need] = lines

    def cut(self) -> bool:
        """Whether there are links, and all of them are down."""
        for link in self.links:
            if link.up:
                return False
        return len(self.links) > 0

    def free(self) -> i64:
        free: i64 = 0
        for link in self.links:
            if link.up and link.lines > link.used:
                free += link.lines - link.used
        return free

    def has_room(self, need: i64) -> bool:
        """Whether :meth:`seize` would find a line."""
        return self.free() > self.reserved - self.reserve[need]

    def seize(self, need: i64) -> i64:
        """Take a line for a contact of ``need``: the number of its link, or minus the cause of the refusal."""
        if self.reserved > 0:
            kept = self.reserved - self.reserve[need]
            free = self.free()
            if kept > 0 and 0 < free <= kept:
                return -RESERVED
        up = False
        for link in self.links:
            if link.up:
                up = True
                if link.used < link.lines:
                    link.used += 1
                    return link.number
        if up:
            return -NO_LINE
        return -LINK_DOWN
