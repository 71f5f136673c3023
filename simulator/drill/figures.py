"""The four figures of a drill: plan against play, the course of the day, what decisions were worth, luck or skill."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from simulator.document.blocks import Picture
from simulator.drill.findings import people
from simulator.drill.play import PLAYBOOK
from simulator.report.figures import house_style
from simulator.report.figures.curves import from_zero, percent
from simulator.report.figures.frame import BLUE, DPI, GREEN, GREY, INK, SOFT, VERMILLION, WIDTH, Canvas, heading, key, plain, png
from simulator.report.wording import count, duration
from simulator.scenario.variants import NO_ACTION
from simulator.statistics.intervals import interval_series
from simulator.statistics.worlds import Worlds

if TYPE_CHECKING:
    from simulator.drill.review import Review
    from simulator.drill.worth import Gap
    from simulator.report.wording import LocalTime

HOUR = 3600.0
LOOK = {PLAYBOOK: (GREEN, (0, (6, 2)), "s"), NO_ACTION: (GREY, (0, (2, 1.5)), "^")}
"""Colour, dash and mark of what the played run is put beside: the same in every figure, and never the colour alone."""
OURS: tuple[str, Any, str] = (BLUE, "-", "o")


def pictures(review: Review, time: LocalTime) -> list[Picture]:
    """Every figure that this drill has."""
    with house_style():
        return [made for made in _drawn(review, time) if made is not None]


def _drawn(review: Review, time: LocalTime) -> Iterator[Picture | None]:
    yield plan_and_play(review)
    yield course(review, time)
    yield worth(review)
    yield luck_or_skill(review)


def _sheet(height: float, left: float = 0.2) -> tuple[Figure, Any]:
    figure = Figure(figsize=(WIDTH, height), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    panel = figure.add_axes((left, 0.52 / height, 0.97 - left, (height - 0.52 - 0.34) / height))
    plain(panel)
    panel.grid(visible=False)
    return figure, panel


def plan_and_play(review: Review) -> Picture | None:
    """A dumbbell a step: when the playbook starts it and when the team decided it, in the played world."""
    steps = [s for s in review.steps if s.planned is not None or s.decided is not None]
    if not review.team or not steps:
        return None
    impact = review.model.clock.impact or 0.0
    figure, panel = _sheet(0.95 + 0.36 * len(steps))
    later = []
    for row, step in enumerate(steps):
        plan, ours = ((at - impact) / HOUR if at is not None else None for at in (step.planned, step.decided))
        if plan is not None and ours is not None:
            panel.plot([plan, ours], [row, row], color=VERMILLION if ours > plan else GREY, linewidth=2.4, zorder=2, solid_capstyle="butt")
        if plan is not None:
            panel.plot([plan], [row], marker="s", color=GREEN, markersize=7, linestyle="none", zorder=3)
        if ours is not None:
            panel.plot([ours], [row], marker="o", color=BLUE, markersize=7, linestyle="none", zorder=4)
        if step.effect is not None:
            panel.plot([(step.effect - impact) / HOUR], [row], marker="|", color=INK, markersize=11, linestyle="none", zorder=3)
        said = "never decided" if step.decided is None else "never took effect" if step.effect is None else ""
        if step.delay:
            said = said or f"{duration(abs(step.delay))} {'later' if step.delay > 0 else 'sooner'}"
            later.append(step.delay)
        place = max(at for at in (plan, ours, (step.effect - impact) / HOUR if step.effect is not None else None) if at is not None)
        panel.annotate(said, (place, row), xytext=(9, 0), textcoords="offset points", va="center", fontsize=7.5, color=INK)
    panel.set_yticks(range(len(steps)), [s.id for s in steps], fontsize=8.5)
    panel.set_ylim(len(steps) - 0.5, -0.5)
    panel.margins(x=0.14)
    panel.set_xlabel("hours since the impact", fontsize=8)
    for marker, colour, name in (("s", GREEN, "playbook"), ("o", BLUE, "as decided"), ("|", INK, "in effect")):
        panel.plot([], [], marker=marker, color=colour, linestyle="none", label=name)
    panel.legend(fontsize=7.5, ncols=3, loc="lower right", bbox_to_anchor=(1, 1), frameon=False, borderpad=0.1)
    middle = f"; half of the decisions came {duration(float(np.median(later)))} or more after the plan" if later else ""
    says = f"Squares are the playbook's times in the same world, circles the team's{middle}."
    return Picture("plan-and-play", "When each step was decided", says, png(figure))


def course(review: Review, time: LocalTime) -> Picture:
    """Reachability and queue of the played world under what was played, the playbook and no action."""
    drill, result = review.drill, review.result
    summary = result.summaries[drill.played]
    steps = tuple(s for s in summary.steps if not s.id.startswith(("inject ", "seen ")))
    canvas = Canvas(replace(summary, steps=steps), time, (1.9, 1.5))
    top, below = canvas.panels
    x = summary.interval_starts + summary.interval / 2
    for name in dict.fromkeys((drill.played, PLAYBOOK, NO_ACTION)):
        tally = next(t for t in result.tallies[name] if t.replication == drill.world)
        series = {one.name: one for one in interval_series(Worlds([tally])) if not one.scope}
        colour, dash, _ = OURS if name == drill.played else LOOK[name]
        top.plot(x, series["reachability"].mean, color=colour, linestyle=dash, linewidth=1.8, label=name)
        below.plot(x, series["queue"].mean, color=colour, linestyle=dash, linewidth=1.8, label=name)
    percent(top)
    top.set_ylim(0, 1.24)
    heading(top, "answered")
    key(top)
    from_zero(below)
    heading(below, "callers waiting")
    return canvas.picture(
        "the-day", "The played world, three times",
        f"World {drill.world} of seed {drill.seed}: the same customers under what was decided, under the playbook, and with no action. "
        "Above, the share answered of those who wanted an agent. The numbered flags are the events and the steps as played.",
    )  # fmt: skip


def worth(review: Review) -> Picture | None:
    """Two bars a step: without it, and half an hour earlier (or with it, where nobody took it)."""
    rows = [w for w in review.worths if w.left_out or w.earlier or w.added]
    if not rows:
        return None
    height = 1.0 + 0.42 * len(rows)
    figure = Figure(figsize=(WIDTH, height), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    panels = []
    for column, title in enumerate(("without it", "half an hour earlier; with it, if nobody took it")):
        panel = figure.add_axes((0.17 + 0.42 * column, 0.5 / height, 0.39, (height - 0.9) / height))
        plain(panel)
        panel.grid(visible=False)
        panel.axvline(0, color=INK, linewidth=0.9)
        panel.set_title(title, fontsize=8.5, loc="left", color=INK, pad=3)
        panel.set_xlabel("people who got nobody, more or fewer than as played", fontsize=7.5)
        panel.tick_params(axis="x", labelsize=7.5)
        panel.xaxis.set_major_formatter("{x:,.0f}")
        panels.append(panel)
    for row, one in enumerate(rows):
        _bar(panels[0], row, one.left_out)
        _bar(panels[1], row, one.earlier if one.earlier is not None else one.added)
    for column, panel in enumerate(panels):
        panel.set_yticks(range(len(rows)), [w.step for w in rows] if column == 0 else [""] * len(rows), fontsize=8.5)
        panel.set_ylim(len(rows) - 0.45, -0.55)
        low, high = panel.get_xlim()
        reach = max(high - low, 1.0)
        panel.set_xlim(min(low, 0.0) - 0.8 * reach * (low < 0), max(high, 0.0) + 0.62 * reach * (high > 0))
        panel.locator_params(axis="x", nbins=5)
    says = f"Each bar is a change to what was played, in the same {len(review.luck.worlds)} worlds; lines are 95 % intervals."
    return Picture("worth", "What each decision was worth", says, png(figure))


def _bar(panel: Any, row: int, gap: Gap | None) -> None:
    if gap is None:
        return
    wide = gap.half_width if np.isfinite(gap.half_width) else 0.0
    worse = gap.mean > 0
    panel.barh(
        [row], [gap.mean], height=0.46, color=VERMILLION if worse else BLUE, hatch="////" if worse else "", edgecolor="white", zorder=2
    )
    panel.plot([gap.mean - wide, gap.mean + wide], [row, row], color=INK, linewidth=1.3, zorder=3)
    if gap.mean or wide:
        said, end = f"{people(gap)} {'more' if worse else 'fewer'}", gap.mean + (wide if worse else -wide)
    else:
        said, end = " the same ", 0.0
        worse = panel.get_title(loc="left").startswith("without")
    panel.annotate(
        said, (end, row), xytext=(5 if worse else -5, 0), textcoords="offset points", va="center", ha="left" if worse else "right",
        fontsize=7.5, color=INK,
    )  # fmt: skip


def luck_or_skill(review: Review) -> Picture:
    """A strip a policy: each world a dot, the played one a diamond, the middle 90 % a bar."""
    luck = review.luck
    figure, panel = _sheet(1.0 + 0.48 * len(luck.policies))
    for row, policy in enumerate(luck.policies):
        colour, _, mark = OURS if row == 0 else LOOK.get(policy.name, (VERMILLION, "", "v"))
        panel.plot([policy.low, policy.high], [row, row], color=colour, linewidth=7, alpha=0.25, solid_capstyle="butt", zorder=1)
        panel.plot(policy.values, np.full(len(policy.values), row), marker=mark, color=colour, markersize=4, alpha=0.7, linestyle="none")
        here = policy.values[luck.place]
        panel.plot([here], [row], marker="D", color="white", markeredgecolor=INK, markersize=8, linestyle="none", zorder=5)
        panel.plot([policy.middle], [row], marker="|", color=INK, markersize=15, linestyle="none", zorder=4)
    names = [p.name + (" (best tried)" if p.name == luck.best else "") for p in luck.policies]
    panel.set_yticks(range(len(names)), names, fontsize=8.5)
    panel.set_ylim(len(names) - 0.5, -0.5)
    panel.xaxis.set_major_formatter("{x:,.0f}")
    panel.margins(x=0.05)
    panel.set_xlabel("people who got nobody", fontsize=8)
    panel.grid(axis="x", color="#DDDDDD", linewidth=0.6)
    panel.plot([], [], marker="D", color="white", markeredgecolor=INK, linestyle="none", label="the played world")
    panel.plot([], [], marker="|", color=INK, linestyle="none", markersize=11, label="median")
    panel.legend(fontsize=7.5, ncols=2, loc="lower right", bbox_to_anchor=(1, 1), frameon=False, labelcolor=SOFT)
    worlds = len(luck.worlds)
    says = (
        f"The same decisions in {worlds} worlds. Under what was played, {count(luck.luckier_than)} of the other {worlds - 1} worlds left "
        "more people with nobody than the world of the drill. What separates the rows is decisions; what spreads each row is luck."
    )
    return Picture("luck-or-skill", "Luck or skill", says, png(figure))
