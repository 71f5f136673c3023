"""Characters that no text of ours may hold, wherever it comes from: a terminal, a browser or a person would take them for something else.

They are those that control a terminal, halves of characters, and those that turn the direction in which others are read. YAML and JSON
can write them as escapes, a workbook as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

CONTROL = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\u2029\u202f-\u2065\u206a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What stands in no file of text."""
_IN_A_VALUE = re.compile(rf"{CONTROL.pattern}|[\r\x85]")
"""What stands in no value, where lines end with a line feed."""


def control_in(value: Any) -> str:
    """The first such character in a text, or in the texts of a tree, as ``U+001B``; nothing where there is none."""
    found = next((match for text in _texts(value) if (match := _IN_A_VALUE.search(text))), None)
    return f"U+{ord(found.group()):04X}" if found else ""


def _texts(value: Any) -> Iterator[str]:
    """Every text of a tree, its keys among them; without recursion, since a tree of JSON may be deep."""
    ahead = [value]
    while ahead:
        one = ahead.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, Mapping):
            ahead += [*one.keys(), *one.values()]
        elif isinstance(one, (list, tuple)):
            ahead += one
