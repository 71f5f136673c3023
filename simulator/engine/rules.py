"""What traffic entries mean, and the numbers of kinds of instants and of causes.

Compiled with mypyc.
"""

from __future__ import annotations

from typing import Final

# What a traffic entry means: the low bits of its code; the rest is a contact, a customer or an agent.
EVENT: Final = 0
TALK_ENDS: Final = 1
WRAP_ENDS: Final = 2
HANGS_UP: Final = 3
REDIALS: Final = 4
OVERFLOWS: Final = 5
PAUSE_ENDS: Final = 6
MENU_ENDS: Final = 7
WRITES: Final = 8
OWN_TIME_UP: Final = 9
SILENT_TOO_LONG: Final = 10
DIAL_ENDS: Final = 11
DIAL_DUE: Final = 12
LAPSES: Final = 13
POSTS: Final = 14
LINE_FREES: Final = 15
BITS: Final = 4

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
