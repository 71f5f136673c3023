"""The books: which sums each outcome enters, and the identities that every run must satisfy."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from simulator.errors import BooksError
from simulator.model.world import KINDS
from simulator.vocabulary import AgentState, Fate, Outcome, Piece, Solved

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.model.world import Model
    from simulator.records.run import Ledger, Run

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

_OFFERED = ("attempted", "arrived", "offered")
_ANSWERED = (*_OFFERED, "answered")

ENTERS: dict[Outcome, tuple[str, ...]] = {
    Outcome.NONE: (),
    Outcome.LOST_UPSTREAM: ("attempted", "lost_upstream"),
    Outcome.BLOCKED: ("attempted", "arrived", "blocked"),
    Outcome.CONTAINED: ("attempted", "arrived", "contained"),
    Outcome.BALKED: (*_OFFERED, "balked"),
    Outcome.ABANDONED: (*_OFFERED, "abandoned"),
    Outcome.CUT_OFF: (*_OFFERED, "cut_off"),
    Outcome.HANDLED: (*_ANSWERED, "handled"),
    Outcome.DROPPED: (*_ANSWERED, "dropped"),
    Outcome.OPEN_AT_END: (*_OFFERED, "open_at_end"),
    Outcome.IN_SERVICE_AT_END: (*_ANSWERED, "in_service_at_end"),
    Outcome.DEFLECTED: ("attempted", "arrived", "deflected"),
    Outcome.CALLBACK_ACCEPTED: (*_OFFERED, "callbacks_promised"),
    Outcome.NOT_REACHED: (),
}
"""The one table of contacts that customers make: how an attempt ended -> the sums it enters."""

ENTERS_OF_CALLBACKS: dict[Outcome, tuple[str, ...]] = {
    Outcome.CONTAINED: ("callbacks_listed", "callbacks_solved"),
    Outcome.HANDLED: ("callbacks_listed", "callbacks_handled"),
    Outcome.NOT_REACHED: ("callbacks_listed", "callbacks_not_reached"),
    Outcome.OPEN_AT_END: ("callbacks_listed", "callbacks_open_at_end"),
    Outcome.IN_SERVICE_AT_END: ("callbacks_listed", "callbacks_in_service_at_end"),
}
"""The same for entries of a list from which we call; no other outcome is theirs. They are nobody's attempts."""

COUNTS = (
    "attempted", "lost_upstream", "arrived", "blocked", "contained", "deflected", "offered", "balked", "abandoned", "cut_off",
    "callbacks_promised", "answered", "handled", "dropped", "open_at_end", "in_service_at_end",
    "callbacks_listed", "callbacks_handled", "callbacks_solved", "callbacks_not_reached", "callbacks_open_at_end",
    "callbacks_in_service_at_end",
)  # fmt: skip
"""Sums that follow from the outcome alone."""

DETAILS = (
    "fresh_contacts", "redials", "queued", "answered_in_time", "abandoned_short", "abandoned_in_time", "blocked_no_line",
    "blocked_reserved", "blocked_down", "blocked_closed", "lost_cut_link", "wait_answered", "wait_balked", "wait_abandoned",
    "handle_time", "self_served", "wanted", "got_through", "called_back",
    "conversations", "first_replies", "first_reply_time", "replies", "all_reply_time", "replies_within", "handovers",
    "callbacks_lapsed", "callback_delays", "callback_time", "dials", "dials_no_answer", "dials_voicemail", "dials_wrong_moment",
    "dials_already_solved", "dials_reached", "dials_not_connected", "dials_cut", "dials_under_way", "hours_dialled",
    "compassion_time", "distress_handled", "distress_handle_time", "taken_over", "supervisor_time", "posts", "posts_abandoned",
)  # fmt: skip
"""Sums that need another column of the ledger, or pieces of work. Waits, delays and times are seconds."""

CONTACT_SUMS = COUNTS + DETAILS

