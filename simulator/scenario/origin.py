"""Where each value of a scenario comes from: a line of a file, the command line, a variant, or a default of the language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.scenario import channels, language
from simulator.scenario.calendar import spoken
from simulator.scenario.document import Path, Place
from simulator.scenario.glossary import as_written
from simulator.scenario.language import Items, Key, Map, Names, Node, Value
from simulator.scenario.scenario import Scenario
from simulator.scenario.section import Section
from simulator.scenario.variants import dotted_path

HIDDEN = ("variants", "sources")
"""Sections that say nothing about the model itself."""


@dataclass(frozen=True)
class Origin:
    """A value as written, and who said so."""

    path: str
    value: str
    where: str


def origins(scenario: Scenario, variant: str | None = None) -> tuple[Origin, ...]:
    """Every value of one variant in the order of the file, and after each map the defaults that hold there."""
    tree, places = scenario.variant_places(variant)
    theirs = {place for path, place in scenario.positions.items() if path[:2] == ("variants", variant)}
    found: list[Origin] = []
    for key in language.sections():
        if key.name in HIDDEN:
            continue
        if key.name in tree:
            found += _told(tree, (key.name,), key.node, places, (theirs, variant or ""))
        else:
            found += _defaults(key, key.name)
    return tuple(found)


def _told(tree: Any, path: Path, node: Node, places: Mapping[Path, Place], variant: tuple[set[Place], str]) -> Iterator[Origin]:
    value: Any = tree
    for step in path:
        value = value[step]
    if isinstance(value, dict) and not _is_range(value):
        keys = _keys(node, value)
        known = {key.name: key for key in keys}
        for name in value:
            below = node.value if isinstance(node, Names) else known[name].node if name in known else Value(language.ANY)
            yield from _told(tree, (*path, name), below, places, variant)
        unfit: frozenset[str] = frozenset()
        if len(path) == 2 and path[0] == "channels":
            kind = channels.kind_named(str(path[1]), value.get("kind"))
            unfit = channels.without_meaning(kind)
            if "target" not in value:
                share, seconds = channels.TARGETS[kind.name]
                yield Origin(f"{dotted_path(tree, path)}.target", f"{share:.0%} in {spoken(seconds)}", "default")
        for key in keys:
            if key.name not in value and key.name not in unfit:
                yield from _defaults(key, f"{dotted_path(tree, path)}.{key.name}")
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        item = node.item if isinstance(node, Items) else Value(language.ANY)
        for i in range(len(value)):
            yield from _told(tree, (*path, i), item, places, variant)
    else:
        place = places.get(path)
        where = "" if place is None else f"{place.file}:{place.line}" if place.line else place.file
        if place in variant[0]:
            where += f" (variant {variant[1]})"
        yield Origin(dotted_path(tree, path), written(value), where)


def _keys(node: Node, value: Mapping[str, Any]) -> tuple[Key, ...]:
    """The keys that may stand in this map; none where it is a map of names or one value."""
    if isinstance(node, Map):
        return language.keys(node.section)
    if not isinstance(node, Value):
        return ()
    kind = node.written.kind
    if kind in ("event", "action"):
        acts = language.acts("events" if kind == "event" else "playbook")
        return (*language.step_keys(), *language.keys(acts[value["do"]]))
    if kind == "routing":
        return (*language.routing_keys(), *language.keys(language.strategies()[value.get("strategy", "priority")]))
    for form in node.forms:
        if isinstance(form, Map):
            keys = language.keys(form.section)
            if value.keys() <= {k.name for k in keys} and {k.name for k in keys if k.required} <= value.keys() | {"from", "rate"}:
                return keys
    return ()


def _defaults(key: Key, path: str) -> Iterator[Origin]:
    default = key.default
    if isinstance(default, Section):
        for below in language.keys(type(default)):
            yield from _defaults(below, f"{path}.{below.name}")
    elif as_written(key):
        yield Origin(path, as_written(key), "default")


def _is_range(value: Mapping[str, Any]) -> bool:
    return "likely" in value


def written(value: Any) -> str:
    """A value as it may stand in a file, on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(written(v) for v in value) + "]"
    return {None: "null", True: "true", False: "false"}.get(value, str(value)) if value is None or isinstance(value, bool) else str(value)
