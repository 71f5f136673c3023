"""How fast one commit is beside another: ``python -m benchmarks.pace BASE [HEAD]``, or ``make pace BASE=<commit>``.

Both are built from their sources in a temporary folder, by the same compiler with the same packages, and GCC watches both at the
same scenarios: those of the newer one where the older can read them, else those of the older. They then simulate in turns, each
lap in a fresh process; BASE runs twice in each round, so that the spread of the yardstick itself is seen.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from benchmarks.timing import ROUNDS, table

LAP = Path(__file__).with_name("lap.py").resolve()
DATA = (".yaml", ".csv")
"""What scenarios consist of."""
FOLDERS = ("simulator", "scenarios")
"""Where the scenarios lie at which GCC watches, and those that are measured."""
READS = """
from pathlib import Path
from simulator import load, lower
for file in [*Path("simulator").rglob("*.yaml"), Path("scenarios/mexico-city-2017.yaml")]:
    lower(load(file))
"""
SWITCH = """
#include <valgrind/callgrind.h>
void start(void) { CALLGRIND_START_INSTRUMENTATION; }
void stop(void) { CALLGRIND_STOP_INSTRUMENTATION; }
"""
FEW = 0.1
"""The share of the contacts that are simulated to count instructions, which takes some fifty times as long."""


@dataclass(frozen=True)
class Checkout:
    """The sources of one commit in a folder of their own, and the engine that was built there."""

    commit: str
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(self.folder), "CRISIS_PURE": "0", "PYTHONHASHSEED": "0"}

    def python(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run Python among these sources; raises CalledProcessError."""
        return run(sys.executable, "-P", *words, cwd=self.folder, env=self.environment)


def run(*command: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=True)  # noqa: S603  # our own commands


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def checked_out(repository: Path, name: str, folder: Path) -> Checkout:
    """The files of a commit in ``folder``; raises CalledProcessError where there is no such commit."""
    commit = run("git", "rev-parse", "--short=9", f"{name}^{{commit}}", cwd=repository).stdout.strip()
    packed = subprocess.run(["git", "archive", commit], cwd=repository, capture_output=True, check=True)  # noqa: S603, S607  # as the developer finds git
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as files:
        files.extractall(folder, filter="data")
    return Checkout(commit, folder)


def scenarios(folder: Path) -> Iterator[Path]:
    """The files of scenarios, counted from ``folder``."""
    for part in FOLDERS:
        yield from sorted(p.relative_to(folder) for p in (folder / part).rglob("*") if p.suffix in DATA)


