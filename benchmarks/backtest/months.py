"""``python -m benchmarks.backtest.months``: the bank month after month, calibrated as a planner would, and the scores in the docs.

At the end of each month `crisis calibrate` sees the last thirteen weeks and nothing later; the next month is predicted day by day from
the calls that came and the agents who were there. September and October have no outcomes here: they are stated.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.backtest.records import FUTURE, PAST
from benchmarks.timing import table
from simulator.calibration import importing
from simulator.calibration.answers import Answers
from simulator.calibration.fit import Fit, fit
from simulator.calibration.observed import Observed
from simulator.calibration.refine import refined
from simulator.calibration.replay import model_of, replay

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
PAGE = ROOT / "docs" / "explanation" / "months-of-a-bank.md"
OUTCOMES = "anonymous_bank_1999-05_to_07_outcomes.csv"
OPENS, CLOSES = "<!-- tables: python -m benchmarks.backtest.months -->", "<!-- end of tables -->"
ZONE = "Asia/Jerusalem"
KNOWN = timedelta(weeks=13)
"""How much a planner's export holds."""
MONTHS = {"May": 5, "June": 6, "July": 7, "September": 9, "October": 10}
SCORED = (5, 6, 7)
WORLDS = 20
FEW = 50
"""Calls of a day below which its share of abandonment says nothing."""
Floats = NDArray[np.float64]
HEAD = (
    "date",
    "half_hour",
    "arrivals",
    "served",
    "abandoned_queue",
    "mean_wait_served_s",
    "mean_wait_abandoned_s",
    "mean_service_s",
    "agents",
)


def rows_of(data: Path) -> list[dict[str, str]]:
    """Every half-hour from January to October, as a planner's table: without an outcome from September on."""

    def read(name: str) -> list[dict[str, str]]:
        with (data / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    outcomes = {(row["date"], row["half_hour"]): row for row in read(OUTCOMES)}
    made = []
    for row in [*read(PAST), *read(FUTURE)]:
        full = row if "served" in row else {**row, **outcomes.get((row["date"], row["half_hour"]), {})}
        reached = int(row["arrivals"]) - int(row["hangup_vru"])
        known = {name: full.get(name, "") for name in HEAD}
        made.append({**known, "arrivals": str(reached), "agents": row["agents_present_est"]})
    return made


def observed_of(rows: Sequence[dict[str, str]], *, unknown: bool = False) -> Observed:
    """The rows read as `crisis import` reads them; of days whose outcome is ``unknown`` only calls and agents count."""
    with tempfile.TemporaryDirectory(prefix="crisis-") as folder:
        path = Path(folder) / "bank.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, HEAD)
            writer.writeheader()
            writer.writerows([{**row, "served": row["arrivals"], "abandoned_queue": "0"} for row in rows] if unknown else rows)
        found = importing.read([path], Answers(timezone=ZONE)).observed
    assert found is not None
    return found


@dataclass(frozen=True)
class Month:
    """A month predicted: abandonments and calls by world and day, and what was observed (empty where nobody says)."""

    name: str
    days: tuple[str, ...]
    gone: Floats  #: (worlds, days)
    came: Floats
    waits: Floats
    served: Floats
    seen: dict[str, Floats]

    @property
    def share(self) -> Floats:
        """The share who gave up in the month, by world."""
        return np.asarray(self.gone.sum(axis=1) / self.came.sum(axis=1))

    @property
    def asa(self) -> Floats:
        """The mean wait of the answered in the month, by world."""
        return np.asarray(self.waits.sum(axis=1) / self.served.sum(axis=1))


def predicted(name: str, rows: Sequence[dict[str, str]], seed: int, worlds: int) -> Month:
    """A month, from the thirteen weeks before it that have outcomes."""
    number = MONTHS[name]
    begins = date(1999, min(number, 8), 1)
    known = [row for row in rows if begins - KNOWN <= date.fromisoformat(row["date"]) < begins]
    later = [row for row in rows if date.fromisoformat(row["date"]).month == number]
    past = observed_of(known)
    usual = [str(day) for day in np.unique(past.intervals.days) if str(day) not in past.special]
    found: Fit = refined(fit(past), usual, ZONE, seed=seed)
    scored = number in SCORED
    future = observed_of(later, unknown=not scored)
    found = replace(found, observed=future, teams=tuple(replace(t, team=future.staff[0]) for t in found.teams))
    days = [str(day) for day in np.unique(future.intervals.days)]
    seen = replay(model_of(replace(found, observed=past, teams=found.teams), ZONE), found, days, seed=seed + 1, worlds=worlds)
    by_day: dict[str, Any] = {name: values.sum(axis=(2, 3)) for name, values in seen.simulated.items()}
    truth = {name: values.sum(axis=(1, 2)) for name, values in seen.observed.items()} if scored else {}
    return Month(name, tuple(days), by_day["abandoned"], by_day["arrived"], by_day["answer_wait"], by_day["answered"], truth)


def line(month: Month) -> tuple[str, ...]:
    """The scores of a month: totals, days in their interval, and how days go together."""
    low, high = np.quantile(month.share, (0.05, 0.95))
    said = f"{100 * np.median(month.share):.1f} % ({100 * low:.1f} to {100 * high:.1f})"
    waited = "{:.0f} s ({:.0f} to {:.0f})".format(np.median(month.asa), *np.quantile(month.asa, (0.05, 0.95)))
    if not month.seen:
        return month.name, said, "", "", "", "", waited, ""
    came, gone = month.seen["arrived"], month.seen["abandoned"]
    enough = came >= FEW
    truth = gone[enough] / came[enough]
    made = month.gone[:, enough] / np.maximum(month.came[:, enough], 1)
    ends = np.quantile(made, (0.05, 0.95), axis=0)
    held = float(((ends[0] <= truth) & (truth <= ends[1])).mean())
    together = float(np.corrcoef(truth, made.mean(axis=0))[0, 1])
    whole = gone.sum() / came.sum()
    off = float(np.median(month.share)) / whole - 1
    asa = month.seen["answer_wait"].sum() / month.seen["answered"].sum()
    return month.name, said, f"{100 * whole:.1f} %", f"{100 * off:+.0f} %", f"{100 * held:.0f} %", f"{together:.2f}", waited, f"{asa:.0f} s"


def tables(data: Path, seed: int, worlds: int) -> str:
    """The table of all months."""
    rows = rows_of(data)
    heads = (
        "month",
        "gave up, predicted",
        "observed",
        "off by",
        "days in their 90 % interval",
        "correlation of days",
        "mean wait, predicted",
        "observed",
    )
    return table(heads, [line(predicted(name, rows, seed, worlds)) for name in MONTHS])


def main(arguments: Sequence[str] | None = None) -> None:
    """Predict every month and write the page's table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--worlds", type=int, default=WORLDS)
    parser.add_argument("--page", type=Path, default=PAGE)
    asked = parser.parse_args(arguments)
    made = tables(asked.data, asked.seed, asked.worlds)
    text = asked.page.read_text(encoding="utf-8")
    before, _, rest = text.partition(OPENS)
    asked.page.write_text(f"{before}{OPENS}\n\n{made}\n\n{CLOSES}{rest.partition(CLOSES)[2]}", encoding="utf-8")
    print(made)


if __name__ == "__main__":
    main()
