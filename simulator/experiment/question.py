"""A question asked of many worlds: which models it needs, what is simulated next, what a world leaves behind, what follows.

A question is a frozen, registered dataclass in a file of its own, and the only thing that is kept beside the worlds: opening a
folder judges again. ``docs/explanation/how-to-add-a-question.md`` shows one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from simulator.errors import CrisisError, UsageError
from simulator.experiment.packing import Tallies, pack, unpack
from simulator.experiment.received import received
from simulator.experiment.task import EVERY, Effort, Failure, Leaf, Leaving, Trouble
from simulator.model.plugin import noted
from simulator.model.registry import Registry

if TYPE_CHECKING:
    from simulator.experiment.journal import Journal
    from simulator.model.world import Model
    from simulator.records.run import Run
    from simulator.scenario import Scenario
    from simulator.statistics.tally import Tally

questions: Registry[Question] = Registry("question")
"""Every question by its verb."""

MOST = 200
"""Replications at which a wish for precision gives up, unless told otherwise."""
MOST_WORLDS = 1_000_000
"""Replications that a question can ask for."""
STABILITY = 10
"""Replications under each other condition of a comparison, unless told otherwise."""


class NothingFinished(CrisisError):
    """No world, or no alternative, was left to judge; the message carries the first failure with its seed."""


class StrategyFailed(UsageError, NothingFinished):
    """The same, and users' own strategies are to blame."""


