"""After the impact: how the level of service went, contact by contact, for everybody and for each need, channel and group."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from simulator.model.world import KINDS
from simulator.statistics.hours import Hours
from simulator.statistics.recovery import dated_within, lost, stretches_below
from simulator.statistics.whose import key, membership
from simulator.vocabulary import Outcome
from simulator.workload.order import places_by

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from simulator.model.world import Model
    from simulator.statistics.basis import Basis
    from simulator.statistics.recovery import Below
    from simulator.statistics.whose import Key

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Rows = NDArray[np.intp]

RECOVERY = (
    "time_to_recover", "recovery_dated_within", "relapses", "longest_below", "share_above", "resilience_loss", "level_after_rto",
)  # fmt: skip
"""What is measured of a level after the impact."""


@dataclass(frozen=True)
class Level:
    """Contacts after the impact that wanted an agent, in order of arrival, and how each went; by the clock of the ``hours``."""

    hours: Hours
    impact: float
    ended_at: float
    asked: Floats  #: by channel, the share that should be good
    row: Rows  #: of the ledger
    at: Floats  #: the instant of arrival
    good: Flags  #: answered or called back, or answered in time where no minimum level is asked
    channel: NDArray[np.uint8]

    @staticmethod
    def of(basis: Basis) -> Level:
        """Of the whole centre. Who still waits at the end, and not for too long yet, is left out."""
        run, model, through, impact = basis.run, basis.model, basis.through, basis.frame.impact
        book, late = run.ledger, ~basis.in_time
        if model.continuity is None:
            good = through.wants & ~np.isnan(book.answered) & ~late
            asked = np.array([channel.target_share for channel in model.channels], dtype=np.float64)
        else:
            good = through.got
            asked = np.full(len(model.channels), float(model.continuity.mbco))
        known = through.wants & ((book.outcome != Outcome.OPEN_AT_END.value) | late)
        known[through.promises.pending] = False
        rows = np.flatnonzero(known & (book.arrived >= impact))
        at = book.arrived[rows]
        if (at[1:] < at[:-1]).any():
            rows = rows[np.argsort(at, kind="stable")]
            at = book.arrived[rows]
        return Level(whole_centre(model, run.ended_at), impact, run.ended_at, asked, rows, at, good[rows], book.channel[rows])

    def part(self, chosen: Rows, hours: Hours) -> Level:
        """Those of some contacts, by the clock of these ``hours``."""
        if len(chosen) == len(self.row):
            return self if hours is self.hours else replace(self, hours=hours)
        columns = {name: getattr(self, name)[chosen] for name in ("row", "at", "good", "channel")}
        return replace(self, hours=hours, **columns)

    @cached_property
    def clock(self) -> Floats:
        """How long it had been open when each contact came."""
        return self.hours.until(self.at)

    @cached_property
    def stretches(self) -> list[Below]:
        """Where the level was below what is asked."""
        end = float(self.hours.until(np.array(self.ended_at)))
        return stretches_below(self.clock, self.good, self.asked, self.channel, end)

    @property
    def below(self) -> tuple[tuple[float, float], ...]:
        """From when until when the level was below what is asked; to the end of the run where it did not return."""
        return tuple(
            (float(self.at[b.first]), self.ended_at if b.last < 0 else float(self.at[b.last])) for b in self.stretches
        )

    def measured(self, rto: float | None) -> Iterator[tuple[str, float]]:
        """The measures of recovery."""
        clock, stretches = self.clock, self.stretches
        since, end = self.hours.until(np.array([self.impact, self.ended_at])).tolist()
        lengths = [(end if b.last < 0 else float(clock[b.last])) - float(clock[b.first]) for b in stretches]
        back = stretches[0].last if stretches else 0
        yield "time_to_recover", 0.0 if not stretches else float("inf") if back < 0 else float(clock[back]) - since
        if stretches:
            yield "recovery_dated_within", dated_within(clock, back if back >= 0 else stretches[0].first)
        yield "relapses", float(max(len(stretches) - 1, 0))
        yield "longest_below", max(lengths, default=0.0)
        if end > since:
            yield "share_above", 1.0 - sum(lengths) / (end - since)
        yield "resilience_loss", lost(clock, self.good, since)
        if rto is not None:
            late = np.searchsorted(clock, since + rto)
            if late < len(clock):
                yield "level_after_rto", float(self.good[late:].mean())


def recovery_values(basis: Basis, level: Level, asked: Callable[[Key], bool] = lambda _: True) -> Iterator[tuple[Key, float]]:
    """Measures of recovery by need and channel, and by group, wherever somebody came after the impact.

    ``level`` is that of the whole centre. Where no measure is ``asked`` for, nothing is worked out.
    """
    run, model = basis.run, basis.model
    rto = None if model.continuity is None else float(model.continuity.rto)
    need = run.ledger.need[level.row]
    inbound = [(number, channel) for number, channel in enumerate(model.channels) if not KINDS[channel.kind].calls_out]

    def told(scopes: Sequence[dict[str, str]], mine: Rows, hours: Hours) -> Iterator[tuple[Key, float]]:
        if len(mine) and any(asked(key(measure, scope)) for scope in scopes for measure in RECOVERY):
            measured = level.part(mine, hours).measured(rto)
            yield from ((key(measure, scope), value) for measure, value in measured for scope in scopes)

    def of_needs(scopes: Sequence[dict[str, str]], mine: Rows, hours: Hours) -> Iterator[tuple[Key, float]]:
        yield from told(scopes, mine, hours)
        for name, theirs in zip(run.needs, places_by(need[mine], len(run.needs)), strict=True):
            yield from told([{**scope, "need": name} for scope in scopes], mine[theirs], hours)

    whole, of_each = {"channel": ""}, [{"channel": channel.name} for _, channel in inbound]
    yield from of_needs([whole, *(of_each if len(inbound) == 1 else ())], np.arange(len(level.row)), level.hours)
    if len(inbound) > 1:
        for (number, channel), scope in zip(inbound, of_each, strict=True):
            yield from of_needs([scope], np.flatnonzero(level.channel == number), Hours([channel], run.ended_at))
    for name, in_group in zip(model.groups, membership(model).T, strict=True):
        theirs = np.flatnonzero(in_group[run.persons.demand[run.ledger.customer[level.row]]])
        yield from told([{"group": name}], theirs, level.hours)


def whole_centre(model: Model, ended_at: float) -> Hours:
    """The hours in which people can make contact by any channel."""
    return Hours([channel for channel in model.channels if not KINDS[channel.kind].calls_out], ended_at)


def longest_recovery(model: Model, impact: float, ended_at: float) -> dict[str, float]:
    """How long a recovery could have taken, for the whole centre and where the hours of a channel differ."""
    span = np.array([impact, ended_at])
    of_each = {f"time_to_recover[{c.name}]": Hours([c], ended_at) for c in model.channels if c.hours is not None}
    return {name: float(np.diff(h.until(span))[0]) for name, h in ({"time_to_recover": whole_centre(model, ended_at)} | of_each).items()}
