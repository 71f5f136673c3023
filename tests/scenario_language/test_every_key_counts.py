"""Every key of the language counts: another value is another model, or it is refused, or a warning says that it changes nothing."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from simulator.errors import ScenarioError
from simulator.scenario import document, language, load, lower
from simulator.scenario.document import Path as Way
from simulator.scenario.language import Items, Map, Names, Node
from simulator.scenario.names import of as names_of
from simulator.scenario.stand_in import keys_of, spot_of, stand_in

HERE = Path(__file__).parent.parent / "errors"
TOLD_ONLY = (
    "schema", "name", "title", "question", "notes", "sources", "exercise", "answer", "variants", "run", "extends", "clock.phases", "id",
)  # fmt: skip
"""What is told and never simulated, by section or last key: headlines, sources, names in results; the drill; how many worlds."""
OTHERS: Mapping[str, tuple[Any, ...]] = {
    "duration": ("37m", "7s", "41h"), "share": ("7%", "0%", "100%"), "proportion": ("7%",), "count": (7, 1), "whole": (7, 1),
    "number": (0.7, 3), "factor": (1.7, 2.3), "rate": ("7/h", "9/h"), "instant": ("start+7m", "T+1h"), "clock_time": ("13:00", "14:00"),
    "days": ("tue", "sun"), "clock_span": ("09:00-17:00", "10:00-11:00"), "target": ("70% in 33s", "60% in 1m"), "date": ("2011", "2012"),
    "mark": (-0.3, 0.9), "yes_no": (True, False), "text": ("other", "another"), "limit": ("33%", "44%"), "any": ("other", "another"),
    "law": ("77s", {"constant": "79s"}), "strategy": ("first-come", "newest-first"),
}  # fmt: skip
"""Values of each kind."""


def values(node: Node, known: Mapping[str, tuple[str, ...]]) -> Iterator[Any]:
    """Some values that may stand there."""
    if isinstance(node, Map):
        whole = stand_in(node, known)
        yield whole
        yield from ({**whole, key.name: value} for key in language.keys(node.section) for value in values(key.node, known))
    elif isinstance(node, Names):
        names = known.get(node.of.to, ()) if node.of.kind == "name" else {"share": ("40%",), "days": ("tue",)}.get(node.of.kind, ("other",))
        yield from ({name: value} for name in names for value in values(node.value, known))
    elif isinstance(node, Items):
        yield from ([value] for value in values(node.item, known))
    elif node.written.kind == "forms":
        for form in node.forms:
            yield from values(form, known)
    elif node.written.kind in ("word", "name"):
        yield from node.written.words or known.get(node.written.to, ())
    else:
        yield from OTHERS.get(node.written.kind, ())


def places(tree: Any, whole: dict[str, Any], path: Way = ()) -> Iterator[tuple[Way, Node]]:
    """Every key that may stand in some map of a tree, whether it does or not, and what may stand there."""
    spot = spot_of(whole, path)
    if spot.path == path:
        yield from (((*path, key.name), key.node) for key in keys_of(spot.node, tree) or ())
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        yield from places(value, whole, (*path, key))


def changed(tree: dict[str, Any], path: Way, value: Any) -> dict[str, Any]:
    made = copy.deepcopy(tree)
    holder: Any = made
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return made


def meaning(file: Path, tree: dict[str, Any]) -> tuple[str, tuple[str, ...]] | None:
    """The model of a tree as text, and what is warned of; None where it is refused."""
    file.write_text(document.write(tree), encoding="utf-8")
    try:
        made = load(file)
    except ScenarioError:
        return None
    return repr(lower(made)), tuple(d.message for d in made.warnings if d.code != "no-source")


def counts(file: Path, tree: dict[str, Any], path: Way, node: Node) -> bool:
    """Whether some value at ``path`` makes a difference, or none is accepted but the one that holds anyway."""
    plain, same = meaning(file, tree), 0
    for value in values(node, names_of(tree)):
        other = meaning(file, changed(tree, path, value))
        if other not in (plain, None):
            return True
        same += other is not None
    return same < 2


@pytest.mark.parametrize("name", ["whole.yaml", "channels.yaml"])
def test_every_key_counts_wherever_it_may_stand(tmp_path: Path, name: str) -> None:
    tree = document.read((HERE / name).read_bytes(), name).tree
    found = {".".join(map(str, path)): (path, node) for path, node in places(tree, tree)}
    tried = {dotted: place for dotted, place in found.items() if not {dotted, dotted.partition(".")[0], place[0][-1]} & set(TOLD_ONLY)}
    assert len(tried) > 150
    assert [dotted for dotted, (path, node) in tried.items() if not counts(tmp_path / "s.yaml", tree, path, node)] == []
