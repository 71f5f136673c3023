"""What a user has answered about exports: by option, kept in the mapping file, used again next month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from simulator.calibration.dates import ORDERS
from simulator.calibration.systems import systems
from simulator.scenario.problem import did_you_mean, wrong


@dataclass(frozen=True)
class Answers:
    """An empty answer is one that was not given."""

    system: str = ""  #: which system wrote the files
    dates: str = ""  #: day-first or month-first
    decimal: str = ""  #: the mark before decimals
    timezone: str = ""
    day: str = ""  #: of a table that has times of day only
    arrivals: str = ""  #: the heading or the file that counts calls as they reach the queue
    agents: str = ""  #: shared or own
    repeated: str = ""  #: first, last or both
    aggregate: bool = False  #: nothing is kept of single calls
    incidents: tuple[str, ...] = ()
    ordinary: tuple[str, ...] = ()

    def over(self, others: Answers) -> Answers:
        """These, and the others' where nothing is answered here."""
        return Answers(**{f.name: getattr(self, f.name) or getattr(others, f.name) for f in fields(self)})

    def written(self) -> dict[str, Any]:
        """What is answered, for the mapping file."""
        return {f.name: list(v) if isinstance(v, tuple) else v for f in fields(self) if (v := getattr(self, f.name))}


CHOICES: Mapping[str, tuple[str, ...]] = {
    "dates": ORDERS, "decimal": (".", ","), "agents": ("shared", "own"), "repeated": ("first", "last", "both"),
}  # fmt: skip


def read(tree: Any) -> Answers:
    """The answers in a mapping file; raises Wrong."""
    if tree is None:
        return Answers()
    if not isinstance(tree, dict):
        raise wrong("`answers` is a map", at=("answers",))
    known = {f.name for f in fields(Answers)}
    made: dict[str, Any] = {}
    for name, value in tree.items():
        if name not in known:
            raise wrong(f"there is no answer `{name}`", did_you_mean(name, known), "unknown-key", ("answers", name), on_key=True)
        if name in CHOICES and value not in CHOICES[name]:
            raise wrong(f"`{name}` is one of {', '.join(CHOICES[name])}", "", at=("answers", name))
        if name == "system" and value not in systems():
            raise wrong(f"there is no system `{value}`", did_you_mean(value, systems()), "unknown-name", ("answers", name))
        if name in ("incidents", "ordinary"):
            made[name] = tuple(str(day) for day in (value if isinstance(value, list) else [value]))
        else:
            made[name] = value if name == "aggregate" else str(value)
    return Answers(**made)


@dataclass(frozen=True)
class Question:
    """Something that the files leave open, and the options that settle it."""

    text: str
    options: tuple[str, ...]


def told(questions: list[Question]) -> Iterator[str]:
    """The questions as a user reads them."""
    if questions:
        yield f"{'One question' if len(questions) == 1 else f'{len(questions)} questions'}, nothing is guessed:"
    for number, question in enumerate(questions, 1):
        yield f"  {number} {question.text}"
        yield f"      {' | '.join(question.options)}"
