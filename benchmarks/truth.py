"""Measure again what the page *What this simulator can and cannot tell you* shows: ``python -m benchmarks.truth``.

The tables stand in the page between markers; everything else is left alone. Takes a quarter of an hour on one core.
"""

from __future__ import annotations

import argparse
import re
import resource
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import fewer_worlds, peers
from simulator.verify.cases import NOT_YET
from simulator.verify.verdict import Row, table, verify

TABLES = ("theory", "coarser", "not-yet", "pairs", "peers")
"""By the name in the page's markers."""
PAGE = Path(__file__).parent.parent / "docs" / "explanation" / "what-this-simulator-can-tell-you.md"


HALF_A_POINT, PER_CENT = 0.005, 0.01
"""Errors of a share, and of a mean, that should be noticed."""


def fine(row: Row) -> bool:
    """Whether an error of one per cent in a mean, or half a point in a share, would have been noticed."""
    return row.catches <= (HALF_A_POINT if row.check.unit == "share" else PER_CENT * abs(row.check.exact))


def coarser(rows: Sequence[Row]) -> str:
    """Which numbers of the table notice larger errors only; the last line ends with a newline."""
    judged = [row for row in rows if row.check.unit not in ("spread", "luck")]
    others = [row for row in judged if not fine(row)]
    if not others:
        shown = "each would have shown such an error with a probability of 99.8 %"
        return f"All {len(judged)} shares and means of the table are as fine as that: {shown}.\n"
    said = f"Of the {len(judged)} shares and means of the table {len(judged) - len(others)} are as fine as that; these are not:\n\n"
    return said + "".join(map(_told, others))


def _told(row: Row) -> str:
    noticed = f"{100 * row.catches:.2f} points" if row.check.unit == "share" else f"{100 * row.catches / abs(row.check.exact):.1f} %"
    return f"- {row.case.id}, {row.check.says}: {noticed}\n"


def not_yet() -> str:
    return "".join(f"- {what}\n" for what in NOT_YET)


def with_table(page: str, name: str, made: str) -> str:
    """The page with ``made`` between the markers of ``name``; raises ValueError where they are missing."""
    found, times = re.subn(f"(<!-- {name} -->\n).*?(<!-- /{name} -->)", lambda m: f"{m[1]}\n{made}\n{m[2]}", page, flags=re.DOTALL)
    if times != 1:
        raise ValueError(f"the page has {times} places for the table `{name}`, not one")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-j", "--jobs", type=int, help="processes; one per core, if not given")
    jobs = parser.parse_args().jobs
    rows = verify(jobs)
    page = PAGE.read_text(encoding="utf-8")
    made = (table(rows, markdown=True), coarser(rows), not_yet(), fewer_worlds.told(), peers.told())
    for name, text in zip(TABLES, made, strict=True):
        page = with_table(page, name, text)
    PAGE.write_text(page, encoding="utf-8")
    used = sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(f"{used:.0f} s of CPU; {sum(not row.passed for row in rows)} of {len(rows)} numbers differ from theory", file=sys.stderr)
    return int(not all(row.passed for row in rows))


if __name__ == "__main__":
    sys.exit(main())
