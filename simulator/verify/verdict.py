"""Simulate the cases and judge them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtrit

from simulator.errors import CrisisError, UsageError
from simulator.experiment.ask import gather
from simulator.experiment.journal import Journal
from simulator.experiment.pool import processes
from simulator.experiment.question import Plan, Question
from simulator.scenario import load, lower
from simulator.scenario.problem import did_you_mean
from simulator.statistics.controls import controlled
from simulator.statistics.estimation import LEVEL as CONTROLLED
from simulator.statistics.estimation import jackknifed
from simulator.statistics.worlds import Worlds
from simulator.verify.case import FILES, Case, Check
from simulator.verify.cases import cases
from simulator.verify.controls import controls_of
from simulator.verify.drawn import drawn_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.model.world import Model
    from simulator.statistics.tally import Tally

    Floats = NDArray[np.float64]

SEED = 20260101
LEVEL = 0.99
"""Confidence of the intervals shown."""
DOUBT = 2e-6
"""A right engine misses one check by chance with this probability (4.75 standard errors of a normal law)."""
POWER = 2.88
"""Standard errors beyond the limit at which an error is caught 998 times of 1,000."""
QUICK = 8
"""``quick`` simulates this many times fewer worlds, and no fewer than these."""
FEWEST = 10


class VerificationStopped(CrisisError):
    """A replication failed; the message says which."""


@dataclass(frozen=True)
class Row:
    """One line of the table. ``half_width`` is that of the 99 % interval, ``catches`` the error that would have been noticed."""

    case: Case
    check: Check
    simulated: float
    half_width: float
    catches: float
    contacts: float
    passed: bool


def verify(
    jobs: int | None = None, *, quick: bool = False, chosen: Sequence[str] = (), progress: Callable[[int, int], None] | None = None
) -> list[Row]:
    """Simulate every case (or the ``chosen`` ids) and judge each of its numbers.

    The seed is fixed, so that the verdict is the same every time. Raises UsageError for an
    unknown id and :class:`VerificationStopped` where a replication fails.
    """
    every = cases()
    unknown = sorted(set(chosen) - {case.id for case in every})
    if unknown:
        raise UsageError("; ".join(f"there is no case {name}: {did_you_mean(name, [case.id for case in every])}" for name in unknown))
    wanted = [case for case in every if not chosen or case.id in chosen]
    groups = sorted({case.replications for case in wanted})
    total = sum(_worlds(group, quick=quick) for group in groups)
    done = 0
    rows: dict[str, list[Row]] = {}
    for group in groups:
        these = [case for case in wanted if case.replications == group]
        replications = _worlds(group, quick=quick)
        before = done

        def told(n: int, _: int, before: int = before) -> None:
            if progress is not None:
                progress(before + n, total)

        scenarios = {case.id: load(FILES / f"{case.file}.yaml") for case in these}
        models = {name: lower(scenario) for name, scenario in scenarios.items()}
        tallies = _simulated(Plan(next(iter(scenarios.values())), models), replications, jobs, told)
        done += replications
        for case, runs in zip(these, tallies.values(), strict=True):
            rows[case.id] = list(judged(case, models[case.id], Worlds(runs)))
    return [row for case in wanted for row in rows[case.id]]


def _worlds(replications: int, *, quick: bool) -> int:
    return max(replications // QUICK, FEWEST) if quick else replications


def _simulated(plan: Plan, replications: int, jobs: int | None, progress: Callable[[int, int], None]) -> Mapping[str, Sequence[Tally]]:
    found = gather(Question(replications=replications, seed=SEED), plan, Journal.in_memory(), processes(jobs), progress)
    if found.interrupted:
        raise KeyboardInterrupt
    if found.failures:
        raise VerificationStopped(str(found.failures[0]))
    return found.tallies(tuple(plan.models))


def judged(case: Case, model: Model, worlds: Worlds) -> Iterator[Row]:
    """The checks of one case, and those of its controls, against its simulated worlds."""
    arrived = float(sum(t.contacts[0].sum() for t in worlds.tallies))
    controls = known_of(case, model)
    known = {control.says: _by_world(control, worlds) - control.exact for control in controls}
    for check in (*case.checks, *controls):
        found = controlled(_by_world(check, worlds), {} if check in controls else known)
        degrees = len(worlds.tallies) - 1 - len(found.controls)
        error = found.half_width / float(stdtrit(degrees, (1 + CONTROLLED) / 2))
        # Identities have no noise beyond that of arithmetic.
        limit = max(float(stdtrit(degrees, 1 - DOUBT / 2)) * error, 1e-9 * abs(check.exact))
        yield Row(
            case=case,
            check=check,
            simulated=found.mean,
            half_width=float(stdtrit(degrees, (1 + LEVEL) / 2)) * error,
            catches=limit + POWER * error,
            contacts=arrived,
            passed=bool(abs(found.mean - check.exact) <= limit),
        )


def known_of(case: Case, model: Model) -> list[Check]:
    """The controls of a case."""
    return [*controls_of(model), *case.controls, *(drawn_of(model, SEED) if case.patient else ())]


def _by_world(check: Check, worlds: Worlds) -> Floats:
    """What each world contributes to the number; their mean is the number, a ratio of sums where it is a ratio."""
    y, x = check.quantity(worlds)
    mean, residuals = jackknifed(y[:, None], (np.ones(len(y)) if x is None else x)[:, None])
    return np.asarray(mean[0] + residuals[:, 0])


def table(rows: Sequence[Row], *, markdown: bool = False) -> str:
    """The rows as text or Markdown; the last line ends with a newline."""
    head = ("case", "what", "number", "exact", "simulated", "± 99 %", "notices", "verdict")
    body = [
        (
            row.case.id,
            row.case.title,
            row.check.says,
            _said(row.check.exact, row.check.unit),
            _said(row.simulated, row.check.unit),
            _said(row.half_width, row.check.unit),
            _said(row.catches, row.check.unit),
            "agrees" if row.passed else "DIFFERS",
        )
        for row in rows
    ]
    if markdown:
        lines = ["| " + " | ".join(cells) + " |" for cells in (head, ("---",) * len(head), *body)]
        return "\n".join(lines) + "\n"
    widths = [max(len(cells[i]) for cells in (head, *body)) for i in range(len(head))]
    right = {3, 4, 5, 6}
    lines = [
        "  ".join(cell.rjust(width) if i in right else cell.ljust(width) for i, (cell, width) in enumerate(zip(cells, widths, strict=True)))
        for cells in (head, *body)
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _said(value: float, unit: str) -> str:
    return f"{value:.3%}".replace("%", " %") if unit == "share" else f"{value:.4g}"
