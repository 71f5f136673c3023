"""What all figures share: colours, a time axis with phases and numbered steps, and a small PNG.

Only matplotlib's object interface is used (no pyplot, no global state), so figures can be drawn in any thread or process.
"""

from __future__ import annotations

import io
import logging
import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.markers import TICKDOWN
from matplotlib.patches import Rectangle
from PIL import Image

from simulator.document.blocks import Picture
from simulator.report.wording import LocalTime

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from simulator.statistics.summary import StepTimeline, Summary

logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)

BLUE, VERMILLION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
SERIES = (BLUE, VERMILLION, GREEN, PURPLE)
"""The first four colours of Okabe and Ito: told apart by nearly everyone, and strong enough on white for lines."""
DASHES = ("-", (0, (6, 2)), (0, (2, 1.5)), (0, (7, 2, 1.5, 2)))
"""Colour never stands alone: each series has its own dash as well."""
HATCHES = ("", "////", "....", "\\\\\\\\", "xxxx", "")
AMBER, SKY, GREY, INK, SOFT = "#E69F00", "#56B4E9", "#8C8C8C", "#222222", "#595959"

Place = Literal["upper right", "best"]

DPI = 120  #: sharp where a page is 1,100 pixels wide; more would make pages too large to send
WIDTH = 9.2
STRIP = 0.80  #: inches above a time axis for the numbered steps
ROWS = 3  #: of flags that fit there
FOOT = 0.62  #: inches below it for two rows of labels


