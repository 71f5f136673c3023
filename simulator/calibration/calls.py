"""A table with a row for each call: outcomes told apart, copies and second legs set aside, callers known by a mark only."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.calibration.cells import MOST_UNREADABLE, Cells, only_voice
from simulator.calibration.dates import plain
from simulator.calibration.observed import Calls, Outcome
from simulator.scenario.problem import wrong

Floats = NDArray[np.float64]
WORDS = {
    Outcome.ANSWERED: (
        "answered", "handled", "served", "completed", "complete", "agent", "connected", "2", "atendida", "contestada", "atendidas",
        "angenommen", "beantwortet", "answer", "connect", "completeagent", "completecaller", "repondu", "traite",
    ),
    Outcome.ABANDONED: (
        "abandoned", "hang", "hangup", "hung up", "abandon", "lost", "1", "abandonada", "abandono", "perdida", "aufgelegt", "verloren",
        "no answer", "noanswer", "missed", "abandoned in queue", "abandonne", "caller hung up",
    ),
    Outcome.SENT_AWAY: (
        "timeout", "overflow", "overflowed", "voicemail", "exitwithtimeout", "exitwithkey", "exitempty", "flow out", "transferred out",
        "redirected", "desbordada", "callback", "called back", "sent away", "4", "5",
    ),
}  # fmt: skip
"""What became of a call, as systems say it; numbers are Cisco's contact dispositions."""
MACHINES = ("phantom", "test", "fantasma")
UNKNOWN = -1
FOREVER = 12 * 3600.0
"""Seconds that no wait and no talk takes; beyond, the record is damaged."""


def read(cells: Cells) -> Calls:
    """The calls of one export in order of arrival; raises Wrong where too few of its rows can be read."""
    n = len(cells)
    cells.account.calls += n
    start = cells.starts()
    outcome = _outcomes(cells)
    wait = _waits(cells, start)
    talk, wrap = cells.durations("call_talk") + np.nan_to_num(cells.durations("call_hold")), cells.durations("call_wrap")
    if not cells.has("call_talk") and cells.has("connected") and cells.has("ended"):
        talk = _between(cells.moments("connected"), cells.moments("ended"))
        cells.notes.append("talk is from answer to end: a call that was handed over has all of it")
    wait, talk, wrap = _in_seconds(cells, wait, talk, wrap)
    kept = np.ones(n, dtype=np.bool_)
    reasons = (
        (np.isnat(start), "its date or time cannot be read"),
        (~only_voice(cells), "not by telephone"),
        (_is_machine(cells), "phantom: no person called"),
        (outcome == UNKNOWN, "nobody knows what became of it"),
        ((wait > FOREVER) | (wait < 0) | (talk > FOREVER) | (talk < 0), "times that cannot be: below nothing or above 12 hours"),
    )
    for flags, reason in reasons:
        for row in np.flatnonzero(flags & kept):
            cells.account.aside(reason, cells.lines[row], 1)
        kept &= ~flags
    _refuse(cells, kept, np.isnat(start) | (outcome == UNKNOWN))
    kept &= _first_legs(cells, start, kept)
    names, queue = cells.queues()
    order = np.argsort(start[kept], kind="stable")
    rows = np.flatnonzero(kept)[order]
    since, last = _before(start[rows], cells.marks("caller")[rows], outcome[rows], wait[rows])
    for name, (count, example) in cells.bad.items():
        cells.notes.append(f"{count} cells of {name} cannot be read and count as unknown ({example})")
    return Calls(names, queue[rows], start[rows], wait[rows], outcome[rows], talk[rows], wrap[rows], since, last)


def _outcomes(cells: Cells) -> NDArray[np.int64]:
    """What became of each call, from a word, from flags, or from whether an agent answered."""
    found = np.full(len(cells), UNKNOWN, dtype=np.int64)
    if cells.has("outcome"):
        words = {word: int(kind) for kind, names in WORDS.items() for word in names}
        column = cells.texts("outcome")
        said = column.values(lambda text: words.get(plain(text).replace("_", " ").replace("-", " "), UNKNOWN), np.int64)
        unknown = sorted({column[int(row)] for row in np.flatnonzero(said == UNKNOWN)[:1000]} - {""})
        if unknown:
            cells.notes.append(f"outcomes that are not known: {', '.join(unknown[:5])}")
        found = np.where(said != UNKNOWN, said, found)
    if cells.has("gave_up"):
        flags = cells.flags("gave_up")
        found = np.where(flags, int(Outcome.ABANDONED), np.where(found == UNKNOWN, int(Outcome.ANSWERED), found))
    if cells.has("connected"):
        answered = ~np.isnat(cells.moments("connected"))
        found = np.where(found == UNKNOWN, np.where(answered, int(Outcome.ANSWERED), int(Outcome.ABANDONED)), found)
    elif cells.has("call_talk") and not (cells.has("outcome") or cells.has("gave_up")):
        talk = cells.durations("call_talk")
        found = np.where(talk > 0, int(Outcome.ANSWERED), int(Outcome.ABANDONED))
        cells.notes.append("whoever has no talk time gave up: no column says what became of a call")
    for name in ("sent_off", "callback"):
        if cells.has(name):
            found = np.where(cells.flags(name) & (found != int(Outcome.ANSWERED)), int(Outcome.SENT_AWAY), found)
    return found


