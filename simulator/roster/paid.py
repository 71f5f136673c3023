"""Paid: from agents at work to those on the roster, to people who are paid, to money; each has a name of its own."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Terms:
    """What it takes to have one agent at work.

    ``shrinkage`` is the share of paid time in which people are on leave, ill, trained or coached; ``week`` the hours a week of one
    full-time equivalent.
    """

    shrinkage: float = 0.0
    week: float = 40.0


@dataclass(frozen=True)
class Bill:
    """Agents ``at_work`` at the most, their ``hours``, people ``rostered`` for them, full-time equivalents, and ``money``."""

    at_work: int
    hours: float
    rostered: int
    fte: float
    money: float

    def __add__(self, other: Bill) -> Bill:
        return Bill(
            self.at_work + other.at_work,
            self.hours + other.hours,
            self.rostered + other.rostered,
            self.fte + other.fte,
            self.money + other.money,
        )


def rostered(at_work: float, shrinkage: float) -> int:
    """People on the books so that so many are at work: none of whom can be half a person."""
    if not 0 <= shrinkage < 1:
        raise ValueError(f"a shrinkage of {shrinkage:g} leaves nobody at work")
    return math.ceil(round(at_work / (1 - shrinkage), 9))


def bill(at_work: int, hours_a_week: float, money: float, terms: Terms) -> Bill:
    """What agents at work for ``hours_a_week`` in all come to under ``terms``."""
    return Bill(at_work, hours_a_week, rostered(at_work, terms.shrinkage), hours_a_week / (1 - terms.shrinkage) / terms.week, money)
