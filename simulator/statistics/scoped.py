"""Sums in a scope: what the tables of one or several worlds come to for a phase, need, channel, site or group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.vocabulary import AgentState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from simulator.statistics.frame import Frame

    Floats = NDArray[np.float64]

Scope = dict[str, str]

_STATES = (AgentState.AWAY, AgentState.BREAK, AgentState.AVAILABLE, AgentState.BUSY, AgentState.WRAP)
SPENT = {f"{state.name.lower()}_time": state for state in _STATES}
"""Time that agents spend, by its name among the sums over time."""


class Sums:
    """Sums of worlds (R of them) by kind and scope.

    ``table`` gives each table when it is first asked for. Those of sums of contacts, by phase: ``contacts`` (R, K, P, N, C),
    ``at_site`` (R, K, P, S), ``of_groups`` (R, K, P, G); of people, by phase: ``customers`` (R, K, P, N), ``people_of_groups``
    (R, K, P, G); over time, by slot: ``elapsed`` (R, L), ``queue_time`` (R, L, N, C), ``online_time`` (R, L, S), ``agent_time`` (R, L, 7).
    ``summed`` are the names of the sums of each kind in them, and ``names`` those of each dimension but the phase.
    """

    def __init__(
        self, frame: Frame, names: Mapping[str, Sequence[str]], summed: Mapping[str, Sequence[str]], table: Callable[[str], Floats]
    ) -> None:
        self._frame, self._names, self._summed, self._made = frame, names, summed, table
        self._tables: dict[str, Floats] = {}
        self._sums: dict[tuple[str, frozenset[tuple[str, str]]], Floats] = {}  # by kind and scope: sums, worlds

    def within(self, kind: str, scopes: Sequence[Mapping[str, str]]) -> dict[str, Floats]:
        """Every sum of this ``kind`` (contacts, customers or time), by scope and world."""
        of_kind = {"contacts": self._of_contacts, "customers": self._of_customers, "time": self._of_time}[kind]
        tables = []
        for scope in scopes:
            place = (kind, frozenset(scope.items()))
            if place not in self._sums:
                self._sums[place] = of_kind(scope)
            tables.append(self._sums[place])
        return dict(zip(self._summed[kind], np.stack(tables, axis=1), strict=True))

    def _table(self, name: str) -> Floats:
        if name not in self._tables:
            self._tables[name] = self._made(name)
        return self._tables[name]

    def _where(self, scope: Mapping[str, str], dimension: str) -> slice:
        """The index of the scope's name along ``dimension``, as a slice; everything where the scope leaves it open."""
        if dimension not in scope:
            return slice(None)
        names = self._frame.phases if dimension == "phase" else self._names[dimension]
        place = list(names).index(scope[dimension])
        return slice(place, place + 1)

    def _of_contacts(self, scope: Mapping[str, str]) -> Floats:
        phase = self._where(scope, "phase")
        if "site" in scope or "group" in scope:
            held, dimension = ("at_site", "site") if "site" in scope else ("of_groups", "group")
            table = self._table(held)[:, :, phase, self._where(scope, dimension)].sum(axis=(2, 3))
        else:
            table = self._table("contacts")[:, :, phase, self._where(scope, "need"), self._where(scope, "channel")].sum(axis=(2, 3, 4))
        return np.asarray(table.T)

    def _of_customers(self, scope: Mapping[str, str]) -> Floats:
        held, dimension = ("people_of_groups", "group") if "group" in scope else ("customers", "need")
        table = self._table(held)[:, :, self._where(scope, "phase"), self._where(scope, dimension)].sum(axis=(2, 3))
        return np.asarray(table.T)

    def _of_time(self, scope: Mapping[str, str]) -> Floats:
        inside = np.ones(len(self._frame.phase_of), dtype=bool)
        if "phase" in scope:
            inside = self._frame.phase_of == self._frame.phases.index(scope["phase"])
        return np.stack([self._spent(name, scope, inside) for name in self._summed["time"]])

    def _spent(self, name: str, scope: Mapping[str, str], inside: NDArray[np.bool_]) -> Floats:
        if name in SPENT:
            spent = self._table("agent_time")[:, inside, SPENT[name]]
        elif name == "queue_time":
            spent = self._table(name)[:, inside, self._where(scope, "need"), self._where(scope, "channel")]
        elif name == "online_time":
            spent = self._table(name)[:, inside, self._where(scope, "site")]
        else:
            spent = self._table(name)[:, inside]
        return np.asarray(np.ascontiguousarray(spent.reshape(len(spent), -1)).sum(axis=1), dtype=np.float64)
