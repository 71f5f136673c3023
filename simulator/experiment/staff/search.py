"""The search: a program proposes, common worlds judge, fresh worlds confirm.

It runs from its beginning each time it is asked, over what worlds have left behind so far; where some are missing it stops and says
which. So it decides alike on any number of workers, and a resumed search goes on where it was.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from simulator.errors import UsageError
from simulator.experiment.question import Task
from simulator.experiment.staff.judged import Judged
from simulator.experiment.staff.leaf import Seen, figures_of, seen
from simulator.experiment.staff.progress import Progress, Tried, Wanted
from simulator.experiment.staff.rosters import TODAY, Points, covers, enough, point_of, present
from simulator.model.edges import interval_edges
from simulator.roster.cover import Infeasible
from simulator.roster.proposal import Choice, Floor, Group, Work, propose

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.experiment.question import Found
    from simulator.experiment.staff.targets import Target
    from simulator.roster.cover import Answer

    Floats = NDArray[np.float64]

FRESH = 10**6
"""The number of the first world that no roster is chosen on."""
PLANS = 12
"""Rosters that the program proposes, at the most, before one is confirmed."""
SETTLING = 5
"""Proposals after which budgets move half as far."""
DROPS, TRIES = 6, 4
"""Rounds of taking out one agent, and rosters tried in each."""
CONFIRMATIONS = 3
IDLE = 0.1
"""Agents are without end where so many of them are always free."""
DOUBLINGS = 6
BAND = 0.1
"""The share of worlds, around the one that must still hold, whose work a roster is made for."""
SIZES = (0.75, 1.25, 1.5, 2.0)
"""Sizes of the crisis, or of ordinary demand where nothing strikes, at which the roster is judged as well."""


class Search:
    """One pass over what is known. ``progress`` holds how far it came, also where worlds are missing."""

    def __init__(
        self, targets: Sequence[Target], probability: float | None, common: int, fresh: int, points: Points, found: Found, max_cost: float
    ) -> None:
        self.targets, self.probability, self.points, self.found = targets, probability, points, found
        self.common, self.fresh = range(common), range(FRESH, FRESH + fresh)
        self.choices, self.max_cost = points.choices, max_cost
        self.model = self.choices.model
        self.edges = np.array(interval_edges(self.model.clock))
        self.progress = Progress()
        self.bar = 1.0 if probability is None else probability
        self.refused: list[Tried] = []

    def run(self) -> Progress:
        """Go as far as the worlds go; raises Wanted where some are missing."""
        now = self.progress
        without_end, in_seats = self._without_end()
        self._possible(without_end, in_seats)
        if not now.possible:
            now.done = True
            return now
        self._prepare(without_end)
        for _ in range(CONFIRMATIONS):
            with suppress(Infeasible):
                self._propose()
            if now.best is None:
                break
            self._drop()
            best = now.best
            now.fewer = self._one_fewer(best)
            self._need([best.point, TODAY, now.fewer], self.fresh)
            now.confirmed = best.point
            if self._stands(best.point):
                break
            self._refuse(best)
        if not now.confirmed:
            now.binds, now.done = "limits", True
            return now
        last = now.best if now.best is not None and now.best.point == now.confirmed else self.refused[-1]
        now.best = last
        if self.probability is not None:
            self._need([sized(last.point, size) for size in SIZES], self.common)
        now.done = True
        return now

    def _stands(self, point: str) -> bool:
        """Whether fresh worlds say of a roster what the common ones said."""
        return self.confirmed(point).passes(self.progress.possible, 0.0 if self.probability is None else self.probability)

    def _refuse(self, one: Tried) -> None:
        """Ask more of the rosters to come than of one that was good on the worlds that it was chosen on, and on no others."""
        if self.probability is None:
            self.bar += 0.5
        else:
            short = self.probability - self.confirmed(one.point).holding(self.progress.possible).share
            self.bar = min(self.bar + max(short, 0.01), 1.0)
        self.refused.append(one)
        now = self.progress
        refused = {other.point for other in self.refused}
        now.tried = [replace(t, passes=t.point not in refused and self._passes(t.judged)) for t in now.tried]
        now.best = min((t for t in now.tried if t.passes), key=_order, default=None)

    # What worlds say.

    def _need(self, points: Sequence[str], worlds: range) -> None:
        """Raise Wanted where worlds of some points have not been asked for."""
        lacking = {w: tuple(p for p in dict.fromkeys(points) if w not in self._asked(p)) for w in worlds}
        tasks = [Task(world, missing) for world, missing in lacking.items() if missing]
        if tasks:
            raise Wanted(tasks)

    def _asked(self, point: str) -> set[int]:
        return set(self.found.asked(point))

    def of(self, point: str, worlds: range) -> Judged:
        """What ``worlds`` say of a point, as far as they finished."""
        key = ("judged", point, worlds.start, self.found.interrupted)
        if key not in self.points.solved:
            leaves = [leaf for w in worlds if w in self._asked(point) and (leaf := self.found.leaf(point, w)) is not None]
            figures = np.stack([figures_of(leaf) for leaf in leaves]) if leaves else np.zeros((0, 2, len(self.targets)))
            self.points.solved[key] = Judged(self.targets, figures, self.probability)
        made: Judged = self.points.solved[key]
        return made

    def confirmed(self, point: str) -> Judged:
        """What fresh worlds say of a point."""
        return self.of(point, self.fresh)

    def _passes(self, judged: Judged) -> bool:
        return judged.worlds > 0 and judged.passes(self.progress.possible, self.bar)

    # Is it possible at all?

    def _without_end(self) -> tuple[str, str]:
        """Points with agents without end: with a seat each, and in the seats that there are."""
        agents = enough(self.model)
        free = seated = ""
        for _ in range(DOUBLINGS):
            free, seated = unlimited(agents, agents), unlimited(agents)
            self._need([free, seated, TODAY], self.common)
            idle = [self._seen(free, w).idle for w in self.common if self.found.leaf(free, w) is not None]
            if not idle or min(idle) > IDLE:
                break
            agents *= 2
        return free, seated

    def _possible(self, free: str, seated: str) -> None:
        """Which targets agents without end hold, and what binds. Raises UsageError for a target that nothing is measured for."""
        now = self.progress
        bar = 1.0 if self.probability is None else self.probability
        of_free, of_seated = self.of(free, self.common), self.of(seated, self.common)
        more = bool(self.choices.staffing.seats)
        now.unlimited = of_free if more else of_seated
        every = range(len(self.targets))
        empty = np.atleast_1d(np.isnan(now.unlimited.values).all(axis=0)).tolist()
        for text in dict.fromkeys(target.text for target in self.targets):
            if now.unlimited.worlds and all(empty[k] for k in every if self.targets[k].text == text):
                raise UsageError(f"target `{text}` has no data: with agents without end nothing is measured there in any world")
        now.possible = tuple(k for k in every if now.unlimited.passes([k], bar))
        now.impossible = tuple(k for k in every if k not in now.possible)
        if not now.impossible:
            return
        if all(of_free.passes([k], bar) for k in now.impossible):
            now.binds = "seats"
            return
        agents = json.loads(free)["unlimited"][0]
        lined = unlimited(agents, agents, agents)
        self._need([lined], self.common)
        now.binds = "lines" if all(self.of(lined, self.common).passes([k], bar) for k in now.impossible) else "other"

    # Proposing.

    def _seen(self, point: str, world: int) -> Seen:
        leaf = self.found.leaf(point, world)
        assert leaf is not None
        return seen(leaf, len(self.edges) - 1, len(self.model.needs), len(self.model.teams))

    def _prepare(self, free: str) -> None:
        """The work to be done, in the worlds around the one that must still hold, and the floor on which."""
        if "prepared" in self.points.solved:
            self.work, self.program, self.floor, self.kinds = self.points.solved["prepared"]
            return
        worlds = [w for w in self.common if self.found.leaf(free, w) is not None]
        all_seen = [self._seen(free, w) for w in worlds]
        seated = [self._seen(TODAY, w) for w in worlds if self.found.leaf(TODAY, w) is not None]
        ordered = sorted(all_seen, key=lambda one: float(one.busy.sum()))
        if self.probability is not None and len(ordered) > 4:
            middle, reach = self.probability * len(ordered), max(BAND * len(ordered), 2)
            ordered = ordered[max(0, int(middle - reach)) : int(np.ceil(min(middle + reach, len(ordered))))]
        names, crews = [need.name for need in self.model.needs], self.choices.staffing.crews
        skills = np.array([[team.skills.get(name, 0.0) > 0 for name in names] for team in self.model.teams])
        classes = list(dict.fromkeys(tuple(column) for column in skills.T))
        self.kinds = [classes.index(tuple(column)) for column in skills.T]
        busy = np.concatenate([one.busy for one in ordered], axis=1)
        of_kind = [[n for n, k in enumerate(self.kinds) if k == kind] for kind in range(len(classes))]
        pooled = np.stack([busy[..., needs].sum(axis=2) for needs in of_kind], axis=2)
        width = float(np.median(np.diff(self.edges)))
        overrun = 0.0 if self.choices.by_interval else min(0.9 * float(np.mean([one.talk for one in all_seen])) / width, 0.5)
        self.work = Work(pooled, np.array(classes).T.astype(bool), overrun)
        with np.errstate(invalid="ignore"):
            come = np.nan_to_num(np.nanmean(np.stack([one.there for one in all_seen]), axis=0).T, nan=0.0)
        team_at = {team.name: i for i, team in enumerate(self.model.teams)}
        planned = {crew.team for crew in crews if not crew.on_top}
        base = np.stack([
            np.zeros(len(self.edges) - 1) if team.name in planned else present(team.shifts, self.edges) for team in self.model.teams
        ])  # fmt: skip
        come = np.where(base > 0, np.maximum(come, 0.0), come)
        sites = [site.name for site in self.model.sites]
        seats = np.mean([one.seats for one in seated], axis=0).T if seated else np.full((len(sites), len(self.edges) - 1), np.inf)
        seats = np.where(seats > 0, seats, np.inf)
        most = {crew.team: crew.most for crew in crews}
        self.floor = Floor(
            base, come, [sites.index(team.site) for team in self.model.teams], seats,
            [(sites.index(more.site), float(more.most), more.cost) for more in self.choices.staffing.seats],
            [float(limit) if (limit := most.get(team.name)) is not None else np.inf for team in self.model.teams],
        )  # fmt: skip
        self.program = [
            Choice(team_at[offer.team], covers(offer, self.edges), offer.cost * len(offer.spans), float(offer.most or np.inf))
            for offer in self.choices.offers
        ]
        self.points.solved["prepared"] = (self.work, self.program, self.floor, self.kinds)

    def _cells(self, target: Target) -> tuple[list[int], list[int]]:
        """The intervals and the kinds of work that a target is about."""
        names = [need.name for need in self.model.needs]
        need = target.scope.get("need")
        kinds = [self.kinds[names.index(need)]] if need else sorted(set(self.kinds))
        return list(target.intervals), kinds

    def _propose(self) -> None:
        """Propose, judge and correct the budgets until a plan comes again, and keep the cheapest that passes."""
        now = self.progress
        which = now.possible
        cells = [self._cells(self.targets[k]) for k in which]
        loads = [max(float(self.work.load[np.ix_(*c)].sum()), 1e-6) for c in cells]
        budgets = [load * _first_guess(self.targets[k]) for load, k in zip(loads, which, strict=True)]
        met: dict[str, int] = {}
        for number in range(2 * PLANS):
            if number >= PLANS and now.best is not None:
                break
            groups = [Group(c[0], c[1], budget) for c, budget in zip(cells, budgets, strict=True)]
            answer = self._solved(groups)
            one = self._try(answer)
            met[one.point] = met.get(one.point, 0) + 1
            if met[one.point] > 2:
                break
            bad = one.judged.badness(self.bar)[list(which)] if one.judged.worlds else np.ones(len(which))
            joint = 1.0
            if not one.passes and (bad <= 1).all():
                joint = 0.85  # each alone holds often enough, and not all at once
            elif one.passes and met[one.point] > 1:
                joint = 1.05
            for i, factor in enumerate(bad.tolist()):
                # What the program thinks is short, and what is, go in proportion: that is known where the roster is near the limit.
                step = np.clip(1 / max(factor, 1e-3), 0.2, 5.0)
                near = self._short(one, *cells[i]) * step
                if number >= SETTLING or not 0.3 < factor < 3:
                    near = np.sqrt(near * budgets[i])
                if factor > 1:
                    near = min(near, 0.95 * budgets[i])
                budgets[i] = float(np.clip(near * joint, 1e-6 * loads[i], 0.9 * loads[i]))

    def _solved(self, groups: Sequence[Group]) -> Answer:
        key = ("program", tuple((tuple(g.intervals), tuple(g.kinds), g.budget) for g in groups))
        if key not in self.points.solved:
            self.points.solved[key] = propose(self.work, self.program, self.floor, groups)
        made: Answer = self.points.solved[key]
        return made

    def _short(self, one: Tried, intervals: Sequence[int], kinds: Sequence[int]) -> float:
        """What the model that proposes says of how many are short with a roster, all kinds of work together."""
        agents = self.agents(one.counts, overrun=self.work.overrun).sum(axis=0)
        made = 0.0
        for t in intervals:
            load = self.work.busy[t][:, list(kinds)].sum(axis=1)
            made += float(np.maximum(load - agents[t], 0.0).mean())
        return made

    def agents(self, counts: Sequence[int], overrun: float = 0.0) -> Floats:
        """Agents of each team at work by interval, those who come, and leavers for the share ``overrun`` of one: (teams, T)."""
        made = self.floor.base.copy()
        for choice, count in zip(self.program, counts, strict=True):
            made[choice.team] += count * choice.cover
            made[choice.team, 1:] += count * overrun * np.maximum(choice.cover[:-1] - choice.cover[1:], 0.0)
        return np.asarray(made * self.floor.come)

    def _try(self, answer: Answer) -> Tried:
        counts = tuple(int(v) for v in answer.values[: len(self.program)])
        seats = tuple(int(v) for v in answer.values[len(self.program) : len(self.program) + len(self.floor.more)])
        self.progress.bound = answer.bound
        return self._judge([(counts, seats)])[0]

    def _judge(self, rosters: Sequence[tuple[tuple[int, ...], tuple[int, ...]]]) -> list[Tried]:
        """Judge rosters on the common worlds, all at once; the cheapest that passes is the best so far."""
        points = [point_of(counts, seats) for counts, seats in rosters]
        self._need(points, self.common)
        now = self.progress
        made = []
        for point, (counts, seats) in zip(points, rosters, strict=True):
            judged = self.of(point, self.common)
            refused = any(point == other.point for other in self.refused)
            one = Tried(point, counts, seats, self.cost(counts, seats), judged, not refused and self._passes(judged))
            made.append(one)
            if all(point != other.point for other in now.tried):
                now.tried.append(one)
            if one.passes and (now.best is None or _order(one) < _order(now.best)):
                now.best = one
        return made

    def cost(self, counts: Sequence[int], seats: Sequence[int]) -> float:
        """What a roster costs."""
        of_seats = [cost * n for (_, _, cost), n in zip(self.floor.more, seats, strict=True)]
        return float(sum(c.cost * n for c, n in zip(self.program, counts, strict=True)) + sum(of_seats))

    # The last half per cent.

    def _drop(self) -> None:
        """Take out one agent where that seems to matter least for what it saves, as long as the roster passes."""
        for _ in range(DROPS):
            best = self.progress.best
            assert best is not None
            fewer = [_without(best.counts, j) for j in self._least_needed(best)[:TRIES]]
            if not fewer or not any(one.passes for one in self._judge([(counts, best.seats) for counts in fewer])):
                return

    def _one_fewer(self, best: Tried) -> str:
        """The best roster with one agent less, whose loss matters least."""
        order = self._least_needed(best)
        return point_of(_without(best.counts, order[0]), best.seats) if order else best.point

    def _least_needed(self, one: Tried) -> list[int]:
        """The choices of a roster by what the loss of one agent would do, for what it saves."""
        agents = self.agents(one.counts).sum(axis=0)
        load = self.work.busy.sum(axis=2)  # (T, samples)
        about = sorted({t for k in self.progress.possible for t in self.targets[k].intervals})
        harm = np.zeros(len(agents))
        for t in about:
            harm[t] = float((load[t] > agents[t] - 1).mean())
        pairs = [
            (float(harm @ choice.cover) / max(choice.cost, 1e-9), j)
            for j, (choice, count) in enumerate(zip(self.program, one.counts, strict=True))
            if count
        ]
        return [j for _, j in sorted(pairs)]


def unlimited(agents: int, seats: int = 0, lines: int = 0) -> str:
    """The point with agents without end."""
    return json.dumps({"unlimited": [agents, seats, lines]}, separators=(",", ":"))


def sized(point: str, size: float) -> str:
    """A point in a crisis of another size."""
    return json.dumps({**json.loads(point), "size": size}, separators=(",", ":"))


def _without(counts: tuple[int, ...], place: int) -> tuple[int, ...]:
    return (*counts[:place], counts[place] - 1, *counts[place + 1 :])


def _order(one: Tried) -> tuple[float, int, str]:
    """Cheapest first; of equal costs the fewest agents."""
    return round(one.cost, 6), sum(one.counts), one.point


def _first_guess(target: Target) -> float:
    """The share of the work that may go undone, to begin with."""
    if target.measure.unit != "share":
        return 0.02
    allowed = 1 - target.limit if target.least else target.limit
    return 0.3 * allowed if target.least else allowed