def _waits(cells: Cells, start: NDArray[np.datetime64]) -> Floats:
    if cells.has("call_wait"):
        return cells.durations("call_wait")
    left = np.full(len(cells), np.datetime64("NaT", "s"))
    for name in ("connected", "dequeued", "ended"):
        if cells.has(name):
            found = cells.moments(name)
            left = np.where(np.isnat(left), found, left)
    return _between(start, left)


def _between(one: NDArray[np.datetime64], other: NDArray[np.datetime64]) -> Floats:
    unknown = np.isnat(one) | np.isnat(other)
    seconds = (np.where(unknown, np.datetime64(0, "s"), other) - np.where(unknown, np.datetime64(0, "s"), one)).astype(np.float64)
    return np.where(unknown, np.nan, seconds)


def _in_seconds(cells: Cells, wait: Floats, talk: Floats, wrap: Floats) -> tuple[Floats, Floats, Floats]:
    """Durations that can only be milliseconds are divided by a thousand."""
    middle = np.nanmedian(talk[talk > 0]) if (talk > 0).any() else np.nan
    if not (middle > 3600 * 2):
        return wait, talk, wrap
    cells.notes.append(f"a median talk of {middle:,.0f} can only be milliseconds: durations divided by 1,000")
    return (wait / 1000 if cells.has("call_wait") else wait), talk / 1000, wrap / 1000


def _is_machine(cells: Cells) -> NDArray[np.bool_]:
    if not cells.has("outcome"):
        return np.zeros(len(cells), dtype=np.bool_)
    return np.asarray(cells.texts("outcome").values(lambda text: plain(text) in MACHINES, np.bool_))


def _refuse(cells: Cells, kept: NDArray[np.bool_], broken: NDArray[np.bool_]) -> None:
    if broken.sum() > MOST_UNREADABLE * len(cells) or not kept.any():
        row = int(np.flatnonzero(broken | ~kept)[0])
        hint = "say in import.yaml what each column is, or `--as` which system wrote it"
        count = max(int(broken.sum()), int((~kept).sum()))
        raise wrong(f"`{cells.plan.file}`: {count} of {len(cells)} calls cannot be read, the first on line {cells.lines[row]}", hint, "csv")


def _first_legs(cells: Cells, start: NDArray[np.datetime64], kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The newest record of each call, and of a call in several queues the first."""
    good = np.ones(len(cells), dtype=np.bool_)
    call = cells.marks("call")
    rows = np.flatnonzero(kept & (call != 0))
    if not len(rows):
        return good
    _, queue = cells.queues()
    updated = cells.moments("updated") if cells.has("updated") else np.full(len(cells), np.datetime64(0, "s"))
    newest = rows[np.lexsort((rows, updated[rows], queue[rows], start[rows], call[rows]))]
    same = (np.diff(call[newest]) == 0) & (np.diff(queue[newest]) == 0) & (np.diff(start[newest]).astype(np.int64) == 0)
    for row in newest[:-1][same]:
        good[row] = False
        cells.account.aside("an older copy of the same record", cells.lines[row], 1)
    rows = rows[good[rows]]
    legs = rows[np.lexsort((rows, start[rows], call[rows]))]
    later = np.concatenate(([False], np.diff(call[legs]) == 0))
    for row in legs[later]:
        good[row] = False
        cells.account.aside("second leg of a transfer: the person counts once", cells.lines[row], 1)
    return good


def _before(
    start: NDArray[np.datetime64], caller: NDArray[np.int64], outcome: NDArray[np.int64], wait: Floats
) -> tuple[Floats, NDArray[np.int64]]:
    """For each call, seconds since the caller left the queue the last time, and what became of that call."""
    since, last = np.full(len(start), np.nan), np.full(len(start), UNKNOWN, dtype=np.int64)
    if not caller.any():
        return since, last
    left = start.astype("datetime64[s]").astype(np.int64) + np.nan_to_num(wait).astype(np.int64)
    order = np.lexsort((left, caller))
    again = (np.diff(caller[order]) == 0) & (caller[order][1:] != 0)
    now, before = order[1:][again], order[:-1][again]
    since[now] = start.astype("datetime64[s]").astype(np.int64)[now] - left[before]
    last[now] = outcome[before]
    return since, last
