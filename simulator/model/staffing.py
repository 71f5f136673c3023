"""Staffing: which shifts a roster may be made of, where more seats could be had, and what each of these costs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Offer:
    """A shift of a team that may be worked, on one day of the week; times of day are texts as in rosters.

    ``spans`` are the instants from when until when it lasts in the run, breaks apart (``pauses``, within them).
    """

    team: str
    kind: str  #: what readers call it, such as overtime
    start: str
    end: str
    day: str
    breaks: tuple[tuple[str, float], ...]
    cost: float  #: of one agent who works it, each time
    most: int | None
    spans: tuple[tuple[float, float], ...]
    pauses: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Crew:
    """What may become of a team: shifts in the place of its roster, or ``on_top`` of it, with at most so many people."""

    team: str
    offers: tuple[Offer, ...]
    on_top: bool = False
    most: int | None = None
    shrinkage: float = 0.0


@dataclass(frozen=True)
class MoreSeats:
    """Temporary seats at a site: how many could be had, and what one costs."""

    site: str
    most: int
    cost: float = 0.0


@dataclass(frozen=True)
class Staffing:
    """What ``crisis staff`` may choose from. Costs are in ``currency``, or in hours where the scenario names no costs."""

    crews: tuple[Crew, ...]
    seats: tuple[MoreSeats, ...] = ()
    currency: str = ""
    priced: bool = False
    week: float = 40 * 3600.0  #: paid seconds a week of one full-time equivalent
