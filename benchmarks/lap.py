"""One lap of the yardstick: three centres simulated by whichever checkout Python finds first, told as JSON.

:mod:`benchmarks.pace` starts it once a round in each checkout, also in older ones, so it uses public names only:
``python -P lap.py [--share 1.0] [--repeats 5]`` or, under callgrind, ``python -P lap.py --count LIBRARY --centre NAME``.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import json
import sys
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.model.world import Model

QUAKE = Path("scenarios/mexico-city-2017.yaml")


def centres(share: float) -> dict[str, Callable[[], Model]]:
    """The models by name; ``share`` makes the first two smaller, the quake is as it is."""
    from benchmarks import day, erlang_a
    from simulator import load, lower

    return {
        "Erlang-A": lambda: erlang_a.centre(round(200_000 * share)),
        "the day": lambda: day.centre(share),
        "the quake": lambda: lower(load(QUAKE)),
    }


def lap(share: float, repeats: int) -> dict[str, tuple[int, float]]:
    """For each centre, the contacts of one world and the least CPU seconds of ``repeats`` simulations of it."""
    from simulator import draw, simulate

    took: dict[str, tuple[int, float]] = {}
    for name, make in centres(share).items():
        model = make()
        workload = draw(model, seed=1, replication=0)
        least, contacts = float("inf"), 0
        for _ in range(repeats):
            gc.collect()
            start = process_time()
            run = simulate(model, workload)
            least = min(least, process_time() - start)
            contacts = len(run.ledger)
            del run
        took[name] = contacts, least
    return took


def counted(library: str, centre: str, share: float) -> int:
    """The contacts of one world that is simulated while callgrind counts instructions, and nothing else is."""
    from simulator import draw, simulate

    callgrind = ctypes.CDLL(library)
    model = centres(share)[centre]()
    workload = draw(model, seed=1, replication=0)
    gc.collect()
    callgrind.start()
    run = simulate(model, workload)
    callgrind.stop()
    return len(run.ledger)


def main() -> int:
    parser = argparse.ArgumentParser(prog="lap.py", description=__doc__)
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--count", help="a library that starts and stops callgrind")
    parser.add_argument("--centre", help="which centre to count")
    options = parser.parse_args()
    from simulator.engine import build

    if build.state() != "compiled":
        print(f"the engine is {build.state()}", file=sys.stderr)
        return 1
    told = counted(options.count, options.centre, options.share) if options.count else lap(options.share, options.repeats)
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main())
