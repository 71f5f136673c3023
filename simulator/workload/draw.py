"""Draw a workload: vectorised, each purpose from its own stream, uniforms turned by inverse distribution functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.model.distributions import Constant, Distribution
from simulator.model.ranges import Range, ranges_of, replace_ranges
from simulator.model.world import Demand, Model, Need, People, Profile, Redial, Retry
from simulator.vocabulary import Solved
from simulator.workload.arrivals import profile_arrivals, surge_arrivals
from simulator.workload.streams import Streams
from simulator.workload.table import law_table
from simulator.workload.workload import CAUSES, NODES, Workload

Floats = NDArray[np.float64]


def draw(model: Model, seed: int, replication: int) -> Workload:
    """All that chance brings to one replication of ``model``.

    Models that share their demand get the same customers, whatever else differs.
    """
    streams = Streams(seed, replication)
    assumptions = assumed(model, streams)
    model = settled(model, assumptions)
    groups = [group for number, demand in enumerate(model.demand) for group in _groups(model, demand, number, streams)]
    return _Drawing(model, streams, groups).workload(assumptions)


def assumed(model: Model, streams: Streams) -> dict[str, float]:
    """The value of every range of ``model`` in this replication, by name: one stream a name, whichever model asks."""
    return {name: r.at(float(streams.uniforms(f"assumption/{name}", 1)[0])) for name, r in ranges_of(model).items()}


def settled(model: Model, assumptions: Mapping[str, float]) -> Model:
    """``model`` with every range replaced by its value; one that ``assumptions`` does not name keeps its likely value."""

    def value(r: Range) -> float:
        return float(assumptions.get(r.name, float(r)))

    return replace_ranges(model, value)


@dataclass
class _Group:
    """Customers of one demand entry, in order of generation."""

    name: str
    demand: int
    need: int
    onset: Floats
    talk_factor: Floats
    barred: bool
    solved_at: Floats
    solved_by: NDArray[np.uint8]


def _groups(model: Model, demand: Demand, number: int, streams: Streams) -> list[_Group]:
    need = [n.name for n in model.needs].index(demand.need)
    horizon = model.clock.duration
    if isinstance(demand, People):
        made = [_people(demand, demand.name, number, need, round(demand.people), False, horizon, streams)]
        if demand.barred > 0:
            shut_out = round(demand.people * demand.barred)
            made.append(_people(demand, f"{demand.name}/barred", number, need, shut_out, True, horizon, streams))
        return made
    if isinstance(demand, Profile):
        onset, factor = profile_arrivals(demand, streams)
    else:
        onset = surge_arrivals(demand, streams, horizon)
        factor = np.ones(len(onset))
    kept = (onset >= 0) & (onset < horizon)
    n = int(kept.sum())
    return [_Group(demand.name, number, need, onset[kept], factor[kept], False, np.full(n, np.inf), np.zeros(n, dtype=np.uint8))]


def _people(people: People, name: str, number: int, need: int, count: int, barred: bool, horizon: float, streams: Streams) -> _Group:
    onset = people.onset + people.spread.quantile(streams.uniforms(f"{name}/onset", count))
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
    kept = (onset < horizon) & (onset >= 0)
    return _Group(name, number, need, onset[kept], np.ones(int(kept.sum())), barred, solved_at[kept], solved_by[kept])


@dataclass
class _Drawing:
    """The columns of one workload, filled group by group at each customer's place in the order of onset."""

    model: Model
    streams: Streams
    groups: list[_Group]

    @cached_property
    def order(self) -> NDArray[np.int64]:
        return np.argsort(np.concatenate([np.zeros(0), *(g.onset for g in self.groups)]), kind="stable")

    def workload(self, assumptions: dict[str, float]) -> Workload:
        needs = self.model.needs
        channel = self.model.channels[0]
        redial = channel.redial
        by_person = self.model.service_order == "person"
        retries: list[Retry | None] = [getattr(redial, cause) for cause in CAUSES]
        n = len(self.order)
        tolerance = channel.announced.tolerance if channel.announced else None
        return Workload(
            streams=self.streams,
            assumptions=assumptions,
            calls=n,
            key=self._keys(),
            onset=self._sorted([g.onset for g in self.groups]),
            need=self._each(lambda g: g.need),
            demand=self._each(lambda g: g.demand),
            channel=np.zeros(n, dtype=np.uint8),
            barred=self._each(lambda g: g.barred),
            informed=self._marks("informed"),
            quiet=self._marks("quiet"),
            outside=self._marks("outside"),
            haste=self._marks("haste"),
            solved_at=self._sorted([g.solved_at for g in self.groups]),
            solved_by=self._sorted([g.solved_by for g in self.groups]),
            gives_up=self._drawn("gives-up", [redial.gives_up_after] * len(needs)) if redial.gives_up_after else np.full(n, np.inf),
            tolerance=self._drawn("tolerance", [tolerance] * len(needs)) if tolerance else np.full(n, np.inf),
            talk_factor=self._sorted([g.talk_factor for g in self.groups]),
            persistence=self._marks("persistence"),
            network=self._marks("network"),
            patience=self._drawn("patience", [need.patience for need in needs]),
            distressed=np.zeros(0, dtype=np.uint8),
            standing=np.zeros(0),
            first_post=np.zeros(0, dtype=np.int64),
            posts=np.zeros(0, dtype=np.uint8),
            talk=self._services("talk", [need.talk_time for need in needs], by_person),
            wrap=self._services("wrap", [need.wrap_up for need in needs], by_person),
            by_person=by_person,
            laws=_tables(needs, retries),
            retries=tuple(_persistence(redial, retry) for retry in retries),
        )

    def _sorted(self, parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
        kind = parts[0].dtype if parts else np.float64
        return np.concatenate([np.zeros(0, dtype=kind), *parts])[self.order]

    def _each(self, value: Callable[[_Group], int]) -> NDArray[np.uint8]:
        return self._sorted([np.full(len(g.onset), value(g), dtype=np.uint8) for g in self.groups])

    def _keys(self) -> NDArray[np.int64]:
        return self._sorted([self.streams.generator(f"{g.name}/key").integers(0, 2**62, len(g.onset)) for g in self.groups])

    def _marks(self, purpose: str) -> Floats:
        return self._sorted([self.streams.uniforms(f"{g.name}/{purpose}", len(g.onset)) for g in self.groups])

    def _drawn(self, purpose: str, law_of_need: Sequence[Distribution]) -> Floats:
        return self._sorted([law_of_need[g.need].quantile(self.streams.uniforms(f"{g.name}/{purpose}", len(g.onset))) for g in self.groups])

    def _services(self, purpose: str, laws: Sequence[Distribution], by_person: bool) -> tuple[Floats, ...]:
        """By need and order of service start, or by person (docs/explanation/rules-of-the-run.md)."""
        if by_person:
            return (self._drawn(purpose, laws),)
        sizes = [sum(len(g.onset) for g in self.groups if g.need == number) for number in range(len(laws))]
        names = [need.name for need in self.model.needs]
        return tuple(
            law.quantile(np.zeros(1)) if isinstance(law, Constant) else law.quantile(self.streams.uniforms(f"{purpose}/{name}", size))
            for law, name, size in zip(laws, names, sizes, strict=True)
        )


def _persistence(redial: Redial, retry: Retry | None) -> Floats:
    """The probability of another attempt at even quantiles of a person's own persistence: a beta law (see Redial)."""
    from scipy.special import betaincinv

    p = float(retry.probability) if retry else 0.0
    if p <= 0.0 or p >= 1.0 or redial.persistence == float("inf"):
        return np.array([p])
    return np.asarray(betaincinv(redial.persistence * p, redial.persistence * (1 - p), np.linspace(0.0, 1.0, NODES + 1)), dtype=np.float64)


def _tables(needs: Sequence[Need], retries: Sequence[Retry | None]) -> dict[str, tuple[Floats, ...]]:
    return {
        "patience": tuple(law_table(need.patience) for need in needs),
        "talk": tuple(law_table(need.talk_time) for need in needs),
        "wrap": tuple(law_table(need.wrap_up) for need in needs),
        "gap": tuple(law_table(retry.after if retry else Constant(0.0)) for retry in retries),
    } | {
        purpose: (law_table(Constant(0.0)),) * len(needs)
        for purpose in ("again", "support", "unheard", "silence", "reading", "menu", "spacing")
    }
