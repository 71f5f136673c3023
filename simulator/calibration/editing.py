"""Estimates written into a scenario that somebody wrote: their text stays as it is, and so do their values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from simulator.calibration.fit import Fit
from simulator.calibration.writing import quoted, source, values
from simulator.errors import OutputError, UsageError
from simulator.scenario import load

OURS = "calibrated from "
"""How the source of a value begins that an earlier calibration wrote."""


@dataclass(frozen=True)
class Change:
    """A value at a path: what stood there (empty: nothing) and what was estimated; ``taken`` if it is written."""

    path: str
    old: str
    new: str
    taken: bool

    def __str__(self) -> str:
        if self.taken:
            return f"{self.path}: {self.old or 'nothing'} -> {self.new}"
        return f"{self.path}: stays {self.old}, which a person wrote; estimated {self.new} (--replace takes it)"


def into(fit: Fit, path: Path, *, needs: Mapping[str, str], replace: bool) -> list[Change]:
    """Write the estimates into the scenario at ``path``; ``needs`` has its need for each queue that is called otherwise.

    Raises UsageError where queues or teams have no counterpart, OutputError where the file cannot be written, and ScenarioError where the
    scenario is not sound, before or after: then it stays as it was.
    """
    load(path)
    text = path.read_text(encoding="utf-8")
    changed, changes = edited(text, _targets(fit, _plain(text), needs), ", ".join(fit.observed.files), replace=replace)
    trial = path.with_name(f".{path.stem}.calibrating.yaml")
    try:
        trial.write_text(changed, encoding="utf-8", newline="\n")
        load(trial)
        trial.replace(path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written to: {error.strerror or error}") from None
    finally:
        trial.unlink(missing_ok=True)
    return changes


def _plain(text: str) -> dict[str, Any]:
    tree = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  # it makes texts, lists and maps only
    return tree if isinstance(tree, dict) else {}


Targets = Mapping[str, tuple[str, Any]]


def _targets(fit: Fit, tree: Mapping[str, Any], given: Mapping[str, str]) -> Targets:
    """The estimates by the paths that this file has for them."""
    known = list(tree.get("needs") or {})
    alone = len(fit.queues) == len(known) == 1
    needs: dict[str, str] = {}
    for q in fit.queues:
        name = given.get(q.queue, known[0] if alone else q.name)
        if name not in known:
            ways = ", ".join(known) or "none"
            raise UsageError(f"the queue `{q.queue}` is no need of the file ({ways}); say --need {q.queue}=NEED")
        needs[q.name] = name
    theirs = list(tree.get("teams") or {})
    teams = {t.name: theirs[0] if len(fit.teams) == len(theirs) == 1 else t.name for t in fit.teams}
    return dict(_moved(values(fit), needs, teams, tree))


def _moved(
    found: Mapping[str, tuple[str, Any]], needs: Mapping[str, str], teams: Mapping[str, str], tree: Mapping[str, Any]
) -> Iterator[tuple[str, tuple[str, Any]]]:
    for path, value in found.items():
        section, name, key = path.split(".")
        if section == "needs":
            yield f"needs.{needs[name]}.{key}", value
        elif section == "teams" and teams[name] in (tree.get("teams") or {}):
            yield f"teams.{teams[name]}.{key}", value
        elif section == "demand":
            for entry, said in (tree.get("demand") or {}).items():
                if isinstance(said, dict) and said.get("need", entry) == needs[name] and {"from", "rate"} & said.keys():
                    yield f"demand.{entry}.{key}", value


def edited(text: str, targets: Targets, names: str, *, replace: bool) -> tuple[str, list[Change]]:
    """The text with the estimates in place and with their sources, and what was changed; nothing else of the text is touched."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    tree = _plain(text)
    said = tree.get("sources") or {}
    changes: list[Change] = []
    edits: list[tuple[int, int, str]] = []
    sources: dict[str, str] = {}
    for path, (new, found) in targets.items():
        holder = _below(root, path.split(".")[:-1])
        if holder is None:
            continue
        key = path.rpartition(".")[2]
        node = _below(holder, [key])
        old = "" if node is None else text[node.start_mark.index : node.end_mark.index].strip()
        ours = any(str(value).startswith(OURS) for value in (said.get(path) or {}).values()) if isinstance(said.get(path), dict) else False
        taken = node is None or replace or ours
        changes.append(Change(path, " ".join(old.split()), new, taken))
        if taken:
            edits.append(_set(text, holder, key, new))
            sources[path] = source(found, names)
    edits += _sources(text, root, sources)
    for start, end, new in sorted(edits, key=lambda edit: edit[0], reverse=True):
        text = text[:start] + new + text[end:]
    return text, changes


def _sources(text: str, root: Any, sources: Mapping[str, str]) -> list[tuple[int, int, str]]:
    holder = _below(root, ["sources"])
    if holder is None:
        lines = "".join(f"  {path}: {said}\n" for path, said in sources.items())
        return [(len(text), len(text), f"{'' if text.endswith(chr(10)) else chr(10)}sources:\n{lines}")] if sources else []
    return [_set(text, holder, path, said) for path, said in sources.items()]


def _below(node: Any, keys: list[str]) -> Any:
    """The node under some keys of maps; None where there is none."""
    for key in keys:
        if not isinstance(node, yaml.MappingNode):
            return None
        node = next((value for name, value in node.value if name.value == key), None)
    return node


def _set(text: str, holder: Any, key: str, new: str) -> tuple[int, int, str]:
    """The edit that gives a key of a map its value: in its place, before the first key of lines, or at the end of braces."""
    node = _below(holder, [key])
    if node is not None:
        end = node.end_mark.index
        body = text[node.start_mark.index : end]
        return node.start_mark.index, node.start_mark.index + len(body.rstrip()), new
    written = key if key.replace("_", "").replace(".", "").replace("-", "").isalnum() else quoted(key)
    if holder.flow_style:
        end = holder.end_mark.index - 1
        return end, end, f"{', ' if holder.value else ''}{written}: {new}"
    first = holder.value[0][0].start_mark
    return first.index, first.index, f"{written}: {new}\n{' ' * first.column}"
