"""Figures of what callers meet: abandonment, waiting, arrivals against capacity, lines and queue."""

from __future__ import annotations

from simulator.document.blocks import Picture
from simulator.report.columns import named
from simulator.report.figures.curves import curve, edges, from_zero, highest, percent, stairs
from simulator.report.figures.frame import AMBER, GREEN, SKY, Canvas, heading, key
from simulator.report.wording import LocalTime, amount, count, duration, share
from simulator.statistics.summary import Summary


def abandonment(summary: Summary, time: LocalTime) -> Picture:
    """Who hangs up in the queue, and who never gets as far as the queue; of several channels the telephone."""
    canvas = Canvas(summary, time, (2.6,))
    panel = canvas.panels[0]
    scope = summary.by_channel()[0]
    rate = summary.over_time("abandon_rate", **scope)
    curve(panel, summary, rate, 0, "hung up while waiting (of those who could queue)", band=True, width=2.2)
    curve(panel, summary, summary.over_time("block_rate", **scope), 1, "refused at the door (of those who arrived)")
    curve(panel, summary, summary.over_time("lost_upstream_rate", **scope), 2, "lost in the carrier's network (of all attempts)")
    percent(panel)
    heading(panel, named("share of attempts", scope))
    key(panel, columns=1)
    worst = highest(rate.mean)
    if worst is None:
        says = "Nobody hung up while waiting."
    else:
        when, most = time.clock(float(summary.interval_starts[worst])), share(float(rate.mean[worst]))
        says = f"Abandonment was highest around {when}, when {most} of those who could queue hung up; "
        says += f"over the whole run it was {_each(summary, 'abandon_rate')}."
    says += f" Of all arrivals {_each(summary, 'block_rate')} were refused before they could queue at all."
    return canvas.picture("abandonment", named("Abandonment over time", scope), says)


def waiting(summary: Summary, time: LocalTime) -> Picture:
    """How long people wait in the queue, answered or not; of several channels on the telephone."""
    canvas = Canvas(summary, time, (2.6,))
    panel = canvas.panels[0]
    scope = summary.by_channel()[0]
    for number, (name, label) in enumerate((("mean_wait", "mean"), ("wait_p50", "median"), ("wait_p90", "90 % waited no longer"))):
        curve(panel, summary, summary.over_time(name, **scope), number, label, band=True, scale=1 / 60)
    from_zero(panel)
    heading(panel, named("wait in queue, minutes", scope))
    key(panel, columns=3)
    slow = summary.over_time("wait_p90", **scope)
    worst = highest(slow.mean)
    if worst is None:
        says = "Nobody waited in the queue."
    else:
        when, longest = time.clock(float(summary.interval_starts[worst])), duration(float(slow.mean[worst]))
        says = f"Waits were longest around {when}, when in an average world one caller in ten waited more than {longest}. "
        says += f"Over the whole run the mean wait was {_each(summary, 'mean_wait')}."
    says += " Median and 90 % are those of each world, averaged; bands show the middle 90 % of the worlds."
    return canvas.picture("waiting-times", named("Waiting times", scope), says)


def _each(summary: Summary, measure: str) -> str:
    """The measure over the whole run: of each channel, the telephone first, where there are several."""
    found = [(scope, summary.estimate(measure, **scope)) for scope in summary.by_channel()]
    told = [named(amount(e.mean, e.unit), scope) for scope, e in found if e.n]
    return " and ".join([", ".join(told[:-1]), told[-1]]) if len(told) > 1 else "".join(told) or "not known"


def arrivals(summary: Summary, time: LocalTime) -> Picture:
    """What people tried against what the centre could answer, and the agents behind it."""
    canvas = Canvas(summary, time, (2.4, 1.2))
    top, below = canvas.panels
    x = edges(summary)
    fresh, again = (stairs(summary.over_time(name).mean) for name in ("fresh_contacts", "redials"))
    top.fill_between(x, 0, fresh, step="post", facecolor=SKY, linewidth=0, label="first attempts")
    top.fill_between(x, fresh, fresh + again, step="post", facecolor=AMBER, linewidth=0, hatch="////", edgecolor="white", label="redials")
    top.step(x, stairs(summary.over_time("answered").mean), where="post", color=GREEN, linewidth=2.2, label="answered by an agent")
    from_zero(top)
    heading(top, f"attempts per {duration(summary.interval)}")
    key(top)
    curve(below, summary, summary.over_time("agents_online"), 0, "agents online", band=True)
    from_zero(below)
    heading(below, "agents online")
    tried = summary.estimate("attempted").mean
    again_share = summary.estimate("redials").mean / tried if tried else 0.0
    answered = count(summary.estimate("answered").mean)
    says = f"People tried {count(tried)} times, {share(again_share)} of it redials; agents answered {answered} calls."
    return canvas.picture("arrivals-and-capacity", "Arrivals against capacity", says)


def lines(summary: Summary, time: LocalTime) -> Picture:
    """Who waits, by need, and how many lines are taken."""
    canvas = Canvas(summary, time, (1.8, 1.5))
    top, below = canvas.panels
    for number, need in enumerate(summary.needs[:4]):
        curve(top, summary, summary.over_time("queue", need=need), number, need)
    from_zero(top)
    heading(top, "callers waiting")
    key(top)
    curve(below, summary, summary.over_time("lines"), 0, "lines in use", band=True)
    from_zero(below)
    heading(below, "lines in use")
    peak = summary.estimate("peak_queue")
    spread = f"{count(peak.p5)} to {count(peak.p95)}"
    says = f"At the worst moment {count(peak.mean)} callers were waiting at once (middle 90 % of worlds: {spread})."
    says += " The curves are as things stood at the end of each interval."
    return canvas.picture("lines-and-queue", "Lines and queue", says)
