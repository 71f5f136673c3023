"""The findings in plain words: sentences that a continuity manager can read aloud."""

from __future__ import annotations

import math
from statistics import median
from typing import TYPE_CHECKING

from simulator.report.labels import capital
from simulator.report.wording import LocalTime, about, amount, change, changed, count, duration, held_in, margin, measured, share
from simulator.statistics.measures import measures

if TYPE_CHECKING:
    from simulator.experiment.result import Result
    from simulator.model.world import Model
    from simulator.report.labels import Labels
    from simulator.statistics.precision import Reached
    from simulator.statistics.summary import Comparison, Estimate, PairedDifference, Summary, ThresholdResult

COARSE = 300.0
"""From which uncertainty of its date on, in seconds, a recovery says its own, and is said in steps of this."""
CONSTRAINTS = {
    "none": "enough to hold the level",
    "closed": "closed",
    "decision": "the decision not taken",
    "links": "links cut",
    "network": "the carrier's network congested",
    "switch": "the switch down",
    "numbers": "numbers that lead nowhere",
    "seats": "too few seats",
    "people": "too few people",
    "lines": "too few lines",
}
"""The binding constraints of :mod:`simulator.statistics.constraint` in words."""
SAID = 0.5
"""People, on average over the worlds, from whom on a sentence speaks of them."""


def verdict(summary: Summary, model: Model) -> list[str]:
    """What happened to people and to the centre, most important first."""
    said = [
        people_sentence(summary),
        urgent_sentence(summary, model),
        group_sentence(summary),
        recovery_sentence(summary, model),
        objectives_sentence(summary),
        constraint_sentence(summary),
        network_sentence(summary, model),
    ]
    return [sentence for sentence in said if sentence]


def most_urgent(model: Model) -> str:
    """The name of the most urgent need, nothing where all are equal."""
    return min(model.needs, key=lambda n: n.urgency).name if len({n.urgency for n in model.needs}) > 1 else ""


def people_sentence(summary: Summary) -> str:
    """How many people got nobody, and how."""
    lost, everyone = summary.estimate("people_never_served"), summary.estimate("customers")
    if not everyone.mean:
        return "Nobody called."
    worlds = f"; in nine worlds out of ten it was between {count(lost.p5)} and {count(lost.p95)}" if lost.n > 1 else ""
    return f"Of {count(everyone.mean)} people who needed the centre, {got_nobody(summary)}{worlds}.{_in_service(summary)}"


def got_nobody(summary: Summary) -> str:
    """How many people got nobody, and what is counted: who gave up counts for good, whatever became of the need later."""
    lost, everyone = summary.estimate("people_never_served").mean, summary.estimate("customers").mean
    gave_up, still = summary.estimate("gave_up").mean, summary.estimate("still_trying").mean
    ways = [f"{count(gave_up)} gave up"] if gave_up >= SAID else []
    ways += [f"{_were(still)} still trying when the run ended"] if still >= SAID else []
    return f"{count(lost)} ({share(lost / everyone if everyone else 0.0)}) got nobody" + (f": {' and '.join(ways)}" if ways else "")


def _in_service(summary: Summary) -> str:
    served_now = summary.estimate("people_in_service_at_end").mean
    return f" When the run ended, {_were(served_now)} being served." if served_now >= SAID else ""


def _were(people: float) -> str:
    return f"{count(people)} {'was' if count(people) == '1' else 'were'}"


def urgent_sentence(summary: Summary, model: Model) -> str:
    """How those with the most urgent need fared, where needs differ in urgency."""
    need = most_urgent(model)
    if not need:
        return ""
    rate, lost = summary.estimate("never_served", need=need), summary.estimate("people_never_served", need=need)
    if not math.isfinite(rate.mean):
        return ""
    return f"With the most urgent need ({need}) {count(lost.mean)} people ({share(rate.mean)} of them) got nobody."


def group_sentence(summary: Summary) -> str:
    """The group of people that fared worst; nothing where the scenario names none."""
    found = {group: summary.estimate("never_served", group=group) for group in summary.groups}
    known = {group: rate.mean for group, rate in found.items() if math.isfinite(rate.mean)}
    everybody = summary.estimate("never_served").mean
    if not known or not math.isfinite(everybody):
        return ""
    worst = max(known, key=known.__getitem__)
    lost, people = (summary.estimate(measure, group=worst).mean for measure in ("people_never_served", "customers"))
    which = f"In the group that fared worst, {worst}" if len(known) > 1 else f"In the group {worst}"
    return f"{which}, {count(lost)} of {count(people)} people ({share(known[worst])}) got nobody, against {share(everybody)} of everybody."


