"""Asterisk's queue_log: calls put together from their events, a line each. Exits by a rule are no impatience."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from simulator.calibration.account import Account
from simulator.calibration.answers import Answers, Question
from simulator.calibration.calls import UNKNOWN, _before
from simulator.calibration.cells import ONE_QUEUE, Marks, local
from simulator.calibration.column import Column
from simulator.calibration.grid import Grid
from simulator.calibration.observed import Calls, Outcome
from simulator.scenario.problem import wrong

FIRST, LAST = 3e8, 5e9
"""Seconds since 1970 between which a log was written."""
AWAY = {"EXITWITHTIMEOUT": 2, "EXITWITHKEY": 3, "EXITEMPTY": 2}
"""Exits by a rule, and where the wait stands among their data."""


@dataclass
class _Open:
    line: int
    start: float
    queue: str
    caller: int
    wait: float = math.nan
    talk: float = math.nan
    outcome: int = UNKNOWN


def read(grid: Grid, account: Account, given: Answers) -> tuple[Calls, list[str], list[Question]]:
    """The calls of a log, what was noted, and what is open; raises Wrong for a log without calls."""
    open_: dict[str, _Open] = {}
    closed: list[_Open] = []
    callers = Marks()
    late = odd = 0
    for line, cells in _lines(grid):
        at = _seconds(cells, 0, math.nan)
        if not FIRST <= at < LAST:
            account.aside("not a line of queue_log", line, 0, holds=False)
            odd += 1
            continue
        call, queue, event, data = cells[1], cells[2], cells[4].strip(), cells[5:]
        if event == "ENTERQUEUE":
            account.calls += 1
            if call in open_:
                closed.append(open_.pop(call))
            open_[call] = _Open(line, at, queue.strip() or ONE_QUEUE, callers.mark(data[1] if len(data) > 1 else ""))
            continue
        found = open_.get(call)
        if found is None:
            late += event in ("CONNECT", "ABANDON", *AWAY)
            continue
        if event == "CONNECT":
            found.outcome, found.wait = int(Outcome.ANSWERED), _seconds(data, 0, at - found.start)
        elif event == "ABANDON":
            found.outcome, found.wait = int(Outcome.ABANDONED), _seconds(data, 2, at - found.start)
        elif event in AWAY:
            found.outcome, found.wait = int(Outcome.SENT_AWAY), _seconds(data, AWAY[event], at - found.start)
        elif event in ("COMPLETEAGENT", "COMPLETECALLER"):
            found.talk = _seconds(data, 1, math.nan)
        elif event in ("TRANSFER", "ATTENDEDTRANSFER", "BLINDTRANSFER"):
            found.talk = _seconds(data, 3, math.nan)
        if event not in ("CONNECT", "RINGNOANSWER") and found.outcome != UNKNOWN:
            closed.append(open_.pop(call))
    closed += open_.values()
    return _calls(grid, closed, account, given, late, odd)


def _lines(grid: Grid) -> Iterator[tuple[int, list[str]]]:
    with grid.stream() as stream:
        for line, text in enumerate(stream, 1):
            if text.strip():
                cells = text.rstrip("\r\n").split("|")
                yield line, cells + [""] * (5 - len(cells))


def _seconds(data: list[str], place: int, otherwise: float) -> float:
    """A number of seconds, at least 0; ``otherwise`` where none stands there."""
    try:
        found = float(data[place])
    except (IndexError, ValueError):
        return otherwise
    return found if 0 <= found < LAST else otherwise


def _calls(
    grid: Grid, closed: list[_Open], account: Account, given: Answers, late: int, odd: int
) -> tuple[Calls, list[str], list[Question]]:
    account.rows = len(closed)
    kept = [c for c in closed if c.outcome != UNKNOWN]
    for c in closed:
        if c.outcome == UNKNOWN:
            account.aside("the log ends before the call does", c.line, 1)
    if not kept:
        raise wrong(f"`{grid.file}` has no whole call", "a call has ENTERQUEUE and CONNECT, ABANDON or EXIT... lines", "csv")
    names = tuple(sorted({c.queue for c in kept}))
    moments = np.array([int(c.start) for c in kept], dtype="datetime64[s]")
    zones = Column("Z" for _ in kept)
    questions = []
    if given.timezone:
        from zoneinfo import ZoneInfo

        moments = local(moments, zones, ZoneInfo(given.timezone))
    else:
        text = f"{grid.file}: its times are seconds since 1970 (UTC); by which clock does the centre work?"
        questions.append(Question(text, ("--timezone Europe/Madrid, or another",)))
    order = np.argsort(moments, kind="stable")
    caller = np.array([c.caller for c in kept], dtype=np.int64)[order]
    wait = np.array([c.wait for c in kept])[order]
    outcome = np.array([c.outcome for c in kept], dtype=np.int64)[order]
    queue = np.array([names.index(c.queue) for c in kept], dtype=np.int64)[order]
    talk = np.array([c.talk for c in kept])[order]
    since, last = _before(moments[order], caller, outcome, wait)
    notes = ["talk runs on after an attended transfer"] if np.isfinite(talk).any() else []
    if late:
        notes.append(f"{late} events belong to calls that began before the log: not used")
    if odd:
        notes.append(f"{odd} lines are no lines of queue_log")
    return Calls(names, queue, moments[order], wait, outcome, talk, np.full(len(kept), np.nan), since, last), notes, questions