CUSTOMER_SUMS = (
    "customers", "served", "solved_elsewhere", "solved_by_announcement", "solved_by_reached", "solved_by_located",
    "solved_by_repaired", "solved_by_own_means", "solved_by_informed", "solved_by_self_service", "gave_up", "still_trying",
    "people_in_service_at_end", "people_never_served", "attempts", "harm", "harm_weight", "barred_customers", "barred_served",
    "barred_attempts", "capped_customers", "resolved", "repeats", "resolved_at_once", "followed", "followed_without_repeat", "distressed",
    "people_heard", "people_listed", "people_reached", "people_ended_otherwise", "standing", "satisfaction", "dissatisfied", "delighted",
    "complaints", "praise",
)  # fmt: skip
"""Sums over people whose need arose (:attr:`simulator.vocabulary.Fate.STAYED_AWAY` is not a customer, nor is a public post a customer)."""

TIME_SUMS = ("elapsed", "queue_time", "online_time", "away_time", "break_time", "available_time", "busy_time", "wrap_time")
"""Integrals over time, in seconds times the number of contacts or agents."""

IDENTITIES = (
    ("attempted", ("lost_upstream", "arrived")),
    ("arrived", ("blocked", "contained", "deflected", "offered")),
    ("offered", ("answered", "balked", "abandoned", "cut_off", "callbacks_promised", "open_at_end")),
    ("answered", ("handled", "dropped", "in_service_at_end")),
    (
        "callbacks_listed",
        ("callbacks_handled", "callbacks_solved", "callbacks_not_reached", "callbacks_open_at_end", "callbacks_in_service_at_end"),
    ),
    (
        "dials",
        (
            "dials_no_answer",
            "dials_voicemail",
            "dials_wrong_moment",
            "dials_already_solved",
            "dials_reached",
            "dials_not_connected",
            "dials_cut",
            "dials_under_way",
        ),
    ),
)
"""A sum and its parts."""

SOLVED_BY = {
    Solved.ANNOUNCEMENT: "solved_by_announcement",
    Solved.REACHED: "solved_by_reached",
    Solved.LOCATED: "solved_by_located",
    Solved.REPAIRED: "solved_by_repaired",
    Solved.ELSEWHERE: "solved_by_own_means",
    Solved.INFORMED: "solved_by_informed",
    Solved.SELF_SERVED: "solved_by_self_service",
}


@cache
def enters_matrix() -> NDArray[np.int64]:
    """The two tables as a matrix (2 x outcomes, COUNTS) of 0 and 1, callbacks below. Whole numbers: floats would wake every core."""
    tables = ([table.get(outcome, ()) for outcome in Outcome] for table in (ENTERS, ENTERS_OF_CALLBACKS))
    return np.array([[int(name in entered) for name in COUNTS] for table in tables for entered in table])


def offered(run: Run, listed: Flags | None) -> Flags:
    """Which rows of the ledger are contacts that were offered to the agents; ``listed`` are entries of a list from which we call."""
    of_outcome = np.array(["offered" in ENTERS.get(outcome, ()) for outcome in Outcome], dtype=bool)
    rows: Flags = of_outcome[run.ledger.outcome]
    return rows if listed is None else rows & ~listed


def calling_out(model: Model | None, channels: int) -> Flags:
    """By channel, whether its rows are entries of a list from which we call; without a model none are."""
    if model is None:
        return np.zeros(channels, dtype=bool)
    return np.array([KINDS[channel.kind].calls_out for channel in model.channels], dtype=bool)


def entries_of(run: Run, model: Model | None) -> Flags:
    """Which rows of the ledger are entries of a list from which we call."""
    listed = np.zeros(len(run.ledger), dtype=bool)
    for channel in np.flatnonzero(calling_out(model, len(run.channels))).tolist():
        listed |= run.ledger.channel == channel
    return listed


