"""Whose: which need, channel, site and groups the values of one run belong to, and what they come to for each of these."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, combinations, product
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.statistics.cells import sites_of
from simulator.workload.order import small

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from simulator.model.world import Model
    from simulator.records.run import Run
    from simulator.statistics.frame import Frame
    from simulator.statistics.quantiles import Sorted

    Flags = NDArray[np.bool_]
    Numbers = NDArray[np.integer[Any]]
    Rows = NDArray[np.intp]

Key = tuple[str, str, str, str, str, str]
"""A measure of one run, then phase, need, channel, site and group; an empty word is everything."""


def key(measure: str, scope: Mapping[str, str]) -> Key:
    """Where the value of ``measure`` in ``scope`` stands."""
    word = scope.get
    return measure, word("phase", ""), word("need", ""), word("channel", ""), word("site", ""), word("group", "")


def membership(model: Model) -> Flags:
    """Whether the people of each entry of demand are in each group: (D, G)."""
    rows = [[group in demand.groups for group in model.groups] for demand in model.demand]
    return np.array(rows, dtype=bool).reshape(len(rows), len(model.groups))


@dataclass(frozen=True)
class Whose:
    """Where each of some values belongs. ``index`` has, for each dimension, the place among its ``names``."""

    names: Mapping[str, Sequence[str]]
    index: Mapping[str, Numbers]
    groups: tuple[str, ...]
    member: Flags  #: (G, values)

    @staticmethod
    def rows(run: Run, model: Model, frame: Frame, rows: Rows, slot: Rows) -> Whose:
        """Of ``rows`` of the ledger, which belong to ``slot`` (parallel to the rows chosen)."""
        book = run.ledger
        names = {"phase": frame.phases, "need": run.needs, "channel": run.channels, "site": (*run.sites, "")}
        index: dict[str, NDArray[Any]] = {
            "phase": frame.phase_of.astype(np.int16)[slot],
            "need": book.need[rows],
            "channel": book.channel[rows],
            "site": sites_of(book.site[rows], len(run.sites)).astype(np.int16),
        }
        member = membership(model).T[:, run.persons.demand[book.customer[rows]]] if model.groups else np.zeros((0, len(rows)), dtype=bool)
        return Whose(names, index, tuple(model.groups), member)

    @staticmethod
    def people(run: Run, model: Model, frame: Frame, phase: Rows, need: NDArray[Any], demand: NDArray[Any]) -> Whose:
        """Of people of these entries of ``demand``; they belong to no channel and no site."""
        names = {"phase": frame.phases, "need": run.needs}
        index = {"phase": phase.astype(np.int16), "need": need}
        member = membership(model).T[:, demand] if model.groups else np.zeros((0, len(demand)), dtype=bool)
        return Whose(names, index, tuple(model.groups), member)

    def splits(self, *groupings: tuple[str, ...]) -> Iterator[tuple[list[dict[str, str] | None], Numbers]]:
        """For each of ``groupings`` of dimensions, its scopes and the number of each value's scope among them; None is no scope.

        Groups stand alone, ``("group",)``, and one by one: somebody may belong to several.
        """
        for dims in groupings:
            if dims == ("group",):
                yield from (([None, {"group": name}], mine.view(np.uint8)) for name, mine in zip(self.groups, self.member, strict=True))
                continue
            named = [self.names[dimension] for dimension in dims]
            which = np.zeros(self.member.shape[1], dtype=small(prod(map(len, named))))
            for names, dimension in zip(named, dims, strict=True):
                which = which * len(names) + self.index[dimension]
            yield [dict(zip(dims, words, strict=True)) if all(words) else None for words in product(*named)], which

    def quantiles(self, ordered: Sorted, shares: Mapping[str, float], trim: tuple[str, float] | None = None) -> Iterator[tuple[Key, float]]:
        """Each measure of ``shares``, the quantile at its share, wherever there are values.

        With ``trim``, the name of a measure and a share, also the mean without so much at either end. Wherever: by every
        combination of phase, need and channel; by site and by group, with and without the phase.
        """
        measures = (*shares, trim[0]) if trim else tuple(shares)
        for dims, places in self._places(ordered.order):
            for words, found in ordered.by(tuple(shares.values()), places, trim[1] if trim else None):
                scope = dict(zip(dims, words, strict=True))
                for measure, value in zip(measures, found.tolist(), strict=True):
                    yield from ((one, value) for one in self._keys(measure, scope))

    def _places(self, order: Rows) -> Iterator[tuple[tuple[str, ...], list[tuple[Sequence[str], Numbers]]]]:
        """What quantiles are sorted by: dimensions, and the names of each and whose the values are, taken in this ``order``."""
        of = {dimension: (self.names[dimension], index[order]) for dimension, index in self.index.items()}
        crossed = [d for d in ("phase", "need", "channel") if d in self.names and (d != "channel" or len(self.names[d]) > 1)]
        for dims in chain.from_iterable(combinations(crossed, count) for count in range(len(crossed) + 1)):
            yield dims, [of[d] for d in dims]
        alone: list[tuple[str, tuple[Sequence[str], Numbers]]] = [("site", of["site"])] if "site" in of else []
        alone += [("group", ((group, ""), (~mine[order]).view(np.uint8))) for group, mine in zip(self.groups, self.member, strict=True)]
        for dimension, names in alone:
            yield (dimension,), [names]
            yield ("phase", dimension), [of["phase"], names]

    def _keys(self, measure: str, scope: dict[str, str]) -> Iterator[Key]:
        """The key of ``measure`` in ``scope``; with a single channel also that channel's, which is the same."""
        yield key(measure, scope)
        if len(self.names.get("channel", ())) == 1 and scope.keys().isdisjoint({"site", "group"}):
            yield key(measure, scope | {"channel": self.names["channel"][0]})
