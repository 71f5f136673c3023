"""An account of one run: every sum and every value of it, each worked out when it is asked for.

Three measures cost three measures. :func:`simulator.statistics.tally.tally` asks for everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np

from simulator.model.edges import LATER
from simulator.statistics import callbacks
from simulator.statistics.basis import Basis
from simulator.statistics.books import check_books
from simulator.statistics.cells import over
from simulator.statistics.constraint import decisions_awaited
from simulator.statistics.contacts import Contacts
from simulator.statistics.contents import applies
from simulator.statistics.conversations import Backlog, backlog, conversations_open, reply_times
from simulator.statistics.deficits import service_deficits
from simulator.statistics.disruption import RECOVERY, Level, recovery_values
from simulator.statistics.groups import contacts_of_groups, people_of_groups
from simulator.statistics.handling import handle_time_values
from simulator.statistics.help import help_in_time, sums_at
from simulator.statistics.measures import check_scope, terms
from simulator.statistics.people import Customers
from simulator.statistics.scoped import Sums
from simulator.statistics.strain import Felt, felt
from simulator.statistics.waiting import QUANTILES, Waits, peaks_of_queue
from simulator.statistics.whose import key

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.model.world import Model
    from simulator.records.run import Run
    from simulator.statistics.measures import Measure
    from simulator.statistics.whose import Key

    Floats = NDArray[np.float64]

Asked = Callable[["Key"], bool]
"""Whether the value of a key is asked for."""


class Account(Basis):
    """The sums and values of a run."""

    @classmethod
    @contextmanager
    def closed(cls, run: Run, model: Model) -> Iterator[Self]:
        """Keep an account within a block and then forget all of it: its parts know it, and would hold the run until Python collects."""
        account = cls(run, model)
        try:
            yield account
        finally:
            vars(account).clear()

    def check(self) -> None:
        """Check every identity of the run; raises BooksError naming the identity, the need and the place."""
        check_books(self.run, self.model, self.wait)

    @cached_property
    def contacts(self) -> Contacts:
        return Contacts(self, self.frame, self.slot)

    @cached_property
    def people(self) -> Customers:
        return Customers(self)

    @cached_property
    def help(self) -> Floats:
        """How many people were without help at each limit of time."""
        return help_in_time(self.people)

    @cached_property
    def waited(self) -> Waits:
        return Waits(self)

    @cached_property
    def kept(self) -> Backlog:
        """What was kept until somebody answered."""
        return backlog(self.run, self.model, self.frame)

    @cached_property
    def strained(self) -> Felt | None:
        return None if self.model.strain is None else felt(self.run, self.model.strain)

    @cached_property
    def level(self) -> Level | None:
        """The level of the whole centre after the impact; None where nothing strikes."""
        return Level.of(self) if self.frame.after_impact.any() else None

    @cached_property
    def latency(self) -> tuple[float, float]:
        """The slowest of the decisions that were called for, and the first call for one; NaN where none was."""
        spans = decisions_awaited(self.run.log, self.model)
        if not spans:
            return float("nan"), float("nan")
        return max(until - since for since, until in spans), min(since for since, _ in spans)

    def spent(self, cumulative: Floats, edges: Floats | None = None) -> Floats:
        """What a column of observations that only grows (observations, k) grows by in each slot, or between other ``edges``."""
        edges, instants = self.frame.slots if edges is None else edges, self.run.observations.instant
        if not np.array_equal(edges, instants):  # linear between observations
            cumulative = np.column_stack([np.interp(edges, instants, column) for column in cumulative.T])
        return np.diff(cumulative, axis=0)

    def queue_time(self) -> Floats:
        """Contact-seconds in queue by slot, need and channel; entries of a list do not wait in one: (L, N, C)."""
        spent = self.spent(self.run.observations.queue_time)
        return spent.reshape(-1, len(self.run.channels), len(self.run.needs)).transpose(0, 2, 1) * ~self.calls_out

    def at_site(self, cells: Floats) -> Floats:
        """Of sums by cell, those of contacts that held a line of a site, by phase: (sums, P, S)."""
        sites = len(self.run.sites)
        return self.frame.by_phase(over(cells[..., :-1].reshape(*cells.shape[:2], -1, sites), 2), axis=1)

    def values(self, asked: Sequence[str] | None = None, wanted: Asked = lambda _: True) -> dict[Key, float]:
        """What is worked out once a run, by measure and scope; of the measures ``asked`` alone, if given.

        Of some measures only the scopes ``wanted`` are worked out.
        """
        found: dict[Key, float] = {}
        for names, about, worked_out in VALUES:
            if (not about or about in self.there) and (asked is None or not set(names).isdisjoint(asked)):
                found.update(worked_out(self, wanted))
        return found

    def figures(self, asked: Sequence[tuple[Measure, Mapping[str, str]]]) -> Floats:
        """Numerators and denominators of measures, each in a scope: (2, asked).

        The denominator is NaN where the measure is a sum or one value per run, and both are where the run has nothing that
        the measure is about. Equal to what :class:`~simulator.statistics.worlds.Worlds` says of its tally.
        Raises UsageError where a measure does not exist in its scope.
        """
        names = {
            "phase": tuple(name for name in self.frame.phases if name),
            "need": self.run.needs,
            "channel": self.run.channels,
            "site": self.run.sites,
            "group": tuple(self.model.groups),
        }
        for measure, scope in asked:
            check_scope(measure, scope, names)
        there = [(k, m, scope) for k, (m, scope) in enumerate(asked) if self.has(m, scope)]
        once = {key(m.name, scope) for _, m, scope in there if m.kind == "run"}
        values = self.values([measure for measure, *_ in once], once.__contains__) if once else {}
        summed = {kind: _summed([m for _, m, _ in there if m.kind == kind]) for kind in ("contacts", "customers", "time")}
        sums = Sums(self.frame, names, summed, lambda name: self._table(name, summed)[None])
        found: Floats = np.full((2, len(asked)), np.nan)
        for k, measure, scope in there:
            if measure.kind == "run":
                found[0, k] = values.get(key(measure.name, scope), np.nan)
                continue
            if measure.kind == "help":
                counted = sums_at(self.help, scope, self.run.needs, tuple(self.model.groups))
                found[0, k], found[1, k] = counted[measure.numerator], counted.get(measure.denominator, np.nan)
                continue
            within = sums.within(measure.kind, [scope])
            for side, expression in enumerate((measure.numerator, measure.denominator)):
                if expression:
                    found[side, k] = sum(sign * within[name][0, 0] for sign, name in terms(expression))
        return found

    def has(self, measure: Measure, scope: Mapping[str, str]) -> bool:
        """Whether the model contains what ``measure`` is about, and the channel of ``scope`` can have it."""
        if measure.about and measure.about not in self.there:
            return False
        return "channel" not in scope or applies(measure.about, self.model.channels[self.run.channels.index(scope["channel"])].kind)

    def _table(self, name: str, summed: Mapping[str, Sequence[str]]) -> Floats:
        """A table of :class:`~simulator.statistics.scoped.Sums`, without its axis of worlds."""
        seen = self.run.observations
        tables: dict[str, Callable[[], Floats]] = {
            "contacts": lambda: self.frame.by_phase(over(self.contacts.sums(summed["contacts"]), 4), axis=1),
            "at_site": lambda: self.at_site(self.contacts.sums(summed["contacts"])),
            "of_groups": lambda: contacts_of_groups(self, summed["contacts"]),
            "customers": lambda: self.people.sums(summed["customers"]),
            "people_of_groups": lambda: people_of_groups(self.people, summed["customers"]),
            "elapsed": lambda: np.diff(self.frame.slots),
            "queue_time": self.queue_time,
            "online_time": lambda: self.spent(seen.site_online_time),
            "agent_time": lambda: self.spent(seen.agent_time.sum(axis=1)),
        }
        return tables[name]()


def _summed(asked: Sequence[Measure]) -> tuple[str, ...]:
    """The sums that measures are made of."""
    words = (name for measure in asked for side in (measure.numerator, measure.denominator) for _, name in terms(side))
    return tuple(dict.fromkeys(words))


Pairs = Iterator[tuple["Key", float]]


def _agents_online(account: Account, _: Asked) -> Pairs:
    """Exact: the most are counted as agents come and go, and the floor is looked at where each phase ends."""
    run, frame = account.run, account.frame
    seen = run.observations
    online = np.column_stack((seen.online.sum(axis=1), seen.online)).astype(np.float64)
    most = seen.online_peak.astype(np.float64)
    phase = np.clip(np.searchsorted(frame.phase_starts, seen.instant, side="left") - 1, 0, None)
    later = frame.impact + LATER
    for s, site in enumerate(("", *run.sites)):
        yield key("agents_online_peak", {"site": site}), float(most[:, s].max())
        for p, name in enumerate(frame.phases):
            if name and np.any(phase == p):
                yield key("agents_online_peak", {"phase": name, "site": site}), float(most[phase == p, s].max())
        if later <= run.ended_at:
            yield key("agents_online_6h", {"site": site}), float(online[np.searchsorted(seen.instant, later, side="right") - 1, s])


def _recovery(account: Account, wanted: Asked) -> Pairs:
    if account.level is not None:
        yield from recovery_values(account, account.level, wanted)


def _strain(account: Account, _: Asked) -> Pairs:
    if account.strained is not None:
        yield from account.strained.measured().items()


def _beyond_roster(account: Account, _: Asked) -> Pairs:
    for why, seconds in account.run.beyond_roster.items():
        yield key(why, {}), seconds


def _latency(account: Account, _: Asked) -> Pairs:
    slowest, since = account.latency
    if np.isfinite(since):
        yield key("decision_latency", {}), slowest


def _cost(account: Account, _: Asked) -> Pairs:
    yield key("cost", {}), float(sum(account.run.costs[step] for step in sorted(account.run.costs)))


VALUES: Sequence[tuple[Sequence[str], str, Callable[[Account, Asked], Pairs]]] = (
    (tuple(QUANTILES), "", lambda a, _: a.waited.values()),
    (("peak_queue",), "", lambda a, _: peaks_of_queue(a)),
    (("agents_online_peak", "agents_online_6h"), "", _agents_online),
    (("time_to_first_agent_p50",), "", lambda a, _: a.people.first_answers()),
    (("resolution_time_p50",), "repeats", lambda a, _: a.people.resolutions()),
    (("sl_deficit",), "", lambda a, _: service_deficits(a)),
    (
        ("reply_time_p50", "reply_time_p90", "first_reply_p50", "first_reply_p90"),
        "conversations",
        lambda a, _: reply_times(a.run, a.model, a.frame),
    ),
    (("conversations_open_peak",), "conversations", lambda a, _: conversations_open(a.run, a.model, a.frame)),
    (("backlog_peak", "backlog_age_peak"), "backlog", lambda a, _: a.kept.values()),
    (("list_cleared_at",), "callbacks", lambda a, _: callbacks.cleared(a.run, a.model, a.frame)),
    (("handle_time_p50", "aht_trimmed"), "distress", lambda a, _: handle_time_values(a.run, a.model, a.frame)),
    (("overtime", "called_in", "partners"), "overtime", _beyond_roster),
    (("strain_p90", "strain_mean", "strain_added", "energy_restored"), "strain", _strain),
    (RECOVERY, "", _recovery),
    (("decision_latency",), "", _latency),
    (("cost",), "", _cost),
)
"""Measures that are worked out once a run: what a model must contain for them, and how they are."""

