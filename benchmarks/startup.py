"""CPU seconds until the first result: imports and, for engines that compile at run time, the compilation."""

from __future__ import annotations

import resource
import subprocess
import sys
from statistics import median

from benchmarks.timing import table

ROUNDS = 5
COMMANDS = {
    "`crisis --help`": ["-m", "simulator", "--help"],
    "`crisis check` on the quake": ["-m", "simulator", "check", "scenarios/mexico-city-2017.yaml"],
    "import this engine, ready to simulate": ["-c", "import simulator.crisis.play, simulator.workload"],
    "import SimPy": ["-c", "import simpy"],
    "import Ciw": ["-c", "import ciw"],
    "import salabim": ["-c", "import salabim"],
    "import cimba": ["-c", "import cimba"],
    "import cimba and compile the Erlang-A centre": ["-c", "from benchmarks.in_cimba import run; run(10.0, [1.0], [1.0], [1.0])"],
}


def _one(command: list[str]) -> float | None:
    """CPU seconds of a fresh process, its children's among them; None where it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = subprocess.run([sys.executable, *command], capture_output=True, check=False)  # noqa: S603  # our own commands
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if ended.returncode != 0:
        return None
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def told(*, quick: bool) -> str:
    """A Markdown table; what is not installed is left out."""
    rounds = 1 if quick else ROUNDS
    taken: dict[str, list[float]] = {}
    for _ in range(rounds):
        for what, command in COMMANDS.items():
            seconds = _one(command)
            if seconds is not None:
                taken.setdefault(what, []).append(seconds)
    return table(("start", "CPU seconds"), [(what, f"{median(seconds):.2f}") for what, seconds in taken.items()])
