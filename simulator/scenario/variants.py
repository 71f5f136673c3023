"""A variant is a set of dotted paths and what stands there instead; the rest of the file holds as written."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from simulator.model.distributions import families
from simulator.scenario.document import Path, Place
from simulator.scenario.problem import Problem, did_you_mean, shown
from simulator.scenario.quantity import Spread

AS_WRITTEN = "as-written"
NO_ACTION = "no-action"
BUILT_IN: Mapping[str, Mapping[str, Any]] = {NO_ACTION: {"playbook": []}}
"""Variants that exist in every scenario without being declared."""
FIXED = (
    "schema", "extends", "name", "title", "question", "notes", "clock", "variants", "sources", "thresholds", "tolerances",
    "answer", "exercise", "run",
)  # fmt: skip
"""Sections that are the same in every variant: they say what is compared, not what is tried."""
TITLE = "title"
"""The one key of a variant that overrides nothing: what readers call it."""
WHOLE = ("when", "until")
"""Keys whose map is replaced, not merged."""

WHOLE_ENTRIES = ("needs", "demand", "platforms", "links", "sites", "teams")
"""Sections in which an entry cannot be begun with one key: a misspelt site is not a new one."""

Places = dict[Path, Place]


class _Gone:
    """Stands in the tree for what an override deletes, until :func:`without_gone` has moved everything after it."""

    def __deepcopy__(self, memo: object) -> _Gone:
        return self


GONE = _Gone()


def alone(tree: Mapping[str, Any], places: Mapping[Path, Place], names: Iterable[str]) -> Iterator[tuple[Mapping[str, Any], Places]]:
    """The tree and its places with each of some variants as the only one: reading all of them takes no longer than each alone."""
    shared: Places = {}
    own: dict[str | int, Places] = {}
    for path, place in places.items():
        (own.setdefault(path[1], {}) if path[:1] == ("variants",) and len(path) > 1 else shared)[path] = place
    for name in names:
        yield {**tree, "variants": {name: tree["variants"][name]}}, shared | own.get(name, {})


def overridden(tree: Mapping[str, Any], places: Mapping[Path, Place], name: str) -> tuple[dict[str, Any], Places, list[Problem]]:
    """The tree and the places of variant ``name``, and what is wrong with its overrides (paths are in the file)."""
    changed, moved, found = copy.deepcopy(dict(tree)), dict(places), []
    declared = tree.get("variants")
    own = declared.get(name) if isinstance(declared, dict) else None
    changes = BUILT_IN.get(name, {}) if own is None else own
    for dotted, value in changes.items() if isinstance(changes, Mapping) else ():
        source: Path = ("variants", name, dotted)
        if dotted == TITLE:
            if not isinstance(value, str):
                found.append(Problem(f"expected a text, got {shown(value)}", "what the variant is called in reports", at=source))
            continue
        problem = put(changed, moved, str(dotted), value, source)
        if problem:
            found.append(problem.under(*source))
    kept: Places = {}
    return without_gone(changed, moved, (), (), kept), kept, found


def put(tree: dict[str, Any], places: Places, dotted: str, value: Any, source: Path, fixed: tuple[str, ...] = FIXED) -> Problem | None:
    """Put ``value`` at a dotted path of the tree; the answer is what is wrong with the path, if anything."""
    *way, last = dotted.split(".")
    if dotted.split(".", maxsplit=1)[0] in fixed:
        where = "in every variant" if fixed is FIXED else "on every command line"
        return Problem(f"`{dotted.split('.', maxsplit=1)[0]}` is the same {where}", code="bad-override", on_key=True)
    holder: Any = tree
    path: Path = ()
    for depth, key in enumerate((*way, last)):
        so_far = dotted_path(tree, path)
        if isinstance(holder, list):
            ids = [item.get("id") if isinstance(item, dict) else None for item in holder]
            bare = [str(i) for i, name in enumerate(ids) if name is None]
            if key not in ids and key not in bare:
                if depth == len(way) and isinstance(value, dict) and ("do" in value or so_far == "routing.overflow"):
                    holder.append({"id": key, **copy.deepcopy(value)})
                    graft(places, (*path, len(holder) - 1), source, value)
                    return None
                hint = did_you_mean(key, [str(name) for name in ids if name is not None] or bare)
                return Problem(f"there is no `{key}` in `{so_far}`", hint, "bad-override", on_key=True)
            step: str | int = ids.index(key) if key in ids else int(key)
        elif isinstance(holder, dict):
            step = key
            if depth == 1 < len(way) and so_far in WHOLE_ENTRIES and holder and holder.get(key) in (None, GONE):
                return Problem(f"there is no `{key}` in `{so_far}`", did_you_mean(key, holder), "bad-override", on_key=True)
            if depth == len(way) and value is None and holder.get(key) in (None, GONE):
                where = f"in `{so_far}`" if so_far else "in the scenario"
                return Problem(f"there is no `{key}` {where} to take out", did_you_mean(key, holder), "bad-override", on_key=True)
            if holder.get(key) in (None, GONE):
                holder[key] = None if depth == len(way) else {}
        else:
            return Problem(f"`{so_far}` is {shown(holder)} and has no `{key}`", "", "bad-override", on_key=True)
        path = (*path, step)
        if depth == len(way):
            holder[step] = _merged(holder[step], value, places, path, source, key)
        else:
            holder = holder[step]
    return None


def _merged(old: Any, new: Any, places: Places, path: Path, source: Path, key: str) -> Any:
    if isinstance(old, dict) and isinstance(new, dict) and key not in WHOLE and not (is_whole(old) or is_whole(new)):
        made = dict(old)
        for k, value in new.items():
            made[k] = _merged(old.get(k), value, places, (*path, k), (*source, k), k)
        return made
    graft(places, path, source, new)
    return deleted(new)


def deleted(value: Any) -> Any:
    """A copy of an override in which every null says that something is gone."""
    if isinstance(value, dict):
        return {k: deleted(v) for k, v in value.items()}
    return GONE if value is None else copy.deepcopy(value)


def is_whole(value: dict[str, Any]) -> bool:
    """Whether a map is one value: a range or a distribution."""
    if "likely" in value:
        return True
    return len(value) == 1 and all(k in families or k in ("mean", "median", "half_life") or k.endswith("%") for k in value)


def graft(places: Places, path: Path, source: Path, value: Any, origin: Mapping[Path, Place] | None = None) -> None:
    """Let everything at ``path`` be found where ``source`` stands in ``origin`` (the same file, if not given)."""
    origin = places if origin is None else origin
    if source in origin:
        places[path] = origin[source]
    if isinstance(value, dict):
        for k, item in value.items():
            graft(places, (*path, k), (*source, k), item, origin)
    elif isinstance(value, list):
        for i, item in enumerate(value):
            graft(places, (*path, i), (*source, i), item, origin)


def without_gone(value: Any, places: Mapping[Path, Place], old: Path, new: Path, kept: Places) -> Any:
    """The tree without what overrides delete; ``kept`` receives the places of what remains."""
    if old in places:
        kept[new] = places[old]
    if isinstance(value, dict):
        return {k: without_gone(v, places, (*old, k), (*new, k), kept) for k, v in value.items() if v is not GONE}
    if isinstance(value, list):
        made: list[Any] = []
        for i, item in enumerate(value):
            if item is not GONE:
                made.append(without_gone(item, places, (*old, i), (*new, len(made)), kept))
        return made
    return value


def with_ranges(value: Any, dotted: str = "") -> Any:
    """The tree with every ``{likely, low, high}`` as a :class:`Spread` that knows its dotted path; list items go by their ids."""
    if isinstance(value, dict):
        if "likely" in value and value.keys() <= {"likely", "low", "high"}:
            return Spread(dotted, value)
        return {k: with_ranges(v, f"{dotted}.{k}" if dotted else str(k)) for k, v in value.items()}
    if isinstance(value, list):
        return [with_ranges(v, f"{dotted}.{_id_of(v, i)}") for i, v in enumerate(value)]
    return value


def dotted_path(tree: Any, path: Path) -> str:
    """A path as people write it: keys joined by dots, list items by their ids."""
    words: list[str] = []
    for step in path:
        if isinstance(step, int):
            item = tree[step] if isinstance(tree, list) and step < len(tree) else None
            words.append(str(_id_of(item, step)))
            tree = item
        else:
            words.append(step)
            tree = tree.get(step) if isinstance(tree, dict) else None
    return ".".join(words)


def _id_of(item: Any, position: int) -> str | int:
    name = item.get("id") if isinstance(item, dict) else None
    return name if isinstance(name, str) else position
