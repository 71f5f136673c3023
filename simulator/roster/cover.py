"""Cover: the cheapest whole numbers of allowed shifts that cover what intervals take, as an integer program.

Programs are solved by HiGHS through :func:`scipy.optimize.milp`. It stops at a gap or a number of nodes, never at the clock, so that
equal programs have equal answers on every machine.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

GAP = 1e-4
"""How far from the best an answer may be."""
NODES = 50_000
"""Branches looked at before the best so far will do."""
INFEASIBLE, UNBOUNDED = 2, 3
"""What SciPy calls them."""


class Infeasible(Exception):
    """No numbers of shifts will do."""


@dataclass(frozen=True)
class Answer:
    """``values`` of the variables, what they cost, and what no answer costs less than."""

    values: Floats
    cost: float
    bound: float


@dataclass
class Program:
    """Variables with costs, and rows of a sum between two limits; made row by row, solved once."""

    cost: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    most: list[float] = field(default_factory=list)
    _rows: list[int] = field(default_factory=list)
    _columns: list[int] = field(default_factory=list)
    _values: list[float] = field(default_factory=list)
    _least: list[float] = field(default_factory=list)
    _highest: list[float] = field(default_factory=list)

    def add(self, cost: float, *, whole: bool = True, most: float = np.inf) -> int:
        """A variable from 0 to ``most``; returns its place."""
        self.cost.append(cost)
        self.whole.append(whole)
        self.most.append(most)
        return len(self.cost) - 1

    def row(self, terms: Sequence[tuple[int, float]], least: float = -np.inf, most: float = np.inf) -> None:
        """The sum of ``terms`` (variable, factor) lies between ``least`` and ``most``."""
        number = len(self._least)
        for column, value in terms:
            self._rows.append(number)
            self._columns.append(column)
            self._values.append(value)
        self._least.append(least)
        self._highest.append(most)

    def solve(self, gap: float = GAP, nodes: int = NODES) -> Answer:
        """The cheapest values. Raises Infeasible where there are none."""
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import csr_matrix

        shape = (len(self._least), len(self.cost))
        matrix = csr_matrix((self._values, (self._rows, self._columns)), shape=shape)
        with _silenced():
            found: Any = milp(
                self.cost,
                integrality=np.array(self.whole, dtype=int),
                bounds=Bounds(0.0, np.array(self.most)),
                constraints=LinearConstraint(matrix, self._least, self._highest) if self._least else None,
                options={"mip_rel_gap": gap, "node_limit": nodes, "disp": False},
            )
        if found.x is None:
            raise Infeasible(str(found.message))
        values = np.where(self.whole, np.round(found.x), found.x)
        bound = found.mip_dual_bound if found.mip_dual_bound is not None else found.fun
        return Answer(values, float(np.dot(self.cost, values)), float(bound))


@dataclass(frozen=True)
class Pattern:
    """A shift that may be worked: the intervals that it covers, what one agent costs, and how many there may be of it."""

    covers: tuple[int, ...]
    cost: float
    most: float = np.inf


def cover(need: Sequence[float], patterns: Sequence[Pattern]) -> Answer:
    """How many of each of ``patterns`` cover the ``need`` of every interval at the least cost. Raises Infeasible."""
    program = Program()
    for pattern in patterns:
        program.add(pattern.cost, most=pattern.most)
    for interval, least in enumerate(need):
        program.row([(j, 1.0) for j, pattern in enumerate(patterns) if interval in pattern.covers], least)
    return program.solve()


def covered(counts: Sequence[float] | Floats, patterns: Sequence[Pattern], intervals: int) -> tuple[list[int], list[int]]:
    """Agents in each of the ``intervals``, and those who leave at its start."""
    agents, leaving = [0] * intervals, [0] * intervals
    for count, pattern in zip(counts, patterns, strict=True):
        for interval in pattern.covers:
            agents[interval] += round(count)
            if interval + 1 < intervals and interval + 1 not in pattern.covers:
                leaving[interval + 1] += round(count)
    return agents, leaving


@contextmanager
def _silenced() -> Iterator[None]:
    """The solver writes to the standard output of the process, whatever it is told: what a user reads there is ours alone."""
    with suppress(OSError, ValueError):
        sys.stdout.flush()
    try:
        kept = os.dup(1)
    except OSError:  # it is closed
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