def waits(ledger: Ledger, ended_at: float, listed: Flags | None = None) -> Floats:
    """Time from meeting the agents to the answer, the hang-up, the cut or the end of the run, in seconds.

    0 for those who never met the agents, and for rows that are ``listed``: an entry of our list is nobody who waits.
    """
    met = ~np.isnan(ledger.queued)
    rows = np.flatnonzero(met if listed is None else met & ~listed)
    left = ledger.answered[rows]
    for otherwise in (ledger.released[rows], np.broadcast_to(ended_at, len(rows))):
        still = np.flatnonzero(np.isnan(left))
        left[still] = otherwise[still]
    wait = np.zeros(len(ledger))
    wait[rows] = left - ledger.queued[rows]
    return wait


def check_sums(sums: Floats, needs: tuple[str, ...], starts: Floats) -> None:
    """Check the identities of contacts in ``sums`` (CONTACT_SUMS, intervals, needs); raises BooksError naming the first breach."""
    of = {name: sums[k] for k, name in enumerate(CONTACT_SUMS)}
    for whole, parts in IDENTITIES:
        total = sum((of[p] for p in parts), np.zeros_like(of[whole]))
        wrong = np.argwhere(of[whole] != total)
        if len(wrong):
            t, n = (int(i) for i in wrong[0])
            raise BooksError(
                f"{whole} = {' + '.join(parts)} does not hold for need {needs[n]} in the interval from {starts[t]:.0f} s:"
                f" {of[whole][t, n]:.0f} is not {total[t, n]:.0f}"
            )


def check_books(run: Run, model: Model | None = None, wait: Floats | None = None) -> None:
    """Check every identity of ``run``; raises BooksError naming the identity, the need and the place.

    ``model`` says on which channels we call and how many agents there are; without one all contacts are customers' own.
    ``wait`` is what :func:`waits` makes of it, where somebody has that already. Cheap enough to do after every run.
    """
    listed = entries_of(run, model)
    _check_ledger(run, listed)
    _check_pieces(run)
    _check_people(run, listed)
    _check_queue(run, listed, waits(run.ledger, run.ended_at, listed) if wait is None else wait)
    _check_agents(run, model)


def _fail(run: Run, identity: str, detail: str) -> None:
    raise BooksError(f"variant {run.variant}, replication {run.replication}: {identity}: {detail}")


def _first(run: Run, wrong: NDArray[np.bool_], identity: str) -> None:
    """Fail with the first ledger row in ``wrong``, if there is one."""
    if wrong.any():
        i = int(np.argmax(wrong))
        book = run.ledger
        need = run.needs[book.need[i]] if book.need[i] < len(run.needs) else f"number {book.need[i]}"
        outcome = Outcome(book.outcome[i]).name if book.outcome[i] < len(Outcome) else str(book.outcome[i])
        where = f"customer {book.customer[i]}, attempt {book.attempt[i]}, need {need}, {outcome}, arrived at {book.arrived[i]:.3f} s"
        _fail(run, identity, f"{where} ({int(wrong.sum())} in all)")


def _check_ledger(run: Run, listed: Flags) -> None:
    book = run.ledger
    _first(run, (book.outcome == Outcome.NONE.value) | (book.outcome >= len(Outcome)), "every row has an outcome")
    _first(run, (book.need >= len(run.needs)) | (book.channel >= len(run.channels)), "every row has a need and a channel")
    answered, cannot = np.zeros(len(book), dtype=bool), np.zeros(len(book), dtype=bool)
    for outcome in Outcome:
        so = book.outcome == outcome.value
        for table, rows in ((ENTERS, ~listed), (ENTERS_OF_CALLBACKS, listed)):
            if not table.get(outcome):
                cannot |= so & rows
        if "answered" in ENTERS[outcome]:
            answered |= so
    _first(run, cannot, "a contact ends as a contact can, a callback as a callback can")
    _first(run, ~((book.arrived >= 0) & (book.arrived <= run.ended_at)), "contacts arrive during the run")
    picked_up = ~np.isnan(book.answered)
    dialled = listed & (book.outcome == Outcome.IN_SERVICE_AT_END.value)  # perhaps nobody has picked up yet
    wrong = ~listed & (answered != picked_up) | answered & ~dialled & ~picked_up
    _first(run, wrong, "answered = handled + dropped + in service at the end")
    _first(run, ~listed & (answered != (book.agent >= 0)) | answered & (book.agent < 0), "an agent answered every answered contact")
    _first(run, ~listed & answered & np.isnan(book.queued), "who was answered had met the agents")
    _first(run, book.queued < book.arrived, "arrived <= queued")
    _first(run, (book.answered < book.arrived) | (book.answered < book.queued), "queued <= answered")
    early = (book.released < book.arrived) | (book.released < book.queued) | (book.released < book.answered)
    _first(run, early, "answered <= released")
    _first(run, book.ended < book.released, "released <= ended")
    done = (book.outcome != Outcome.OPEN_AT_END.value) & (book.outcome != Outcome.IN_SERVICE_AT_END.value)
    _first(run, done & ~(np.isfinite(book.released) & np.isfinite(book.ended)), "every finished contact has an end")
    _first(run, done & (book.ended > run.ended_at), "nothing ends after the run")


