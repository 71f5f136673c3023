"""A step that is taken out from outside (``--set playbook.decide=null``), and what goes with it.

Steps that wait for it would wait for ever: they are taken out as well, and so on. What it would have ended does not end, a role that
it keeps busy is not busy, people to whom it gives a need have none. What variants, sources and an exercise say of it follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from simulator.scenario.document import Path
from simulator.scenario.variants import GONE

Tree = dict[str, Any]
Names = set[str]

SECTIONS = ("events", "playbook")


def steps_of(tree: Mapping[str, Any]) -> dict[str, Path]:
    """Where each step stands, by its id."""
    return {
        step["id"]: (section, i)
        for section in SECTIONS
        for i, step in enumerate(_items(tree.get(section)))
        if isinstance(step, dict) and isinstance(step.get("id"), str)
    }


def take_out(tree: Tree, names: Names) -> tuple[Names, list[str]]:
    """Mark as gone, in ``tree``, all that is said of the steps ``names``, which are not there any more.

    Returns the steps that go with them, and the variants that spoke of any.
    """
    steps = {name: _at(tree, path) for name, path in steps_of(tree).items()}
    gone = set(names)
    while more := {name for name, step in steps.items() if name not in gone and _waits_for(step, gone)}:
        gone |= more
    for path in [*_of_sections(tree, gone), *_of_exercise(tree, gone)]:
        _at(tree, path[:-1])[path[-1]] = GONE  # the deepest first: what holds them may go last
    there = (set(steps) - gone) | {name for name, demand in _map(tree.get("demand")).items() if demand is not GONE}
    touched = [str(name) for name, changes in _map(tree.get("variants")).items() if _follow_in_variant(_map(changes), gone, there)]
    lost = {f"{section}.{name}" for name in gone for section in SECTIONS}
    lost |= {f"demand.{name}" for name, demand in _map(tree.get("demand")).items() if demand is GONE}
    lost |= {f"roles.{name}.busy" for name, role in _map(tree.get("roles")).items() if _map(role).get("busy") is GONE}
    forget_sources(tree, lost)
    return gone - names, touched


def forget(tree: Tree, dotted: str) -> list[str]:
    """Mark as gone what sources and variants say of what stood at a path, and of what stood below; return the variants."""
    forget_sources(tree, [dotted])
    return [str(name) for name, changes in _map(tree.get("variants")).items() if _forget_below(_map(changes), dotted)]


def forget_sources(tree: Tree, places: Iterable[str]) -> None:
    """Mark the sources of these dotted paths, and of everything below them, as gone."""
    declared = _map(tree.get("sources"))
    for path in declared:
        if any(path == place or str(path).startswith(f"{place}.") for place in places):
            declared[path] = GONE


def _forget_below(changes: Tree, dotted: str) -> bool:
    """Mark what a variant changes below a path as gone; the answer is whether it changed anything there."""
    below = [path for path, value in changes.items() if str(path).startswith(f"{dotted}.") and value is not GONE]
    changes.update(dict.fromkeys(below, GONE))
    return bool(below)


def _of_sections(tree: Tree, gone: Names) -> Iterator[Path]:
    """Steps, ends of steps, roles' other work and demand that go with steps."""
    for name, path in steps_of(tree).items():
        if name in gone:
            yield path
        elif _after(_at(tree, path).get("until")) in gone:
            yield (*path, "until")
    for name, role in _map(tree.get("roles")).items():
        if _after(_map(role).get("busy")) in gone:
            yield "roles", name, "busy"
    for name, demand in _map(tree.get("demand")).items():
        if _map(demand).get("after") in gone:
            yield "demand", name


def _of_exercise(tree: Tree, gone: Names) -> Iterator[Path]:
    """Tasks and injects that wait for steps, what is expected of them elsewhere, and objectives that nothing is left of."""
    exercise = _map(tree.get("exercise"))
    tasks = [_map(task) for task in _items(exercise.get("tasks"))]
    gone = gone | {str(task.get("id")) for task in tasks if task.get("after") in gone}
    yield from (("exercise", "tasks", i) for i, task in enumerate(tasks) if task.get("id") in gone)
    aims = [_map(aim) for aim in _items(exercise.get("objectives"))]
    lost = {str(aim.get("id")) for aim in aims if not aim.get("measure") and aim.get("tasks") and set(_items(aim["tasks"])) <= gone}
    for i, aim in enumerate(aims):
        if aim.get("id") in lost:
            yield "exercise", "objectives", i
        else:
            yield from _named(("exercise", "objectives", i), aim, "tasks", gone)
    for i, inject in enumerate(_map(item) for item in _items(exercise.get("injects"))):
        path: Path = ("exercise", "injects", i)
        if _after(inject.get("when")) in gone:
            yield path
            continue
        yield from _named(path, inject, "expect", gone)
        yield from _named(path, inject, "objective", lost)
        expected = _items(inject.get("expect"))
        if expected and set(expected) <= gone and "within" in inject:
            yield (*path, "within")  # no time is allowed for nothing
        if inject.get("default") in gone:
            yield (*path, "default")
    if aims and len(lost) == len(aims):
        yield ("exercise",)


def _named(path: Path, item: Tree, key: str, names: Names) -> Iterator[Path]:
    """Where ``names`` stand in the value of a key: one name, or a list of them."""
    value = item.get(key)
    if isinstance(value, str) and value in names:
        yield (*path, key)
    yield from ((*path, key, j) for j, name in enumerate(value if isinstance(value, list) else ()) if name in names)


def _follow_in_variant(changes: Tree, gone: Names, there: Names) -> bool:
    """Let the changes of a variant speak of the steps and the demand that are ``there`` only; the answer is whether any spoke of others."""
    touched = False
    for dotted, value in list(changes.items()):
        section, *way = str(dotted).split(".")
        said = _map(_nested(way[1:], value)) if way else {}
        waits = _waits_for(said, gone) if section in SECTIONS else section == "demand" and said.get("after") in gone
        if section in SECTIONS and way:
            drops = waits or (way[0] in gone and "do" not in said) or _after(said.get("until")) in gone
        else:
            drops = waits or (section == "roles" and _after(said.get("busy")) in gone)
        if drops:
            touched = touched or value is not None
            changes[dotted] = GONE
        if waits and way[0] in there:
            _forget_below(changes, f"{section}.{way[0]}")
            changes[f"{section}.{way[0]}"] = None
    return touched


def _nested(way: list[str], value: Any) -> Any:
    for key in reversed(way):
        value = {key: value}
    return value


def _at(tree: Any, path: Path) -> Any:
    for step in path:
        tree = tree[step]
    return tree


def _waits_for(step: Mapping[str, Any], names: Names) -> bool:
    return _after(step.get("when")) in names or any(name in names for name in _items(step.get("needs")) if isinstance(name, str))


def _after(trigger: Any) -> str | None:
    name = _map(trigger).get("after")
    return name if isinstance(name, str) else None


def _map(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if isinstance(value, str) else []
