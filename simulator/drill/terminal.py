"""What a drill prints: the played world, the objectives, what it was worth. No colour is needed to read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.document.blocks import brief
from simulator.drill.findings import areas, people, strengths
from simulator.drill.report import title_of
from simulator.drill.telling import target
from simulator.report.wording import NONE, amount, count, duration
from simulator.statistics.measures import measures

if TYPE_CHECKING:
    from simulator.drill.review import Review


def summary_text(review: Review) -> str:
    """The summary in plain words, at most 120 signs a line where names allow."""
    drill, luck = review.drill, review.luck
    by = "a team's log" if review.team else "the playbook"
    worlds = f"{len(luck.worlds)} world{'s' if len(luck.worlds) > 1 else ''}"
    head = f"{brief(title_of(review), 80)}   played by {by}   world {drill.world} of seed {drill.seed}   {worlds}"
    lines = [head, "SIMULATED RESULTS", ""]
    lines.append("OBJECTIVES   evaluator  suggested")
    for one in review.judged:
        mark = one.aim.mark
        value = NONE if one.value is None or mark is None else amount(one.value, measures[mark.measure].unit)
        rating = one.rating.rating if one.rating else "-"
        lines.append(f" {one.aim.id:<11} {rating:^9}  {one.suggested.level or '-':^9}  {brief(one.aim.text, 80)}")
        lines.append(f" {'':<11} {'':^9}  {'':^9}  {f'{target(mark)}: {value}; ' if mark else ''}{one.suggested.because}")
    lines += ["", "PEOPLE WHO GOT NOBODY   played world   middle 90 % of the worlds"]
    for policy in luck.policies:
        name = policy.name + (" (best tried)" if policy.name == luck.best else "")
        lines.append(f" {name:<24}{count(float(policy.values[luck.place])):>10}      {count(policy.low)} to {count(policy.high)}")
    lines += ["", "TIMINGS                 as played      by the playbook"]
    for timing in review.timings:
        shown = [("never" if t is None else duration(t)) for t in (timing.played, timing.playbook)]
        lines.append(f" {timing.name:<24}{shown[0]:<15}{shown[1]}")
    lines += ["", "WHAT IT WAS WORTH (people who got nobody)"] if review.worths else []
    for one_worth in review.worths:
        parts = [
            f"{label} {people(gap)} {'fewer' if gap.mean < 0 else 'more'}" if gap.mean or gap.half_width else f"{label} the same"
            for label, gap in (
                ("without it", one_worth.left_out),
                ("half an hour earlier", one_worth.earlier),
                ("with it", one_worth.added),
            )
            if gap is not None
        ]
        lines.append(f" {one_worth.step:<24}{'; '.join(parts)}")
    for title, found in (("WENT WELL", strengths(review)), ("TO WORK ON", areas(review))):
        lines += ["", title, *([f" {f.observation}" for f in found[:3]] or [" Nothing stands out in the data."])]
    return "\n".join(lines) + "\n"