def recovery_sentence(summary: Summary, model: Model) -> str:
    """When the centre fell below what is asked, when it was back, and whether it fell again."""
    if summary.impact is None:
        return ""
    back = summary.estimate("time_to_recover")
    if not back.n:
        return "Nobody wanted an agent after the impact."
    if model.continuity is not None:
        level = f"its minimum level ({share(model.continuity.mbco)} of the contacts that wanted an agent answered or called back)"
    else:
        level = "its service target"
    fell = sum(1 for stretches in summary.below.values() if stretches)
    never = round(back.endless * back.n)
    if not fell:
        return f"After the impact the centre never fell below {level}."
    where = f"In {fell} of {back.n} worlds the centre" if fell < back.n else "The centre"
    if never == fell:
        return f"{where} fell below {level} after the impact and did not return to it before the end."
    missing = f"; in {never} world{'s' if never > 1 else ''} it was not back by the end" if never else ""
    return (
        f"{where} fell below {level} after the impact, and returned to it for half an hour or longer: "
        f"{_typically_back(summary)}{missing}.{_relapses(summary, model)}"
    )


def _typically_back(summary: Summary) -> str:
    """When, in half of the worlds; as exactly as the contacts can say it."""
    back, within = summary.estimate("time_to_recover"), summary.estimate("recovery_dated_within")
    if not math.isfinite(back.p50):
        return "fewer than half of the worlds were back at all"
    closed = " of opening hours" if _shut(summary) else ""
    dated = f" (dated to ± {about(within.p50)}, as few contacts come)" if within.n and within.p50 >= COARSE else ""
    step = COARSE if dated else 60.0
    if not back.p50:
        return "half of the worlds never fell"
    return f"half of the worlds were back within {about(back.p50, step)}{closed} from the impact{dated}"


def _shut(summary: Summary) -> bool:
    """Whether the centre is closed at times after the impact."""
    return summary.constraint is not None and bool(summary.constraint.shares[:, summary.constraint.names.index("closed")].any())


def _relapses(summary: Summary, model: Model) -> str:
    again = [stretches[1:] for stretches in summary.below.values() if len(stretches) > 1]
    if not again:
        return ""
    time = LocalTime(model.clock)
    since, until = (median(of_world[0][end] for of_world in again) for end in (0, 1))
    ends = "the end of the run" if until >= summary.ended_at else time.clock(until)
    begins = time.clock(since)
    when = f"from {begins} to {ends}" if begins != ends else f"for a few minutes around {begins}"
    worlds = f"In {len(again)} of {len(summary.below)} worlds it" if len(summary.below) > 1 else "It"
    most = max(map(len, again))
    often = f", and up to {most} times in all" if most > 1 else ""
    typically = "typically " if len(again) > 1 else ""
    return f" {worlds} fell below again, {typically}{when}{often}."


def objectives_sentence(summary: Summary) -> str:
    """In how many worlds the continuity objectives were met; nothing where there are none."""
    c = summary.continuity
    if c is None:
        return ""
    said = (
        (c.rto, f"back within {duration(c.rto.limit)} (RTO)"),
        (c.mtpd, f"never below the minimum level for longer than {duration(c.mtpd.limit)} (MTPD)"),
        (c.mbco, f"at least {share(c.mbco.limit)} of all contacts after those {duration(c.rto.limit)} answered or called back (MBCO)"),
    )
    told = "; ".join(f"{what}: {held_in(objective.verdict)}" for objective, what in said)
    worse = [
        f"{need} ({', '.join(o.id.upper() for o in objectives if o.verdict.word == 'missed')})"
        for need, objectives in c.needs.items()
        if any(mine.verdict.word == "missed" != whole.verdict.word for mine, (whole, _) in zip(objectives, said, strict=True))
    ]
    of_needs = f" People with one need fare worse, it is missed for {' and '.join(worse)}." if worse else ""
    return f"Continuity objectives. {told[:1].upper()}{told[1:]}.{of_needs}"


def objectives_in_short(summary: Summary) -> str:
    """The continuity objectives with a word for each; nothing where there are none."""
    c = summary.continuity
    if c is None:
        return ""
    told = (
        f"Back within {duration(c.rto.limit)}? {capital(held_in(c.rto.verdict))}",
        f"Never down longer than {duration(c.mtpd.limit)}? {capital(held_in(c.mtpd.verdict))}",
        f"After that {share(c.mbco.limit)} answered? {capital(held_in(c.mbco.verdict))}",
    )
    return ". ".join(told) + "."


def threshold_value(found: ThresholdResult) -> str:
    """The mean of a pass mark's measure with its interval."""
    unit = measures[found.measure].unit if found.measure in measures else "ratio"
    if not found.n:
        return "no data"
    if found.endless >= 1:
        return "never"
    least = "at least " if found.endless > 0 else ""
    return f"{least}{measured(found.value, found.half_width, unit)}"