class Canvas:
    """A figure with panels one above another over the time of a run."""

    def __init__(self, summary: Summary, time: LocalTime, heights: Sequence[float]) -> None:
        self.summary = summary
        self.time = time
        gap = 0.28
        total = STRIP + FOOT + sum(heights) + gap * (len(heights) - 1)
        self.figure = Figure(figsize=(WIDTH, total), dpi=DPI, facecolor="white")
        FigureCanvasAgg(self.figure)
        self.panels: list[Axes] = []
        top = total - STRIP
        end = summary.ended_at
        for height in heights:
            panel = self.figure.add_axes((0.078, (top - height) / total, 0.90, height / total))
            top -= height + gap
            plain(panel)
            panel.set_xlim(0, end)
            self._shade(panel)
            self.panels.append(panel)
        self._phases(self.panels[0], heights[0])
        self._hours(height=heights[-1])
        self._steps(self.panels[0], heights[0])

    def _phases(self, panel: Axes, height: float) -> None:
        """The names of the phases in a row of their own above the first panel."""
        where = panel.get_xaxis_transform()
        last = -math.inf
        for number, phase in enumerate(self.summary.phases):
            colour = "#E6E6E6" if number % 2 else "#F3F3F3"
            width, row = phase.end - phase.start, 0.17 / height
            panel.add_artist(Rectangle((phase.start, 1), width, row, transform=where, color=colour, linewidth=0, clip_on=False, zorder=0))
            need = self.summary.ended_at * (0.008 * len(phase.name) + 0.01)
            start = max(phase.start + 0.006 * self.summary.ended_at, last)
            if start + need < phase.end + (0.02 * self.summary.ended_at):
                panel.text(start, 1 + row / 2, phase.name, transform=where, ha="left", va="center", fontsize=7.2, color=SOFT, zorder=5)
                last = start + need

    def _shade(self, panel: Axes) -> None:
        where = panel.get_xaxis_transform()
        for phase in self.summary.phases[1::2]:
            panel.add_artist(
                Rectangle((phase.start, 0), phase.end - phase.start, 1, transform=where, color="#F1F1F1", linewidth=0, zorder=0)
            )

    def _hours(self, height: float) -> None:
        """Local time below the last panel, and under it the time since the impact."""
        span = self.summary.ended_at
        step = next(h for h in (1, 2, 3, 6, 12, 24, 48, 168, 720) if span / 3600 / h <= 13 or h == 720) * 3600
        first = self.time.at(0)
        offset = (first.hour * 3600 + first.minute * 60 + first.second) % step
        ticks = [t for t in _steps_of(-offset, span, step) if t >= 0]
        labels = [self._hour_label(t, first=i == 0) for i, t in enumerate(ticks)]
        last = self.panels[-1]
        for panel in self.panels:  # one line for all marks: matplotlib's own ticks are five objects each
            panel.set_xticks([])
            _line(panel, ticks, [0] * len(ticks), marker=TICKDOWN, ms=3, mew=0.7, color=INK, ls="", clip_on=False)
        below, _, _ = last.get_xaxis_text1_transform(6.5)
        for tick, label in zip(ticks, labels, strict=True):
            last.text(tick, 0, label, transform=below, ha="center", va="top", fontsize=7.5, color=INK)
        if self.summary.impact is None:
            return
        where = last.get_xaxis_transform()
        for instant in _steps_of(self.summary.impact, span, step):
            hours = round((instant - self.summary.impact) / 3600)
            _line(last, [instant, instant], [-0.30 / height, -0.35 / height], color=GREY, linewidth=0.8, clip_on=False)
            last.text(instant, -0.37 / height, f"T+{hours} h", transform=where, ha="center", va="top", fontsize=7, color=SOFT)

    def _hour_label(self, instant: float, *, first: bool) -> str:
        moment = self.time.at(instant)
        return f"{moment:%a %H:%M}" if first or moment.hour == 0 else f"{moment:%H:%M}"

    def _steps(self, panel: Axes, height: float) -> None:
        """Numbered flags above the first panel: events dark, actions light; the bar is the middle 90 % of the worlds."""
        span = self.summary.ended_at
        where = panel.get_xaxis_transform()
        flags: dict[float, list[tuple[int, StepTimeline]]] = {}
        for number, step, instant in self._flagged():
            close = next((at for at in flags if abs(at - instant) < 0.006 * span), instant)
            flags.setdefault(close, []).append((number, step))
        for event, style in (
            (True, {"color": INK, "linewidth": 0.9}),
            (False, {"color": GREY, "linewidth": 0.7, "linestyle": (0, (3, 2))}),
        ):
            marked = [at for at, members in flags.items() if _is_event(members) == event]
            for one in self.panels:  # a line with gaps, which is drawn faster than many
                _line(one, [x for at in marked for x in (at, at, math.nan)], [0, 1, math.nan] * len(marked), zorder=1.5, **style)
        for at, members, row in in_rows(sorted(flags.items()), span):
            text = numbers(members)
            y = 1 + (0.29 + 0.18 * row) / height
            event = _is_event(members)
            _line(panel, [at, at], [1, y], color=GREY, linewidth=0.6, clip_on=False, zorder=1)
            for _, step in members:
                moment = step.done_at or step.started_at
                if moment is not None and moment.p95 - moment.p5 > 0.01 * span:
                    ends = [moment.p5, min(moment.p95, span)]
                    _line(panel, ends, [y, y], color="#B0B0B0", linewidth=2.2, clip_on=False, zorder=2, solid_capstyle="butt")
            style = {"boxstyle": "round,pad=0.18", "facecolor": INK if event else "white", "edgecolor": INK, "linewidth": 0.7}
            panel.text(
                at,
                y,
                text,
                transform=where,
                ha="center",
                va="center",
                fontsize=6.8,
                fontweight="bold",
                color="white" if event else INK,
                bbox=style,
                zorder=6,
            )

    def _flagged(self) -> Iterator[tuple[int, StepTimeline, float]]:
        """Steps that came about in the run, their numbers, and when on average."""
        for number, step in enumerate(self.summary.steps, 1):
            moment = step.done_at or step.started_at
            if moment is not None and moment.mean <= self.summary.ended_at:
                yield number, step, moment.mean

    def steps_in_words(self) -> str:
        """What the numbers on the flags stand for, for pages without a table of the steps."""
        return ", ".join(f"{number} {step.id}" for number, step, _ in self._flagged())

    def picture(self, name: str, title: str, says: str) -> Picture:
        return Picture(name, title, says, png(self.figure))


Members = list[tuple[int, "StepTimeline"]]
Flag = tuple[float, Members]
"""Where a flag stands, in seconds, and the steps that it numbers."""


def _line(panel: Axes, x: Sequence[float], y: Sequence[float], **style: Any) -> None:
    """A line that the limits of the axes need not heed, which is most of what `plot` takes its time for; ``y`` from 0 to 1 is the panel."""
    panel.add_artist(Line2D(x, y, transform=panel.get_xaxis_transform(), **style))


