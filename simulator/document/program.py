"""A document for programs: the one way in which JSON is written."""

from __future__ import annotations

import json
from typing import Any

LINES = 4  #: levels of the document that are laid out in lines
ON_ONE_LINE = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


def json_text(content: dict[str, Any]) -> str:
    """Keys in their order, UTF-8, no NaN; equal content, equal bytes."""
    return _laid_out(content, 0) + "\n"


def _laid_out(value: Any, depth: int) -> str:
    """Objects near the top one key a line, lists there one item a line, everything below on one line."""
    indent = " " * (depth + 1)
    if depth < LINES and isinstance(value, dict) and value:
        items = [f"{ON_ONE_LINE.encode(key)}: {_laid_out(item, depth + 1)}" for key, item in value.items()]
        return "{\n" + ",\n".join(indent + item for item in items) + "\n" + indent[1:] + "}"
    if depth < LINES and isinstance(value, list) and value:
        return "[\n" + ",\n".join(indent + _laid_out(item, LINES) for item in value) + "\n" + indent[1:] + "]"
    return ON_ONE_LINE.encode(value)
