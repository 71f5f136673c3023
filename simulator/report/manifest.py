"""What it takes to reproduce a run, and everything about it that another run of the same would not share."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.document.program import json_text as text
from simulator.engine.build import state
from simulator.experiment import received
from simulator.experiment.written import rounded

if TYPE_CHECKING:
    from simulator.experiment.question import Findings
    from simulator.experiment.result import Result

NAME = received.MANIFEST
LIBRARIES = ("crisis-simulator", "simpy", "numpy", "scipy", "matplotlib", "pyyaml", "pydantic", "jinja2")


def manifest(answer: Findings, *, command: str, began: datetime, jobs: int | None, folder: Path, **more: Any) -> dict[str, Any]:
    """The content of ``manifest.json``; ``folder`` is where the other files already are, and ``more`` is what the question adds."""
    effort = answer.effort
    return {
        "kind": answer.question.name,
        "command": command,
        "scenario": {"name": answer.scenario.name, "file": answer.scenario.file, "sha256": answer.scenario.sha256},
        "seed": answer.seed,
        "set": list(answer.scenario.overrides),
        "plugins": [{"file": file, "sha256": sha256} for sha256, _, file in (said.partition(" ") for said in answer.question.plugins)],
        **more,
        "replications": {"asked": answer.asked, "finished": answer.replications},
        "partial": answer.partial,
        "interrupted": answer.interrupted,
        "failures": [
            {"replication": f.replication, "seed": f.seed, "variant": f.variant, "error": f.error, "traceback": f.traceback}
            for f in answer.failures
        ],
        **circumstances(began, jobs),
        "effort": {
            "attempts": effort.attempts,
            "cpu_s": {"drawing": rounded(effort.drawing), "simulating": rounded(effort.simulating), "tallying": rounded(effort.tallying)},
        },
        "sha256": sums(folder),
    }


def of_run(result: Result) -> dict[str, Any]:
    """What the manifest of a run or a comparison says beside."""
    return {
        "thresholds": list(result.question.thresholds),
        "precision": [
            {"asked": r.precision.text, "half_width": rounded(r.half_width), "reached": r.enough, "more": r.more, "variant": r.variant}
            for r in result.precision
        ],
        "variants": list(result.summaries),
        "baseline": result.baseline,
    }


def circumstances(began: datetime, jobs: int | None) -> dict[str, Any]:
    """When and with what it was done: what another run of the same would not share."""
    return {
        "began": began.isoformat(timespec="seconds"),
        "elapsed_s": rounded((datetime.now(UTC) - began).total_seconds()),
        "jobs": jobs if jobs is not None else "auto",
        "engine": state(),
        "versions": versions(),
        "machine": {"system": platform.platform(), "cpu": cpu()},
    }


def update(folder: Path, files: Iterable[Path]) -> None:
    """Let the manifest of a finished run know these ``files`` as they are now; of the others it knows what they were."""
    said = received.manifest(folder)
    fresh = {file.relative_to(folder).as_posix(): received.sha256(file) for file in files}
    beside = folder / f".{NAME}"
    beside.write_text(text(said | {"sha256": dict(sorted({**said["sha256"], **fresh}.items()))}), encoding="utf-8", newline="\n")
    beside.replace(folder / NAME)


def sums(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file below ``folder`` but the manifest itself."""
    files = (p for p in sorted(folder.rglob("*")) if p.is_file() and not p.relative_to(folder).parts[0].startswith("."))
    return {p.relative_to(folder).as_posix(): received.sha256(p) for p in files if p != folder / NAME}


def versions() -> dict[str, str]:
    """Python and the libraries that take part, by name."""
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # a source tree that is not installed
            found[name] = "not installed"
    return found


def cpu() -> str:
    """The processor's name: results are equal to the last bit on one family only."""
    if sys.platform == "linux":
        try:
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
        except OSError:
            pass
    return platform.processor() or platform.machine()
