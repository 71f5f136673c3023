"""The bank's records as they lie in the data folder: half-hours with or without their outcome, and single calls.

Source: "Anonymous Bank" call-centre data, Technion (A. Mandelbaum and colleagues). The files stay where they are.
"""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from datetime import date
from pathlib import Path

HALF_HOUR = 1800.0
PER_DAY = 48
TYPES = ("PS", "NW", "NE", "IN", "PE", "TT")
PAST = "anonymous_bank_1999-01_to_04_halfhour.csv"
FUTURE = "anonymous_bank_1999-05_to_10_inputs.csv"
CALLS = "anonymous_bank_1999-02_calls.csv.gz"


@dataclass(frozen=True)
class HalfHour:
    """What is known of a half-hour beforehand. Callers who hung up in the voice menu never reached the queue."""

    day: date
    number: int  #: 0 .. 47 in the day
    arrivals: tuple[int, ...]  #: by type, in the order of TYPES
    hung_up_in_menu: int
    agents: float  #: mean number present, as estimated from the calls

    @property
    def offered(self) -> int:
        return sum(self.arrivals) - self.hung_up_in_menu

    @property
    def clock(self) -> str:
        return f"{self.number // 2:02d}:{30 * (self.number % 2):02d}"


@dataclass(frozen=True)
class Outcome:
    """What happened to the callers who arrived in a half-hour; means in seconds, None where there was nobody."""

    served: int
    abandoned: int
    asa: float | None
    mean_service: float | None


@dataclass(frozen=True)
class Call:
    """One call that reached the queue; instants in seconds of its day, ``began`` and ``service`` NaN if it was abandoned."""

    day: date
    offered: float
    type: str
    flagged: bool
    wait: float
    answered: bool
    began: float
    service: float
    agent: str


def read_half_hours(path: Path) -> list[HalfHour]:
    """The inputs of every half-hour in the file, in order of time."""
    return [_half_hour(row) for row in _rows(path)]


def read_outcomes(path: Path) -> list[tuple[HalfHour, Outcome]]:
    """Inputs and outcomes of every half-hour in the file; raises KeyError where the file holds inputs only."""
    return [
        (
            _half_hour(row),
            Outcome(int(row["served"]), int(row["abandoned_queue"]), _maybe(row["mean_wait_served_s"]), _maybe(row["mean_service_s"])),
        )
        for row in _rows(path)
    ]


def read_calls(path: Path) -> list[Call]:
    """Every call that reached the queue (agent at once, agent after waiting, or hung up waiting), in order of the file."""
    calls = []
    for row in _rows(path):
        answered = row["outcome"] == "AGENT"
        if not answered and row["queued"] == "0":
            continue
        began, service = (float(row["ser_start_s"]) % 86400.0, float(row["ser_time"])) if answered else (float("nan"), float("nan"))
        calls.append(
            Call(
                date.fromisoformat(row["date"]),
                float(row["offered_s"]),
                row["type"],
                row["priority"] != "0",
                float(row["q_time"]),
                answered,
                began,
                service,
                row["server_code"],
            )
        )
    return calls


def _rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _half_hour(row: dict[str, str]) -> HalfHour:
    hour, minute = row["half_hour"].split(":")
    return HalfHour(
        date.fromisoformat(row["date"]),
        int(hour) * 2 + int(minute) // 30,
        tuple(int(row[f"arr_{name}"]) for name in TYPES),
        int(row["hangup_vru"]),
        float(row["agents_present_est"]),
    )


def _maybe(text: str) -> float | None:
    return float(text) if text else None
