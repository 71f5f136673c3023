"""The folder of a calibration: the scenario with its tables, and the page in every form."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from simulator.calibration import verdict, writing
from simulator.calibration.calibration import Calibration
from simulator.document import files
from simulator.document.program import json_text
from simulator.errors import OutputError


def check(folder: Path) -> None:
    """Raise OutputError where something is there already."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OutputError(f"{folder} is not empty; nothing was written. Choose another folder.")


def write(made: Calibration, folder: Path) -> Path:
    """Write everything into an empty folder and return the path of the scenario, which is called as the folder; raises OutputError."""
    check(folder)
    name = re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-") or "centre"
    last = datetime.fromisoformat(str(made.fit.observed.intervals.start.max())).replace(tzinfo=UTC)
    try:
        for path, text in writing.files(made.fit, name, made.timezone).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            files.save(folder / path, text)
        files.save(folder / "calibration.json", json_text(verdict.as_json(made)))
        files.write(verdict.document(made, f"Calibration of {name}"), folder, ("html", "md"), last)
    except OSError as error:
        raise OutputError(f"{folder} cannot be written to: {error.strerror or error}") from None
    return folder / f"{name}.yaml"
