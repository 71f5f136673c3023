"""A case of verification: a scenario file, the numbers read off its worlds, and what theory says they are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.verify.quantity import Quantity

FILES = Path(__file__).with_name("centres")
LONG = 48
"""Replications of a case that runs long; :data:`simulator.verify.cases.WORLDS` names those that need more."""
SHORT = 2000
"""Replications of a case that is over soon."""


@dataclass(frozen=True)
class Check:
    """One number of a case: what it is, how it is read off the worlds, and what theory says."""

    says: str
    quantity: Quantity
    exact: float
    unit: str = "share"  #: share | seconds | number | spread (a variance) | luck (of what was drawn, not of the engine)


@dataclass(frozen=True)
class Case:
    """A scenario file of :data:`FILES` (without its ending) and what is known about it."""

    id: str
    title: str
    file: str
    checks: tuple[Check, ...]
    replications: int = LONG
    controls: tuple[Check, ...] = ()  #: further ones, beside those of every case
    patient: bool = False  #: nobody is refused or gives up, and one agent as quick as all of them would do the same work (see ``controls``)
