"""The figures of a run, drawn by matplotlib, which is loaded when the first one is drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.report.wording import LocalTime

if TYPE_CHECKING:
    from simulator.document.blocks import Picture
    from simulator.experiment.contest import Contest
    from simulator.report.labels import Labels
    from simulator.report.lead import Lead
    from simulator.report.relabel import Telling
    from simulator.statistics.summary import Summary

OF_A_VARIANT = (
    "abandonment", "waiting", "arrivals", "lines", "agents", "fates", "constraint", "channels", "callback_list", "open_work", "staffing",
)  # fmt: skip
"""In the order of the report: functions of :mod:`simulator.report.figures.drawers`."""

COURSE = ("reachability", "queue", "agents_online")
"""The series of which a comparison shows the course."""

Key = tuple[str, int]
"""A variant (or COMPARED) and the number of one of its figures."""
COMPARED = ""


@dataclass(frozen=True)
class Gallery:
    """All figures of a run, each of which can be drawn alone, in any process."""

    summaries: Mapping[str, Summary]
    compared: bool  #: whether variants are
    time: LocalTime
    lead: Lead
    labels: Labels

    def keys(self) -> list[Key]:
        """The figures there may be, in the order of the reports."""
        found = [(variant, number) for variant in self.summaries for number in range(len(OF_A_VARIANT))]
        return [*found, (COMPARED, 0), (COMPARED, 1)] if self.compared else found

    def draw(self, key: Key) -> Picture | None:
        """The figure, None where there is nothing to show."""
        from simulator.report.figures import drawers

        variant, number = key
        with house_style():
            if variant != COMPARED:
                drawn: Picture | None = getattr(drawers, OF_A_VARIANT[number])(self.summaries[variant], self.time)
                return drawn
            if number == 0:
                return drawers.forest(self.lead, self.labels)
            return drawers.course(self.summaries, self.time, self.lead, self.labels)


def gallery_of(told: Telling) -> Gallery:
    """The figures of what is told of a run."""
    time = LocalTime(told.models[told.result.baseline].clock)
    return Gallery(told.summaries, told.comparison is not None, time, told.lead, told.labels)


@dataclass(frozen=True)
class ContestGallery:
    """All figures of a comparison, each of which can be drawn alone, in any process."""

    contest: Contest
    summaries: Mapping[str, Summary]  #: without estimates, and of the series only those of the COURSE
    time: LocalTime
    labels: Mapping[str, str]  #: of the goals
    factors: Mapping[str, tuple[str, ...]]  #: the values of each swept path
    point: Mapping[tuple[str, ...], str]  #: which alternative has which of them

    def keys(self) -> list[Key]:
        """The figures there may be, in the order of the report."""
        return [(COMPARED, number) for number in range(6)]

    def draw(self, key: Key) -> Picture | None:
        """The figure, None where there is nothing to show."""
        from simulator.report.figures import contest as figures

        drawers: tuple[Callable[[], Picture | None], ...] = (
            lambda: figures.differences(self.contest, self.labels),
            lambda: figures.swept(self.contest, self.labels, self.factors, self.point),
            lambda: figures.course(self.contest, self.summaries, self.time),
            lambda: figures.pairs(self.contest, self.labels),
            lambda: figures.trade_off(self.contest, self.labels),
            lambda: figures.regret(self.contest, self.labels),
        )
        with house_style():
            return drawers[key[1]]()


@contextmanager
def house_style() -> Iterator[None]:
    """Style as matplotlib ships it, with thin hatches, whatever the user's own settings are; theirs come back afterwards."""
    from matplotlib import rc_context, rcdefaults, rcParams

    with rc_context():
        rcdefaults()
        rcParams["hatch.linewidth"] = 0.55
        yield
