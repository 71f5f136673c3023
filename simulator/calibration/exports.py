"""A simulated centre written as each system would export it: for the examples, and for tests that read back what is known.

The counting rules are the systems' own: Avaya counts arrivals when they come, Amazon's metrics a contact when it ends.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np

from simulator.calibration.observed import AtWork, Calls, Intervals, Outcome, counted
from simulator.vocabulary import AgentState
from simulator.vocabulary import Outcome as Fate

if TYPE_CHECKING:
    from simulator.model.world import Model
    from simulator.records import Run

HALF_HOUR = 1800.0
EDGES = (10, 15, 20, 30, 40, 60, 120, 300, 600)
"""Wait bins, in seconds, of the systems that have them."""


@dataclass(frozen=True)
class Day:
    """What a telephone system would know of simulated days: its calls, and agents at work by half-hour."""

    calls: Calls
    staff: AtWork
    timezone: str


def day_of(model: Model, runs: Sequence[tuple[datetime, Run]]) -> Day:
    """The calls of runs of one model, each of which begins at a local moment of its own."""
    parts: dict[str, list[Any]] = {name: [] for name in ("queue", "start", "wait", "outcome", "talk", "wrap")}
    moments, agents = [], []
    for begun, run in runs:
        ledger = run.ledger
        first = np.datetime64(begun.replace(tzinfo=None), "s")
        met = np.flatnonzero(np.isfinite(ledger.queued) & (ledger.released - ledger.queued >= 0))
        served = np.isfinite(ledger.answered[met]) & np.isfinite(ledger.ended[met])
        gave_up = ledger.outcome[met] == int(Fate.ABANDONED)
        kept = met[served | gave_up]
        answered = np.isfinite(ledger.answered[kept])
        left = np.where(answered, ledger.answered[kept], ledger.released[kept])
        parts["queue"].append(ledger.need[kept].astype(np.int64))
        parts["start"].append(first + np.floor(ledger.queued[kept]).astype("timedelta64[s]"))
        parts["wait"].append(left - ledger.queued[kept])
        parts["outcome"].append(np.where(answered, int(Outcome.ANSWERED), int(Outcome.ABANDONED)))
        parts["talk"].append(np.where(answered, ledger.released[kept] - ledger.answered[kept], np.nan))
        parts["wrap"].append(np.where(answered, ledger.ended[kept] - ledger.released[kept], np.nan))
        slots, present = _present(run)
        moments.append(first + slots.astype("timedelta64[s]"))
        agents.append(present)
    columns = {name: np.concatenate(found) for name, found in parts.items()}
    order = np.argsort(columns["start"], kind="stable")
    n = len(order)
    calls = Calls(
        tuple(need.name for need in model.needs), columns["queue"][order], columns["start"][order], columns["wait"][order],
        columns["outcome"][order], columns["talk"][order], columns["wrap"][order], np.full(n, np.nan), np.full(n, -1, dtype=np.int64),
    )  # fmt: skip
    staff = AtWork("agents", calls.queues, np.concatenate(moments), np.concatenate(agents), HALF_HOUR)
    return Day(calls, staff, model.clock.timezone)


def _present(run: Run) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Agents at work in each half-hour of a run, and when it begins."""
    at_work = [int(AgentState.AVAILABLE), int(AgentState.BUSY), int(AgentState.WRAP)]
    spent = run.observations.agent_time[:, :, at_work].sum(axis=(1, 2))
    edges = np.arange(0.0, run.ended_at + 1, HALF_HOUR)
    return edges[:-1], np.diff(np.interp(edges, run.observations.instant, spent)) / HALF_HOUR


@dataclass(frozen=True)
class Writer:
    """How one system writes a day; ``ends`` is the end of the file's name."""

    ends: str
    write: Callable[[Day], str]


def _table(heading: Sequence[str], rows: Iterator[Sequence[Any]], separator: str = ",") -> str:
    made = io.StringIO()
    writer = csv.writer(made, delimiter=separator, lineterminator="\r\n")
    writer.writerow(heading)
    writer.writerows(rows)
    return made.getvalue()


def _at(moment: Any) -> datetime:
    return datetime.fromisoformat(str(moment))


def _counted(day: Day) -> tuple[Intervals, dict[Any, float]]:
    agents = dict(zip(day.staff.start.astype("datetime64[s]").tolist(), day.staff.agents.tolist(), strict=True))
    return counted(day.calls, HALF_HOUR), agents


