"""The answer to a question that has no page of its own: its numbers and texts, and how it came about."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.document import files
from simulator.document.program import json_text
from simulator.experiment.question import Findings
from simulator.experiment.written import rounded
from simulator.report import manifest

if TYPE_CHECKING:
    from simulator.experiment.question import Found
    from simulator.report.drawing import Artists

FORMS = ("json",)
"""What the answer can be rendered as."""
DRAWN_ASIDE = False


def write(answer: Findings, folder: Path, *, found: Found, command: str, began: datetime, jobs: int | None, artists: Artists) -> None:
    """Write every file of ``answer`` into ``folder``. Raises OSError."""
    render(answer, folder, FORMS, command=command, began=began, artists=artists)
    said = manifest.manifest(answer, command=command, began=began, jobs=jobs, folder=folder, models=len(found.points))
    files.save(folder / manifest.NAME, json_text(said))


def render(answer: Findings, folder: Path, forms: Sequence[str], *, command: str, began: datetime, artists: Artists) -> None:  # noqa: ARG001  # as every page
    """Write the ``forms`` of a finished question into ``folder``. Raises OSError."""
    if "json" in forms:
        files.save(folder / f"{answer.question.name}.json", json_text(_document(answer)))


def text(answer: Findings, *, full: bool = False) -> str:  # noqa: ARG001  # as every page
    """What a terminal shows."""
    return json_text(_document(answer))


def program(answer: Findings) -> dict[str, Any]:
    """All numbers, for programs."""
    return _document(answer)


def _document(answer: Findings) -> dict[str, Any]:
    common = {field.name for field in fields(Findings)}
    own = {field.name: getattr(answer, field.name) for field in fields(answer) if field.name not in common}
    return {
        "scenario": {"name": answer.scenario.name, "sha256": answer.scenario.sha256},
        "question": json.loads(json.dumps(answer.question.said())),
        "seed": answer.seed,
        "replications": answer.replications,
        "partial": answer.partial,
        **{name: rounded(value) if isinstance(value, float) else value for name, value in own.items() if _plain(value)},
    }


def _plain(value: object) -> bool:
    return value is None or isinstance(value, (str, int, float, list, tuple, dict))
