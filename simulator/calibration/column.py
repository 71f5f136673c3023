"""A column of an export: each different text once, and which of them stands in each row.

A million rows of a timetable hold some thousands of different texts, so that reading costs what differs, not what repeats.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Column:
    """The cells under one heading, added row by row."""

    __slots__ = ("_places", "codes", "texts")

    def __init__(self, cells: Iterable[str] = ()) -> None:
        self.texts: list[str] = []  #: each different text, in the order in which they are met
        self.codes = array("I")  #: by row, the place of its text
        self._places: dict[str, int] = {}
        for cell in cells:
            self.add(cell)

    def __len__(self) -> int:
        return len(self.codes)

    def add(self, cell: str) -> None:
        """Add the cell of one more row."""
        place = self._places.get(cell)
        if place is None:
            place = self._places[cell] = len(self.texts)
            self.texts.append(cell)
        self.codes.append(place)

    def __getitem__(self, row: int) -> str:
        return self.texts[self.codes[row]]

    def values(self, read: Callable[[str], Any], dtype: Any) -> NDArray[Any]:
        """What ``read`` makes of each cell; shape (rows,)."""
        import numpy as np

        distinct = np.array([read(text) for text in self.texts], dtype=dtype)
        return distinct[np.frombuffer(self.codes, dtype=np.uint32)] if len(self.codes) else distinct

    def places(self) -> NDArray[np.uint32]:
        """By row, which of the different texts; shape (rows,)."""
        import numpy as np

        return np.frombuffer(self.codes, dtype=np.uint32) if len(self.codes) else np.zeros(0, dtype=np.uint32)
