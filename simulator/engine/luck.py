"""A customer's later luck, unfolded from the key that was drawn for them before the run.

``uniform`` is Philox2x32-10 (Salmon, Moraes, Dror, Shaw, *Parallel random numbers: as easy as 1, 2, 3*, SC11): a
counter-based generator, so the luck of an attempt depends on the customer, the attempt and the purpose only.

Compiled with mypyc.
"""

from __future__ import annotations

from math import log
from typing import Final

from librt.vecs import vec
from mypy_extensions import i64

COIN: Final = 0  #: whether they try again
GAP: Final = 1  #: when
NETWORK: Final = 2  #: whether the carrier loses the attempt
PATIENCE: Final = 3
TALK: Final = 4
WRAP: Final = 5

# Purposes beyond the first eight stand above the bits of the attempt; those of a turn add turn << 16.
MENU: Final = 2048
SELF: Final = 2049  #: whether self-service ends it
DEFLECT: Final = 2050
CALLBACK: Final = 2051  #: whether they accept one
MOVE: Final = 2052  #: by which channel they try again
RESOLVED: Final = 2053
AGAIN: Final = 2054
AGAIN_GAP: Final = 2055
SUPPORT: Final = 4096
TURNS: Final = 4097
SILENCE: Final = 4098
READING: Final = 4099
TURN_TALK: Final = 4100
DIAL: Final = 4101  #: whether they answer
MOMENT: Final = 4102
SPACING: Final = 4103
WORD: Final = 6144  #: whether a message can be left
TALK_BACK: Final = 6145
WRAP_BACK: Final = 6146
CONNECTS: Final = 6147  #: whether the carrier loses a call that we make
PIECE: Final = 16  #: bits below the turn

MASK: Final = 0xFFFFFFFF
MULTIPLIER: Final = 0xD256D193
STEP: Final = 0x9E3779B9

LOWEST: Final = 1e-7  #: simulator.workload.table.LOWEST
LOG_LOWEST: Final = -16.11809565095832  #: log of simulator.workload.table.LOWEST
NODES_PER_LOG: Final = 103.80650778092084  #: nodes of a table per unit of log e


def philox(counter: i64, upper: i64, key: i64) -> i64:
    """53 bits of the block whose counter is (``counter``, ``upper``)."""
    low = counter & MASK
    high = upper & MASK
    k = key & MASK
    turn: i64 = 0
    while turn < 10:
        # The product may wrap in 64 signed bits; both halves are masked, so compiled and interpreted agree.
        product: i64 = MULTIPLIER * low
        low = ((product >> 32) & MASK) ^ k ^ high
        high = product & MASK
        k = (k + STEP) & MASK
        turn += 1
    return (low << 21) ^ (high >> 11)


def uniform(key: i64, attempt: i64, purpose: i64) -> float:
    """A uniform in (0, 1) for this customer, attempt and purpose."""
    bits = philox((attempt << 3) | purpose, key >> 32, key)
    return (float(bits) + 0.5) * 1.1102230246251565e-16


def duration(table: vec[float], u: float) -> float:
    """The duration at quantile ``u`` of a tabulated law (:mod:`simulator.workload.table`)."""
    last = i64(len(table)) - 1
    if u <= LOWEST:
        return table[0]
    if u >= 1.0:
        return table[last]
    # log1p is a call from compiled code, log is not; from the first node on they differ by less than the table is exact.
    place = (log(-log(1.0 - u)) - LOG_LOWEST) * NODES_PER_LOG
    if place <= 0.0:
        return table[0]
    i = i64(place)
    if i >= last:
        return table[last]
    return table[i] + (table[i + 1] - table[i]) * (place - float(i))


def quantile(table: vec[float], u: float) -> float:
    """The value at quantile ``u`` of a table at even quantiles from 0 to 1; a table of one value holds for everybody."""
    steps = i64(len(table)) - 1
    if steps == 0:
        return table[0]
    place = u * float(steps)
    i = i64(place)
    if i >= steps:
        return table[steps]
    return table[i] + (place - float(i)) * (table[i + 1] - table[i])
