"""The figures of a run, drawn by matplotlib; importing this package loads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from matplotlib import rc_context, rcdefaults, rcParams

from simulator.report.figures.callers import abandonment, arrivals, lines, waiting
from simulator.report.figures.centre import agents, constraint, fates
from simulator.report.figures.frame import Picture
from simulator.report.figures.variants import course, forest

if TYPE_CHECKING:
    from simulator.report.wording import LocalTime
    from simulator.statistics.summary import Comparison, Summary


@contextmanager
def _house_style() -> Iterator[None]:
    """Style as matplotlib ships it, with thin hatches, whatever the user's own settings are; theirs come back afterwards."""
    with rc_context():
        rcdefaults()
        rcParams["hatch.linewidth"] = 0.55
        yield


def pictures(summary: Summary, time: LocalTime) -> list[Picture]:
    """Every figure of one variant, in the order of the report."""
    with _house_style():
        drawn = [draw(summary, time) for draw in (abandonment, waiting, arrivals, lines, agents, fates, constraint)]
    return [picture for picture in drawn if picture is not None]


def comparison(summaries: Mapping[str, Summary], compared: Comparison, time: LocalTime, urgent: str) -> list[Picture]:
    """The figures that put variants side by side; ``urgent`` is the most urgent need, if needs differ."""
    with _house_style():
        drawn = (forest(compared, urgent), course(summaries, time, compared.baseline))
    return [picture for picture in drawn if picture is not None]


__all__ = ["Picture", "comparison", "pictures"]