def _is_event(members: Members) -> bool:
    return all(step.kind == "event" for _, step in members)


def in_rows(flags: list[Flag], span: float) -> list[tuple[float, Members, int]]:
    """A row for each flag in which it covers no other; what finds none shares the flag before it."""
    while True:
        taken, placed = [-1.0] * ROWS, []
        for k, (at, members) in enumerate(flags):
            reach = half_width(members, span)
            row = next((r for r, end in enumerate(taken) if end < at - reach), None)
            if row is None and k:
                before, first = flags[k - 1]
                flags = [*flags[: k - 1], (before, sorted([*first, *members], key=lambda one: one[0])), *flags[k + 1 :]]
                break
            taken[row or 0] = at + reach
            placed.append((at, members, row or 0))
        else:
            return placed


def half_width(members: Members, span: float) -> float:
    """How far a flag reaches to either side, in seconds of a run of ``span``."""
    return span * (0.009 + 0.0075 * len(numbers(members))) / 2


def numbers(members: Members) -> str:
    return ",".join(str(number) for number, _ in members)


def _steps_of(first: float, last: float, step: float) -> list[float]:
    count = int((last - first) // step) + 1
    return [first + i * step for i in range(max(count, 0))]


def plain(panel: Axes) -> None:
    """Take away what carries no information."""
    for side in ("top", "right"):
        panel.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        panel.spines[side].set_color(GREY)
        panel.spines[side].set_linewidth(0.7)
    panel.tick_params(labelsize=7.5, colors=INK, length=3, width=0.7)
    panel.grid(axis="y", color="#DDDDDD", linewidth=0.6)
    panel.set_axisbelow(True)
    panel.yaxis.set_major_formatter("{x:,g}")


def heading(panel: Axes, text: str) -> None:
    """What the vertical axis shows, written level so that it can be read."""
    panel.set_ylabel(text, fontsize=8, color=INK, labelpad=4)


def key(panel: Axes, *, columns: int = 4, place: Place = "upper right") -> None:
    """The legend: small, without a frame, over the data's quiet corner."""
    panel.legend(
        fontsize=7.5,
        frameon=True,
        framealpha=0.92,
        edgecolor="none",
        ncols=columns,
        loc=place,
        handlelength=2.6,
        columnspacing=1.2,
        borderpad=0.2,
    )


def prepare() -> None:
    """Find the fonts and draw something small, so that the first real figure does not pay for it."""
    figure = Figure(figsize=(1, 1))
    FigureCanvasAgg(figure)
    figure.add_subplot().set_title("ready")
    png(figure)


def png(figure: Figure) -> bytes:
    """Draw the figure; its 256 most frequent colours are kept exactly, which makes a third of the file and looks the same."""
    canvas = figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    canvas.draw()  # type: ignore[no-untyped-call]  # matplotlib types most of itself, but not this
    pixels = np.ascontiguousarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]  # as above
    rgba = pixels.view(np.uint32).ravel()
    starts = np.flatnonzero(np.concatenate(([True], rgba[1:] != rgba[:-1])))  # a figure is mostly stretches of one colour
    colours, of_stretch = np.unique(pixels.view(">u4").ravel()[starts] >> 8, return_inverse=True)
    lengths = np.diff(starts, append=len(rgba))
    frequent = np.sort(colours[np.argsort(-np.bincount(of_stretch, weights=lengths), kind="stable")[:256]])
    palette = b"".join(int(code).to_bytes(3, "big") for code in frequent).ljust(768, b"\0")
    model = Image.new("P", (1, 1))
    model.putpalette(palette)
    swatches = (colours[:, None, None] >> np.array([16, 8, 0], dtype=np.uint32) & 255).astype(np.uint8)
    near = np.asarray(Image.fromarray(swatches).quantize(palette=model, dither=Image.Dither.NONE))[:, 0]
    same = np.minimum(np.searchsorted(frequent, colours), len(frequent) - 1)
    number = np.where(frequent[same] == colours, same, near).astype(np.uint8)  # what is near is good enough for soft edges only
    image = Image.fromarray(np.repeat(number[of_stretch], lengths).reshape(pixels.shape[:2]))
    image.putpalette(palette)
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=7)
    return out.getvalue()
