"""Contacts: what each attempt, and each piece of work on it, adds to the sums of the books."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.model.world import KINDS
from simulator.statistics.books import CONTACT_SUMS, COUNTS, calling_out, enters_matrix, entries_of
from simulator.statistics.cells import Cells
from simulator.vocabulary import Cause, Heard, Outcome, Piece
from simulator.workload.order import by_number, by_size

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.model.world import Model
    from simulator.records.run import Run
    from simulator.statistics.disruption import Through
    from simulator.statistics.frame import Frame

    Floats = NDArray[np.float64]
    Rows = NDArray[np.intp]

OUTCOMES = len(Outcome)
SLACK = 1e-6
"""Seconds by which a wait may exceed a limit and still keep it: waits are differences of absolute instants."""

DIALS = {
    Piece.NO_ANSWER: "dials_no_answer",
    Piece.VOICEMAIL: "dials_voicemail",
    Piece.WRONG_MOMENT: "dials_wrong_moment",
    Piece.ALREADY_SOLVED: "dials_already_solved",
    Piece.REACHED: "dials_reached",
    Piece.NOT_CONNECTED: "dials_not_connected",
}


def contact_sums(
    run: Run, model: Model, frame: Frame, slot: Rows, wait: Floats, there: frozenset[str], through: Through, *, by_demand: bool = False
) -> Floats:
    """Sums by slot, need, channel and site, the last place of which is "no site": (CONTACT_SUMS, L, N, C, S + 1).

    ``there`` is what the model contains (:mod:`simulator.statistics.contents`); sums about anything else are 0. With
    ``by_demand`` entries of demand stand in the place of needs.
    """
    book = run.ledger
    cells = Cells.of(run, frame, slot, by_demand=by_demand)
    cell, count, add = cells.of_row, cells.count, cells.add
    calls_out = calling_out(model, len(run.channels))
    ends, kinds = book.outcome, OUTCOMES
    if calls_out.any():  # entries of a list end below, in the second table
        ends, kinds = ends + np.uint8(OUTCOMES) * entries_of(run, model), 2 * OUTCOMES
    by_outcome = np.bincount(cell * kinds + ends, minlength=cells.size * kinds).reshape(cells.size, kinds)
    counts, some = np.zeros((len(COUNTS), cells.size)), np.flatnonzero(by_outcome.any(axis=1))
    counts[:, some] = (by_outcome[some] @ enters_matrix()[:kinds]).T  # most cells are empty
    sums = dict(zip(COUNTS, counts, strict=True))

    def ended(outcome: Outcome) -> Rows:
        return np.flatnonzero(ends == outcome.value)

    in_time, short = _limits(model, "answer_within"), _limits(model, "short_abandon")
    answered = np.flatnonzero(~np.isnan(book.answered) & (ends < OUTCOMES))
    abandoned, blocked, balked, handled = (ended(o) for o in (Outcome.ABANDONED, Outcome.BLOCKED, Outcome.BALKED, Outcome.HANDLED))
    cause = book.cause[blocked]
    took = _handle_times(run, handled)

    sums["fresh_contacts"] = count(cell[np.flatnonzero((book.attempt == 0) & (ends < OUTCOMES))])
    sums["redials"] = sums["attempted"] - sums["fresh_contacts"]
    sums["queued"] = count(cell[np.flatnonzero((wait > 0) & (ends < OUTCOMES))])
    sums["answered_in_time"] = count(cell[answered[wait[answered] <= in_time[book.channel[answered]]]])
    sums["abandoned_short"] = count(cell[abandoned[wait[abandoned] <= short[book.channel[abandoned]]]])
    sums["abandoned_in_time"] = count(cell[abandoned[wait[abandoned] <= in_time[book.channel[abandoned]]]])
    sums["blocked_no_line"] = count(cell[blocked[cause == Cause.NO_LINE.value]])
    sums["blocked_reserved"] = count(cell[blocked[cause == Cause.RESERVED.value]])
    sums["blocked_down"] = count(cell[blocked[(cause >= Cause.SITE_DOWN.value) & (cause <= Cause.PLATFORM_DOWN.value)]])
    sums["lost_cut_link"] = count(cell[np.flatnonzero(book.cause == Cause.LINK_DOWN.value)])
    sums["wait_answered"] = add(cell[answered], wait[answered])
    sums["wait_abandoned"] = add(cell[abandoned], wait[abandoned])
    sums["wait_balked"] = add(cell[balked], book.released[balked] - book.arrived[balked])
    sums["handle_time"] = add(cell[handled], took)
    sums["wanted"] = count(cell[np.flatnonzero(through.wants)])
    sums["got_through"] = count(cell[np.flatnonzero(through.got)])
    sums["called_back"] = count(cell[through.promises.kept])
    if "hours" in there:
        sums["blocked_closed"] = count(cell[blocked[cause == Cause.CLOSED.value]])
    if "self-service" in there:
        sums["self_served"] = count(cell[np.flatnonzero((ends == Outcome.CONTAINED.value) & (book.cause == Cause.SELF_SERVICE.value))])
    if "distress" in there:
        sums |= _distress(run, cells, handled, took)
    if "contagion" in there:
        posted = run.persons.posted[book.customer] > 0
        sums["posts"] = count(cell[np.flatnonzero(posted & (book.attempt == 0))])
        sums["posts_abandoned"] = count(cell[abandoned[posted[abandoned]]])
    if "conversations" in there:
        sums["conversations"] = count(cell[answered[_of_kind(model, "turns")[book.channel[answered]]]])
    if len(run.pieces):
        sums |= _work(run, cells, frame, in_time, calls_out)
    if calls_out.any():
        talked = np.flatnonzero(ends == OUTCOMES + Outcome.HANDLED)
        lost = np.flatnonzero(ends == OUTCOMES + Outcome.NOT_REACHED)
        sums["callbacks_lapsed"] = count(cell[lost[book.cause[lost] == Cause.LAPSED.value]])
        sums["callback_delays"] = add(cell[talked], book.answered[talked] - book.arrived[talked])
        sums["callback_time"] = add(cell[talked], book.ended[talked] - book.answered[talked])
    nothing = np.zeros(cells.size)
    return np.stack([sums.get(name, nothing) for name in CONTACT_SUMS]).reshape(len(CONTACT_SUMS), *cells.shape)


def in_time(run: Run, model: Model, wait: Floats) -> NDArray[np.bool_]:
    """Whether the ``wait`` of each row of the ledger kept what its channel promises."""
    return np.asarray(wait <= _limits(model, "answer_within")[run.ledger.channel], dtype=np.bool_)


def handle_times(run: Run, model: Model) -> tuple[Rows, Floats]:
    """Rows of customers' contacts that were handled, and how long each held an agent, in seconds."""
    ours = entries_of(run, model)
    handled = np.flatnonzero((run.ledger.outcome == Outcome.HANDLED.value) & ~ours)
    return handled, _handle_times(run, handled)


