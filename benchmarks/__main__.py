"""Measure and print Markdown; ``python -m benchmarks > FILE`` keeps it."""

from __future__ import annotations

import argparse
import platform
import sys
from importlib.metadata import version

from benchmarks import erlang_a, story
from simulator.engine import build


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--contacts", type=int, default=100_000, help="contacts of the Erlang-A centre (default 100000)")
    parser.add_argument("--no-story", action="store_true", help="leave out the story, which takes a minute")
    options = parser.parse_args()
    print("# Speed\n")
    print(f"Engine {build.state()}, Python {platform.python_version()}, SimPy {version('simpy')}, {platform.machine()}.")
    print("Ratios are what to compare: absolute numbers differ between machines.\n")
    print("## The plain Erlang-A centre\n")
    print("100 agents, 110 % load, patience of 2 minutes; the same customers for both. CPU time, medians of five in turns.\n")
    print(erlang_a.compare(options.contacts), flush=True)
    if not options.no_story:
        print("\n## The story\n")
        print(story.told())
    return 0


if __name__ == "__main__":
    sys.exit(main())
