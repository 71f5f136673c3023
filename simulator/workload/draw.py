"""Draw a workload: vectorised, each purpose from its own stream, uniforms turned by inverse distribution functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.model.distributions import Constant, Distribution
from simulator.model.ranges import Range, ranges_of, replace_ranges
from simulator.model.world import Model, Redial, Retry
from simulator.workload.groups import Group, groups_of
from simulator.workload.order import by_size
from simulator.workload.posts import LEAST_CAP, MARK, Posts, breed, uniforms
from simulator.workload.streams import Streams
from simulator.workload.table import law_table
from simulator.workload.workload import CAUSES, NODES, Workload

Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]

MARKS = ("informed", "quiet", "outside", "haste", "persistence", "network", "within", "patience", "talk", "wrap")
"""What a post draws from its own key, each by its place here."""


def draw(model: Model, seed: int, replication: int) -> Workload:
    """All that chance brings to one replication of ``model``.

    Models that share their demand get the same customers, whatever else differs.
    """
    streams = Streams(seed, replication)
    assumptions = assumed(model, streams)
    model = settled(model, assumptions)
    groups = [group for number, demand in enumerate(model.demand) for group in groups_of(model, demand, number, streams)]
    return _Drawing(model, streams, groups).workload(assumptions)


def assumed(model: Model, streams: Streams) -> dict[str, float]:
    """The value of every range of ``model`` in this replication, by name: one stream a name, whichever model asks."""
    return {name: r.at(float(streams.uniforms(f"assumption/{name}", 1)[0])) for name, r in ranges_of(model, model.ranges).items()}


def settled(model: Model, assumptions: Mapping[str, float]) -> Model:
    """``model`` with every range replaced by its value; one that ``assumptions`` does not name keeps its likely value."""
    global _settled  # noqa: PLW0603  # drawing, simulating and adding up ask for the same one after another
    asked, by, known = _settled
    if known is not None and asked is model and by is assumptions:
        return known

    def value(r: Range) -> float:
        return float(assumptions.get(r.name, float(r)))

    found = replace_ranges(model, value, model.ranges)
    _settled = model, assumptions, found
    return found


_settled: tuple[Model | None, Mapping[str, float] | None, Model | None] = (None, None, None)


class _Drawing:
    """The columns of one workload, filled group by group at each customer's place in the order of onset, then post by post."""

    def __init__(self, model: Model, streams: Streams, groups: Sequence[Group]) -> None:
        self.model = model
        self.streams = streams
        self.groups = groups
        self.order = by_size(np.concatenate([np.zeros(0), *(g.onset for g in groups)]))
        self.calls = len(self.order)
        key = self._sorted([g.keys(streams) for g in groups], np.int64)
        self.posts, self.bred = self._posts(key)
        self.key = np.concatenate((key, self.posts.key)) if len(self.posts) else key
        self.need = self._each(lambda g: g.need)
        self.channel = self._each(lambda g: g.channel, self._outlet())

    def workload(self, assumptions: dict[str, float]) -> Workload:
        model, needs = self.model, self.model.needs
        channels = model.channels
        by_person = model.service_order == "person"
        return Workload(
            streams=self.streams,
            assumptions=assumptions,
            calls=self.calls,
            key=self.key,
            onset=self._onset(),
            need=self.need,
            demand=self._each(lambda g: g.demand),
            channel=self.channel,
            barred=self._each(lambda g: g.barred, 0),
            informed=self._marks("informed"),
            quiet=self._marks("quiet", lambda g: g.marks),
            outside=self._marks("outside"),
            haste=self._marks("haste"),
            solved_at=self._given([g.solved_at for g in self.groups], np.inf),
            solved_by=self._each(lambda g: 0 if g.solved_by is None else g.solved_by, 0),
            gives_up=self._of_channel("gives-up", [c.redial.gives_up_after for c in channels]),
            tolerance=self._of_channel("tolerance", [c.announced.tolerance if c.announced else None for c in channels]),
            talk_factor=self._of_some([g.talk_factor for g in self.groups], 1.0),
            persistence=self._marks("persistence"),
            network=self._marks("network"),
            patience=self._patience(),
            temper=self._of_some([_temper(model, g) for g in self.groups], 1.0),
            distressed=self._distressed(),
            standing=self._of_some([g.standing for g in self.groups], 0.0),
            first_post=self.bred[0],
            posts=self.bred[1],
            talk=self._services("talk", [c.talk_time.get(n.name, n.talk_time) for c in channels for n in needs], by_person),
            wrap=self._services("wrap", [c.wrap_up.get(n.name, n.wrap_up) for c in channels for n in needs], by_person),
            by_person=by_person,
            laws=_tables(model),
            retries=tuple(_persistence(c.redial, getattr(c.redial, cause)) for c in channels for cause in CAUSES),
        )

    # -- columns by group, then posts ------------------------------------------------------------------------------------

    def _sorted(self, parts: Sequence[NDArray[Any]], kind: Any = np.float64) -> NDArray[Any]:
        return np.concatenate([np.zeros(0, dtype=kind), *parts]).take(self.order)

    def _with_posts(self, column: NDArray[Any], of_posts: NDArray[Any] | float) -> NDArray[Any]:
        if not len(self.posts):
            return column
        return np.concatenate((column, np.broadcast_to(np.asarray(of_posts, dtype=column.dtype), len(self.posts))))

    def _each(self, value: Callable[[Group], Bytes | int], of_posts: int | None = None) -> Bytes:
        """Small numbers, one for a group or one for each of its customers; posts take their root's, or ``of_posts``."""
        parts = [np.broadcast_to(np.asarray(value(g), dtype=np.uint8), len(g)) for g in self.groups]
        column = self._sorted(parts, np.uint8)
        return self._with_posts(column, column[self.posts.parent] if of_posts is None else of_posts)

    def _given(self, parts: Sequence[Floats | None], otherwise: float) -> Floats:
        """A column of which some groups have none of their own; takes no memory where none has."""
        if all(part is None for part in parts):
            return np.broadcast_to(np.float64(otherwise), self.calls + len(self.posts))
        full = [np.full(len(g), otherwise) if part is None else part for g, part in zip(self.groups, parts, strict=True)]
        return self._with_posts(self._sorted(full), otherwise)

    def _of_some(self, parts: Sequence[Floats | None], otherwise: float) -> Floats:
        """The same, but empty where no group has one."""
        return np.zeros(0) if all(part is None for part in parts) else self._given(parts, otherwise)

    def _marks(self, purpose: str, own: Callable[[Group], Floats | None] = lambda _: None) -> Floats:
        """One uniform for each customer, or what the group has of its ``own``."""
        parts = [g.uniforms(self.streams, purpose) if (marks := own(g)) is None else marks for g in self.groups]
        return self._with_posts(self._sorted(parts), self._of_post(purpose))

    def _of_post(self, purpose: str) -> Floats:
        return uniforms(self.posts.key, MARK + MARKS.index(purpose))

    def _onset(self) -> Floats:
        onset = self._sorted([g.onset for g in self.groups])
        if self.model.contagion is None:
            return onset
        return self._with_posts(onset, self.model.contagion.within.quantile(self._of_post("within")))

    def _of_channel(self, purpose: str, laws: Sequence[Distribution | None]) -> Floats:
        """Durations by the law of the channel of the first attempt; endless where that has none, and for posts."""
        if all(law is None for law in laws):
            return np.broadcast_to(np.float64(np.inf), self.calls + len(self.posts))
        parts = [_by(g.channel, laws, g.uniforms(self.streams, purpose)) for g in self.groups]
        return self._with_posts(self._sorted(parts), np.inf)

    def _patience(self) -> Floats:
        laws = [[c.patience.get(need.name, need.patience) for c in self.model.channels] for need in self.model.needs]
        parts = []
        for g in self.groups:
            patience = _by(g.channel, laws[g.need], g.uniforms(self.streams, "patience"))
            temper = _temper(self.model, g)
            parts.append(patience if temper is None else patience * temper)
        return self._with_posts(self._sorted(parts), self._post_by_need([of_need[self._outlet()] for of_need in laws], "patience"))

    def _distressed(self) -> Bytes:
        shares = [need.distress.share if need.distress else 0.0 for need in self.model.needs]
        if not any(shares):
            return np.zeros(0, dtype=np.uint8)
        return self._each(lambda g: (g.uniforms(self.streams, "distress") < shares[g.need]).astype(np.uint8), 0)

    def _services(self, purpose: str, laws: Sequence[Distribution], by_person: bool) -> tuple[Floats, ...]:
        """By queue and order of service start, or by person (docs/explanation/rules-of-the-run.md)."""
        needs = len(self.model.needs)
        if by_person:
            of_need = [[laws[c * needs + n] for c in range(len(self.model.channels))] for n in range(needs)]
            parts = [_by(g.channel, of_need[g.need], g.uniforms(self.streams, purpose)) for g in self.groups]
            return (self._with_posts(self._sorted(parts), self._post_by_need([of[self._outlet()] for of in of_need], purpose)),)
        sizes = np.bincount(self.channel.astype(np.intp) * needs + self.need, minlength=len(laws))
        made = []
        for queue, (law, size) in enumerate(zip(laws, sizes.tolist(), strict=True)):
            channel, need = self.model.channels[queue // needs].name, self.model.needs[queue % needs].name
            name = f"{purpose}/{need}" if queue < needs else f"{purpose}/{channel}/{need}"  # one more channel leaves the first alone
            if isinstance(law, Constant):
                made.append(law.quantile(np.zeros(1)))
            elif purpose == "wrap":
                made.append(np.zeros(0))  # goes with the person, unless it is the same for all
            else:
                made.append(law.quantile(self.streams.uniforms(name, size)))
        return tuple(made)

    # -- posts -----------------------------------------------------------------------------------------------------------

    def _outlet(self) -> int:
        """The channel on which people post."""
        contagion = self.model.contagion
        return 0 if contagion is None else [c.name for c in self.model.channels].index(contagion.channel)

    def _posts(self, key: NDArray[np.int64]) -> tuple[Posts, tuple[NDArray[np.int64], Bytes]]:
        """All posts that may come into being, and by customer and post the first one it breeds and how many."""
        contagion = self.model.contagion
        if contagion is None:
            nothing = np.zeros(0, dtype=np.int64)
            return breed(nothing, nothing, 0.0, 0), (nothing, np.zeros(0, dtype=np.uint8))
        parts = []
        for g in self.groups:
            standing = self.model.demand[g.demand].standing
            share: Floats | float = contagion.posts
            if standing is not None and g.standing is not None:
                share = contagion.posts * np.exp(-standing.publicity * g.standing)
            parts.append(g.uniforms(self.streams, "posts") < share)
        posts = self._sorted(parts, np.bool_)
        roots = np.flatnonzero(posts)
        made = breed(roots, key[roots], contagion.breeds, max(LEAST_CAP, self.calls))
        first = np.concatenate((self.calls + np.cumsum(posts) - posts, self.calls + made.first))
        return made, (first, np.concatenate((posts.astype(np.uint8), made.count)))

    def _post_by_need(self, laws: Sequence[Distribution], purpose: str) -> Floats:
        if not len(self.posts):
            return np.zeros(0)
        return _by(self.need[self.calls :], laws, self._of_post(purpose))


def _temper(model: Model, group: Group) -> Floats | None:
    """By how much the standing of each person lengthens or shortens their patience."""
    standing = model.demand[group.demand].standing
    if standing is None or standing.patience == 0.0 or group.standing is None:
        return None
    return np.asarray(np.exp(standing.patience * group.standing), dtype=np.float64)


def _by(which: Bytes | int, laws: Sequence[Distribution | None], u: Floats) -> Floats:
    """Durations at the quantiles ``u``, each by the law whose number is its own; endless where that is none."""
    if isinstance(which, int):
        law = laws[which]
        return np.full(len(u), np.inf) if law is None else law.quantile(u)
    made = np.full(len(u), np.inf)
    for number, law in enumerate(laws):
        mine = np.flatnonzero(which == number)
        if law is not None and len(mine):
            made[mine] = law.quantile(u[mine])
    return made


def _persistence(redial: Redial, retry: Retry | None) -> Floats:
    """The probability of another attempt at even quantiles of a person's own persistence: a beta law (see Redial)."""
    p = float(retry.probability) if retry else 0.0
    if p <= 0.0 or p >= 1.0 or redial.persistence == float("inf"):
        return np.array([p])
    return _beta_table(redial.persistence * p, redial.persistence * (1 - p))


@lru_cache(maxsize=64)  # the same in every world, unless the scenario gives a range
def _beta_table(a: float, b: float) -> Floats:
    from scipy.special import betaincinv

    made = np.asarray(betaincinv(a, b, np.linspace(0.0, 1.0, NODES + 1)), dtype=np.float64)
    made.setflags(write=False)
    return made


def _tables(model: Model) -> dict[str, tuple[Floats, ...]]:
    """Tables for what is drawn in the run, by purpose; what has no law takes no time."""
    needs, channels = model.needs, model.channels
    at_once = Constant(0.0)
    retries = [getattr(channel.redial, cause) for channel in channels for cause in CAUSES]
    laws: dict[str, list[Distribution]] = {
        "patience": [c.patience.get(n.name, n.patience) for c in channels for n in needs],
        "talk": [c.talk_time.get(n.name, n.talk_time) for c in channels for n in needs],
        "wrap": [c.wrap_up.get(n.name, n.wrap_up) for c in channels for n in needs],
        "gap": [retry.after if retry else at_once for retry in retries],
        "again": [n.again.after if n.again else at_once for n in needs],
        "unheard": [n.distress.again.after if n.distress and n.distress.again else at_once for n in needs],
        "support": [n.distress.support if n.distress else at_once for n in needs],
        "silence": [c.turns.silence if c.turns else at_once for c in channels],
        "reading": [c.turns.reading if c.turns else at_once for c in channels],
        "menu": [c.self_service.time if c.self_service else at_once for c in channels],
        "spacing": [c.calling.spacing if c.calling else at_once for c in channels],
    }
    return {purpose: tuple(law_table(law) for law in of_purpose) for purpose, of_purpose in laws.items()}