@dataclass(frozen=True)
class Task:
    """One world of some points of the plan; points that expect the same customers meet the same ones."""

    world: int
    points: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """What can be simulated: models by name. A mapping that makes its models when they are asked for will do."""

    scenario: Scenario
    models: Mapping[str, Model]
    digests: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def digest(self, point: str) -> str:
        """By what the worlds of a point are known: all of its model that can matter to them, whatever it is called."""
        if point not in self.digests:
            model = replace(self.models[point], variant="", thresholds=(), staffing=None, tolerances=())
            self.digests[point] = blake2b("\0".join((repr(model), *noted())).encode(), digest_size=12).hexdigest()
        return self.digests[point]


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What every answer tells about the worlds that it is drawn from; a question adds what it found."""

    scenario: Scenario
    question: Any
    asked: int  #: replications asked for
    replications: int  #: replications that finished, in every model
    failures: tuple[Failure, ...] = ()
    interrupted: bool = False
    effort: Effort = field(default_factory=Effort)
    folder: Path | None = None  #: where the results were written, None if nowhere
    spoilt: int = 0  #: damaged entries of an interrupted run, whose worlds were simulated again

    @property
    def seed(self) -> int:
        return int(self.question.seed)

    @property
    def partial(self) -> bool:
        """Whether fewer replications finished than were asked for, because somebody interrupted or some failed."""
        return self.replications < self.asked


@dataclass(frozen=True, kw_only=True)
class Question:
    """Every model of a plan in the same worlds, all of them at once; what they leave behind are their tallies."""

    name: ClassVar[str] = ""  #: the verb, given by the registry
    replications: int = 30
    seed: int = 1
    plugins: tuple[str, ...] = field(default_factory=noted)  #: fingerprints and names of the user's own strategies

    def plan(self, scenario: Scenario) -> Plan:
        """The models by name. Raises UsageError for what does not exist or does not fit."""
        raise NotImplementedError

    def next(self, plan: Plan, found: Found) -> Sequence[Task]:
        """The tasks to do now that those before are done; none where that is enough.

        It must depend on nothing but what whole batches of tasks have left behind, never on which of them came first.
        """
        return () if found.tasks else worlds_of(range(self.replications), tuple(plan.models))

    def leaving(self, plan: Plan) -> Leaving:
        """What is sent to workers to :meth:`leave` something: the question itself, or less of it."""
        return self

    def leave(self, run: Run, model: Model) -> Leaf:
        """What one world of one model leaves behind; called in a worker, with every range of the model settled."""
        from simulator.statistics.tally import tally

        return (pack(tally(run, model)),)

    def judge(self, plan: Plan, found: Found) -> Findings:
        """What follows from all that was found. Nothing is simulated, and equal worlds give equal findings."""
        raise NotImplementedError

    def command(self, scenario: Scenario) -> str:
        """The command that gives the same results again."""
        raise NotImplementedError

    def extended(self, found: Found, more: int) -> Self:
        """The same question in ``more`` worlds than it has ``found``. Raises UsageError where that makes no sense."""
        return replace(self, replications=more + max(len(found.finished(point)) for point in found.points))

    def said(self) -> dict[str, Any]:
        """The question for JSON."""
        return asdict(self)

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Self:
        """The question out of :meth:`said`. Raises ValueError for what this one cannot be."""
        from pydantic import TypeAdapter

        found = TypeAdapter(cls).validate_json(json.dumps(said), strict=True)
        unknown = said.keys() - {f.name for f in fields(cls)}
        if unknown:
            raise ValueError(f"it asks for {', '.join(sorted(unknown))}")
        most = max(found.replications, getattr(found, "max_replications", 0), getattr(found, "stability", 0))
        if not 1 <= found.replications <= most <= MOST_WORLDS or found.seed < 0:
            raise ValueError(f"it asks for {most} worlds of seed {found.seed}")
        return found


class Found:
    """What the tasks asked for so far have left behind; what else a journal holds does not count."""

    def __init__(self, plan: Plan, journal: Journal, seed: int) -> None:
        self.plan = plan
        self.journal = journal
        self.seed = seed
        self.tasks: list[Task] = []
        self.interrupted = False
        self.deaths: dict[tuple[str, int], Trouble] = {}  #: by digest and world, what is tried again when the journal is opened again
        self.torn: dict[Task, Trouble] = {}  #: the same of whole tasks
        self._worlds: dict[str, list[int]] = {}

    def add(self, tasks: Iterable[Task]) -> None:
        """Ask for more."""
        for task in tasks:
            self.tasks.append(task)
            for point in task.points:
                self._worlds.setdefault(point, []).append(task.world)

    @property
    def points(self) -> tuple[str, ...]:
        """Every point asked for, in the order of asking."""
        return tuple(self._worlds)

    def asked(self, point: str) -> Sequence[int]:
        """The worlds of a point that were asked for."""
        return self._worlds.get(point, ())

    def leaves(self, point: str) -> dict[int, Leaf]:
        """What the worlds of a point left behind, in order of their numbers; those that failed or lack are missing."""
        digest = self.plan.digest(point) if point in self._worlds else ""
        return {world: leaf for world in sorted(self.asked(point)) if (leaf := self.journal.leaf(digest, world)) is not None}

    def leaf(self, point: str, world: int) -> Leaf | None:
        """What one world of a point left behind."""
        return self.journal.leaf(self.plan.digest(point), world)

    def finished(self, point: str) -> list[int]:
        """The worlds of a point that left something behind."""
        digest = self.plan.digest(point) if point in self._worlds else ""
        return sorted(world for world in self.asked(point) if (digest, world) in self.journal)

    def whole(self, points: Sequence[str]) -> list[int]:
        """The worlds that every one of ``points`` has finished."""
        return sorted(set.intersection(*(set(self.finished(point)) for point in points))) if points else []

    def note(self, task: Task, troubles: Mapping[str, Trouble]) -> None:
        """Know what went wrong in a task, and is not kept."""
        for digest, trouble in troubles.items():
            if digest == EVERY:
                self.torn[task] = trouble
            elif trouble.death:
                self.deaths[digest, task.world] = trouble

    def missing(self, task: Task) -> dict[str, str]:
        """The points of a task that nobody has tried yet, by digest."""
        return {
            digest: point for point in task.points
            if ((digest := self.plan.digest(point)), task.world) not in self.journal and (digest, task.world) not in self.journal.troubles
        }  # fmt: skip

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Everything that went wrong, in order of the worlds."""
        return self.failures_of(self.tasks)

    def failures_of(self, tasks: Sequence[Task]) -> tuple[Failure, ...]:
        """What went wrong in some of the tasks, in order of the worlds."""
        troubles = {**self.journal.troubles, **self.deaths}
        found = []
        for task in tasks if troubles or self.torn else ():
            if task in self.torn:
                found.append(self._failure(task, "", self.torn[task]))
            for point in task.points:
                trouble = troubles.get((self.plan.digest(point), task.world))
                if trouble is not None:
                    found.append(self._failure(task, point or self.plan.models[point].variant, trouble))
        return tuple(sorted(found, key=lambda failure: failure.replication))

    def _failure(self, task: Task, name: str, trouble: Trouble) -> Failure:
        return Failure(task.world, self.seed, name, trouble.error, trouble.traceback)

    def tallies(self, points: Sequence[str], *, whole: bool = False) -> Tallies:
        """The tallies that the worlds of ``points`` left behind, or only of the ``whole`` worlds, which all of them finished."""
        common = set(self.whole(points)) if whole else None

        def read(point: str) -> list[Tally]:
            from simulator.statistics.frame import frame_of

            model = self.plan.models[point]
            frame = frame_of(model)
            leaves = {world: leaf for world, leaf in self.leaves(point).items() if common is None or world in common}
            if self.journal.path is None:
                return [unpack(leaf[0], model, frame) for leaf in leaves.values()]
            tallies = []
            for world, leaf in leaves.items():
                with received(self.journal.path, f"world {world}"):
                    tallies.append(unpack(leaf[0], model, frame))
            return tallies

        return Tallies(tuple(points), read)


def with_tuples(said: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of a declaration: JSON has lists where it has tuples."""
    return {key: tuple(value) if isinstance(value, list) else value for key, value in said.items()}


def worlds_of(numbers: Iterable[int], points: tuple[str, ...]) -> tuple[Task, ...]:
    """A task for each of the worlds with these ``numbers``, of all ``points``."""
    return tuple(Task(number, points) for number in numbers)


def nothing_finished(failures: Sequence[Failure]) -> CrisisError:
    """What to raise where every replication failed: a mistake of a user's own strategy is told like any other of theirs."""
    first = failures[0]
    if first.of_strategy:
        return StrategyFailed(f"no replication finished; {first}")
    return NothingFinished(f"no replication finished; {first}\n{first.traceback}".rstrip())

