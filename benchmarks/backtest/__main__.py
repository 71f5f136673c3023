"""``python -m benchmarks.backtest``: predict May to October 1999, test on April, replay a day, and write tables into the docs."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.backtest import score
from benchmarks.backtest.bank import Prediction, Timeline, replay
from benchmarks.backtest.calibration import Calibration, Past, calibrate, drift
from benchmarks.backtest.charlotte import DAY, PAUSE, bank_patience, days_patience, read_day, replay_day
from benchmarks.backtest.records import CALLS, FUTURE, PAST, Call, read_calls, read_half_hours, read_outcomes
from benchmarks.timing import table
from simulator.model.distributions import Constant

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
PAGE = ROOT / "docs" / "explanation" / "backtest.md"
OPENS, CLOSES = "<!-- tables: python -m benchmarks.backtest -->", "<!-- end of tables -->"
APRIL = 4


def write_prediction(prediction: Prediction, path: Path) -> None:
    """One row per half-hour: mean, 5 % and 95 % quantile over replications; ASA is empty where no replication served anybody."""
    asa = prediction.asa
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["date", "half_hour", *(f"{what}{end}" for what in ("offered", "abandoned", "asa") for end in ("", "_p5", "_p95"))])
        for i, half_hour in enumerate(prediction.timeline.half_hours):
            row: list[str] = []
            for column in (prediction.offered[:, i], prediction.abandoned[:, i]):
                row += [f"{x:.2f}" for x in (column.mean(), *np.percentile(column, [score.LOW, score.HIGH]))]
            seen = asa[~np.isnan(asa[:, i]), i]
            mean = prediction.waited[:, i].sum() / max(prediction.served[:, i].sum(), 1.0)
            row += [f"{x:.1f}" for x in (mean, *np.percentile(seen, [score.LOW, score.HIGH]))] if len(seen) else ["", "", ""]
            out.writerow([half_hour.day.isoformat(), half_hour.clock, *row])


def april(calls: Sequence[Call], past: Past, replications: int, seed: int) -> str:
    """Fitted on January to March, tested on April: as it is, then with one thing that was found out left away, then with hindsight."""
    fit = [row for row in past if row[0].day.month < APRIL]
    test = [row for row in past if row[0].day.month == APRIL]
    known = calibrate(calls, fit)
    hindsight = drift(test, known.talk)
    variants: dict[str, Calibration] = {
        "as fitted": known,
        "- no pause between calls": replace(known, pause=Constant(0.0)),
        "- nobody hears how long the queue is": replace(known, tolerance=Constant(1e9)),
        "- no head start for customers": replace(known, head_start=0.0),
        "- talk alike at all hours": replace(known, drift=replace(known.drift, by_hour=(1.0,) * 24)),
        "+ April's own level of talk": replace(known, drift=replace(known.drift, level=hindsight.level)),
    }
    timeline, outcomes = Timeline.of([h for h, _ in test]), [o for _, o in test]
    rows = []
    for name, calibration in variants.items():
        prediction = replay(timeline, calibration, replications, seed)
        rows.append((name, *points(score.abandonment(prediction, outcomes)), *seconds(score.asa(prediction, outcomes))))
    lost, served = sum(o.abandoned for o in outcomes), sum(o.served for o in outcomes)
    wait = sum((o.asa or 0.0) * o.served for o in outcomes) / served
    actual = f"Actual: {100 * lost / (lost + served):.1f} % abandoned, ASA {wait:.0f} s.\n\n"
    heads = (
        "fitted on January to March, tested on April",
        "abandoned",
        "error",
        "by chance",
        "in interval",
        "ASA",
        "error",
        "by chance",
        "in interval",
    )
    return actual + table(heads, rows)


def points(found: score.Score) -> tuple[str, ...]:
    return (f"{100 * found.predicted:.1f} %", f"{100 * found.error:.1f}", f"{100 * found.chance:.1f}", f"{100 * found.coverage:.0f} %")


def seconds(found: score.Score) -> tuple[str, ...]:
    return (f"{found.predicted:.0f} s", f"{found.error:.0f}", f"{found.chance:.0f}", f"{100 * found.coverage:.0f} %")


def each_month(calls: Sequence[Call], past: Past, replications: int, seed: int) -> str:
    """Each month predicted by a fit of the levels on the three others; the laws are February's throughout."""
    rows = []
    for month in sorted({half_hour.day.month for half_hour, _ in past}):
        test = [row for row in past if row[0].day.month == month]
        known = calibrate(calls, [row for row in past if row[0].day.month != month or month == 2])
        known = replace(known, drift=drift([row for row in past if row[0].day.month != month], known.talk))
        prediction, outcomes = replay(Timeline.of([h for h, _ in test]), known, replications, seed), [o for _, o in test]
        lost, wait = score.abandonment(prediction, outcomes), score.asa(prediction, outcomes)
        rows.append(
            (
                test[0][0].day.strftime("%B"),
                f"{100 * lost.actual:.1f} %",
                f"{100 * lost.predicted:.1f} %",
                f"{100 * lost.error:.1f} ({100 * score.by_day(prediction, outcomes, 'abandonment'):.1f})",
                f"{100 * lost.coverage:.0f} %",
                f"{wait.actual:.0f} s",
                f"{wait.predicted:.0f} s",
                f"{wait.error:.0f} ({score.by_day(prediction, outcomes, 'asa'):.0f})",
                f"{100 * wait.coverage:.0f} %",
            )
        )
    heads = (
        "month left out",
        "abandoned",
        "predicted",
        "error (by day)",
        "in interval",
        "ASA",
        "predicted",
        "error (by day)",
        "in interval",
    )
    return table(heads, rows)


