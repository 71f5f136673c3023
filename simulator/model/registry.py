"""Registered objects: an event, an action, a strategy or a measure is declared once, in one place.

The declaration is a frozen dataclass; its fields (with :mod:`simulator.model.units`) are its parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """Declared objects of one kind by name, in order of declaration."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._members: dict[str, type[T]] = {}
        registries[kind] = self

    def register(self, name: str) -> Callable[[type[T]], type[T]]:
        """Class decorator: make the class known as ``name``; raises ValueError on a name given twice."""

        def keep(member: type[T]) -> type[T]:
            if name in self._members:
                raise ValueError(f"{self.kind} {name!r} is registered twice")
            member.name = name  # type: ignore[attr-defined]  # every registered declaration carries its own name
            self._members[name] = member
            return member

        return keep

    def withdraw(self, name: str) -> None:
        """Forget ``name``."""
        del self._members[name]

    def __getitem__(self, name: str) -> type[T]:
        return self._members[name]

    def __contains__(self, name: object) -> bool:
        return name in self._members

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def items(self) -> Iterator[tuple[str, type[T]]]:
        return iter(self._members.items())


registries: dict[str, Registry[Any]] = {}
"""Every registry of this process, by kind."""
