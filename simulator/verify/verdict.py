"""Simulate the cases and judge them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtrit

from simulator.errors import CrisisError, UsageError
from simulator.experiment.pool import replicate_all
from simulator.scenario import load, lower
from simulator.statistics.estimation import linearised
from simulator.statistics.worlds import Worlds
from simulator.verify.cases import FILES, Case, Check, cases

if TYPE_CHECKING:
    from simulator.statistics.tally import Tally

SEED = 20260101
LEVEL = 0.99
"""Confidence of the intervals shown."""
DOUBT = 2e-6
"""A right engine misses one check by chance with this probability (4.75 standard errors of a normal law)."""
POWER = 2.88
"""Standard errors beyond the limit at which an error is caught 998 times of 1,000."""
QUICK = 8
"""``quick`` simulates this many times fewer worlds."""


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
        raise UsageError(f"there is no case {', '.join(unknown)}; there are {', '.join(case.id for case in every)}")
    wanted = [case for case in every if not chosen or case.id in chosen]
    groups = sorted({case.replications for case in wanted})
    total = sum(group // (QUICK if quick else 1) for group in groups)
    done = 0
    rows: dict[str, list[Row]] = {}
    for group in groups:
        these = [case for case in wanted if case.replications == group]
        replications = group // (QUICK if quick else 1)
        before = done

        def told(n: int, _: int, before: int = before) -> None:
            if progress is not None:
                progress(before + n, total)

        tallies = _simulated(these, replications, jobs, told)
        done += replications
        for case, runs in zip(these, tallies, strict=True):
            rows[case.id] = list(judged(case, Worlds(runs)))
    return [row for case in wanted for row in rows[case.id]]


def _simulated(these: Sequence[Case], replications: int, jobs: int | None, progress: Callable[[int, int], None]) -> Iterator[list[Tally]]:
    models = [lower(load(FILES / f"{case.file}.yaml")) for case in these]
    runs = replicate_all(models, SEED, range(replications), jobs, progress)
    if runs.interrupted:
        raise KeyboardInterrupt
    if runs.failures:
        raise VerificationStopped(str(runs.failures[0]))
    return ([task.tallies[i] for task in runs.finished] for i in range(len(models)))


def judged(case: Case, worlds: Worlds) -> Iterator[Row]:
    """The checks of one case against its simulated worlds."""
    arrived = float(sum(t.contacts[0].sum() for t in worlds.tallies))
    for check in case.checks:
        y, x = check.quantity(worlds)
        mean, residuals = linearised(y[:, None], (np.ones(len(y)) if x is None else x)[:, None])
        n = len(y)
        error = float(np.sqrt((residuals**2).sum() / (n - 1) / n))
        # Identities have no noise beyond that of arithmetic.
        limit = max(float(stdtrit(n - 1, 1 - DOUBT / 2)) * error, 1e-9 * abs(check.exact))
        yield Row(
            case=case,
            check=check,
            simulated=float(mean[0]),
            half_width=float(stdtrit(n - 1, (1 + LEVEL) / 2)) * error,
            catches=limit + POWER * error,
            contacts=arrived,
            passed=bool(abs(float(mean[0]) - check.exact) <= limit),
        )


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