def _mean(total: float, over: float, scale: float = 1.0) -> str:
    return f"{total / over * scale:.2f}" if over else ""


def table(day: Day) -> str:
    """A spreadsheet of a European centre: semicolons, decimal commas, day first, a title above and a total below."""
    rows, agents = _counted(day)

    def lines() -> Iterator[Sequence[Any]]:
        for i in range(len(rows)):
            at = _at(rows.start[i])
            yield (
                f"{at:%d/%m/%Y}", f"{at:%H:%M}", rows.queues[rows.queue[i]], int(rows["arrived"][i]), int(rows["answered"][i]),
                int(rows["abandoned"][i]), _mean(rows["answer_wait"][i], rows["answered"][i]).replace(".", ","),
                _mean(rows["abandon_wait"][i], rows["abandoned"][i]).replace(".", ","),
                _mean(rows["talk"][i], rows["answered"][i]).replace(".", ","),
                _mean(rows["wrap"][i], rows["answered"][i]).replace(".", ","),
                f"{agents.get(at, 0.0):.2f}".replace(".", ","),
            )  # fmt: skip
        total = [int(rows[name].sum()) for name in ("arrived", "answered", "abandoned")]
        yield ("Total", "", "", *total, "", "", "", "", "")

    heading = ("Date", "Time", "Queue", "Received", "Answered", "Abandoned", "ASA", "Avg Abandon", "Avg Talk", "ACW", "Agents")
    return "Intraday report;;;;;;;;;;\r\n" + _table(heading, lines(), ";")


def avaya(day: Day) -> str:
    """CMS ``hsplit``: sums in seconds, ten wait bins, agents per person in each row of an interval."""
    rows, agents = _counted(day)
    calls = day.calls
    slots = calls.start.astype("datetime64[s]").astype(np.int64) // int(HALF_HOUR) * int(HALF_HOUR)
    bin_ = np.searchsorted(np.array(EDGES, dtype=np.float64), calls.wait, side="right")
    held: dict[tuple[int, int], np.ndarray[Any, Any]] = {}
    for slot, queue, k, outcome in zip(slots.tolist(), calls.queue.tolist(), bin_.tolist(), calls.outcome.tolist(), strict=True):
        held.setdefault((slot, queue), np.zeros((2, len(EDGES) + 1), dtype=np.int64))[int(outcome == Outcome.ABANDONED), k] += 1

    def lines() -> Iterator[Sequence[Any]]:
        for i in range(len(rows)):
            at = _at(rows.start[i])
            bins = held[int(rows.start[i].astype("datetime64[s]").astype(np.int64)), int(rows.queue[i])]
            sums = [round(float(np.nan_to_num(rows[name][i]))) for name in ("answer_wait", "abandon_wait", "talk", "wrap")]
            people = round(agents.get(at, 0.0) * HALF_HOUR)
            yield (
                f"{at:%d/%m/%Y}", at.hour * 100 + at.minute, 30, rows.queues[rows.queue[i]],
                int(rows["arrived"][i]), int(rows["arrived"][i]),
                int(rows["answered"][i]), int(rows["abandoned"][i]), 0, *sums, 0, people, people, 0, 0,
                *bins[0], *bins[1], *EDGES,
            )  # fmt: skip

    numbers = range(1, len(EDGES) + 2)
    heading = (
        "ROW_DATE", "STARTTIME", "INTRVL", "SPLIT", "I_ARRIVED", "CALLSOFFERED", "ACDCALLS", "ABNCALLS", "PHANTOMABNS", "ANSTIME",
        "ABNTIME",
        "ACDTIME", "ACWTIME", "HOLDTIME", "TI_STAFFTIME", "I_STAFFTIME", "INCOMPLETE", "PERIODCHG",
        *(f"ACDCALLS{k}" for k in numbers), *(f"ABNCALLS{k}" for k in numbers), *(f"PERIOD{k}" for k in numbers[:-1]),
    )  # fmt: skip
    return _table(heading, lines(), ";")