def give_same_scenarios(older: Checkout, newer: Checkout) -> str:
    """Let both have the scenarios of one of them, and say of which: of the newer one, unless only it can read them."""
    spare = older.folder.with_name("spare")
    for one, other, whose in ((newer, older, "HEAD"), (older, newer, "BASE")):
        shutil.copytree(other.folder, spare)
        for path in [*scenarios(other.folder)]:
            (other.folder / path).unlink()
        for path in scenarios(one.folder):
            (other.folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(one.folder / path, other.folder / path)
        try:
            other.python("-c", READS)
        except subprocess.CalledProcessError:
            shutil.rmtree(other.folder)
            spare.rename(other.folder)
        else:
            shutil.rmtree(spare)
            return f"both with the scenarios of {whose}"
    return "EACH WITH ITS OWN SCENARIOS, since neither reads the other's: differences of some per cent mean nothing"


def build(checkout: Checkout) -> None:
    """Compile the engine of a checkout; raises CalledProcessError."""
    checkout.python("setup.py", "build_ext", "--inplace")


def laps(contestants: Mapping[str, Checkout], rounds: int, share: float = 1.0) -> dict[str, dict[str, list[tuple[int, float]]]]:
    """By centre and contestant, contacts and CPU seconds of each round; who begins changes from round to round."""
    took: dict[str, dict[str, list[tuple[int, float]]]] = {}
    names = list(contestants)
    for number in range(rounds):
        say(f"Round {number + 1} of {rounds}")
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            told = json.loads(contestants[name].python(str(LAP), "--share", str(share)).stdout)
            for centre, (contacts, seconds) in told.items():
                took.setdefault(centre, {}).setdefault(name, []).append((contacts, seconds))
    return took


def instructions(checkout: Checkout, centre: str, switch: Path) -> float | None:
    """Machine instructions a contact of one world, by callgrind; None where it did not count."""
    out = switch.with_name("counted")
    command = ("valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={out}", sys.executable, "-P", str(LAP))
    try:
        told = run(
            *command, "--count", str(switch), "--centre", centre, "--share", str(FEW), cwd=checkout.folder, env=checkout.environment
        )  # fmt: skip
        total = next(line for line in out.read_text(encoding="utf-8").splitlines() if line.startswith("totals:"))
    except (subprocess.CalledProcessError, OSError, StopIteration):
        return None
    return int(total.split()[1]) / int(json.loads(told.stdout))


def switch_of(folder: Path) -> Path | None:
    """A library that starts and stops callgrind; None where callgrind or what builds that is absent."""
    if shutil.which("valgrind") is None:
        return None
    source, library = folder / "switch.c", folder / "switch.so"
    source.write_text(SWITCH, encoding="utf-8")
    try:
        run("cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(source))
    except (OSError, subprocess.CalledProcessError):
        return None
    return library


def ratios(base: Sequence[tuple[int, float]], other: Sequence[tuple[int, float]]) -> tuple[float, float, float]:
    """How fast ``other`` is as a multiple of ``base``, by contacts a second of each round: the median and the quartiles."""
    each = [(contacts / seconds) / (n / took) for (n, took), (contacts, seconds) in zip(base, other, strict=True)]
    low, _, high = quantiles(each, n=4, method="inclusive") if len(each) > 1 else (each[0],) * 3
    return median(each), low, high


def told(took: Mapping[str, Mapping[str, Sequence[tuple[int, float]]]], counts: Mapping[str, Mapping[str, float | None]]) -> str:
    """The tables in Markdown: of speed for each contestant beside the first, and of instructions a contact."""
    rows: list[tuple[str, ...]] = []
    for centre, by_name in took.items():
        base, *others = by_name
        for name in others:
            middle, low, high = ratios(by_name[base], by_name[name])
            nanoseconds = [f"{median(s / n for n, s in by_name[x]) * 1e9:,.0f}" for x in (base, name)]
            contacts = sorted({n for x in (base, name) for n, _ in by_name[x]})
            rows.append((centre, name, " / ".join(f"{n:,}" for n in contacts), *nanoseconds, f"{middle:.3f}", f"{low:.3f} to {high:.3f}"))
    heads = ("centre", "beside BASE", "contacts", "ns a contact, BASE", "and this one", "speed, median of ratios", "middle half of them")
    made = table(heads, rows)
    if counts:
        names = list(next(iter(counts.values())))
        cells = [(centre, *("absent" if n is None else f"{n:,.0f}" for n in by_name.values())) for centre, by_name in counts.items()]
        made += "\n\n" + table(("instructions a contact", *names), cells)
    else:
        made += "\n\nInstructions a contact: absent (they need valgrind, with its headers, and a C compiler)."
    return made


def compared(repository: Path, base: str, head: str, rounds: int, *, count: bool) -> str:
    """What ``python -m benchmarks.pace`` prints."""
    with TemporaryDirectory(prefix="crisis-pace-") as scratch:
        folder = Path(scratch)
        older = checked_out(repository, base, folder / "base")
        newer = checked_out(repository, head, folder / "head")
        same = older.commit == newer.commit
        whose = "one commit against itself" if same else give_same_scenarios(older, newer)
        say(f"Building {older.commit}{'' if same else f' and {newer.commit}'}: some minutes")
        with ThreadPoolExecutor() as pool:
            list(pool.map(build, [older] if same else [older, newer]))
        again = Checkout(older.commit, folder / "again")
        shutil.copytree(older.folder, again.folder)
        contestants = {"BASE": older, "BASE again": again} | ({} if same else {"HEAD": newer})
        took = laps(contestants, rounds)
        switch = switch_of(folder) if count else None
        counts: dict[str, dict[str, float | None]] = {}
        if switch is not None:
            say("Counting instructions")
            counts = {centre: {name: instructions(contestants[name], centre, switch) for name in contestants} for centre in took}
    title = f"BASE is {older.commit} ({base}), HEAD is {newer.commit} ({head}); {rounds} rounds in turns, CPU time, {whose}."
    return f"{title}\n\n{told(took, counts)}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pace", description=__doc__)
    parser.add_argument("base", help="the commit to measure by, such as main or HEAD~3")
    parser.add_argument("head", nargs="?", default="HEAD", help="the commit to measure; changes that are not committed are not in it")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--no-instructions", action="store_true", help="leave out counting with callgrind, which takes a minute or two")
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("at least one round")
    try:
        print(compared(Path.cwd(), options.base, options.head, options.rounds, count=not options.no_instructions))
    except subprocess.CalledProcessError as failure:
        say(f"{' '.join(map(str, failure.cmd))} ended with {failure.returncode}:\n{str(failure.stderr)[-3000:]}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
