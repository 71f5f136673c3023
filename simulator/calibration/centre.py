"""From files to a calibrated centre, for programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from simulator.calibration import folder, importing
from simulator.calibration.answers import Answers
from simulator.calibration.calibration import Calibration, calibration
from simulator.errors import UsageError


def calibrate(
    files: str | Path | Sequence[str | Path],
    *,
    timezone: str,
    new: str | Path | None = None,
    seed: int = 1,
    answers: Answers | None = None,
) -> Calibration:
    """Estimate a centre from exports and simulate observed days, as `crisis calibrate` does.

    - ``timezone`` is the clock of the centre, such as ``"Europe/Madrid"``.
    - ``new`` is an empty folder for the scenario, its tables and the page; with None nothing is written.
    - ``answers`` settle what the files leave open.

    The estimates are ``found.fit.estimates()``, pairs of a name and an :class:`~simulator.calibration.estimate.Estimate` with its 90 %
    interval; the days are ``found.comparison``. Raises ScenarioError for files that cannot be read, UsageError where a question is open or
    no usual day has calls, and OutputError where ``new`` is not empty or cannot be written to.
    """
    if new is not None:
        folder.check(Path(new))
    paths = [Path(files)] if isinstance(files, str | Path) else [Path(file) for file in files]
    found = importing.read(paths, Answers(timezone=timezone).over(answers or Answers()))
    if found.questions or found.observed is None:
        raise UsageError("; ".join(f"{question.text} ({' | '.join(question.options)})" for question in found.questions))
    made = calibration(found.observed, timezone, seed=seed)
    if new is not None:
        folder.write(made, Path(new))
    return made
