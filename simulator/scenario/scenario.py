"""A scenario: what the user wrote, checked, with the place of everything in the file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from simulator.errors import Diagnostic, ScenarioError, UsageError
from simulator.model.world import Model
from simulator.scenario import document, sources
from simulator.scenario.document import Path, Place
from simulator.scenario.findings import Findings
from simulator.scenario.lowering import lower_tree
from simulator.scenario.problem import Problem, did_you_mean, wrong
from simulator.scenario.sources import Assumption
from simulator.scenario.variants import AS_WRITTEN, BUILT_IN, overridden

MAX_DATA_BYTES = 20_000_000


@dataclass(frozen=True)
class Scenario:
    """A checked scenario. It holds plain data only: it can be pickled, and needs its files no more."""

    path: str  #: the file as it was named
    name: str
    sha256: str  #: of the tree as read and of the data files
    tree: Mapping[str, Any]
    positions: Mapping[Path, Place] = field(repr=False)
    files: Mapping[str, str] = field(repr=False)  #: text of the data files by the name under which the scenario knows them
    warnings: tuple[Diagnostic, ...] = ()
    title: str = ""
    question: str = ""
    notes: str = ""
    replications: int | None = None  #: the file's own wish, where it has one
    seed: int | None = None

    @property
    def variants(self) -> Mapping[str, Mapping[str, Any]]:
        """What each declared variant overrides, by dotted path."""
        return {name: dict(changes or {}) for name, changes in (self.tree.get("variants") or {}).items()}

    @property
    def variant_names(self) -> tuple[str, ...]:
        """The declared variants in the order of the file (``all`` means these)."""
        return tuple(self.variants)

    def variant_tree(self, variant: str | None = None) -> dict[str, Any]:
        """The tree with the overrides of ``variant``; raises UsageError where there is no such variant."""
        return _variant_tree(self.tree, self.positions, self.known_variant(variant))[0]

    def resolved(self, variant: str | None = None) -> str:
        """The scenario with the overrides of ``variant`` in place, as YAML text. Raises UsageError for an unknown variant."""
        tree = self.variant_tree(variant)
        return document.write({key: value for key, value in tree.items() if key != "variants" and not key.startswith("x-")})

    def assumptions(self, variant: str | None = None) -> tuple[Assumption, ...]:
        """Where the values come from: every range, every path with a source, everything that has none."""
        return sources.assumptions(self.variant_tree(variant))

    def known_variant(self, variant: str | None) -> str:
        """The name of a variant, ``as-written`` for None; raises UsageError where there is no such variant."""
        name = AS_WRITTEN if variant is None else variant
        if name not in (AS_WRITTEN, *BUILT_IN, *self.variant_names):
            raise UsageError(f"there is no variant `{name}`; {did_you_mean(name, (*self.variant_names, *BUILT_IN))}")
        return name


def load(path: str | FilePath) -> Scenario:
    """Read and check a scenario and every variant of it; raises ScenarioError with all diagnostics."""
    file = str(path)
    content = _content(FilePath(path), file)
    read = document.read(content, file)
    data = _DataFiles(FilePath(path).parent)
    errors: dict[Diagnostic, None] = {}
    warnings: dict[Diagnostic, None] = {}
    declared = read.tree.get("variants")
    names = [str(n) for n in declared] if isinstance(declared, dict) else []
    for reserved in {AS_WRITTEN, *BUILT_IN, "all"} & set(names):
        findings = Findings(file, read.tree, read.places)
        findings.note(("variants", reserved), _reserved(reserved))
        errors.update(dict.fromkeys(findings.errors))
    for name in [AS_WRITTEN, *(n for n in names if n not in BUILT_IN)]:
        tree, places, problems = overridden(read.tree, read.places, name)
        in_file = Findings(file, read.tree, read.places)
        for problem in problems:
            in_file.note((), problem)
        _, findings = lower_tree(tree, places, file, data, name)
        if name == AS_WRITTEN:
            sources.check(read.tree, in_file)
        errors.update(dict.fromkeys((*in_file.errors, *findings.errors)))
        warnings.update(dict.fromkeys(findings.warnings))
    if errors:
        order = sorted((*errors, *warnings), key=lambda d: (d.file != file, d.file, d.line, d.column))
        raise ScenarioError(tuple(order))
    run = read.tree.get("run") or {}
    return Scenario(
        path=file,
        name=str(read.tree["name"]),
        sha256=_fingerprint(read.tree, data.texts),
        tree=read.tree,
        positions=read.places,
        files=dict(data.texts),
        warnings=tuple(warnings),
        title=str(read.tree.get("title") or ""),
        question=str(read.tree.get("question") or ""),
        notes=str(read.tree.get("notes") or ""),
        replications=run.get("replications"),
        seed=run.get("seed"),
    )


def lower(scenario: Scenario, variant: str | None = None) -> Model:
    """The model of one variant (None: the file as written), in seconds. Raises UsageError where there is no such variant."""
    tree, places = _variant_tree(scenario.tree, scenario.positions, scenario.known_variant(variant))
    model, findings = lower_tree(tree, places, scenario.path, scenario.files.__getitem__, variant or AS_WRITTEN)
    if model is None:
        raise ScenarioError(findings.errors)
    return model


def _variant_tree(tree: Mapping[str, Any], places: Mapping[Path, Place], name: str) -> tuple[dict[str, Any], Mapping[Path, Place]]:
    made, moved, _ = overridden(dict(tree), places, name)
    return made, moved


def _reserved(name: str) -> Problem:
    return Problem(f"the name `{name}` is taken", f"`{name}` exists in every scenario", on_key=True)


def _content(path: FilePath, file: str) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(document.MAX_BYTES + 1)
    except OSError as error:
        raise ScenarioError([Diagnostic("no-file", _why(error, "the scenario"), file)]) from None


def _why(error: OSError, what: str) -> str:
    if isinstance(error, FileNotFoundError):
        return f"{what} does not exist"
    if isinstance(error, IsADirectoryError):
        return f"{what} is a folder"
    return f"{what} cannot be read: {error.strerror or error}"


def _fingerprint(tree: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    digest = hashlib.sha256(json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode())
    for name in sorted(texts):
        digest.update(f"\0{name}\0{texts[name]}".encode())
    return digest.hexdigest()


class _DataFiles:
    """The files beside a scenario, read once each and confined to its folder."""

    def __init__(self, folder: FilePath) -> None:
        self.folder = folder
        self.texts: dict[str, str] = {}

    def __call__(self, name: str) -> str:
        if name not in self.texts:
            self.texts[name] = self._read(name)
        return self.texts[name]

    def _read(self, name: str) -> str:
        parts = PurePosixPath(name).parts
        if not name or PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive or ".." in parts or "\\" in name:
            raise wrong(f"`{name}` is not below the scenario's folder", "write a path such as data/everyday.csv", "data-file")
        path = self.folder / name
        try:
            if not path.resolve().is_relative_to(self.folder.resolve()):
                raise wrong(f"`{name}` leads out of the scenario's folder", "", "data-file")
            with path.open("rb") as stream:
                content = stream.read(MAX_DATA_BYTES + 1)
        except OSError as error:
            near = did_you_mean(PurePosixPath(name).name, sorted(p.name for p in path.parent.glob("*.csv"))) if path.parent.is_dir() else ""
            raise wrong(_why(error, f"`{name}`"), near, "data-file") from None
        if len(content) > MAX_DATA_BYTES:
            raise wrong(f"`{name}` has more than {MAX_DATA_BYTES:,} bytes", "", "data-file")
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            raise wrong(f"`{name}` is not UTF-8 (line {line})", "save it as UTF-8", "data-file") from None