def _check_pieces(run: Run) -> None:
    book, work = run.ledger, run.pieces
    if not len(work):
        return
    wrong = ~((work.contact >= 0) & (work.contact < len(book)))
    if wrong.any():
        _fail(run, "every piece of work belongs to a contact", f"contact {int(work.contact[np.argmax(wrong)])} of {len(book)}")
    for identity, wrong in (
        ("pieces of work follow their contact", work.due < book.arrived[work.contact]),
        ("pieces of work are due, begin and end in this order", ~((work.due <= work.begun) & (work.begun <= work.ended))),
        ("pieces of work end during the run", ~(work.ended <= run.ended_at)),
        ("every piece of work is somebody's", work.agent < 0),
        ("every piece of work came to something", work.what >= len(Piece)),
    ):
        if wrong.any():
            i = int(np.argmax(wrong))
            _fail(run, identity, f"piece {i} of contact {work.contact[i]}, begun at {work.begun[i]:.3f} s ({int(wrong.sum())} in all)")


def _check_people(run: Run, listed: Flags) -> None:
    people, book = run.persons, run.ledger
    if np.any(people.fate >= len(Fate)):
        _fail(run, "every customer has one fate", f"customer {int(np.argmax(people.fate >= len(Fate)))} has none")
    if len(book) and not (int(book.customer.min()) >= 0 and int(book.customer.max()) < len(people)):
        _fail(run, "every contact has a customer", f"customer {int(book.customer.max())} of {len(people)}")
    made = np.bincount(book.customer[np.flatnonzero(~listed)] if listed.any() else book.customer, minlength=len(people))
    _person(run, made != people.attempts, "attempts in the ledger = attempts of people")
    handled = np.zeros(len(people), dtype=bool)
    wrapping = (book.outcome == Outcome.IN_SERVICE_AT_END.value) & np.isfinite(book.released)  # their talk is over, the agent still writes
    handled[book.customer[np.flatnonzero((book.outcome == Outcome.HANDLED.value) | wrapping)]] = True
    handled[book.customer[run.pieces.contact[np.flatnonzero(run.pieces.what == Piece.TURN.value)]]] = True
    _person(run, (people.fate == Fate.SERVED.value) & ~handled, "the served have a handled contact, or an answer in a conversation")
    elsewhere = people.fate == Fate.SOLVED_ELSEWHERE.value
    _person(run, elsewhere & (people.solved == Solved.NO.value), "the solved elsewhere have a reason")
    _person(run, (elsewhere | (people.fate == Fate.SERVED.value)) & ~np.isfinite(people.settled), "a settled need has an instant")
    _person(run, (people.fate == Fate.STAYED_AWAY.value) & (made > 0), "who stayed away made no contact")
    in_service = np.zeros(len(people), dtype=bool)
    in_service[book.customer[np.flatnonzero(book.outcome == Outcome.IN_SERVICE_AT_END.value)]] = True
    nobody = (people.fate == Fate.GAVE_UP.value) | (people.fate == Fate.STILL_TRYING.value)
    _person(run, (people.fate == Fate.IN_SERVICE.value) & ~in_service, "who is in service at the end has a contact in service at the end")
    _person(run, nobody & in_service, "who got nobody has no contact in service at the end")
    _person(run, (people.resolved > 0) & (people.fate != Fate.SERVED.value), "whose need an answer ended was served")
    own = people.need[book.customer] != book.need
    _first(run, own, "a contact has its customer's need")