def _handle_times(run: Run, handled: Rows) -> Floats:
    """Talk and wrap-up; of a contact in pieces their work alone, not the silence or the waiting between them."""
    book, work = run.ledger, run.pieces
    took = book.ended[handled] - book.answered[handled]
    if len(work):
        worked = np.bincount(work.contact, weights=work.ended - work.begun, minlength=len(book))[handled]
        several = np.flatnonzero(worked > 0)
        took[several] = worked[several] + (book.ended[handled[several]] - book.released[handled[several]])
    return took


def _of_kind(model: Model, what: str) -> NDArray[np.bool_]:
    return np.array([getattr(KINDS[channel.kind], what) for channel in model.channels], dtype=bool)


def _limits(model: Model, name: str) -> Floats:
    return np.array([getattr(channel, name) for channel in model.channels], dtype=np.float64) + SLACK


def _distress(run: Run, cells: Cells, handled: Rows, took: Floats) -> dict[str, Floats]:
    """Time with people in distress, and how much more it is than others with the same need took on average on that channel."""
    book = run.ledger
    in_distress = run.persons.heard[book.customer[handled]] != Heard.CALM.value
    distressed, others = np.flatnonzero(in_distress), np.flatnonzero(~in_distress)
    kind = book.channel[handled].astype(np.intp) * len(run.needs) + book.need[handled]
    size = len(run.channels) * len(run.needs)
    calm = np.bincount(kind[others], minlength=size)
    mean = np.bincount(kind[others], weights=took[others], minlength=size) / np.maximum(calm, 1)
    like = kind[distressed]
    beyond = np.where(calm[like] > 0, took[distressed] - mean[like], 0.0)  # nobody to compare with: nothing is known
    cell = cells.of_row[handled[distressed]]
    return {
        "compassion_time": cells.add(cell, beyond),
        "distress_handled": cells.count(cell),
        "distress_handle_time": cells.add(cell, took[distressed]),
    }


def turns_of(run: Run) -> Rows:
    """Pieces of work that are messages: contact by contact, those of each in the order in which they were written."""
    work = run.pieces
    turns = np.flatnonzero(work.what == Piece.TURN.value)
    turns = turns[by_size(work.due[turns])]
    return turns[by_number(work.contact[turns], len(run.ledger))]


def _work(run: Run, cells: Cells, frame: Frame, in_time: Floats, calls_out: NDArray[np.bool_]) -> dict[str, Floats]:
    """Messages by when they were written, dials and hand-overs by when they began."""
    book, work = run.ledger, run.pieces
    channel = book.channel[work.contact]
    sums: dict[str, Floats] = {}

    turns = turns_of(run)
    cell = cells.at(frame.slot_of(work.due[turns]), work.contact[turns])
    until_sent = work.ended[turns] - work.due[turns]
    later = _follows(work.contact[turns])
    sums["replies"], sums["all_reply_time"] = cells.count(cell), cells.add(cell, until_sent)
    sums["first_replies"], sums["first_reply_time"] = cells.count(cell[~later]), cells.add(cell[~later], until_sent[~later])
    sums["replies_within"] = cells.count(cell[until_sent <= in_time[channel[turns]]])
    sums["handovers"] = cells.count(cell[later & (np.diff(work.agent[turns], prepend=-1) != 0)])

    dials = np.flatnonzero(calls_out[channel])
    cell, what = cells.at(frame.slot_of(work.begun[dials]), work.contact[dials]), work.what[dials]
    sums["dials"], sums["hours_dialled"] = cells.count(cell), cells.add(cell, work.ended[dials] - work.begun[dials])
    sums |= {name: cells.count(cell[what == piece]) for piece, name in DIALS.items()}
    unfinished, under_way = what == Piece.UNFINISHED, work.ended[dials] >= run.ended_at
    sums["dials_cut"], sums["dials_under_way"] = cells.count(cell[unfinished & ~under_way]), cells.count(cell[unfinished & under_way])

    talks = np.flatnonzero((work.what == Piece.TALK.value) & ~calls_out[channel])
    talks = talks[np.lexsort((work.begun[talks], work.contact[talks]))]
    over = talks[_follows(work.contact[talks])]
    cell = cells.at(frame.slot_of(work.begun[over]), work.contact[over])
    sums["taken_over"], sums["supervisor_time"] = cells.count(cell), cells.add(cell, work.ended[over] - work.begun[over])
    return sums


def _follows(contact: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Whether each piece belongs to the same contact as the one before it."""
    return np.asarray(np.diff(contact, prepend=np.int32(-1)) == 0, dtype=np.bool_)
