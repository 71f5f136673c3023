"""Measure again what the page *What this simulator can and cannot tell you* shows: ``python -m benchmarks.truth``.

The tables stand in the page between markers; everything else is left alone.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks import fewer_worlds, peers
from simulator.verify.cases import NOT_YET
from simulator.verify.verdict import table, verify

PAGE = Path(__file__).parent.parent / "docs" / "explanation" / "what-this-simulator-can-tell-you.md"


def theory() -> str:
    return table(verify(), markdown=True)


def not_yet() -> str:
    return "".join(f"- {what}\n" for what in NOT_YET)


TABLES: dict[str, Callable[[], str]] = {"theory": theory, "not-yet": not_yet, "pairs": fewer_worlds.told, "peers": peers.told}
"""By the name in the page's markers."""


def with_table(page: str, name: str, made: str) -> str:
    """The page with ``made`` between the markers of ``name``; raises ValueError where they are missing."""
    found, times = re.subn(f"(<!-- {name} -->\n).*?(<!-- /{name} -->)", lambda m: f"{m[1]}\n{made}\n{m[2]}", page, flags=re.DOTALL)
    if times != 1:
        raise ValueError(f"the page has {times} places for the table `{name}`, not one")
    return found


def main() -> int:
    page = PAGE.read_text(encoding="utf-8")
    for name, made in TABLES.items():
        page = with_table(page, name, made())
    PAGE.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