def genesys(day: Day) -> str:
    """The queue performance view of Genesys Cloud: moments of ISO, durations in milliseconds."""
    rows, agents = _counted(day)

    def lines() -> Iterator[Sequence[Any]]:
        for i in range(len(rows)):
            at, answered, gave_up = _at(rows.start[i]), rows["answered"][i], rows["abandoned"][i]
            handle = rows["talk"][i] + rows["wrap"][i]
            yield (
                f"{at:%Y-%m-%d %H:%M:%S}", f"{at + timedelta(minutes=30):%Y-%m-%d %H:%M:%S}", "true", "voice", rows.queues[rows.queue[i]],
                int(rows["arrived"][i]), int(answered), int(gave_up), _mean(rows["answer_wait"][i], answered, 1000),
                _mean(rows["abandon_wait"][i], gave_up, 1000), _mean(handle, answered, 1000), _mean(rows["talk"][i], answered, 1000),
                _mean(rows["wrap"][i], answered, 1000), f"{agents.get(at, 0.0):.2f}",
            )  # fmt: skip

    heading = (
        "Interval Start", "Interval End", "Interval Complete", "Media Type", "Queue Name", "Offer", "Answer", "Abandon", "ASA",
        "Avg Abandon", "Avg Handle", "Avg Talk", "Avg ACW", "Avg Agents",
    )  # fmt: skip
    return _table(heading, lines())


def _utc(day: Day, moment: Any, seconds: float = 0.0) -> datetime:
    local = _at(moment).replace(tzinfo=ZoneInfo(day.timezone)).astimezone(ZoneInfo("UTC"))
    return local + timedelta(seconds=float(seconds))


def amazon(day: Day) -> str:
    """Contact records of Amazon Connect in UTC, one of ten of them twice, since records come at least once."""
    calls = day.calls

    def stamp(moment: datetime) -> str:
        return f"{moment:%Y-%m-%dT%H:%M:%S}Z"

    def lines() -> Iterator[Sequence[Any]]:
        for i in range(len(calls)):
            queued = _utc(day, calls.start[i])
            left = queued + timedelta(seconds=float(calls.wait[i]))
            answered = calls.outcome[i] == Outcome.ANSWERED
            ended = left + timedelta(seconds=float(np.nan_to_num(calls.talk[i])))
            row = (
                f"c{i:08d}", stamp(queued - timedelta(seconds=20)), stamp(queued), stamp(left), stamp(left) if answered else "",
                stamp(ended),
                calls.queues[calls.queue[i]], "VOICE", round(float(calls.talk[i])) if answered else "",
                round(float(calls.wrap[i])) if answered else "",
            )  # fmt: skip
            if i % 10 == 0:
                yield (*row, stamp(ended))
            yield (*row, stamp(ended + timedelta(minutes=2)))

    heading = (
        "ContactId", "InitiationTimestamp", "EnqueueTimestamp", "DequeueTimestamp", "ConnectedToAgentTimestamp", "DisconnectTimestamp",
        "Queue", "Channel", "AgentInteractionDuration", "AfterContactWorkDuration", "LastUpdateTimestamp",
    )  # fmt: skip
    return _table(heading, lines())


def asterisk(day: Day) -> str:
    """``queue_log`` of Asterisk: an event a line, in the order in which they happened."""
    calls = day.calls
    events: list[tuple[float, int, str]] = []
    for i in range(len(calls)):
        at = _utc(day, calls.start[i]).timestamp()
        queue, wait = calls.queues[calls.queue[i]], float(calls.wait[i])
        events.append((at, 2 * i, f"{i}.0|{queue}|NONE|ENTERQUEUE||anonymous|1"))
        if calls.outcome[i] == Outcome.ANSWERED:
            talk = float(calls.talk[i])
            events.append((at + wait, 2 * i + 1, f"{i}.0|{queue}|SIP/{i % 40}|CONNECT|{round(wait)}|{i}.1|2"))
            events.append((at + wait + talk, 2 * i + 1, f"{i}.0|{queue}|SIP/{i % 40}|COMPLETECALLER|{round(wait)}|{round(talk)}|1"))
        else:
            events.append((at + wait, 2 * i + 1, f"{i}.0|{queue}|NONE|ABANDON|1|1|{round(wait)}"))
    return "".join(f"{int(at)}|{rest}\n" for at, _, rest in sorted(events))


writers: Mapping[str, Writer] = {
    "table": Writer("csv", table), "avaya": Writer("csv", avaya), "genesys": Writer("csv", genesys),
    "amazon-records": Writer("csv", amazon),
    "asterisk": Writer("log", asterisk),
}  # fmt: skip
"""A writer for each system that has examples."""