def what_was_found(known: Calibration) -> str:
    """The calibration in a table."""
    level = known.drift
    hours = [level.by_hour[hour] for hour in range(7, 24)]
    rows = [
        (
            "pause between two calls while callers wait",
            f"mean {known.pause.mean:.0f} s, median {float(known.pause.quantile(np.array([0.5]))[0]):.0f} s",
        ),
        ("head start of customers over prospects", f"{known.head_start:.0f} s"),
        ("median patience of regular customers", f"{float(known.patience['PS'].quantile(np.array([0.5]))[0]):.0f} s"),
        ("median patience of prospects", f"{float(known.patience['NW'].quantile(np.array([0.5]))[0]):.0f} s"),
        ("customers who leave on hearing of 2, 4, 6 minutes", ", ".join(f"{100 * told_off(known, 60.0 * m):.0f} %" for m in (2, 4, 6))),
        ("talk time by hour, 07 to 23, against the day", f"{min(hours):.2f} to {max(hours):.2f}"),
        ("talk in half-hours with over 4 times the usual calls", f"{level.surge:.2f} of the usual"),
        ("level of talk, months, against February's laws", f"mean {100 * level.level:+.0f} %, sd {100 * level.month_sd:.0f} %"),
        ("spread of days within a month", f"sd {100 * level.day_sd:.0f} %"),
    ]
    return table(("found in January to April", "value"), rows)


def told_off(known: Calibration, wait: float) -> float:
    """The share of customers who tolerate no announced wait as long as this."""
    marks = (np.arange(4000) + 0.5) / 4000
    return float((known.tolerance.quantile(marks) < wait).mean())


