"""A scenario: what the user wrote, checked, with the place of everything in the file."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path as FilePath
from typing import Any

from simulator.errors import Diagnostic, ScenarioError, UsageError
from simulator.model.exercise import Exercise
from simulator.model.world import Model
from simulator.scenario import advice, answer, document, exercise, inert, sources
from simulator.scenario.calendar import Calendar
from simulator.scenario.document import Document, Path, Place
from simulator.scenario.files import DataFiles, project_of
from simulator.scenario.findings import Findings
from simulator.scenario.inheritance import gather
from simulator.scenario.lowering import lower_tree, read_calendar, read_form
from simulator.scenario.problem import Problem, did_you_mean
from simulator.scenario.sources import Assumption
from simulator.scenario.taken_out import forget, steps_of, take_out
from simulator.scenario.variants import AS_WRITTEN, BUILT_IN, TITLE, Places, alone, overridden, put, without_gone

NEVER_SET = ("schema", "extends", "variants")
"""Sections that cannot be set from outside: a variant is named by ``--variant``."""


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
    sources: tuple[str, ...] = ()  #: the file and those it extends, the nearest first
    overrides: tuple[str, ...] = ()  #: what was set from outside, as ``path=value``

    @property
    def file(self) -> str:
        """The name of its file: what is said of it wherever something is kept, which where it lay on one machine must not change."""
        return FilePath(self.path).name

    @property
    def variants(self) -> Mapping[str, Mapping[str, Any]]:
        """What each declared variant overrides, by dotted path."""
        return {
            name: {path: value for path, value in (changes or {}).items() if path != TITLE}
            for name, changes in (self.tree.get("variants") or {}).items()
        }

    @property
    def variant_titles(self) -> Mapping[str, str]:
        """What readers call the variants that have a title."""
        return {name: changes[TITLE] for name, changes in (self.tree.get("variants") or {}).items() if changes and TITLE in changes}

    @property
    def variant_names(self) -> tuple[str, ...]:
        """The declared variants in the order of the file (``all`` means these)."""
        return tuple(self.variants)

    def variant_tree(self, variant: str | None = None) -> dict[str, Any]:
        """The tree with the overrides of ``variant``; raises UsageError where there is no such variant."""
        return self.variant_places(variant)[0]

    def variant_places(self, variant: str | None = None) -> tuple[dict[str, Any], Mapping[Path, Place]]:
        """:meth:`variant_tree`, and where everything in it comes from."""
        return _variant_tree(self.tree, self.positions, self.known_variant(variant))

    def resolved(self, variant: str | None = None) -> str:
        """The scenario with the overrides of ``variant`` in place, as YAML text. Raises UsageError for an unknown variant."""
        tree = self.variant_tree(variant)
        said = "".join(f"# --set {' '.join(override.split())}\n" for override in self.overrides)
        return said + document.write({key: value for key, value in tree.items() if key != "variants" and not key.startswith("x-")})

    def assumptions(self, variant: str | None = None) -> tuple[Assumption, ...]:
        """Where the values come from: every range, every path with a source, everything that has none."""
        return sources.assumptions(self.variant_tree(variant))

    def known_variant(self, variant: str | None) -> str:
        """The name of a variant, ``as-written`` for None; raises UsageError where there is no such variant."""
        name = AS_WRITTEN if variant is None else variant
        if name not in (AS_WRITTEN, *BUILT_IN, *self.variant_names):
            raise UsageError(f"there is no variant `{name}`; {did_you_mean(name, (*self.variant_names, *BUILT_IN))}")
        return name


def load(path: str | FilePath, overrides: Sequence[str] = ()) -> Scenario:
    """Read and check a scenario and every variant of it.

    ``overrides`` are texts ``path=value``: the dotted path of a value as in variants, and what stands there instead, read
    as YAML. Raises ScenarioError with all diagnostics.
    """
    file = str(path)
    project = project_of(FilePath(path).parent)
    read, made_of = gather(FilePath(path), file, project)
    if "decisions" in read.tree and "schema" not in read.tree:
        said = Diagnostic(
            "yaml-shape", "this is a log of decisions, not a scenario", file, 1, 1, help="crisis drill EXERCISE --log reads it"
        )
        raise ScenarioError([said])
    data = DataFiles(FilePath(path).parent, project)
    errors: dict[Diagnostic, None] = {}
    warnings: dict[Diagnostic, None] = {}
    if overrides:
        read, outside = _set(read, overrides)
        errors.update(dict.fromkeys(d for d in outside if d.severity == "error"))
        warnings.update(dict.fromkeys(d for d in outside if d.severity != "error"))
    warnings.update(dict.fromkeys(_hidden(read, overrides)))
    declared = read.tree.get("variants")
    names = [str(n) for n in declared] if isinstance(declared, dict) else []
    for reserved in {AS_WRITTEN, *BUILT_IN, "all"} & set(names):
        findings = Findings(file, read.tree, read.places)
        findings.note(("variants", reserved), _reserved(reserved))
        errors.update(dict.fromkeys(findings.errors))
    alternatives: list[inert.Alternative] = []
    names = [name for name in names if name not in BUILT_IN]
    each = chain([(read.tree, read.places)], alone(read.tree, read.places, names))
    for name, whole in zip([AS_WRITTEN, *names], each, strict=True):
        tree, places, problems = overridden(*whole, name)
        in_file = Findings(file, read.tree, read.places)
        for problem in problems:
            in_file.note((), problem)
        model, findings = lower_tree(tree, places, file, data, name)
        if name == AS_WRITTEN:
            sources.check(read.tree, in_file)
            answer.check_variant(read.tree, in_file)
        errors.update(dict.fromkeys((*in_file.errors, *findings.errors)))
        if model is not None and not errors:
            advice.give(model, findings, whole=name == AS_WRITTEN)
            alternatives.append(inert.Alternative(model, tree, places))
        told = {(d.code, d.file, d.line, d.column) for d in warnings}
        warnings.update(dict.fromkeys(d for d in findings.warnings if (d.code, d.file, d.line, d.column) not in told))
    if not errors:
        for findings in inert.warn(alternatives, file):
            warnings.update(dict.fromkeys(findings.warnings))
        warnings.update(dict.fromkeys(_alike(alternatives, read, file)))
    found = [replace(d, file=data.place(d.file)) if d.file in data.texts else d for d in (*errors, *warnings)]
    found.sort(key=lambda d: (d.file != file, d.file, d.line, d.column))
    if errors:
        raise ScenarioError(tuple(found))
    run = read.tree.get("run") or {}
    return Scenario(
        path=file,
        name=str(read.tree["name"]),
        sha256=_fingerprint(read.tree, data.texts),
        tree=read.tree,
        positions=read.places,
        files=dict(data.texts),
        warnings=tuple(found),
        title=str(read.tree.get("title") or ""),
        question=str(read.tree.get("question") or ""),
        notes=str(read.tree.get("notes") or ""),
        replications=run.get("replications"),
        seed=run.get("seed"),
        sources=made_of,
        overrides=tuple(overrides),
    )


def calendar_of(scenario: Scenario) -> Calendar:
    """The calendar of a scenario, for instants that are written outside it."""
    made = read_calendar(scenario.tree["clock"], Findings(scenario.path, scenario.tree, scenario.positions))
    assert made is not None
    return made


def exercise_of(scenario: Scenario, events_list: tuple[str, str] | None = None) -> Exercise | None:
    """The exercise of a scenario, None where it has none.

    ``events_list`` (CSV text, file name) takes the place of its injects. Raises ScenarioError where that is not sound.
    """
    tree = {key: value for key, value in scenario.tree.items() if not key.startswith("x-")}
    findings = Findings(scenario.path, tree, scenario.positions)
    form, setting = read_form(tree, findings)
    found = None if form is None else exercise.lowered(form, setting, findings, scenario.files.__getitem__)
    if findings.errors:
        raise ScenarioError(findings.errors)
    if found is None or events_list is None or form is None:
        return found
    return exercise.with_list(found, form, setting, findings, *events_list)


def with_variants(scenario: Scenario, variants: Mapping[str, Mapping[str, Any]]) -> Scenario:
    """The scenario with more variants: what each overrides, by dotted path.

    Raises ScenarioError where a path cannot be overridden; what is wrong with a value shows when the variant is lowered.
    """
    declared = {**scenario.variants, **variants}
    made = replace(scenario, tree={**scenario.tree, "variants": declared})
    findings = Findings(scenario.path, made.tree, made.positions)
    for name in variants:
        for problem in overridden(dict(made.tree), made.positions, name)[2]:
            findings.note((), problem)
    if findings.errors:
        raise ScenarioError(findings.errors)
    return made


def _set(read: Document, overrides: Sequence[str]) -> tuple[Document, list[Diagnostic]]:
    """The document with what is set from outside, and what is wrong with that."""
    tree: dict[str, Any] = copy.deepcopy(read.tree)
    places: Places = dict(read.places)
    found: list[Diagnostic] = []
    for override in overrides:
        said = f"--set {override}"
        path, equals, text = override.partition("=")
        dotted = path.strip()
        if not equals or not all(dotted.split(".")):
            found.append(Diagnostic("bad-override", "expected path=value, for example teams.service.absence=8%", said))
            continue
        try:
            value, origin = document.read_value(text.strip(), said)
        except ScenarioError as error:
            found += error.diagnostics
            continue
        outside: Path = ("--set", said)
        for below, place in origin.items():
            places[(*outside, *below)] = place
        before = set(steps_of(tree))
        problem = put(tree, places, dotted, value, outside, NEVER_SET)
        if problem:
            found.append(Diagnostic(problem.code, f"{dotted}: {problem.message}", said, path=dotted, help=problem.help))
        elif value is None:
            found += _follow(tree, dotted, before - set(steps_of(tree)), said)
    kept: Places = {}
    return Document(read.file, without_gone(tree, places, (), (), kept), kept), found


def _follow(tree: dict[str, Any], dotted: str, names: set[str], said: str) -> Iterator[Diagnostic]:
    """Let everything follow what has been taken out at a path, ``names`` being its steps; warn of what goes with them."""
    variants = forget(tree, dotted)
    with_them: set[str] = set()
    if names:
        with_them, more = take_out(tree, names)
        variants = [name for name in tree["variants"] if name in {*variants, *more}]
    if with_them:
        waits, goes = ("waits", "goes") if len(with_them) == 1 else ("wait", "go")
        message = f"{_listed(sorted(with_them))} {waits} for it, and {goes} with it"
        yield Diagnostic("taken-out", message, said, path=dotted, severity="warning")
    if variants:
        message = f"what {_listed(variants)} {'says' if len(variants) == 1 else 'say'} of it or of what goes with it counts no more"
        yield Diagnostic("taken-out", message, said, path=dotted, severity="warning")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _hidden(read: Document, overrides: Sequence[str]) -> Iterator[Diagnostic]:
    """A warning for whatever is set from outside and replaced by a variant."""
    declared = read.tree.get("variants")
    for name, changes in declared.items() if isinstance(declared, dict) else ():
        for dotted in changes if isinstance(changes, dict) else ():
            for override in overrides:
                path = override.partition("=")[0].strip()
                if path == dotted or path.startswith(f"{dotted}.") or dotted.startswith(f"{path}."):
                    message = f"the variant `{name}` says something else at `{dotted}`, and has the last word"
                    yield Diagnostic("set-hidden", message, f"--set {override}", path=path, severity="warning")


def lower(scenario: Scenario, variant: str | None = None) -> Model:
    """The model of one variant (None: the file as written), in seconds. Raises UsageError where there is no such variant."""
    tree, places = _variant_tree(scenario.tree, scenario.positions, scenario.known_variant(variant))
    tree.pop("variants", None)  # what else could be tried says nothing here, and was checked when it was read
    model, findings = lower_tree(tree, places, scenario.path, scenario.files.__getitem__, variant or AS_WRITTEN)
    if model is None:
        raise ScenarioError(findings.errors)
    return model


def _alike(alternatives: Sequence[inert.Alternative], read: Document, file: str) -> Iterable[Diagnostic]:
    """A warning for each variant that says something and changes nothing, or nothing that another one does not change."""
    findings = Findings(file, read.tree, read.places)
    as_written, *variants = [one.model for one in alternatives]
    met: dict[str, str] = {}
    for model in variants:
        said = repr(replace(model, variant=""))
        if said in met:
            message = f"is the same as `{met[said]}`: it would be simulated twice"
            findings.warn(("variants", model.variant), message, "take one of them out", "same-variant")
        elif read.tree["variants"][model.variant].keys() - {TITLE} and same(model, as_written):
            message = "changes nothing: every value is the one in the file"
            findings.warn(("variants", model.variant), message, "write `{}` for the file itself", "same-variant")
        met.setdefault(said, model.variant)
    return findings.warnings


def same(one: Model, other: Model) -> bool:
    """Whether two models mean the same, whatever their variants are called. As a number, a range is only its likely value."""
    return repr(replace(one, variant=other.variant)) == repr(other)


def _variant_tree(tree: Mapping[str, Any], places: Mapping[Path, Place], name: str) -> tuple[dict[str, Any], Mapping[Path, Place]]:
    made, moved, _ = overridden(dict(tree), places, name)
    return made, moved


def _reserved(name: str) -> Problem:
    return Problem(f"the name `{name}` is taken", f"`{name}` exists in every scenario", on_key=True)


def _fingerprint(tree: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    digest = hashlib.sha256(json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode())
    for name in sorted(texts):
        digest.update(f"\0{name}\0{texts[name]}".encode())
    return digest.hexdigest()
