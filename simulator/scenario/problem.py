"""One thing wrong with a value, and how it travels from where it is noticed to where it is told."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from simulator.scenario.document import Path


@dataclass(frozen=True)
class Problem:
    """``at`` leads from the value under examination to the place at fault; ``on_key`` points at its key."""

    message: str
    help: str = ""
    code: str = "bad-value"
    at: Path = ()
    on_key: bool = False
    severity: str = "error"

    def under(self, *path: str | int) -> Problem:
        """The same problem, seen from further up."""
        return replace(self, at=(*path, *self.at))


class Wrong(ValueError):
    """A value is wrong; carries every problem found in it."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(p.message for p in problems))
        self.problems = problems


def wrong(message: str, hint: str = "", code: str = "bad-value", at: Path = (), on_key: bool = False) -> Wrong:
    """A :class:`Wrong` with one problem."""
    return Wrong(Problem(message, hint, code, at, on_key))


def shown(value: Any) -> str:
    """How a value is called in a message."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a map" if value else "an empty map"
    if isinstance(value, (list, tuple)):
        return "a list"
    if isinstance(value, (int, float)):
        return f"{value:g}" if isinstance(value, float) else str(value)
    if not isinstance(value, str):
        return "a range"
    return f"`{value if len(value) <= 60 else value[:57] + '...'}`"


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """A suggestion, or the list of what exists."""
    known = list(known)
    near = difflib.get_close_matches(str(name), known, n=1, cutoff=0.6)
    if near:
        return f"did you mean `{near[0]}`?"
    if not known:
        return "there is none yet"
    return "possible: " + ", ".join(known[:20]) + (", ..." if len(known) > 20 else "")