def day(data: Path, replications: int, seed: int) -> str:
    """The Charlotte day by half-hour: reported, and replayed with the shipped patience, the day's own, and a pause between calls."""
    rows = read_day(data / DAY)
    shipped, own = (replay_day(rows, law, replications, seed) for law in (bank_patience(), days_patience(rows)))
    pausing = replay_day(rows, days_patience(rows), replications, seed, PAUSE)
    received = np.array([row.received for row in rows])
    lines: list[tuple[str, ...]] = [
        (
            row.time,
            f"{100 * row.abandonment:.1f}",
            *(f"{100 * made.missing[i]:.1f}" for made in (shipped, own, pausing)),
            f"{row.asa:.0f}",
            *(f"{made.asa[i]:.0f}" for made in (shipped, own, pausing)),
            f"{100 * row.occupancy:.0f}",
            f"{100 * own.occupancy[i]:.0f}",
            f"{100 * own.counted[i]:.0f}",
        )
        for i, row in enumerate(rows)
    ]
    for name, part in (("from 10:00", slice(rows.index(next(r for r in rows if r.time == "10:00")), None)), ("day", slice(None))):
        weights = received[part]
        lost = [np.array([r.abandonment for r in rows]), shipped.abandonment, own.abandonment, pausing.abandonment]
        waits = [np.array([r.asa for r in rows]), shipped.asa, own.asa, pausing.asa]
        agents = np.array([r.agents for r in rows])[part]
        used = [np.array([r.occupancy for r in rows]), own.occupancy, own.counted]
        lines.append(
            (
                name,
                *(f"{100 * np.average(x[part], weights=weights):.1f}" for x in lost),
                *(f"{np.average(x[part], weights=weights):.0f}" for x in waits),
                *(f"{100 * np.average(x[part], weights=agents):.0f}" for x in used),
            )
        )
    heads = (
        "half-hour",
        "abandoned %",
        "shipped",
        "own",
        "and pause",
        "ASA s",
        "shipped",
        "own",
        "and pause",
        "occupancy %",
        "busy",
        "as counted",
    )
    return table(heads, lines)


def put(tables: str, page: Path) -> None:
    """Replace what stands between the marks of the page; raises ValueError where the page has no marks."""
    text = page.read_text(encoding="utf-8")
    before, opens, rest = text.partition(OPENS)
    _, closes, after = rest.partition(CLOSES)
    if not opens or not closes:
        raise ValueError(f"{page.name} has no place for the tables")
    page.write_text(f"{before}{OPENS}\n\n{tables}\n\n{CLOSES}{after}", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the back-test; exit code 2 where the data are missing."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.backtest", description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the records (default: ../shared/data beside the project)")
    parser.add_argument("--out", type=Path, default=ROOT / "results" / "backtest", help="folder for prediction.csv")
    parser.add_argument("--page", type=Path, default=PAGE, help="page whose tables are written again")
    parser.add_argument("-n", "--replications", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    if not (given.data / PAST).exists():
        print(f"There is no {PAST} in {given.data}: name the folder with --data.", file=sys.stderr)
        return 2
    calls, past = read_calls(given.data / CALLS), read_outcomes(given.data / PAST)
    known = calibrate(calls, past)
    prediction = replay(Timeline.of(read_half_hours(given.data / FUTURE)), known, given.replications, given.seed)
    write_prediction(prediction, given.out / "prediction.csv")
    tables = [
        what_was_found(known),
        april(calls, past, given.replications, given.seed),
        each_month(calls, past, given.replications, given.seed),
        ahead(prediction),
        day(given.data, given.replications, given.seed),
    ]
    put("\n\n".join(f"### {title}\n\n{text}" for title, text in zip(TITLES, tables, strict=True)), given.page)
    print("\n\n".join(tables))
    return 0


TITLES = (
    "What the calls teach",
    "April, from January to March",
    "Each month from the three others",
    "May to October: the prediction",
    "Charlotte, 13 June 2000",
)


def ahead(prediction: Prediction) -> str:
    """The prediction by month, its interval over replications."""
    months = np.array([half_hour.day.month for half_hour in prediction.timeline.half_hours])
    rows = []
    for month in np.unique(months):
        of = months == month
        offered, served = prediction.offered[:, of].sum(axis=1), prediction.served[:, of].sum(axis=1)
        lost, wait = 100 * prediction.abandoned[:, of].sum(axis=1) / offered, prediction.waited[:, of].sum(axis=1) / served
        name = next(h.day for h in prediction.timeline.half_hours if h.day.month == month).strftime("%B")
        low, high = np.percentile(lost, [score.LOW, score.HIGH])
        least, most = np.percentile(wait, [score.LOW, score.HIGH])
        rows.append(
            (
                name,
                f"{offered.mean():,.0f}",
                f"{lost.mean():.1f} % ({low:.1f} to {high:.1f})",
                f"{wait.mean():.0f} s ({least:.0f} to {most:.0f})",
            )
        )
    return table(("month", "offered to the queue", "abandoned", "ASA"), rows)


if __name__ == "__main__":
    sys.exit(main())
