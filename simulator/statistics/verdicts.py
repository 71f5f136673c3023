"""Verdicts over worlds: whether something holds in the share of them in which it must.

Of n worlds it holds in k. It is *met* where the whole 95 % interval of Wilson (1927, Journal of the American Statistical Association 22)
is at or above the share asked, *missed* where the whole interval is below, and *too close to call* between: of 30 worlds and 80 %,
29 are met and 19 are missed. Fewer than :data:`LEAST` worlds give no verdict.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scipy.special import ndtri

from simulator.model.world import IN_WORLDS
from simulator.statistics.estimation import LEVEL, wilson

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MET, MISSED, CLOSE, NONE = "met", "missed", "too close to call", "no verdict"
LEAST = 10
"""Worlds below which nothing is judged."""


@dataclass(frozen=True)
class Verdict:
    """Met in ``met`` of the ``worlds`` in which it can be told; ``low``..``high`` is the 95 % Wilson interval of that ``share``."""

    word: str  #: met | missed | too close to call | no verdict
    met: int
    worlds: int
    share: float  #: NaN without any world
    low: float
    high: float
    asked: float  #: in which share of the worlds it must be met


def judged(met: NDArray[np.bool_], known: NDArray[np.bool_], asked: float = IN_WORLDS) -> Verdict:
    """The verdict on what is ``met`` in each world, of those in which it is ``known``."""
    worlds, held = int(known.sum()), int((met & known).sum())
    low, high = wilson(held, worlds)
    word = NONE if worlds < LEAST else MET if low >= asked else MISSED if high < asked else CLOSE
    return Verdict(word, held, worlds, held / worlds if worlds else float("nan"), low, high, asked)


def worlds_needed(asked: float) -> int:
    """The fewest worlds that can show something to hold in the share ``asked`` of them: those in all of which it does."""
    z = float(ndtri(1 - (1 - LEVEL) / 2))
    return max(LEAST, math.ceil(asked * z * z / (1 - asked)))
