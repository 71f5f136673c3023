"""How time and memory grow with contacts, agents, needs and sites: the Erlang-A centre made larger one way at a time.

Each size runs in a process of its own, so that memory is that of this size: ``python -m benchmarks.growth CONTACTS AGENTS NEEDS SITES``.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import process_time

from benchmarks.erlang_a import LOAD, PATIENCE, TALK
from benchmarks.timing import table
from simulator.model.distributions import Constant, Exponential
from simulator.model.world import Channel, Clock, Link, Model, Need, Profile, Routing, Seats, Shift, Site, Team
from simulator.routing.declared import FirstCome

ROUNDS = 3  #: of large sizes; a run of milliseconds is repeated more often
TOGETHER = 5  #: needs that one team serves


def sizes(*, quick: bool) -> dict[str, list[tuple[int, int, int, int]]]:
    """Contacts, agents, needs, sites."""
    contacts = (10_000, 100_000, 1_000_000) if quick else (10_000, 100_000, 1_000_000, 10_000_000)
    return {
        "contacts": [(n, 100, 1, 1) for n in contacts],
        "agents": [(200_000, n, 1, 1) for n in (10, 100, 1_000, 10_000)],
        "needs": [(200_000, 1_000, n, 1) for n in (1, 5, 50, 200)],
        "sites": [(200_000, 1_000, 1, n) for n in (1, 2, 5, 10)],
    }


def centre(contacts: int, agents: int, needs: int, sites: int) -> Model:
    """``contacts`` spread evenly over needs; agents evenly over sites and over teams that serve up to five needs each."""
    duration = contacts * TALK / (LOAD * agents)
    names = [f"need-{i}" for i in range(needs)]
    groups = [names[i : i + TOGETHER] for i in range(0, needs, TOGETHER)]
    each = agents // (len(groups) * sites)
    teams = [
        Team(f"team-{g}-{s}", each, f"site-{s}", dict.fromkeys(group, 1.0), (Shift(0, each, 0.0, duration),))
        for g, group in enumerate(groups)
        for s in range(sites)
    ]
    return Model(
        name="growth",
        variant="as-written",
        clock=Clock("UTC", "2025-01-01T00:00:00+00:00", duration, duration / 24),
        needs=tuple(Need(name, 1, Exponential(TALK), Constant(0.0), Exponential(PATIENCE)) for name in names),
        demand=tuple(Profile(name, name, (0.0, duration), (contacts / needs,)) for name in names),
        channels=(Channel("voice", "voice", "site-0"),),
        links=(Link("trunk", 10 * agents),),
        sites=tuple(Site(f"site-{s}", Seats(agents, agents), ("trunk",)) for s in range(sites)),
        teams=tuple(teams),
        routing=Routing(FirstCome()),
        service_order="person",
    )


def resident() -> int:
    """Bytes of memory in use now, where the system tells; else the most there have been so far."""
    status = Path("/proc/self/statm")
    if status.exists():
        return int(status.read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    return peak()


def peak() -> int:
    """The most bytes of memory in use so far; of this program alone, where the system tells."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text(encoding="ascii").splitlines() if ":" in line)
        return int(lines["VmHWM"].split()[0]) * 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def measure(contacts: int, agents: int, needs: int, sites: int) -> dict[str, float]:
    """Of one size: nanoseconds of simulation and of drawing, and bytes, by contact."""
    from simulator.crisis.play import simulate
    from simulator.workload import draw

    small = centre(1_000, agents, needs, sites)
    simulate(small, draw(small, 1, 0))  # what is loaded and made once
    model = centre(contacts, agents, needs, sites)
    empty = resident()
    start = process_time()
    workload = draw(model, 1, 0)
    drawing = process_time() - start
    drawn = resident()
    taken = []
    most = 0
    for _ in range(max(ROUNDS, min(25, 1_000_000 // contacts))):
        start = process_time()
        run = simulate(model, workload)
        taken.append(process_time() - start)
        most = most or peak()
        del run
    n = len(workload)
    return {
        "contacts": n,
        "simulating": 1e9 * median(taken) / n,
        "drawing": 1e9 * drawing / n,
        "of the run": max(most - drawn, 0) / n,
        "in all": max(most - empty, 0) / n,
    }


def told(*, quick: bool) -> str:
    """One Markdown table per way to grow."""
    parts = []
    for place, (what, rows) in enumerate(sizes(quick=quick).items()):
        lines = []
        for size in rows:
            command = [sys.executable, "-m", "benchmarks.growth", *map(str, size)]
            found = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)  # noqa: S603  # our own command
            lines.append(
                (
                    f"{size[place]:,}",
                    f"{found['simulating']:,.0f}",
                    f"{found['drawing']:,.0f}",
                    f"{found['of the run']:,.0f}",
                    f"{found['in all']:,.0f}",
                )
            )
        others = ", ".join(
            f"{n:,} {name}" for name, n in zip(("contacts", "agents", "needs", "sites"), rows[0], strict=True) if name != what
        )
        heads = (f"{what} ({others})", "ns a contact", "ns to draw it", "bytes of the run", "with the workload")
        parts.append(table(heads, lines))
    return "\n\n".join(parts)


if __name__ == "__main__":
    print(json.dumps(measure(*map(int, sys.argv[1:5]))))
