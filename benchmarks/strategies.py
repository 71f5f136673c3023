"""Measure again what the page *Choose a routing strategy* shows: ``python -m benchmarks.strategies [STORY]``.

The tables stand in the page between markers; everything else is left alone. Also draws the picture of the page *Common
random numbers*.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.truth import with_table
from simulator.api import Result, compare, load
from simulator.document.blocks import Heading, Table
from simulator.document.markdown import escaped, table_lines
from simulator.report.comparison import summary
from simulator.report.sheet import Sheet

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "how-to" / "choose-a-routing-strategy.md"
PICTURE = ROOT / "docs" / "explanation" / "common-random-numbers.png"

WORLDS, STABILITY = 20, 10
STRATEGIES = {
    "mexico-city-2017": (
        "priority", "first-come", "priority:reserve=10", "accumulating-priority", "gc-mu", "max-weight", "triage", "newest-first",
    ),
    "santiago-snowfall-2017": (
        "priority", "first-come", "priority:reserve=5", "accumulating-priority", "gc-mu", "max-weight", "triage", "newest-first",
    ),
    "compassionate-call": ("first-come", "priority", "accumulating-priority", "newest-first"),
}  # fmt: skip
"""By story, what is compared; the first is the baseline. In the other two stories strategies have nothing to decide."""
SHOWN = ("What each alternative leads to", "Differences from ", "Under other conditions")


def measured(story: str, jobs: int | None = None) -> Result:
    """The strategies in the worlds of a story."""
    scenario = load(ROOT / "scenarios" / f"{story}.yaml")
    chosen = STRATEGIES[story]
    return compare([scenario], strategies=chosen, baseline=chosen[0], replications=WORLDS, stability=STABILITY, jobs=jobs)


def told(found: Sheet) -> str:
    """The verdict and the tables, for the page."""
    lines = [f"- {escaped(sentence)}" for sentence in found.verdict]
    title = ""
    for block in found.blocks:
        title = block.text if isinstance(block, Heading) else title
        if title.startswith(SHOWN) and isinstance(block, Table):
            lines += [*([""] if lines[-1] else []), f"*{escaped(title)}.* {escaped(block.caption)}", ""]
            lines += table_lines(block.head, block.rows)
    return "\n".join(lines).rstrip() + "\n"


def main(stories: list[str]) -> int:
    for story in stories or STRATEGIES:
        result = measured(story)
        PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8"), story, told(summary(result))), encoding="utf-8")
        if story == "mexico-city-2017":
            from benchmarks.pairs import draw

            PICTURE.write_bytes(draw(result))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
