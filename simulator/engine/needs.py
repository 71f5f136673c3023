"""Needs as the floor knows them: what an answer does, who hears beforehand, and who comes again.

Compiled with mypyc.
"""

from __future__ import annotations

from typing import Final

from librt.vecs import vec
from mypy_extensions import i64

from simulator.engine.contacts import Column
from simulator.engine.fading import Fade

# Policies of simulator.model.people.Care, in the order of POLICIES there.
DISCRETION: Final = 0
CAP: Final = 1
ESCALATE: Final = 2
CARE_TEAM: Final = 3


class Need:
    """One need. Probabilities and tables of :mod:`simulator.engine.luck`."""

    def __init__(
        self,
        resolves: float,
        again: float,
        again_gap: Column,
        support: Column,
        noticed_after: float,
        troubled_resolves: float,
        troubled_again: float,
        troubled_gap: Column,
        grows: bool,
    ) -> None:
        self.resolves = resolves  #: probability that an answer ends the need
        self.again = again  #: probability of another contact where it did not
        self.again_gap: Final[vec[float]] = again_gap
        self.support: Final[vec[float]] = support  #: talk that a person in distress needs beyond the technical
        self.noticed_after = noticed_after
        self.troubled_resolves = troubled_resolves  #: the same for people in distress
        self.troubled_again = troubled_again  #: probability of another contact of those who were not heard
        self.troubled_gap: Final[vec[float]] = troubled_gap
        self.prevented = 0.0  #: share of callers whom an announcement informs
        self.grows = grows  #: whether some people have it only while demand is scaled above 1
        self.scale: Final[list[Fade]] = []  #: factors on the usual demand, in force together
        self.pages: list[Fade] = []  #: share of people whom a published page informs before they make contact
        self.drag = 1.0  #: factor on talk time


class Care:
    """What agents may do for people in distress."""

    def __init__(self, policy: i64, after: float, to: i64, heard_from: float) -> None:
        self.policy = policy
        self.after = after
        self.to = to  #: the need that those who take over serve
        self.heard_from = heard_from