def constraint_sentence(summary: Summary) -> str:
    """For how long each constraint was the binding one, on average over the worlds."""
    held = summary.constraint
    if held is None or not len(held.start):
        return ""
    ends = [*held.start[1:].tolist(), summary.ended_at]
    widths = [end - start for start, end in zip(held.start.tolist(), ends, strict=True)]
    spent = {
        name: sum(s * w for s, w in zip(held.shares[:, i].tolist(), widths, strict=True))
        for i, name in enumerate(held.names)
        if name != "none"
    }
    shut = spent.pop("closed", 0.0)
    parts = [f"{CONSTRAINTS[name]} ({duration(s)})" for name, s in sorted(spent.items(), key=lambda item: -item[1]) if s >= 60]
    closed = f" Closed hours do not count ({duration(shut)})." if shut >= 60 else ""
    if not parts:
        return f"Nothing held service below that level.{closed}"
    return f"What held service below that level, on average over the worlds: {', '.join(parts)}.{closed}"


def network_sentence(summary: Summary, model: Model) -> str:
    """What opening the network did, inside and outside the centre; nothing where no playbook step opens it."""
    if not any(step.act.name == "access.open" for step in model.playbook):
        return ""
    reached, located = summary.estimate("solved_by_reached").mean, summary.estimate("solved_by_located").mean
    barred, attempts = summary.estimate("barred_customers").mean, summary.estimate("barred_attempts").mean
    return (
        f"Opening the network helped outside the centre: {count(reached)} people reached their relatives directly and {count(located)} "
        f"missing people were located, without an agent. To the centre it brought {count(attempts)} more call attempts, by {count(barred)} "
        "people who could not call before."
    )


def comparison_sentences(comparison: Comparison, labels: Labels) -> list[str]:
    """What each variant is worth against the baseline, in people."""
    said = []
    for variant in comparison.variants:
        found = [d for d in comparison.differences if d.variant == variant and d.measure == "people_never_served" and not d.scope]
        if found:
            said.append(_worth(found[0], comparison, labels) + _of_callbacks(variant, comparison))
    return said


def _of_callbacks(variant: str, comparison: Comparison) -> str:
    """What callbacks have to do with it: whom we spoke to, and who only did not give up meanwhile; nothing where lists are the same."""
    found = {d.measure: d for d in comparison.differences if d.variant == variant and not d.scope and d.n}
    spoken, waited = found.get("people_reached"), found.get("people_ended_otherwise")
    if spoken is None or waited is None or not (spoken.mean or waited.mean):
        return ""
    return (
        f" Callbacks: {change(spoken.mean, 'count')} people were spoken to; {change(waited.mean, 'count')} were promised one, did not get "
        "it and did not give up meanwhile."
    )


def _worth(d: PairedDifference, comparison: Comparison, labels: Labels) -> str:
    ours, base = capital(labels.variant(d.variant)), f"“{labels.variant(comparison.baseline)}”"
    if not d.clear:
        size = changed(d.mean, d.half_width_all, d.unit)
        return f"{ours}: no clear difference from {base} in the number of people who got nobody ({size})."
    fewer = "fewer" if d.mean < 0 else "more"
    share_of_worlds = d.wins if d.mean < 0 else 1 - d.wins
    wins = f" ({fewer} in {count(share_of_worlds * d.n)} of {d.n} worlds)" if math.isfinite(d.wins) else ""
    size = measured(abs(d.mean), d.half_width_all, d.unit)
    return f"{ours}: {size} {fewer} people got nobody than with {base}{wins}."


def with_margin(estimate: Estimate) -> str:
    """``39.6 % ± 1.1 pp``; ``at least`` where some worlds never ended."""
    if estimate.n and estimate.endless >= 1:
        return "never"
    return f"{'at least ' if estimate.endless > 0 else ''}{measured(estimate.mean, estimate.half_width, estimate.unit)}"


def plainly(estimate: Estimate) -> str:
    """The mean without its interval: ``39.6 %``, ``at least 4 h``, ``never``."""
    if estimate.n and estimate.endless >= 1:
        return "never"
    text = amount(estimate.mean, estimate.unit)
    return f"at least {text}" if estimate.endless > 0 else text


def how_sure(result: Result) -> str:
    """What the numbers are, in one sentence."""
    lost = f" {result.asked - result.replications} more were asked for but did not finish." if result.partial else ""
    return f"Averages over {result.replications} simulated worlds; ± is the 95 % confidence interval of the average.{lost}"


def precision(result: Result) -> list[str]:
    """How far each wish for precision has come, and how many more replications it would take."""
    return [_precision(found, len(result.summaries) > 1) for found in result.precision]


def _precision(found: Reached, several: bool) -> str:
    unit = measures[found.precision.measure].unit
    where = f" (in {found.variant}, the variant furthest from it)" if several else ""
    reached = margin(found.half_width, unit) or "no interval"
    text = f"{found.precision.text}: {reached} after {found.replications} replications{where}"
    if found.enough:
        return f"Precision reached, {text}."
    more = "there is no telling how many more are needed" if found.more is None else f"about {count(found.more)} more would be needed"
    return f"Precision not reached, {text}; {more}."