def _person(run: Run, wrong: NDArray[np.bool_], identity: str) -> None:
    if wrong.any():
        i = int(np.argmax(wrong))
        need, fate = run.needs[run.persons.need[i]], Fate(run.persons.fate[i]).name
        _fail(run, identity, f"customer {i}, need {need}, {fate}, {run.persons.attempts[i]} attempts ({int(wrong.sum())} in all)")


def _check_queue(run: Run, listed: Flags, wait: Floats) -> None:
    """The integral of each queue that the observer saw is the sum of waits, at every observation.

    Lists from which we call, and channels on which a contact waits more than once, are left out: the ledger has only the first wait.
    """
    book, seen = run.ledger, run.observations
    needs = len(run.needs)
    once = np.ones(len(run.channels), dtype=bool)
    once[book.channel[run.pieces.contact]] = once[book.channel[np.flatnonzero(listed)]] = False
    waited = np.flatnonzero((wait > 0) & once[book.channel])
    queue = book.channel[waited].astype(np.intp) * needs + book.need[waited]
    came = book.queued[waited]
    since = [_elapsed_since(instants, queue, len(run.channels) * needs, seen.instant) for instants in (came, came + wait[waited])]
    spent = since[0] - since[1]
    # 1e-6 of the integral: sums of floats in another order; 0.01 contact-seconds where it is near nothing.
    wrong = ~(np.abs(spent - seen.queue_time) <= 1e-6 * np.abs(spent) + 1e-2) & np.repeat(once, needs)
    if wrong.any():
        q = int(np.argmax(wrong.any(axis=0)))
        t = int(np.argmax(wrong[:, q]))
        _fail(
            run,
            "integral of the queue = sum of waits",
            f"channel {run.channels[q // needs]}, need {run.needs[q % needs]} at {seen.instant[t]:.0f} s:"
            f" {seen.queue_time[t, q]:.3f} is not {spent[t, q]:.3f} contact-seconds",
        )


def _elapsed_since(instants: Floats, queue: NDArray[np.intp], queues: int, at: Floats) -> Floats:
    """Sum over the ``instants`` of each queue up to each ``at`` of the time since: (len(at), queues)."""
    cell = np.searchsorted(at, instants) * queues + queue
    counts, sums = (
        np.bincount(cell, weights=amounts, minlength=(len(at) + 1) * queues).reshape(-1, queues).cumsum(axis=0)[:-1]
        for amounts in (None, instants)
    )
    return np.asarray(counts * at[:, None] - sums)


def _check_agents(run: Run, model: Model | None) -> None:
    seen = run.observations
    total = seen.agent_time.sum(axis=2)  # (T, teams)
    if not len(seen.instant) or np.any(np.diff(seen.instant) <= 0):
        _fail(run, "observations are in order", "instants do not grow")
    elapsed = seen.instant - seen.instant[0]
    for k, team in enumerate(run.teams):
        headcount = float(model.teams[k].headcount) if model is not None else np.rint(total[-1, k] / max(elapsed[-1], 1e-9))
        wrong = ~(np.abs(total[:, k] - headcount * elapsed) <= 1e-6 * headcount * elapsed + 1e-2)
        if wrong.any():
            t = int(np.argmax(wrong))
            _fail(
                run,
                "agents' times add up to headcount x run",
                f"team {team} at {seen.instant[t]:.0f} s: {total[t, k]:.3f} is not {headcount * elapsed[t]:.3f} agent-seconds",
            )
    if np.any(np.diff(seen.agent_time, axis=0) < -1e-6):
        _fail(run, "agents' times only grow", f"one of {len(AgentState)} states shrinks")
