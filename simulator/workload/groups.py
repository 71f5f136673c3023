"""Groups of customers: who wants to make contact when, through which channel, and until when.

One group for each demand entry, one more for people who can call only once access is open, and one more for each of these
where an event scales the demand above 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from simulator.model.world import Demand, Model, People, Profile, Standing, Surge
from simulator.vocabulary import Solved
from simulator.workload import unfold
from simulator.workload.arrivals import unit_epochs, wave_of
from simulator.workload.growth import Growth, bounds, growths, more_epochs, more_people
from simulator.workload.streams import Streams

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]
T = TypeVar("T", np.float64, np.int64)


@dataclass
class Group:
    """Customers of one demand entry, in order of generation.

    Whoever would make contact before the run or after it is generated too, and left out: nobody's luck depends on where the run ends.
    """

    name: str
    demand: int
    need: int
    onset: Floats
    kept: Flags  #: of all who are generated, who belongs to the run
    barred: bool = False
    talk_factor: Floats | None = None
    solved_at: Floats | None = None
    solved_by: Bytes | None = None
    standing: Floats | None = None
    channel: Bytes | int = 0  #: of the first attempt: one for all, or each customer's own
    marks: Floats | None = None  #: of extra people: they make contact while demand is scaled above this

    def __len__(self) -> int:
        return len(self.onset)

    def uniforms(self, streams: Streams, purpose: str) -> Floats:
        """One uniform of each customer, from the group's stream ``purpose``."""
        return self._of_kept(streams.uniforms(f"{self.name}/{purpose}", len(self.kept)))

    def keys(self, streams: Streams) -> Ints:
        """The key of each customer, from which their later luck unfolds."""
        return self._of_kept(unfold.keys(streams, f"{self.name}/key", len(self.kept)))

    def _of_kept(self, column: NDArray[T]) -> NDArray[T]:
        return column if len(self) == len(column) else column[self.kept]


def groups_of(model: Model, demand: Demand, number: int, streams: Streams) -> Iterator[Group]:
    """The customers of the demand entry ``number``."""
    need = [n.name for n in model.needs].index(demand.need)
    scales = growths(model, demand.need)
    if isinstance(demand, People):
        made = [*_affected(demand, number, need, model.clock.duration, scales, streams)]
    else:
        made = [*_wanting(demand, number, need, model.clock.duration, scales, streams)]
    for group in made:
        if demand.standing is not None:
            group.standing = _standing(demand.standing, group.uniforms(streams, "standing"))
        group.channel = _choice(model, demand, group, streams)
        yield group


def _wanting(
    demand: Profile | Surge, number: int, need: int, horizon: float, scales: Sequence[Growth], streams: Streams
) -> Iterator[Group]:
    """The people of a profile or of a surge: the ordinary ones, and those who come as well."""
    wave = wave_of(demand, streams)
    onset, factor = wave.instants(unit_epochs(streams, f"{demand.name}/arrivals", wave.total))
    kept = (onset >= 0) & (onset < horizon)
    made = [Group(demand.name, number, need, onset[kept], kept, talk_factor=None if factor is None else factor[kept])]
    if scales:
        marks, onset, factor = more_epochs(wave, scales, streams)
        kept = _possible(marks, onset, horizon, scales)
        more = Group(f"{demand.name}/more", number, need, onset[kept], kept, marks=marks[kept])
        more.talk_factor = None if factor is None else factor[kept]
        made.append(more)
    for group in made:
        if demand.solved_elsewhere is not None:
            group.solved_at = group.onset + demand.solved_elsewhere.quantile(group.uniforms(streams, "elsewhere"))
            group.solved_by = np.full(len(group), Solved.ELSEWHERE, dtype=np.uint8)
        yield group


def _affected(people: People, number: int, need: int, horizon: float, scales: Sequence[Growth], streams: Streams) -> Iterator[Group]:
    """A number of people, those who are barred beside them, and those who come as well."""
    counts = {people.name: round(people.people)}
    if people.barred > 0:
        counts[f"{people.name}/barred"] = round(people.people * people.barred)
    for name, count in counts.items():
        made = [_people(people, name, number, need, count, horizon, streams)]
        if scales:
            marks = more_people(count, name, scales, streams)
            made.append(_people(people, f"{name}/more", number, need, len(marks), horizon, streams, marks, scales))
        for group in made:
            group.barred = name != people.name
            yield group


def _possible(marks: Floats, onset: Floats, horizon: float, scales: Sequence[Growth]) -> Flags:
    """Which of the extra people can make contact at all: the factor may be above their mark when they want to."""
    return np.asarray((onset >= 0) & (onset < horizon) & (marks < bounds(scales, onset)), dtype=np.bool_)


def _people(
    people: People,
    name: str,
    number: int,
    need: int,
    count: int,
    horizon: float,
    streams: Streams,
    marks: Floats | None = None,
    scales: Sequence[Growth] = (),
) -> Group:
    onset = people.onset + people.spread.quantile(streams.uniforms(f"{name}/onset", count))
    if marks is None:
        kept = (onset < horizon) & (onset >= 0)
        made = Group(name, number, need, onset[kept], kept)
    else:
        kept = _possible(marks, onset, horizon, scales)
        made = Group(name, number, need, onset[kept], kept, marks=marks[kept])
    if people.repaired is None and people.solved_elsewhere is None:
        return made
    solved_at = np.full(count, np.inf)
    solved_by = np.zeros(count, dtype=np.uint8)
    if people.repaired is not None:
        solved_at = people.onset + people.repaired.quantile(streams.uniforms(f"{name}/repaired", count))
        solved_by[:] = Solved.REPAIRED
    if people.solved_elsewhere is not None:
        elsewhere = onset + people.solved_elsewhere.quantile(streams.uniforms(f"{name}/elsewhere", count))
        sooner = elsewhere < solved_at
        solved_at = np.where(sooner, elsewhere, solved_at)
        solved_by[sooner] = Solved.ELSEWHERE
    made.solved_at, made.solved_by = solved_at[kept], solved_by[kept]
    return made


def _standing(standing: Standing, u: Floats) -> Floats:
    """Each person's own standing: a normal variate, clipped to -1..1."""
    from scipy.special import ndtri

    return np.asarray(np.clip(standing.level + standing.spread * ndtri(u), -1.0, 1.0), dtype=np.float64)


def _choice(model: Model, demand: Demand, group: Group, streams: Streams) -> Bytes | int:
    """The channel of each first attempt, by the instant of the wish; people of bad standing may prefer another."""
    names = [channel.name for channel in model.channels]
    mixes = sorted(model.needs[group.need].channels, key=lambda mix: mix.since)
    chosen: Bytes | int = 0
    if mixes:
        u = group.uniforms(streams, "channel")
        chosen = np.zeros(len(group), dtype=np.uint8)
        for mix in mixes:
            later = np.flatnonzero(group.onset >= mix.since)
            offered = np.array([names.index(name) for name in mix.shares] + [0], dtype=np.uint8)  # what no share covers: the first channel
            theirs, place = u[later], np.zeros(len(later), dtype=np.intp)
            for share in np.cumsum(list(mix.shares.values())):
                place += theirs >= share
            chosen[later] = offered[place]
    if demand.standing is not None and demand.standing.channel and group.standing is not None:
        prefers = group.uniforms(streams, "prefers") < -group.standing
        chosen = np.where(prefers, np.uint8(names.index(demand.standing.channel)), np.uint8(0) if isinstance(chosen, int) else chosen)
    return chosen
