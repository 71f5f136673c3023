"""Commands that are killed at any instant: what is finished is whole, what is not goes on to the same bytes, and nothing else is left."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

from tests.attack.outcome import Attack, Outcome
from tests.attack.stopped import COMMANDS, Left, after, bytes_of, material, stopped, whole

ROOT = Path(__file__).resolve().parent.parent.parent
WORLDS = {"run": 12, "compare": 10, "sensitivity": 6, "drill": 3}


def killed(name: str, place: Path, count: int, seed: int) -> Outcome:
    """Kill a command of COMMANDS ``count`` times, at instants between its start and a little after its end."""
    chance = random.Random(seed)  # noqa: S311  # nothing secret about it
    material(ROOT, place)
    words = [*COMMANDS[name], "-n", str(WORLDS[name]), "-j", "2"]
    began = time.monotonic()
    expected = stopped(place, words, lambda process: None, "undisturbed")
    took = time.monotonic() - began
    assert len(expected.finished) == 1, expected
    (reference,) = expected.finished
    outcome, resumed, there = Outcome(), 0, 0
    for _ in range(count):
        shutil.rmtree(place / "killed", ignore_errors=True)
        left = stopped(place, words, after(chance.uniform(0.05, took * 1.1), signal.SIGKILL, group=False), "killed")
        outcome.tried += 1
        outcome.failed.update(f"{name}: {what}" for what in wrong(left, reference))
        there += len(left.finished)
        for folder in left.unfinished:
            resumed += 1
            outcome.failed.update(f"{name}: {what}" for what in gone_on(place, folder, reference, chance.choice((1, 2))))
        outcome.taken += 1
    outcome.note = f"{there} had ended, {resumed} were resumed to the same bytes"
    return outcome


def wrong(left: Left, reference: Path) -> list[str]:
    """What is not as it should be in what a killed command left."""
    found = [f"left behind: {what}" for what in left.litter]
    for folder in left.finished:
        if not whole(folder):
            found.append("a finished result is not whole")
        elif bytes_of(folder) != bytes_of(reference):
            found.append("a finished result has other bytes")
    return found


def gone_on(place: Path, unfinished: Path, reference: Path, jobs: int) -> list[str]:
    """What goes wrong as an unfinished run is resumed."""
    command = [sys.executable, "-P", "-m", "simulator", "run", "--resume", str(unfinished), "-j", str(jobs), "-q"]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
    target = unfinished.with_name(unfinished.name.removesuffix(".unfinished"))
    if done.returncode != 0:
        return [f"could not be resumed, exit code {done.returncode}: {done.stderr.strip()[-120:]}"]
    if unfinished.exists():
        return ["the unfinished folder is still there"]
    made = [folder for folder in unfinished.parent.iterdir() if folder.name.startswith(target.name)]
    if not any(bytes_of(folder) == bytes_of(reference) for folder in made):
        return ["was resumed to other bytes"]
    return []


ATTACKS: dict[str, Attack] = {f"kills of {name}": partial(killed, name) for name in COMMANDS}
