"""After the impact: how the level of service went, contact by contact, for everybody and for each need, channel and group."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from simulator.model.world import KINDS
from simulator.statistics.callbacks import Promises
from simulator.statistics.contacts import in_time
from simulator.statistics.hours import Hours
from simulator.statistics.recovery import dated_within, lost, stretches_below
from simulator.statistics.whose import key, membership
from simulator.vocabulary import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from simulator.model.world import Model
    from simulator.records.run import Run
    from simulator.statistics.recovery import Below
    from simulator.statistics.whose import Key

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Rows = NDArray[np.intp]

NOBODY_WANTED = (Outcome.NONE.value, Outcome.CONTAINED.value, Outcome.DEFLECTED.value)
"""Outcomes of contacts that want no agent any more, or ask for one elsewhere."""


@dataclass(frozen=True)
class Through:
    """Who wanted an agent, and who got one: by row of the ledger."""

    wants: Flags
    got: Flags  #: of these, answered or called back
    promises: Promises

    @staticmethod
    def of(run: Run, model: Model, listed: Flags | None) -> Through:
        """``listed`` are the rows that are entries of a list from which we call."""
        wants, promises = _wanted(run, model, listed), Promises.of(run, model, listed)
        got = ~np.isnan(run.ledger.answered)
        got[promises.kept] = True
        return Through(wants, got & wants, promises)


def _wanted(run: Run, model: Model, listed: Flags | None) -> Flags:
    """Whether each contact wanted an agent while its channel was open.

    It did also where it never reached the centre, whether a cable was cut or the carrier's network was full. Whom an announcement or a
    machine has helped does not any more, and who was led to another channel does so there; an entry ``listed`` for callback is no contact.
    """
    book = run.ledger
    wants = ~np.isin(book.outcome, NOBODY_WANTED)
    if listed is not None:
        wants &= ~listed
    for number, channel in enumerate(model.channels):
        if channel.hours is not None and not KINDS[channel.kind].calls_out:
            theirs = np.flatnonzero(book.channel == number)
            wants[theirs] &= Hours([channel], run.ended_at).open(book.arrived[theirs])
    return wants


@dataclass(frozen=True)
class Level:
    """Contacts after the impact that wanted an agent, in order of arrival, and how each went."""

    impact: float
    ended_at: float
    asked: Floats  #: by channel, the share that should be good
    row: Rows  #: of the ledger
    at: Floats  #: the instant of arrival
    good: Flags  #: answered or called back, or answered in time where no minimum level is asked
    channel: NDArray[np.uint8]

    @staticmethod
    def of(run: Run, model: Model, impact: float, wait: Floats, through: Through) -> Level:
        """``wait`` is by row of the ledger. Who still waits at the end, and not for too long yet, is left out."""
        book = run.ledger
        late = ~in_time(run, model, wait)
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
        return Level(impact, run.ended_at, asked, rows, at, good[rows], book.channel[rows])

    def part(self, mine: Flags) -> Level:
        """Those of some contacts."""
        chosen = np.flatnonzero(mine)
        if len(chosen) == len(mine):
            return self
        return replace(self, row=self.row[chosen], at=self.at[chosen], good=self.good[chosen], channel=self.channel[chosen])

    def below(self, hours: Hours) -> tuple[tuple[float, float], ...]:
        """From when until when the level was below what is asked; to the end of the run where it did not return."""
        return tuple(
            (float(self.at[b.first]), self.ended_at if b.last < 0 else float(self.at[b.last]))
            for b in self._stretches(hours.until(self.at), hours)
        )

    def _stretches(self, clock: Floats, hours: Hours) -> list[Below]:
        return stretches_below(clock, self.good, self.asked, self.channel, float(hours.until(np.array(self.ended_at))))

    def measured(self, hours: Hours, rto: float | None) -> Iterator[tuple[str, float]]:
        """The measures of recovery, by the clock of the ``hours`` in which it is open."""
        clock = hours.until(self.at)
        since, end = hours.until(np.array([self.impact, self.ended_at])).tolist()
        stretches = self._stretches(clock, hours)
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


def recovery_values(run: Run, model: Model, level: Level) -> Iterator[tuple[Key, float]]:
    """Measures of recovery by need and channel, and by group, wherever somebody came after the impact."""
    book, rto = run.ledger, None if model.continuity is None else float(model.continuity.rto)
    need = book.need[level.row]
    inbound = [(number, channel) for number, channel in enumerate(model.channels) if not KINDS[channel.kind].calls_out]
    everywhere = whole_centre(model, run.ended_at)

    def told(scopes: Sequence[dict[str, str]], theirs: Level, hours: Hours) -> Iterator[tuple[Key, float]]:
        if len(theirs.row):
            yield from ((key(measure, scope), value) for measure, value in theirs.measured(hours, rto) for scope in scopes)

    def of_needs(scopes: Sequence[dict[str, str]], mine: Flags, hours: Hours) -> Iterator[tuple[Key, float]]:
        for n, name in enumerate(("", *run.needs)):
            of_need = mine if n == 0 else mine & (need == n - 1)
            yield from told([{**scope, "need": name} for scope in scopes], level.part(of_need), hours)

    whole, of_each = {"channel": ""}, [{"channel": channel.name} for _, channel in inbound]
    yield from of_needs([whole, *(of_each if len(inbound) == 1 else ())], np.ones(len(level.row), dtype=bool), everywhere)
    if len(inbound) > 1:
        for (number, channel), scope in zip(inbound, of_each, strict=True):
            yield from of_needs([scope], level.channel == number, Hours([channel], run.ended_at))
    for name, in_group in zip(model.groups, membership(model).T, strict=True):
        yield from told([{"group": name}], level.part(in_group[run.persons.demand[book.customer[level.row]]]), everywhere)


def whole_centre(model: Model, ended_at: float) -> Hours:
    """The hours in which people can make contact by any channel."""
    return Hours([channel for channel in model.channels if not KINDS[channel.kind].calls_out], ended_at)


def longest_recovery(model: Model, impact: float, ended_at: float) -> dict[str, float]:
    """How long a recovery could have taken, for the whole centre and where the hours of a channel differ."""
    span = np.array([impact, ended_at])
    of_each = {f"time_to_recover[{c.name}]": Hours([c], ended_at) for c in model.channels if c.hours is not None}
    return {name: float(np.diff(h.until(span))[0]) for name, h in ({"time_to_recover": whole_centre(model, ended_at)} | of_each).items()}
