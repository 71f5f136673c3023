"""The fixed numbers of the traffic: what entries mean, and the rules of the channel and its laws.

Compiled with mypyc.
"""

from __future__ import annotations

from typing import Final

from librt.vecs import vec
from mypy_extensions import i64

# What a traffic entry means: the low bits of its code; the rest is a contact, a customer or an agent.
EVENT: Final = 0
TALK_ENDS: Final = 1
WRAP_ENDS: Final = 2
HANGS_UP: Final = 3
REDIALS: Final = 4
OVERFLOWS: Final = 5
PAUSE_ENDS: Final = 6
BITS: Final = 3

# Kinds of instant: the numbers of simulator.vocabulary.Rank (a test holds them equal).
COMPLETION: Final = 2
POLICY: Final = 3
HANG_UP: Final = 4
ARRIVAL: Final = 5

# Why a customer may try again.
BUSY_SIGNAL: Final = 0
AFTER_ABANDONING: Final = 1
AFTER_A_CUT: Final = 2

QUEUE_LENGTH: Final = 1
LAST_ANSWERED: Final = 2


class Rules:
    """The numbers of the channel and of the laws that the traffic reads."""

    def __init__(
        self,
        patience: list[vec[float]],
        talk: list[vec[float]],
        wrap: list[vec[float]],
        gap: list[vec[float]],
        retries: list[vec[float]],
        talk_drawn: list[vec[float]],
        wrap_drawn: list[vec[float]],
        by_person: bool,
        mean_handle: vec[float],
        spacing: float,
        max_attempts: i64,
        announces: i64,
        overflow: list[vec[float]],
    ) -> None:
        self.patience = patience
        self.talk = talk
        self.wrap = wrap
        self.gap = gap
        self.retries = retries  #: probability of another attempt, by cause and the person's own quantile
        self.talk_drawn = talk_drawn
        self.wrap_drawn = wrap_drawn
        self.by_person = by_person
        self.mean_handle = mean_handle
        self.spacing = spacing
        self.max_attempts = max_attempts
        self.announces = announces
        self.overflow = overflow  #: by need: the distinct waits at which another team may take it
