"""Measure, print Markdown, and write it into the page of the docs that shows it: ``python -m benchmarks [--quick]``."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks import answer, day, erlang_a, growth, startup, story
from simulator.engine import build
from simulator.experiment.workers import keep_memory

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "speed.md"
OPENS, CLOSES = "<!-- tables: python -m benchmarks -->", "<!-- end of tables -->"
ENGINES = ("simpy", "ciw", "salabim", "cimba", "numpy")


def machine() -> str:
    """What was measured, on what, and when; no name of the machine."""
    versions = []
    for name in ENGINES:
        try:
            versions.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    cpu = platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        models = [line.partition(":")[2].strip() for line in info.read_text(encoding="utf-8").splitlines() if line.startswith("model name")]
        cpu = f"{models[0]}, {cpu}" if models else cpu
    today = dt.datetime.now(tz=dt.UTC).date().isoformat()
    return (
        f"Measured on {today}: {cpu}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, "
        f"{', '.join(versions)}; engine {build.state()}, load of the machine while measuring {os.getloadavg()[0]:.1f}."
    )


def put(tables: str, page: Path) -> None:
    """Replace what stands between the marks of the page; raises ValueError where it has none."""
    text = page.read_text(encoding="utf-8")
    before, opens, rest = text.partition(OPENS)
    _, closes, after = rest.partition(CLOSES)
    if not opens or not closes:
        raise ValueError(f"{page.name} has no place for the tables")
    page.write_text(f"{before}{OPENS}\n\n{tables}\n\n{CLOSES}{after}", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer contacts, a minute or two: to see that it works")
    parser.add_argument("--contacts", type=int, default=400_000, help="contacts of the Erlang-A centre (default 400000)")
    parser.add_argument("--no-story", action="store_true", help="leave out the story, which takes a minute")
    parser.add_argument("--page", type=Path, help="a page whose tables are written again, such as docs/reference/speed.md")
    options = parser.parse_args()
    quick = bool(options.quick)
    keep_memory()  # as every process does that simulates one world after another
    parts: dict[str, Callable[[], str]] = {
        "The Erlang-A centre": lambda: erlang_a.compare(options.contacts, quick=quick),
        "A day of three needs and four teams": lambda: day.compare(quick=quick),
        "Growth": lambda: growth.told(quick=quick),
        "Start": lambda: startup.told(quick=quick),
        "The whole answer": lambda: answer.told(quick=quick),
    }
    if not (quick or options.no_story):
        parts["The quake, from command to report"] = story.told
    told = []
    for title, measured in parts.items():
        told.append(f"### {title}\n\n{measured()}")
        print(told[-1], "\n", flush=True)
    told.insert(0, machine())
    print(told[0])
    if options.page:
        put("\n\n".join(told), options.page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
