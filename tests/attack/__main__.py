"""``make attack``: every attack at length, as a table.

Usage: ``python -m tests.attack [--times FACTOR] [--seed SEED] [--only WORD] [--page FILE]``. An attack is a function in a
module of this folder, named in its ``ATTACKS``.
"""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import platform
import re
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import tests.attack
from simulator.report.manifest import cpu
from tests.attack.outcome import Attack, Outcome

COUNTS = {"damaged folders": 10_000, "kills of run": 40, "kills of compare": 25, "kills of drill": 20, "kills of sensitivity": 15}
"""How often each is tried; 10,000 times where nothing is said."""
USUAL = 10_000
BEGIN, END = "<!-- attacks -->", "<!-- end of attacks -->"


def attacks() -> dict[str, Attack]:
    """Every attack of this folder, by its name."""
    found: dict[str, Attack] = {}
    for module in sorted(pkgutil.iter_modules(tests.attack.__path__), key=lambda m: m.name):
        if not module.name.startswith(("test_", "_")):
            found.update(getattr(importlib.import_module(f"tests.attack.{module.name}"), "ATTACKS", {}))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="make attack", description="Try to break the product, and tell how that went.")
    parser.add_argument("--times", type=float, default=1.0, help="a factor on how often each attack is tried")
    parser.add_argument("--seed", type=int, default=1, help="what chance decides")
    parser.add_argument("--only", default="", help="attacks whose name has this in it")
    parser.add_argument("--page", type=Path, help="the page that shows the table")
    asked = parser.parse_args()
    rows = []
    for name, attack in attacks().items():
        if asked.only not in name:
            continue
        place = Path(tempfile.mkdtemp(prefix="crisis-attack-"))
        began = time.monotonic()
        try:
            outcome = attack(place, max(1, round(COUNTS.get(name, USUAL) * asked.times)), asked.seed)
        finally:
            shutil.rmtree(place, ignore_errors=True)
        rows.append((name, outcome, time.monotonic() - began))
        print(row(*rows[-1]), *(f"    {number} x {what}" for what, number in outcome.failed.most_common()), sep="\n", flush=True)
    if asked.page is not None:
        show(asked.page, rows, asked.seed)
    return int(any(outcome.failures for _, outcome, _ in rows))


def row(name: str, outcome: Outcome, took: float) -> str:
    """A line of the table."""
    slowest = f"{outcome.slowest:.1f} s" if outcome.slowest else ""
    cells = (name, f"{outcome.tried:,}", f"{outcome.refused:,}", f"{outcome.failures:,}", slowest, f"{took / 60:.0f} min", outcome.note)
    return f"| {' | '.join(cells)} |"


def table(rows: list[tuple[str, Outcome, float]], seed: int) -> str:
    """The table with when, and on what kind of machine, it was made."""
    machine = f"{platform.system()}, {os.cpu_count()} cores ({cpu()}), Python {platform.python_version()}"
    head = "| test | tried | refused in a sentence | failed | slowest answer | took | |\n| --- | --- | --- | --- | --- | --- | --- |"
    made = f"Made by `make attack` on {datetime.now(UTC):%Y-%m-%d}, with seed {seed}, on {machine}."
    return "\n".join([made, "", head, *(row(*one) for one in rows)])


def show(page: Path, rows: list[tuple[str, Outcome, float]], seed: int) -> None:
    """Put the table in its place on ``page``."""
    text = page.read_text(encoding="utf-8")
    fresh = re.sub(f"{BEGIN}.*?{END}", lambda _: f"{BEGIN}\n{table(rows, seed)}\n{END}", text, flags=re.DOTALL)
    page.write_text(fresh, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main())
