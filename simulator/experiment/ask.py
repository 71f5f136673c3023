"""Asking: the one loop that simulates what a question wants next, until it wants no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.errors import Interrupted
from simulator.experiment.question import Found, nothing_finished
from simulator.experiment.task import Job

if TYPE_CHECKING:
    from simulator.experiment.journal import Journal
    from simulator.experiment.pool import Progress, Runner
    from simulator.experiment.question import Plan, Question


def gather(question: Question, plan: Plan, journal: Journal, runner: Runner, progress: Progress | None = None) -> Found:
    """Simulate what ``question`` asks for, task by task, and keep it in ``journal`` as it finishes.

    What the journal holds already is taken as it is, so that an interrupted question goes on where it was: its batches are
    decided anew, from the same worlds. Ctrl-C ends it and keeps what is finished. Raises
    :class:`~simulator.errors.Interrupted` where that is nothing,
    :class:`~simulator.experiment.question.NothingFinished` where everything failed, and OSError where the journal takes no more.
    """
    found = Found(plan, journal, question.seed)
    leaving = question.leaving(plan)
    while not found.interrupted and (batch := question.next(plan, found)):
        found.add(batch)
        lacking = [(task, missing) for task in batch if (missing := found.missing(task))]
        done = len(found.tasks) - len(lacking)
        running = runner([
            Job(leaving, place, task.world, {digest: plan.models[point] for digest, point in missing.items()})
            for place, (task, missing) in enumerate(lacking)
        ])  # fmt: skip
        try:
            for parcel in running:
                journal.append(parcel)
                found.note(lacking[parcel.place][0], parcel.troubles)
                done += 1
                if progress is not None:
                    progress(done, len(found.tasks))
        except KeyboardInterrupt:
            found.interrupted = True
        finally:
            running.close()
    if not len(journal):
        if found.interrupted:
            raise Interrupted("Interrupted before the first replication was complete: nothing was written.")
        raise nothing_finished(found.failures)
    return found
