"""Make the gallery of the shipped stories again: ``python -m benchmarks.gallery [STORY ...]``.

A folder a story: what ``crisis run --variant all`` prints, two figures, and the hash of the scenario it is made from; the
quake with its whole report, and a drill of it.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from simulator import load

ROOT = Path(__file__).resolve().parents[1]
GALLERY = ROOT / "results" / "gallery"
FIGURES = {
    "mexico-city-2017": ("variants-compared", "as-it-happened/abandonment"),
    "melbourne-cable-cut": ("variants-compared", "one-manager-all-weekend/callback-list"),
    "compassionate-call": ("variants-compared", "discretion/waiting-times"),
    "santiago-snowfall-2017": ("variants-compared", "all-levers/channels"),
    "movistar-direct-message": ("variants-compared", "same-agent-for-10-minutes/open-work"),
    "worst-day": ("variants-compared", "as-it-happened/channels"),
}
"""By story: the figures shown, of all variants or of one."""
WHOLE = "mexico-city-2017"
DRILL = ("scenarios/exercises/quake-drill.yaml", "--log", "scenarios/exercises/quake-log.yaml")
DRAWN = ("plan-and-play", "worth", "luck-or-skill")


def crisis(*words: str) -> tuple[str, Path]:
    """What the command prints, and the folder it has written; a breached threshold is a finding."""
    command = [sys.executable, "-m", "simulator", *words]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603  # our own command
    if run.returncode not in (0, 3):
        sys.exit(run.stderr)
    return run.stdout, ROOT / "results" / (ROOT / "results" / "latest.txt").read_text(encoding="utf-8").strip()


def tell(name: str) -> None:
    """The folder of one story."""
    home = GALLERY / name
    home.mkdir(parents=True, exist_ok=True)
    text, written = crisis("run", f"scenarios/{name}.yaml", "--variant", "all")
    (home / "summary.txt").write_text(text, encoding="utf-8")
    (home / "scenario.sha256").write_text(load(ROOT / "scenarios" / f"{name}.yaml").sha256 + "\n", encoding="utf-8")
    for figure in FIGURES[name]:
        variant, _, drawn = figure.rpartition("/")
        shutil.copy(written / variant / "figures" / f"{drawn}.png", home)
    if name == WHOLE:
        shutil.copy(written / "report.html", home)


def rehearse() -> None:
    """The drill of the quake."""
    home = GALLERY / "drill"
    text, written = crisis("drill", *DRILL)
    (home / "summary.txt").write_text(text, encoding="utf-8")
    for name in ("report.html", "drill.json", *(f"figures/{drawn}.png" for drawn in DRAWN)):
        shutil.copy(written / name, home)


def main() -> None:
    """Make the stories named, or all of them and the drill."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stories", nargs="*", choices=[*FIGURES, "drill", []], help="which; all of them if none is named")
    chosen = parser.parse_args().stories or [*FIGURES, "drill"]
    for name in chosen:
        print(name, flush=True)
        rehearse() if name == "drill" else tell(name)


if __name__ == "__main__":
    main()
