"""Everything that can go wrong, as one drawn tree.

::

    CrisisError
    ├── ScenarioError        the file or its values are wrong: carries every diagnostic at once
    ├── UsageError           the command line or an API call asks for something that does not exist
    ├── OutputError          the results cannot be written where they should go
    ├── RefusedAction        a playbook action that cannot work as things stand (logged, never fatal)
    ├── StrategyError        a routing strategy answered nonsense, or code of a plug-in failed
    ├── BooksError           the books of a run do not balance: our bug
    └── Interrupted          the user asked to stop
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum


class ExitCode(IntEnum):
    """What the command's exit status means."""

    OK = 0
    BUG = 1  #: our fault: a short message, the traceback is saved
    BAD_INPUT = 2  #: a bad command line, scenario or place to write
    BREACHED = 3  #: a threshold is breached
    IMPRECISE = 4  #: the precision asked for was not reached
    INTERRUPTED = 130


@dataclass(frozen=True)
class Diagnostic:
    """One problem in a user's file, with the place that supplied the value.

    ``line`` and ``column`` count from 1; 0 means that the place is unknown. ``path`` is the dotted path in the scenario.
    """

    code: str
    message: str
    file: str = ""
    line: int = 0
    column: int = 0
    length: int = 1
    path: str = ""
    help: str = ""
    severity: str = "error"


class CrisisError(Exception):
    """Root of every error that the product raises on purpose."""


@dataclass
class ScenarioError(CrisisError):
    """The scenario cannot be used; ``diagnostics`` lists every problem found."""

    diagnostics: Sequence[Diagnostic] = field(default_factory=tuple)

    def __str__(self) -> str:
        lines = []
        for d in self.diagnostics:
            place = f"{d.file}:{d.line}:{d.column}: " if d.line else (f"{d.file}: " if d.file else "")
            lines.append(f"{place}{d.severity}[{d.code}]: {d.message}" + (f" ({d.help})" if d.help else ""))
        return "\n".join(lines)

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[Sequence[Diagnostic]]]:
        return (ScenarioError, (tuple(self.diagnostics),))


class UsageError(CrisisError):
    """The caller asked for something that does not exist or does not fit."""


class OutputError(CrisisError):
    """Results cannot be written."""


class RefusedAction(CrisisError):
    """An action cannot work as things stand; the message says why."""


class StrategyError(CrisisError):
    """A routing strategy chose an agent or a contact that it must not choose, or code of a user's own failed; says where."""


class BooksError(CrisisError):
    """The sums of a run contradict each other."""


class Interrupted(CrisisError):
    """The run was stopped by the user before it was complete."""


def printable(text: str) -> str:
    """The text with an escape in the place of each character that a terminal would not print but obey, line ends and tabs apart."""
    return "".join(c if c.isprintable() or c in "\n\t" else ascii(c)[1:-1] for c in text)
