"""A number that is not known exactly: drawn once per replication, shared by every variant."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, Self, TypeVar

T = TypeVar("T")


class Range(float):
    """An assumption ``{likely, low, high}``. As a float it is its likely value.

    ``name`` is the dotted path in the scenario; it keys the stream that draws the value, so that two variants that
    give different ranges at one path still share the same luck.
    """

    __slots__ = ("high", "low", "name")
    name: str
    low: float
    high: float

    def __new__(cls, likely: float, low: float, high: float, name: str = "") -> Self:
        """Make a range; raises ValueError unless low <= likely <= high."""
        if not low <= likely <= high:
            raise ValueError(f"a range needs low <= likely <= high, got {low} / {likely} / {high}")
        made = super().__new__(cls, likely)
        made.name, made.low, made.high = name, low, high
        return made

    @property
    def likely(self) -> float:
        return float(self)

    def at(self, u: float) -> float:
        """The value at quantile ``u`` in (0, 1) of the triangular distribution on low, likely, high."""
        low, likely, high = self.low, float(self), self.high
        if high == low:
            return likely
        turn = (likely - low) / (high - low)
        if u < turn:
            return float(low + (u * (high - low) * (likely - low)) ** 0.5)
        return float(high - ((1.0 - u) * (high - low) * (high - likely)) ** 0.5)

    def __repr__(self) -> str:
        return f"Range({float(self)!r}, {self.low!r}, {self.high!r}, {self.name!r})"

    def __reduce__(self) -> tuple[type[Range], tuple[float, float, float, str]]:
        return (Range, (float(self), self.low, self.high, self.name))


def replace_ranges(value: T, decide: Callable[[Range], float]) -> T:
    """Return ``value`` with every :class:`Range` inside it (dataclasses, tuples, mappings) replaced by a plain float."""
    return _replace(value, decide)  # type: ignore[no-any-return]  # the recursion keeps the shape of the value


_PLAIN = frozenset((str, float, int, bool, bytes, type(None)))
"""What holds no range: most of a model, and long rows of numbers among it."""


def _replace(value: Any, decide: Callable[[Range], float]) -> Any:
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Range):
        return decide(value)
    if isinstance(value, (str, float, int, bytes)):
        return value
    if isinstance(value, tuple):
        changed = [item if type(item) in _PLAIN else _replace(item, decide) for item in value]
        return value if all(a is b for a, b in zip(changed, value, strict=True)) else tuple(changed)
    if isinstance(value, Mapping):
        after = {key: _replace(item, decide) for key, item in value.items()}
        return value if all(after[key] is item for key, item in value.items()) else after
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changes = {}
        for f in dataclasses.fields(value):
            old = getattr(value, f.name)
            new = _replace(old, decide)
            if new is not old:
                changes[f.name] = new
        return dataclasses.replace(value, **changes) if changes else value
    return value


def ranges_of(value: Any) -> dict[str, Range]:
    """Every range inside ``value`` by name, in the order in which it is met."""
    found: dict[str, Range] = {}

    def note(r: Range) -> float:
        found.setdefault(r.name, r)
        return r

    _replace(value, note)
    return found
