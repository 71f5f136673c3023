"""A number that is not known exactly: drawn once per replication, shared by every variant."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Self, TypeVar

T = TypeVar("T")
Places = Mapping[Any, "Places"]


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


def replace_ranges(value: T, decide: Callable[[Range], float], places: Places | None = None) -> T:
    """Return ``value`` with every :class:`Range` inside it (dataclasses, tuples, mappings) replaced by a plain float.

    ``places`` are :func:`places_of` it, where somebody knows them already.
    """
    return _replace(value, decide, places_of(value) if places is None else places)  # type: ignore[no-any-return]  # the shape stays


_PLAIN = frozenset((str, float, int, bool, bytes, type(None)))
"""What holds no range: most of a model, and long rows of numbers among it."""


def ranges_of(value: Any, places: Places | None = None) -> dict[str, Range]:
    """Every range inside ``value`` by name, in the order in which it is met."""
    found: dict[str, Range] = {}

    def note(inside: Any, places: Places) -> None:
        if isinstance(inside, Range):
            found.setdefault(inside.name, inside)
        for place, further in places.items():
            note(_part(inside, place), further)

    note(value, places_of(value) if places is None else places)
    return found


def places_of(value: Any) -> Places:
    """Where in ``value`` ranges are: the indices, keys and fields that lead to them, and to what from each; to nothing where one stands."""
    if isinstance(value, tuple):
        parts: Iterable[tuple[Any, Any]] = ((i, item) for i, item in enumerate(value) if type(item) not in _PLAIN)
    elif isinstance(value, Mapping):
        parts = value.items()
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = ((f.name, getattr(value, f.name)) for f in dataclasses.fields(value))
    else:
        return {}
    return {place: further for place, part in parts if (further := places_of(part)) or isinstance(part, Range)}


def _replace(value: Any, decide: Callable[[Range], float], places: Places) -> Any:
    if isinstance(value, Range):
        return decide(value)
    if not places:
        return value
    changes = {place: _replace(_part(value, place), decide, further) for place, further in places.items()}
    if isinstance(value, tuple):
        return tuple(changes.get(i, item) for i, item in enumerate(value))
    if isinstance(value, Mapping):
        return {**value, **changes}
    return dataclasses.replace(value, **changes)


def _part(value: Any, place: Any) -> Any:
    return value[place] if isinstance(value, (tuple, Mapping)) else getattr(value, place)
