"""A scenario that ``extends`` another: the parent's tree with the child's changes, each value with the file that gave it.

Maps merge, lists replace, lists of items with an ``id`` merge by id, and null deletes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path as FilePath
from typing import Any

from simulator import disk
from simulator.errors import ScenarioError
from simulator.scenario import document, files
from simulator.scenario.document import Document, Path
from simulator.scenario.findings import Findings
from simulator.scenario.problem import Problem, did_you_mean, shown, wrong
from simulator.scenario.variants import WHOLE, Places, deleted, graft, is_whole, without_gone

MAX_PARENTS = 5
TABLES = re.compile(r"(?:^|\.)(?:from|roster|at_work)\Z")
"""Dotted paths, or their last keys, whose values may name a table."""


def gather(path: FilePath, file: str, project: FilePath) -> tuple[Document, tuple[str, ...]]:
    """The scenario at ``path`` on top of all it extends, and the files it is made of, itself first; raises ScenarioError."""
    chain = [document.read(files.scenario_text(path, file), file)]
    folders = [path.parent]
    seen = [disk.real(path)]
    while chain[-1].tree.get("extends") is not None:
        parent = _parent(chain[-1], folders[-1], project, seen)
        name = str(parent)
        chain.append(document.read(files.scenario_text(parent, name), name))
        folders.append(parent.parent)
        seen.append(disk.real(parent))
    made = _detached(chain[-1], folders[-1], path.parent)
    for child, folder in zip(reversed(chain[:-1]), reversed(folders[:-1]), strict=True):
        made = _extended(made, _detached(child, folder, path.parent))
    return made, tuple(d.file for d in chain)


def _parent(child: Document, folder: FilePath, project: FilePath, seen: list[FilePath]) -> FilePath:
    findings = Findings(child.file, child.tree, child.places)
    with findings.at("extends"):
        name = child.tree["extends"]
        if not isinstance(name, str):
            raise wrong(f"expected the path of one scenario file, got {shown(name)}", "one parent; it may extend another", "extends")
        parent = files.below(folder, name, project, (".yaml", ".yml"), "extends")
        if disk.real(parent) in seen:
            circle = " -> ".join(p.name for p in (*seen[seen.index(disk.real(parent)) :], parent))
            raise wrong(f"these files extend each other: {circle}", "", "extends")
        if len(seen) > MAX_PARENTS:
            raise wrong(f"more than {MAX_PARENTS} files stand above the first", "", "extends")
        return parent
    raise ScenarioError(findings.errors)


def _detached(read: Document, folder: FilePath, home: FilePath) -> Document:
    """A document without its ``extends``, with the paths of its tables counted from ``home``."""
    tree = {key: value for key, value in read.tree.items() if key != "extends"}
    if disk.real(folder) != disk.real(home):
        tree = _moved(tree, "", folder, home)
    return Document(read.file, tree, read.places)


def _moved(value: Any, dotted: str, folder: FilePath, home: FilePath) -> Any:
    if isinstance(value, dict):
        return {key: _moved(item, f"{dotted}.{key}" if dotted else key, folder, home) for key, item in value.items()}
    if isinstance(value, list):
        return [_moved(item, dotted, folder, home) for item in value]
    is_table = isinstance(value, str) and TABLES.search(dotted) and (value.endswith(".csv") or "/" in value)
    if not is_table or not dotted.startswith(("demand.", "teams.", "variants.")):
        return value
    return files.relative(folder / value, home) if not FilePath(value).is_absolute() else value


def _extended(parent: Document, child: Document) -> Document:
    places: Places = dict(parent.places)
    places[()] = child.places[()]
    _check_deletions(parent, child)
    merged = {key: _merged(parent.tree.get(key), value, places, (key,), child, key) for key, value in child.tree.items()}
    kept: Places = {}
    tree = without_gone({**parent.tree, **merged}, places, (), (), kept)
    order = [*(key for key in ("schema", "name", "title", "question", "notes") if key in tree), *tree]
    return Document(child.file, {key: tree[key] for key in order}, kept)


def _check_deletions(parent: Document, child: Document) -> None:
    """Raise ScenarioError where a null of the child has nothing to take out of its parent."""
    findings = Findings(child.file, child.tree, child.places)
    for path in _vain(parent.tree, child.tree, ()):
        known: Any = parent.tree
        for step in path[:-1]:
            known = _below(known)[str(step)]
        where = f"in `{'.'.join(str(step) for step in path[:-1])}` " if len(path) > 1 else ""
        message = f"there is no `{path[-1]}` {where}of the parent to take out"
        findings.note(path, Problem(message, did_you_mean(path[-1], _below(known)), "bad-override", on_key=True))
    if findings.errors:
        raise ScenarioError(findings.errors)


def _vain(old: Any, new: Any, path: Path) -> Iterator[Path]:
    """Where the child says null and the parent has nothing; what a variant changes is its own."""
    if isinstance(new, dict) and not is_whole(new) and len(path) < (2 if path[:1] == ("variants",) else 99):
        for key, value in new.items() if isinstance(old, dict) or _by_id(old) else ():
            if value is None and _below(old).get(key) is None:
                yield (*path, key)
            else:
                yield from _vain(_below(old).get(key), value, (*path, key))


def _below(old: Any) -> dict[str, Any]:
    """What stands in a map by its keys, or in a list by its ids."""
    return {item["id"]: item for item in old} if _by_id(old) else dict(old)


def _merged(old: Any, new: Any, places: Places, path: Path, child: Document, key: str, source: Path | None = None) -> Any:
    """The value at ``path`` of the parent after the child's ``new``, which stands at ``source`` of the child."""
    source = path if source is None else source
    if isinstance(old, dict) and isinstance(new, dict) and key not in WHOLE and not (is_whole(old) or is_whole(new)):
        made = dict(old)
        for name, value in new.items():
            made[name] = _merged(old.get(name), value, places, (*path, name), child, name, (*source, name))
        return made
    if _by_id(old) and new:
        items = {str(n): (value, (*source, n)) for n, value in new.items()} if isinstance(new, dict) else _items(new, source)
        if items is not None:
            return _merged_items(old, items, places, path, child)
    graft(places, path, source, new, child.places)
    return _of_variants(new, len(path)) if path[0] == "variants" else deleted(new)


def _of_variants(new: Any, depth: int) -> Any:
    """A null among the changes of a variant is for the variant: it deletes when that is made; here it deletes variants only."""
    if depth == 1 and isinstance(new, dict):
        return {name: deleted(None) if changes is None else changes for name, changes in new.items()}
    return deleted(None) if new is None and depth <= 2 else new


def _merged_items(old: list[Any], new: Mapping[str, tuple[Any, Path]], places: Places, path: Path, child: Document) -> list[Any]:
    made = list(old)
    ids = [item["id"] for item in old]
    for name, (value, source) in new.items():
        at = ids.index(name) if name in ids else len(made)
        if at == len(made):
            made.append({"id": name})
        made[at] = _merged(made[at] if at < len(old) else None, _with_id(value, name), places, (*path, at), child, name, source)
    return made


def _with_id(value: Any, name: str) -> Any:
    return {"id": name, **value} if isinstance(value, dict) else value


def _by_id(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(i, dict) and isinstance(i.get("id"), str) for i in value)


def _items(new: Any, source: Path) -> dict[str, tuple[Any, Path]] | None:
    """The items of a list by their ids; None where they cannot be told apart by them."""
    if not _by_id(new) or len({item["id"] for item in new}) < len(new):
        return None
    return {item["id"]: (item, (*source, i)) for i, item in enumerate(new)}
