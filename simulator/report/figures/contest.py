"""Figures of a comparison: differences with their intervals, pairs of worlds, trade-offs, regret, sweeps and the course of the day."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from simulator.document.blocks import Picture
from simulator.report.figures import COURSE
from simulator.report.figures.curves import curve, from_zero, percent
from simulator.report.figures.frame import (
    DASHES,
    DPI,
    GREY,
    INK,
    SERIES,
    SOFT,
    WIDTH,
    Canvas,
    heading,
    key,
    plain,
    png,
)
from simulator.report.figures.intervals import Interval, Panel, side_by_side, ticks
from simulator.report.judgement import sized
from simulator.report.wording import NONE, LocalTime, amount, change, times

if TYPE_CHECKING:
    from simulator.experiment.contest import Contest, Contrast
    from simulator.statistics.ranking import Goal
    from simulator.statistics.summary import Summary

MARKERS = ("o", "s", "^", "D")
MOST_LINES = 4  #: more than this cannot be told apart
MOST_ROWS = 12  #: alternatives in one figure of differences
MOST_WORLDS = 60  #: pairs of worlds that are drawn
MOST_NAMED = 24  #: points that carry their name


def differences(contest: Contest, labels: Mapping[str, str]) -> Picture:
    """A panel per goal: each alternative less the baseline, with an interval that holds for all of them."""
    names = _shown(contest, MOST_ROWS)
    panels = [(goal, [c for c in contest.contrasts if c.goal == goal and c.alternative in names]) for goal in contest.goals]
    figure = side_by_side([Panel(labels[str(goal)], goal.unit, [_interval(c) for c in contrasts]) for goal, contrasts in panels])
    more = "" if len(names) == len(contest.alternatives) - 1 else f" The {len(names)} best of {len(contest.alternatives) - 1} are shown."
    says = (
        f"Each alternative less {contest.baseline} in the same {contest.rankings[0].worlds} worlds; bars are 95 % intervals that hold for "
        f"all alternatives at once.{more}"
    )
    return Picture("differences", "What the alternatives change", says, png(figure))


def _interval(c: Contrast) -> Interval:
    same = c.mean == 0 and _or(c.half_width) == 0 and c.plain.is_number
    word = "the same" if same else "no clear difference" if not c.clear else "better" if c.better else "worse"
    text = NONE if not math.isfinite(c.mean) else word if same else f"{sized(c)}  {word}"
    mean, half = (c.mean, _or(c.half_width)) if c.plain.is_number else (math.nan, 0.0)
    return Interval(c.alternative, mean, half, text, word if c.clear and not same else "")


def course(contest: Contest, summaries: Mapping[str, Summary], time: LocalTime) -> Picture:
    """Reachability, queue and agents online of the baseline and the best ones, four at most."""
    best = [s.alternative for s in contest.rankings[0].standings]
    names = [contest.baseline, *[name for name in best if name != contest.baseline][: MOST_LINES - 1]]
    canvas = Canvas(summaries[contest.baseline], time, (1.7, 1.4, 1.2))
    for number, name in enumerate(names):
        for panel, series in zip(canvas.panels, COURSE, strict=True):
            curve(panel, summaries[name], summaries[name].over_time(series), number, name)
    for panel, said in zip(canvas.panels, ("answered", "waiting", "agents online"), strict=True):
        heading(panel, said)
    percent(canvas.panels[0])
    for panel in canvas.panels[1:]:
        from_zero(panel)
    key(canvas.panels[1], columns=2)
    shown = "every alternative" if len(names) == len(contest.alternatives) else f"{contest.baseline} and the best by the first goal"
    says = f"Averages over the worlds, of {shown}: the share answered of the calls that wanted an agent, callers waiting, agents."
    steps = canvas.steps_in_words()
    if steps:
        says += f" The numbered steps are those of {contest.baseline}: {steps}."
    return canvas.picture("alternatives-over-time", "The alternatives over time", says)


def pairs(contest: Contest, labels: Mapping[str, str]) -> Picture | None:
    """The first goal in each world, a line from one alternative to the next: common random numbers at work."""
    goal = contest.goals[0]
    best = [s.alternative for s in contest.rankings[0].standings]
    names = [name for name in contest.alternatives if name in {contest.baseline, *best[:5]}][:6]
    values = np.column_stack([contest.columns[name][0].worlds for name in names])
    values = np.where(np.isinf(values), np.nan, values)[:MOST_WORLDS]
    if len(values) < 2 or not np.isfinite(values).any():
        return None
    figure = _figure(3.3)
    panel = figure.add_axes((0.085, 0.13, 0.60, 0.76))
    plain(panel)
    for row in values:
        panel.plot(range(len(names)), row, color=GREY, linewidth=0.7, marker="o", markersize=2.6, alpha=0.75)
    ended = np.isfinite(values)
    means = np.where(ended.any(axis=0), np.where(ended, values, 0.0).sum(axis=0) / np.maximum(ended.sum(axis=0), 1), np.nan)
    panel.plot(range(len(names)), means, color=SERIES[0], linewidth=2.4, marker="D", markersize=5)
    panel.set_xticks(range(len(names)), [_short(n) for n in names], fontsize=7.5)
    panel.set_xlim(-0.3, len(names) - 0.7)
    ticks(panel, "y", goal.unit)
    heading(panel, labels[str(goal)])
    contrast = contest.lead
    beside = figure.add_axes((0.76, 0.13, 0.225, 0.76))
    plain(beside)
    i, against = (contest.columns[n][0].worlds for n in (contrast.alternative, contrast.against))
    both = np.isfinite(i) & np.isfinite(against)
    single = (i - against)[both]
    spread = np.random.default_rng(0).uniform(-0.25, 0.25, len(single))  # so that equal points do not hide one another
    beside.axhline(0, color=INK, linewidth=0.9)
    beside.plot(spread, single, "o", color=GREY, markersize=3.2)
    if contrast.plain.is_number:
        beside.errorbar([0.6], [contrast.mean], yerr=[_or(contrast.half_width)], fmt="D", color=SERIES[0], markersize=5, linewidth=2)
    beside.set_xlim(-0.5, 0.9)
    beside.set_xticks([0, 0.6], ["worlds", "mean"], fontsize=7.5)
    ticks(beside, "y", goal.unit, signed=True)
    beside.set_title(f"{_short(contrast.alternative, 26)}\nless {_short(contrast.against, 26)}", fontsize=7.5, loc="left", color=INK, pad=3)
    worth = contrast.reduction
    says = (
        "Each thin line is one world: the same customers and the same luck under every alternative; the thick one is their mean. "
        "Right: the differences within worlds."
    )
    if math.isfinite(worth) and worth > 1:
        says += (
            f" Worlds differ more than alternatives do: pairs of the same world are worth {times(worth)} times as many independent ones."
        )
    return Picture("pairs-of-worlds", "The same worlds, alternative by alternative", says, png(figure))


def trade_off(contest: Contest, labels: Mapping[str, str]) -> Picture | None:
    """The first goal against another one; alternatives that nothing dominates are marked."""
    if len(contest.goals) < 2:
        return None
    spread = [_spread(contest, i) for i in range(len(contest.goals))]
    money = [i for i, goal in enumerate(contest.goals) if goal.measure == "cost" and spread[i] > 0]
    contrary = [i for i in range(1, len(contest.goals)) if spread[i] > 0 and contest.rankings[i].tied[0] not in contest.tied]
    others = [i for i in range(1, len(contest.goals)) if spread[i] > 0]
    if not (money or contrary or others):
        return None
    second = (money or contrary or others)[0]
    figure = _figure(3.6)
    panel = figure.add_axes((0.10, 0.15, 0.88, 0.80))
    plain(panel)
    panel.grid(axis="x", color="#DDDDDD", linewidth=0.6)
    points = {name: (contest.rankings[second].of(name), contest.rankings[0].of(name)) for name in contest.alternatives}
    for number, (name, (x, y)) in enumerate(points.items()):
        free = name in contest.undominated
        few = len(points) <= len(SERIES)
        colour = SERIES[number] if few else SERIES[0] if free else GREY
        marker, size = (MARKERS[number], 8) if few else ("o", 6)
        panel.plot([x.mean], [y.mean], marker, color=colour, markersize=size, fillstyle="full" if free else "none")
    places: dict[tuple[float, float], list[str]] = {}
    for name, (x, y) in points.items():
        places.setdefault((x.mean, y.mean), []).append(name)
    for place, named in places.items() if len(points) <= MOST_NAMED else ():
        panel.annotate(_short(", ".join(named), 60), place, xytext=(7, 4), textcoords="offset points", fontsize=7.5, color=INK)
    panel.margins(0.16, 0.14)
    ticks(panel, "x", contest.goals[second].unit)
    ticks(panel, "y", contest.goals[0].unit)
    panel.set_xlabel(f"{labels[str(contest.goals[second])]} ({_good(contest.goals[second])})", fontsize=8, color=INK)
    heading(panel, f"{labels[str(contest.goals[0])]}\n({_good(contest.goals[0])})")
    says = (
        "Filled marks are alternatives that no other one dominates, all goals considered: no other is at least as good in every goal "
        "and clearly better in one. Marks are averages: the differences above say which of the distances are sure."
    )
    return Picture("trade-off", "What is gained and what is paid", says, png(figure))


def regret(contest: Contest, labels: Mapping[str, str]) -> Picture | None:
    """How far each alternative stays behind the best in each goal; the colour is relative within a goal."""
    names = [s.alternative for s in contest.rankings[0].standings][:MOST_NAMED]
    if len(contest.goals) < 2:
        return None
    behind = np.array([[ranking.of(name).regret for ranking in contest.rankings] for name in names])
    most = behind.max(axis=0)
    relative = behind / np.where(most > 0, most, 1.0)
    figure = _figure(0.75 + 0.30 * len(names))
    height = float(figure.get_figheight())
    left = min(0.012 * max(10, *map(len, names)), 0.30)
    panel = figure.add_axes((left, 0.06 / height, 0.985 - left, 0.30 * len(names) / height))
    panel.imshow(relative, cmap="cividis_r", vmin=0, vmax=1.6, aspect="auto")
    for i, row in enumerate(behind):
        for j, value in enumerate(row):
            text = "best average" if value == 0 else change(value, contest.goals[j].unit).lstrip("+") + " behind"
            panel.text(j, i, text, ha="center", va="center", fontsize=7.5, color=INK if relative[i, j] < 0.45 else "white")
    panel.set_yticks(range(len(names)), names, fontsize=8)
    panel.set_xticks(
        range(len(contest.goals)), [_wrapped(labels[str(goal)], 110 // len(contest.goals)) for goal in contest.goals], fontsize=7.5
    )
    panel.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False, colors=INK)
    for side in panel.spines.values():
        side.set_visible(False)
    says = "Distance from the best average in each goal, in the goal's own unit; the darker, the further behind among these alternatives. "
    says += "The differences above say which of the distances are sure."
    return Picture("regret", "How far behind the best", says, png(figure))


def swept(
    contest: Contest, labels: Mapping[str, str], factors: Mapping[str, Sequence[str]], point: Mapping[tuple[str, ...], str]
) -> Picture | None:
    """The goals along one swept value with the intervals of the means, or the first goal over two of them."""
    if len(factors) == 1:
        return _along(contest, labels, *next(iter(factors.items())), point)
    return _over(contest, labels, factors, point) if len(factors) == 2 else None


def _along(
    contest: Contest, labels: Mapping[str, str], path: str, values: Sequence[str], point: Mapping[tuple[str, ...], str]
) -> Picture | None:
    goals = list(enumerate(contest.goals))[:4]
    columns = min(2, len(goals))
    rows = -(-len(goals) // columns)
    figure = _figure(2.35 * rows + 0.1)
    kinds = list(dict.fromkeys(rest for _, rest in _kinds(point)))
    for number, (i, goal) in enumerate(goals):
        row, column = divmod(number, columns)
        height = float(figure.get_figheight())
        panel = figure.add_axes(
            (0.085 + column * 0.5, (height - (row + 1) * 2.35 + 0.55) / height, (0.90 if columns == 1 else 0.40), 1.55 / height)
        )
        plain(panel)
        for which, rest in enumerate(kinds[:MOST_LINES]):
            standings = [contest.rankings[i].of(point[value, rest]) for value in values if (value, rest) in point]
            x = [k for k, value in enumerate(values) if (value, rest) in point]
            mean = np.array([s.mean for s in standings])
            half = np.array([_or(s.half_width) for s in standings])
            panel.fill_between(x, mean - half, mean + half, color=SERIES[which], alpha=0.16, linewidth=0)
            panel.plot(x, mean, color=SERIES[which], linestyle=DASHES[which], marker=MARKERS[which], markersize=4, label=rest or None)
        panel.set_xticks(range(len(values)), values, fontsize=7.5)
        if len(values) > 8:
            panel.set_xticks(range(0, len(values), -(-len(values) // 8)), values[:: -(-len(values) // 8)])
        panel.set_title(labels[str(goal)], fontsize=8.5, loc="left", color=INK, pad=3)
        panel.set_xlabel(path, fontsize=7.5, color=SOFT)
        ticks(panel, "y", goal.unit)
        if number == 0 and len(kinds) > 1:
            key(panel, columns=1)
    says = f"Means over the same worlds along {path}; bands are their 95 % intervals."
    return Picture("sweep", f"Along {path}", says, png(figure))


def _over(
    contest: Contest, labels: Mapping[str, str], factors: Mapping[str, Sequence[str]], point: Mapping[tuple[str, ...], str]
) -> Picture | None:
    (first, xs), (second, ys) = factors.items()
    rest = next(iter(point))[2]
    if any((x, y, rest) not in point for x in xs for y in ys):
        return None  # a map has no holes: an alternative has failed
    goal = contest.goals[0]
    grid = np.array([[contest.rankings[0].of(point[x, y, rest]).mean for x in xs] for y in ys])
    figure = _figure(0.95 + 0.34 * len(ys))
    height = float(figure.get_figheight())
    panel = figure.add_axes((0.12, 0.55 / height, 0.86, 0.34 * len(ys) / height))
    sign = goal.sign
    panel.imshow(grid * sign, cmap="cividis_r", aspect="auto", origin="lower")
    middle = float((np.nanmin(grid * sign) + np.nanmax(grid * sign)) / 2)
    for j in range(len(ys)):
        for i in range(len(xs)):
            if len(xs) <= 14:
                dark = grid[j, i] * sign > middle
                panel.text(i, j, amount(grid[j, i], goal.unit), ha="center", va="center", fontsize=7, color="white" if dark else INK)
    panel.set_xticks(range(len(xs)), xs, fontsize=7.5)
    panel.set_yticks(range(len(ys)), ys, fontsize=7.5)
    panel.set_xlabel(first, fontsize=8, color=INK)
    panel.set_ylabel(second.rpartition(".")[2], fontsize=8, color=INK)
    panel.set_title(
        f"{labels[str(goal)]}, by {first} and {second}" + (f", {rest}" if rest else ""), fontsize=8.5, loc="left", color=INK, pad=3
    )
    says = f"Means of {labels[str(goal)]} over the same worlds; the darker, the worse."
    return Picture("sweep", f"{first} and {second}", says, png(figure))


def _kinds(point: Mapping[tuple[str, ...], str]) -> list[tuple[str, str]]:
    return [(key_[0], key_[-1]) for key_ in point]


def _shown(contest: Contest, most: int) -> list[str]:
    """The alternatives beside the baseline in the order in which they were named, the best of them where they are many."""
    best = [s.alternative for s in contest.rankings[0].standings if s.alternative != contest.baseline][:most]
    return [name for name in contest.alternatives if name in best]


def _spread(contest: Contest, i: int) -> float:
    means = [s.mean for s in contest.rankings[i].standings]
    return max(means) - min(means)


def _good(goal: Goal) -> str:
    return "more is better" if goal.better == "higher" else "less is better"


def _figure(height: float) -> Figure:
    figure = Figure(figsize=(WIDTH, height), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def _or(half_width: float) -> float:
    return half_width if math.isfinite(half_width) else 0.0


def _short(name: str, most: int = 18) -> str:
    return name if len(name) <= most else _wrapped(name, most)


def _wrapped(text: str, width: int) -> str:
    from textwrap import wrap

    return "\n".join(wrap(text, width, break_long_words=True))
