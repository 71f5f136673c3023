"""Finished runs side by side: what they found becomes a comparison, and nothing is simulated.

Runs of one seed with the same customers are compared world by world. Others are compared all the same, as the independent
samples that they are: an interval of the differences between any two of their worlds holds too, it is only wider.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.errors import UsageError
from simulator.experiment.packing import pack
from simulator.experiment.request import Comparing, Request
from simulator.experiment.task import Parcel, customers_of
from simulator.experiment.variants import DECLARED
from simulator.scenario import Scenario, lower
from simulator.scenario.alternatives import alternatives

if TYPE_CHECKING:
    from simulator.experiment.archive import Archive
    from simulator.statistics.tally import Tally


@dataclass(frozen=True)
class Finished:
    """One variant of a finished run, under the name that it has in the comparison."""

    name: str
    scenario: Scenario  #: as it ran: the variant is the file
    tallies: Sequence[Tally]
    seed: int


def side_by_side(archives: Mapping[Path, Archive], *, baseline: str = "", measures: Sequence[str] = ()) -> tuple[Scenario, Request]:
    """The scenario whose variants are the runs, and what is asked of them; :func:`worlds` has what they found.

    Raises UsageError where there are fewer than two, where they do not go together or have no world in common.
    """
    found = _all_of(archives)
    if len(found) < 2:
        raise UsageError(f"{found[0].name} alone has nothing to be compared with: name another run" if found else "no run is named")
    common = _common(found)
    if not common:
        raise UsageError("the runs have no replication in common: run one of them with more")
    made = replace(alternatives([one.scenario for one in found]), path=str(next(iter(archives))))
    models = [lower(made, name) for name in made.variant_names]
    same = len({one.seed for one in found}) == 1 and len({customers_of(model) for model in models}) == 1
    comparing = Comparing(runs=tuple(map(str, archives)), baseline=baseline, measures=tuple(measures), stability=0, paired=same)
    return made, Request(replications=len(common), seed=found[0].seed, variant=DECLARED, comparing=comparing)


def worlds(archives: Mapping[Path, Archive], scenario: Scenario) -> Iterator[Parcel]:
    """What the runs found in the replications that all of them have, in the order of the variants of ``scenario``."""
    found = _all_of(archives)
    tallies = [{tally.replication: tally for tally in one.tallies} for one in found]
    for number in _common(found):
        pairs = zip(scenario.variant_names, tallies, strict=True)
        yield Parcel(number, tuple(pack(replace(of_one[number], variant=name)) for name, of_one in pairs))


def _all_of(archives: Mapping[Path, Archive]) -> list[Finished]:
    """Every variant of every run, called by its variant where that tells them apart, else by the run's folder, else by both."""
    parts = [(folder, kept, variant) for folder, kept in archives.items() for variant in kept.tallies]
    shortest = ([variant for _, _, variant in parts], [folder.name for folder, _, _ in parts], [f"{f.name}+{v}" for f, _, v in parts])
    names = next((labels for labels in shortest if len(set(labels)) == len(labels)), [str(f) for f, _, _ in parts])
    return [
        Finished(name, _as_ran(kept.scenario, variant, name), kept.tallies[variant], kept.request.seed)
        for name, (_, kept, variant) in zip(names, parts, strict=True)
    ]


def _as_ran(scenario: Scenario, variant: str, name: str) -> Scenario:
    tree = {key: value for key, value in scenario.variant_tree(variant).items() if key not in ("variants", "exercise")}
    return replace(scenario, tree=tree, path=name)


def _common(found: Sequence[Finished]) -> list[int]:
    return sorted(set.intersection(*({tally.replication for tally in one.tallies} for one in found)))
