"""Stand-ins for what is wrong in a tree, so that the rest of it can be looked at as well and all mistakes are told at once.

A wrong value gives way to what was probably meant, or to a plain value of its own kind. What is then noted at or just above a
stand-in may be its echo, and is not told.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.scenario import language
from simulator.scenario.demand_form import ProfileForm
from simulator.scenario.document import Path
from simulator.scenario.forms import ScenarioForm
from simulator.scenario.language import Items, Key, Map, Names, Node, Value
from simulator.scenario.problem import Problem
from simulator.scenario.step_form import AfterForm

Tree = dict[str, Any]
Known = Mapping[str, tuple[str, ...]]

PLAIN: Mapping[str, Any] = {
    "duration": "1m", "share": "50%", "proportion": "50%", "count": 1, "whole": 1, "number": 1, "factor": 1, "rate": "1/h",
    "instant": "start", "clock_time": "12:00", "clock_span": "08:00-20:00", "days": "mon", "hours": "8-9", "target": "80% in 20s",
    "date": "2020", "mark": 0, "yes_no": True, "text": "x", "limit": "50%", "law": "1m", "strategy": "priority", "any": "x", "routing": {},
    "event": {"id": "x", "do": "wallboard.note", "at": "start"}, "action": {"id": "x", "do": "decision", "role": "x", "at": "start"},
}  # fmt: skip
"""A value of every kind that is written."""
OF_CLOCK = {"timezone": "UTC", "duration": "366d", "interval": "1d", "impact": "start"}
"""In the place of what is wrong with the clock: a run that is long enough for everything."""
MEANT = re.compile(r"did you mean `([^`]+)`\?")


class NoStandIn(LookupError):
    """Nothing can stand there, such as the name of a site where there is none."""


@dataclass(frozen=True)
class Spot:
    """The deepest part of a path that the language knows, and what may stand there."""

    path: Path
    node: Node


def stand_in(node: Node, known: Known) -> Any:
    """A plain value of the kind of ``node``, with the keys that it must have; raises NoStandIn."""
    if isinstance(node, Map):
        return {key.name: stand_in(key.node, known) for key in language.keys(node.section) if key.required}
    if isinstance(node, (Items, Names)):
        return [] if isinstance(node, Items) else {}
    return _value(node, known)


def _value(node: Value, known: Known) -> Any:
    written = node.written
    if written.kind == "forms":
        first = next(form for form in node.forms if form != Map(AfterForm))  # one step after another may make a circle
        return {"rate": PLAIN["rate"]} if first == Map(ProfileForm) else stand_in(first, known)
    if written.kind == "word":
        return written.words[0]
    if written.kind == "name":
        if not known.get(written.to):
            raise NoStandIn(written.to)
        return known[written.to][0]
    return copy.deepcopy(PLAIN[written.kind])


def healed(tree: Tree, problems: Iterable[tuple[Path, Problem]], known: Known) -> tuple[Tree, list[Path]]:
    """The tree with stand-ins for what is wrong in it, and where they stand; raises NoStandIn."""
    made: Tree = copy.deepcopy(tree)
    places: list[Path] = []
    for path, problem in problems:
        if any(path[: len(place)] == place for place in places if len(place) < len(path)):
            continue  # what held it has given way already
        meant = MEANT.fullmatch(problem.help)
        if problem.code == "unknown-key" and spot_of(made, path).path == path[:-1]:
            places += [path, *_rename(made, path, meant and meant[1])]
        elif problem.code != "missing-key" and meant and spot_of(made, path).path == path:
            places += [path, *_use(made, path, meant[1], on_key=problem.on_key)]
        elif problem.code == "missing-key":
            places.append(_mend(made, (*path, problem.message.split("`")[1]), known))
        else:
            places.append(_mend(made, path, known, on_key=problem.on_key))
    return made, places


def _rename(tree: Tree, path: Path, meant: str | None) -> Iterator[Path]:
    """Take out an unknown key, or let its value stand at the key that was probably meant."""
    holder = _holder(tree, path)
    value = holder.pop(path[-1], None)
    if meant and meant not in holder:
        holder[meant] = value
        yield (*path[:-1], meant)


def _use(tree: Tree, path: Path, name: str, *, on_key: bool) -> Iterator[Path]:
    """Put the name that was probably meant in the place of an unknown one."""
    if on_key:
        yield from _rename(tree, path, name)
    else:
        _holder(tree, path)[path[-1]] = name


def _mend(tree: Tree, path: Path, known: Known, *, on_key: bool = False) -> Path:
    """Put a stand-in at ``path``, or at what holds it where nothing could stand there; the answer is where."""
    while True:
        spot = spot_of(tree, path)
        try:
            _replace(tree, spot, known, on_key=on_key and spot.path == path)
        except NoStandIn:
            if len(spot.path) <= 2:
                raise
            path = spot.path[:-1]
        else:
            return spot.path


def _replace(tree: Tree, spot: Spot, known: Known, *, on_key: bool) -> None:
    if not spot.path:
        raise NoStandIn("the whole file")
    holder, last = _holder(tree, spot.path), spot.path[-1]
    if on_key and len(spot.path) > 2 and isinstance(holder, dict):  # a wrong name; those of whole sections are referred to
        holder.pop(last, None)
        return
    new: Any = OF_CLOCK.get(str(last)) if spot.path[:-1] == ("clock",) else None
    if last == "duration" and new:
        holder["interval"] = OF_CLOCK["interval"]  # a whole number of intervals, and not too many
    new = stand_in(spot.node, known) if new is None else new
    old = holder[last] if _holds(holder, last) else None
    if isinstance(spot.node, Names) and isinstance(old, list):  # names alone, where each should have a value
        new = {name: stand_in(spot.node.value, known) for name in old if name in known.get(spot.node.of.to, ())}
    if isinstance(old, dict) and isinstance(new, dict):  # others refer to a step by its id, and to the need of a demand
        new |= {key: old[key] for key in ("id", "need") if isinstance(old.get(key), str)}
    holder[last] = new


def _holder(tree: Any, path: Path) -> Any:
    for step in path[:-1]:
        tree = tree[step]
    return tree


def echoes(path: Path, places: Iterable[Path]) -> bool:
    """Whether what is noted at ``path`` may come from a stand-in: it is at one of these places, below, or right above it."""
    return any(path[: len(place)] == place or (place[: len(path)] == path and len(place) - len(path) <= 1) for place in places)


def spot_of(tree: Any, path: Path) -> Spot:
    """Where in the language a path leads, as far as there are maps and lists to follow."""
    spot = Spot((), Map(ScenarioForm))
    for depth, step in enumerate(path):
        if spot.path and not _holds(tree, step) and depth + 1 < len(path):
            return spot
        node = _below(spot.node, step, tree)
        if node is None:
            return spot
        tree = tree[step] if _holds(tree, step) else None
        spot = Spot(path[: depth + 1], node)
    return spot


def _below(node: Node, step: str | int, tree: Any) -> Node | None:
    """What may stand at a key or a place below ``node``, whose value is ``tree``; None where the language knows nothing there."""
    keys = keys_of(node, tree)
    if keys is not None:
        return next((key.node for key in keys if key.name == step), None)
    if isinstance(node, Names) and isinstance(step, str):
        return node.value
    if isinstance(node, Items) and isinstance(step, int):
        return node.item
    return next((found for form in getattr(node, "forms", ()) if (found := _below(form, step, tree)) is not None), None)


def _holds(tree: Any, step: str | int) -> bool:
    return (isinstance(tree, dict) and step in tree) or (isinstance(tree, list) and isinstance(step, int) and step < len(tree))


def keys_of(node: Node, tree: Any) -> tuple[Key, ...] | None:
    """The keys of what stands there, where it is a map that has some."""
    raw = tree if isinstance(tree, dict) else {}
    if isinstance(node, Map):
        return language.keys(node.section)
    kind = node.written.kind if isinstance(node, Value) else ""
    if kind in ("event", "action"):
        act = language.acts("events" if kind == "event" else "playbook").get(str(raw.get("do")))
        return (*language.step_keys(), *(language.keys(act) if act else ()))
    if kind == "routing":
        strategy = language.strategies().get(str(raw.get("strategy")))
        return (*language.routing_keys(), *(language.keys(strategy) if strategy else ()))
    return None
