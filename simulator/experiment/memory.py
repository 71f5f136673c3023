"""How much memory a question will take, from what its scenario expects; worlds that are finished lie on the disk."""

from __future__ import annotations

import re
from dataclasses import dataclass

from simulator.errors import UsageError
from simulator.experiment.workers import cores
from simulator.model.world import Model
from simulator.scenario.capacity import most_people

COMMAND = 250e6
"""Bytes of the process that asks and writes the report, and has loaded what draws figures."""
WORKER = 80e6
"""Bytes of a process that simulates, before it has a world."""
PERSON = 500
"""Bytes of a person in a world while it is simulated and added up: some 400 an attempt were measured, and some people try again."""
RECORDED = 1600
"""The same where every attempt is recorded."""
UNITS = {"MB": 1e6, "GB": 1e9, "TB": 1e12, "MiB": 2.0**20, "GiB": 2.0**30, "TiB": 2.0**40}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([A-Za-z]+)", re.ASCII)


@dataclass(frozen=True)
class Need:
    """What a question takes at once: so many processes that simulate, each with a world."""

    processes: int
    world: float  #: bytes of the largest world

    @property
    def total(self) -> float:
        """Bytes of all processes together."""
        return COMMAND + (self.processes * (WORKER + self.world) if self.processes > 1 else self.world)

    def __str__(self) -> str:
        return f"about {size(self.total)} of memory: {self.processes} at a time, {size(self.world)} a world"

    def held(self, most: float) -> None:
        """Raise UsageError, with what helps, where it takes more than ``most`` bytes."""
        if self.total <= most:
            return
        fits = [n for n in range(1, self.processes) if Need(n, self.world).total <= most]
        helps = f"with `-j {max(fits)}` it fits" if fits else f"one world alone takes {size(Need(1, self.world).total)}: a shorter run fits"
        raise UsageError(f"this needs {self}, and --max-memory allows {size(most)}; {helps}.")


def need(model: Model, replications: int, jobs: int | None, *, records: bool = False) -> Need:
    """The memory for so many worlds of a model, ``jobs`` at a time (None is one per core), each range at its highest."""
    return Need(max(1, min(jobs or cores(), replications)), most_people(model) * (RECORDED if records else PERSON))


def size(number: float) -> str:
    """A number of bytes in words."""
    return f"{number / 1e9:,.1f} GB" if number >= 1e9 else f"{number / 1e6:,.0f} MB"


def read_size(text: str) -> float:
    """The bytes of a size such as ``4GB`` or ``500 MB``. Raises UsageError."""
    match = _SIZE.fullmatch(text.strip())
    unit = next((factor for name, factor in UNITS.items() if match and name.lower() == match[2].lower()), None)
    if match is None or unit is None or not float(match[1]):
        raise UsageError(f"--max-memory is a size such as 4GB or 500MB, not {text!r}")
    return float(match[1]) * unit
