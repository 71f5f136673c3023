"""Where the values of a scenario come from: a fact of the story, a public record, or an assumption."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.scenario.document import Path
from simulator.scenario.findings import Findings
from simulator.scenario.problem import Problem

KINDS = ("fact", "record", "assumed")
NO_SOURCE = "no source given"
COUNTED = (
    "continuity", "needs", "demand", "channels", "platforms", "links", "sites", "teams", "roles", "routing", "care", "strain", "contagion",
    "events", "playbook", "budget",
)  # fmt: skip
"""Sections whose numbers should have a source."""


@dataclass(frozen=True)
class Assumption:
    """A value and where it comes from. ``kind`` is fact, record or assumed; ``value`` is the value as written."""

    path: str
    kind: str
    text: str
    value: str
    is_range: bool = False


def check(tree: Mapping[str, Any], findings: Findings) -> None:
    """Note sources of paths that do not exist, and sources that say not exactly one thing."""
    declared = tree.get("sources")
    for path, said in declared.items() if isinstance(declared, dict) else ():
        if find(tree, path) is None:
            findings.note(("sources", path), Problem(f"there is nothing at `{path}`", code="unknown-name", on_key=True))
        if isinstance(said, dict) and len(_given(said)) != 1:
            findings.note(("sources", path), Problem("a source is exactly one of `fact`, `record` and `assumed`"))


def assumptions(tree: Mapping[str, Any]) -> tuple[Assumption, ...]:
    """Every path with a source, every range, and every item with numbers but without a source, in the order of the file."""
    said = {path: next(iter(_given(s).items())) for path, s in (tree.get("sources") or {}).items()}
    made: dict[str, Assumption] = {}
    for path, (kind, text) in said.items():
        made[path] = Assumption(path, kind, text, _written(find(tree, path)), _is_range(find(tree, path)))
    for path, value in _leaves(tree):
        cover = next((p for p in _upwards(path) if p in said), None)
        if _is_range(value) and path not in made:
            kind, text = said[cover] if cover else ("assumed", NO_SOURCE)
            made[path] = Assumption(path, kind, text, _written(value), True)
        elif cover is None:
            item = ".".join(path.split(".")[:2])
            if item not in made:
                made[item] = Assumption(item, "assumed", NO_SOURCE, _written(find(tree, item)))
    order = {path: i for i, path in enumerate(_paths(tree))}
    return tuple(sorted(made.values(), key=lambda a: order.get(a.path, len(order))))


def _given(said: Mapping[str, Any]) -> dict[str, Any]:
    """A source without the keys that say null."""
    return {kind: text for kind, text in said.items() if text is not None}


def _is_range(value: Any) -> bool:
    return isinstance(value, dict) and "likely" in value and value.keys() <= {"likely", "low", "high"}


def _children(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from ((str(k), v) for k, v in value.items())
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield (str(item["id"]) if isinstance(item, dict) and "id" in item else str(i)), item


def _paths(value: Any, path: str = "") -> Iterator[str]:
    for key, item in _children(value):
        below = f"{path}.{key}" if path else key
        yield below
        yield from _paths(item, below)


def _leaves(tree: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Ranges, and scalars with a digit in them, of the sections that count."""
    trail = [(section, tree[section]) for section in reversed(COUNTED) if section in tree]
    while trail:
        path, value = trail.pop()
        if _is_range(value):
            yield path, value
        elif isinstance(value, (dict, list)):
            trail += [(f"{path}.{key}", item) for key, item in reversed(list(_children(value))) if key != "id"]
        elif any(c.isdigit() for c in str(value)):
            yield path, value


def _upwards(path: str) -> Iterator[str]:
    while path:
        yield path
        path = path.rpartition(".")[0]


def find(tree: Any, path: str) -> Any:
    """The value at a dotted path, whose keys may themselves contain dots; None where there is nothing."""
    if not path:
        return tree
    if isinstance(tree, dict):
        words = path.split(".")
        keys = (".".join(words[:n]) for n in range(1, len(words) + 1))
        return next((find(tree[key], path[len(key) + 1 :]) for key in keys if key in tree), None)
    for key, item in _children(tree):
        if path == key:
            return item
        if path.startswith(key + "."):
            return find(item, path[len(key) + 1 :])
    return None


def path_of(tree: Any, dotted: str) -> Path:
    """The path of a dotted path that exists."""
    if dotted and isinstance(tree, (dict, list)):
        for i, (key, item) in enumerate(_children(tree)):
            if dotted == key or dotted.startswith(key + "."):
                return (i if isinstance(tree, list) else key, *path_of(item, dotted[len(key) + 1 :]))
    return ()


def _written(value: Any) -> str:
    if _is_range(value):
        return f"{value['likely']} ({value.get('low')} to {value.get('high')})"
    if isinstance(value, dict):
        return ", ".join(f"{k} {_written(v)}" for k, v in value.items() if k not in ("id", "do"))
    if isinstance(value, list):
        return ", ".join(_written(v) for v in value)
    return str(value)
