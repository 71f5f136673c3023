"""The problems found in one file, each with its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any

from simulator.errors import Diagnostic
from simulator.scenario.document import Path, Place
from simulator.scenario.problem import Problem, Wrong
from simulator.scenario.variants import dotted_path


class Findings:
    """Collects problems of a tree; a problem found twice is told once."""

    def __init__(self, file: str, tree: Any, places: Mapping[Path, Place]) -> None:
        self.file = file
        self.tree = tree
        self.places = places
        self._found: dict[Diagnostic, None] = {}
        self._at: dict[Diagnostic, tuple[Path, Problem]] = {}  #: of what was noted at a path

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        return tuple(d for d in self._found if d.severity == "error")

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        return tuple(d for d in self._found if d.severity != "error")

    def note(self, path: Path, problem: Problem) -> None:
        """Keep a problem of the value at ``path``."""
        whole = self._written((*path, *problem.at))
        place, exact = self._place(whole)
        dotted = dotted_path(self.tree, whole)
        message = problem.message
        if problem.code in ("unknown-key", "missing-key"):
            holder = dotted_path(self.tree, whole[:-1] if problem.code == "unknown-key" else whole)
            message += f" in `{holder}`" if holder else " in the scenario"
        elif dotted:
            message = f"{dotted}: {message}"
        line, column, length, file = 0, 0, 1, self.file
        if place is not None:
            file = place.file or self.file
            on_key = problem.on_key or not exact
            line, column, length = (
                (place.key_line, place.key_column, place.key_length) if on_key else (place.line, place.column, place.length)
            )
        made = Diagnostic(problem.code, message, file, line, column, length, dotted, problem.help, problem.severity)
        self._at[made] = (whole, problem)
        self.keep(made)

    def keep(self, diagnostic: Diagnostic) -> None:
        """Keep a problem that knows its place already."""
        self._found[diagnostic] = None

    def mistakes(self) -> list[tuple[Path, Problem]]:
        """The errors noted in the tree, each with the path of its value."""
        return [self._at[d] for d in self.errors if d in self._at]

    def take(self, other: Findings, echo: Callable[[Path], bool]) -> None:
        """Keep the errors of ``other`` as well, but those at paths that are an ``echo`` of what was noted before."""
        for diagnostic in other.errors:
            if diagnostic not in other._at or not echo(other._at[diagnostic][0]):
                self.keep(diagnostic)

    def warn(self, path: Path, message: str, hint: str = "", code: str = "lint") -> None:
        """Keep something that is allowed, but probably not meant."""
        value: Any = self.tree
        for step in path:
            value = value.get(step) if isinstance(value, dict) else value[step] if isinstance(value, list) else None  # type: ignore[index]  # positions of lists
        self.note(path, Problem(message, hint, code, on_key=isinstance(value, (dict, list)), severity="warning"))

    def at(self, *path: str | int) -> _At:
        """Within: a :class:`Wrong` is a problem of the value at ``path``, and the work goes on after it."""
        return _At(self, path)

    def _written(self, path: Path) -> Path:
        """The path without a last position where one item was written without its list."""
        holder: Any = self.tree
        for step in path[:-1]:
            if isinstance(holder, dict):
                holder = holder.get(str(step))
            else:
                holder = holder[step] if isinstance(holder, list) and isinstance(step, int) and step < len(holder) else None
        return path if not path or isinstance(path[-1], str) or isinstance(holder, list) else path[:-1]

    def _place(self, path: Path) -> tuple[Place | None, bool]:
        """The place of ``path`` or of what holds it, and whether it is its own."""
        exact = True
        while path:
            if path in self.places:
                return self.places[path], exact
            path, exact = path[:-1], False
        return self.places.get(()), exact


class _At:
    """Notes a :class:`Wrong` raised inside its block."""

    def __init__(self, findings: Findings, path: Path) -> None:
        self.findings = findings
        self.path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> bool:
        if not isinstance(error, Wrong):
            return False
        for problem in error.problems:
            self.findings.note(self.path, problem)
        return True
