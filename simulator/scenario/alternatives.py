"""Alternatives: variants made from outside a file, out of files, variants, swept values and strategies, each with each.

``--strategies priority,first-come`` and ``--vary sites.temporary.seats=100:300:50`` become variants of the first file, so that
everything that knows variants knows alternatives.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import product
from pathlib import PurePath
from typing import Any

from simulator.errors import Diagnostic, ScenarioError, UsageError
from simulator.scenario import document, sources
from simulator.scenario.document import Path, Place
from simulator.scenario.language import routing_keys, sections
from simulator.scenario.problem import did_you_mean
from simulator.scenario.scenario import Scenario, lower, same, with_variants
from simulator.scenario.variants import AS_WRITTEN, BUILT_IN, FIXED, WHOLE, is_whole

MOST = 200
"""More alternatives than this nobody can compare."""
FACTORS = 2
"""Values that can be swept at once: a line, or a map of two."""
STEPS = re.compile(r"(-?\d+(?:\.\d+)?)([^\d\s:]*):(-?\d+(?:\.\d+)?)([^\d\s:]*):(-?\d+(?:\.\d+)?)([^\d\s:]*)")


@dataclass(frozen=True)
class Sweep:
    """One factor: a dotted path and the values that stand there, as written."""

    path: str
    values: tuple[str, ...]
    said: str  #: the option, for messages


@dataclass(frozen=True)
class Change:
    """One part of an alternative: what it is called and what it puts where. ``places`` say who said so."""

    name: str
    overrides: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[Path, Place] = field(default_factory=dict)


def alternatives(
    scenarios: Sequence[Scenario], *, strategies: Sequence[str] = (), variants: Sequence[str] = (), vary: Sequence[str] = ()
) -> Scenario:
    """The first scenario, with every combination of what is named as its variants, in the order named.

    ``strategies`` are ``name`` or ``name:parameter=value:…``, ``variants`` names of each file (:data:`AS_WRITTEN` is the file
    itself), ``vary`` texts ``path=from:to:step`` or ``path=value,value``. With one file and nothing named these are the file and its
    variants. Raises UsageError for what cannot be compared, ScenarioError with every diagnostic for values that do not fit.
    """
    base = scenarios[0]
    sweeps = [sweep(text) for text in vary]
    _check_number(scenarios, strategies, variants, sweeps)
    if len(scenarios) == 1 and not (strategies or variants or vary):
        variants = _with_the_file(base)
        if len(variants) < 2:
            raise UsageError(
                f"there is nothing to compare: {base.name} has no variants{' that change anything' if base.variant_names else ''}. "
                "Name --strategies, --variants, values to --vary, or several files."
            )
    labels = _labels([s.path for s in sweeps])
    made: dict[str, dict[str, Any]] = {}
    positions: dict[Path, Place] = dict(base.positions)
    files = dict(base.files)
    names = _names(scenarios)
    for scenario, file_name in zip(scenarios, names, strict=True):
        moved = scenario if scenario is base else _beside(scenario, file_name, files)
        files.update(moved.files)
        _check_clock(base, moved)
        of_file = Change(file_name if len(scenarios) > 1 else "", _difference(base.tree, moved.tree))
        for variant in variants or (None,):
            of_variant = _variant(moved, variant)
            tree = moved.variant_tree(variant)
            for one in sweeps:
                _check_path(one, tree)
            routing = tree.get("routing") or {}
            points = [[_value(s, label, value) for value in s.values] for s, label in zip(sweeps, labels, strict=True)]
            chosen = [_strategy(spec, routing) for spec in strategies] or [Change("")]
            for parts in product([of_file], [of_variant], *points, chosen):
                name = "+".join(part.name for part in parts if part.name)
                if name in made:
                    raise UsageError(f"`{name}` is named twice: a comparison needs alternatives that differ")
                made[name] = _joined(name, parts, positions)
    bare = replace(base, tree={**base.tree, "variants": {}, **_answer(base.tree, made)}, positions=positions, files=files)
    found = _checked(with_variants(bare, made))
    if len(made) < 2:
        raise UsageError(f"`{next(iter(made))}` alone has nothing to be compared with: name at least one more alternative")
    return found


def sweep(text: str) -> Sweep:
    """Read ``path=from:to:step`` or ``path=value,value``. Raises UsageError, also for more points than can be compared."""
    path, equals, values = (part.strip() for part in text.partition("="))
    said = f"--vary {text}"
    if not equals or not values or not all(path.split(".")):
        raise UsageError(f"{said}: expected path=from:to:step, for example sites.temporary.seats=100:300:50")
    found = STEPS.fullmatch(values)
    if found is None:
        if re.fullmatch(r"[^:,]+:[^:,]+:[^:,]+", values):
            raise UsageError(f"{said}: `{values}` is no range of numbers with a step; name the values with commas between")
        return Sweep(path, tuple(_split(values, said)), said)
    first, last, step = (Decimal(found[k]) for k in (1, 3, 5))
    units = {found[k] for k in (2, 4, 6)}
    if len(units) > 1:
        raise UsageError(f"{said}: write the three with the same unit, for example 30m:120m:30m")
    if step == 0 or (last - first) * step < 0:
        raise UsageError(f"{said}: steps of {step} never lead from {first} to {last}")
    points = int((last - first) / step) + 1
    if points > MOST:
        raise UsageError(f"{said}: these are {points:,} points, and at most {MOST} alternatives can be compared; choose a larger step")
    return Sweep(path, tuple(f"{(first + i * step).normalize():f}{found[2]}" for i in range(points)), said)


def differing(scenario: Scenario) -> dict[str, dict[str, str]]:
    """What differs between the variants of ``scenario``: by dotted path, the value of each variant as written, "" for nothing."""
    from simulator.scenario.origin import written

    trees = {name: scenario.variant_tree(name) for name in scenario.variant_names}
    leaves = {name: dict(_leaves({k: v for k, v in tree.items() if k not in FIXED}, "")) for name, tree in trees.items()}
    paths = dict.fromkeys(path for of_one in leaves.values() for path in of_one)
    found = {path: {name: written(of_one[path]) if path in of_one else "" for name, of_one in leaves.items()} for path in paths}
    return {path: values for path, values in found.items() if len(set(values.values())) > 1}


def factors_of(names: Sequence[str], vary: Sequence[str]) -> tuple[dict[str, tuple[str, ...]], dict[tuple[str, ...], str]]:
    """The values of each swept path, and which alternative of ``names`` has which of them: by value and what else it is called."""
    sweeps = [sweep(text) for text in vary]
    labels = _labels([one.path for one in sweeps])
    made: dict[tuple[str, ...], str] = {}
    for values in product(*(one.values for one in sweeps)):
        wanted = [f"{label}={value}" for label, value in zip(labels, values, strict=True)]
        for name in names:
            parts = name.split("+")
            if wanted and all(part in parts for part in wanted):
                made[*values, "+".join(part for part in parts if part not in wanted)] = name
    return {one.path: one.values for one in sweeps}, made


def _with_the_file(base: Scenario) -> tuple[str, ...]:
    """The variants of a file, and the file itself first unless one of them is the same."""
    as_written = lower(base)
    if any(same(lower(base, name), as_written) for name in base.variant_names):
        return base.variant_names
    return AS_WRITTEN, *base.variant_names


def _check_number(scenarios: Sequence[Scenario], strategies: Sequence[str], variants: Sequence[str], sweeps: Sequence[Sweep]) -> None:
    if len(sweeps) > FACTORS:
        raise UsageError(f"at most {FACTORS} values can be varied at once, not {len(sweeps)}: each point is simulated")
    if len({s.path for s in sweeps}) < len(sweeps):
        raise UsageError(f"`{sweeps[0].path}` is varied twice")
    number = len(scenarios) * max(len(strategies), 1) * max(len(variants), 1)
    for one in sweeps:
        number *= len(one.values)
    if number > MOST:
        raise UsageError(f"these are {number:,} alternatives, and at most {MOST} can be compared: each with each multiplies")


def _names(scenarios: Sequence[Scenario]) -> list[str]:
    """What files are called: by the scenario's name where those differ, else by the file's."""
    for found in ([s.name for s in scenarios], [PurePath(s.path).stem for s in scenarios], [s.path for s in scenarios]):
        if len(set(found)) == len(found):
            return found
    raise UsageError("a file is given twice")


def _check_clock(base: Scenario, other: Scenario) -> None:
    mine, theirs = base.tree.get("clock") or {}, other.tree.get("clock") or {}
    unlike = [key for key in {**mine, **theirs} if mine.get(key) != theirs.get(key)]
    if unlike:
        keys = ", ".join(f"clock.{key}" for key in unlike)
        raise UsageError(f"{base.path} and {other.path} cannot be compared: they differ in {keys}, so their worlds are not the same")


def _beside(scenario: Scenario, name: str, taken: Mapping[str, str]) -> Scenario:
    """``scenario`` with its tables under names that no other file uses for another content."""
    renamed = {table: f"{name}/{table}" for table, text in scenario.files.items() if taken.get(table, text) != text}
    if not renamed:
        return scenario

    def again(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: again(item) for key, item in value.items()}
        if isinstance(value, list):
            return [again(item) for item in value]
        return renamed.get(value, value) if isinstance(value, str) else value

    files = {renamed.get(table, table): text for table, text in scenario.files.items()}
    return replace(scenario, tree=again(scenario.tree), files=files)


def _variant(scenario: Scenario, name: str | None) -> Change:
    if name is None:
        return Change("")
    known = scenario.known_variant(name)
    overrides = {**BUILT_IN, **scenario.variants}.get(known, {})
    outside: Path = ("variants", known)
    places = {path[2:]: place for path, place in scenario.positions.items() if path[:2] == outside and len(path) > 2}
    return Change(known, overrides, places)


def _value(of: Sweep, label: str, text: str) -> Change:
    value, places = document.read_value(text, of.said)
    return Change(f"{label}={text}", {of.path: value}, {(of.path, *below): place for below, place in places.items()})


def _strategy(spec: str, routing: Mapping[str, Any]) -> Change:
    """A strategy in the place of that of ``routing``, whose own parameters go; what all strategies share stays."""
    from simulator.routing.declared import strategies as registered

    said = f"--strategies {spec}"
    name, *given = (part.strip() for part in spec.split(":"))
    if name not in registered:
        raise UsageError(f"there is no strategy `{name}`; {did_you_mean(name, registered)}")
    shared = {key.name for key in routing_keys()}
    overrides: dict[str, Any] = {f"routing.{key}": None for key in routing if key not in shared and key != "strategy"}
    places: dict[Path, Place] = {}
    for key, text in [("strategy", name), *(_parameter(part, said) for part in given)]:
        dotted = f"routing.{key}"
        overrides.pop(dotted, None)
        overrides[dotted], found = document.read_value(text, said)
        places.update({(dotted, *below): place for below, place in found.items()})
    return Change(spec, overrides, places)


def _parameter(text: str, said: str) -> tuple[str, str]:
    key, equals, value = (part.strip() for part in text.partition("="))
    if not equals or not key or not value or "." in key:
        raise UsageError(f"{said}: expected strategy:parameter=value, got `{text}`")
    return key, value


def _joined(name: str, parts: Sequence[Change], positions: dict[Path, Place]) -> dict[str, Any]:
    """The overrides of all parts, later ones last, so that they have the last word."""
    made: dict[str, Any] = {}
    for part in parts:
        for dotted, value in part.overrides.items():
            made.pop(dotted, None)
            made[dotted] = value
        for below, place in part.places.items():
            positions["variants", name, *below] = place
    return made


def _answer(tree: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The section ``answer``, beside no variant that is not compared."""
    answer = tree.get("answer")
    if not isinstance(answer, dict) or answer.get("against") in (None, *names):
        return {}
    return {"answer": {key: value for key, value in answer.items() if key != "against"}}


def _checked(scenario: Scenario) -> Scenario:
    """The scenario, once each variant of it has been lowered; raises ScenarioError with everything that does not fit."""
    found: dict[Diagnostic, None] = {}
    for name in scenario.variant_names:
        try:
            lower(scenario, name)
        except ScenarioError as error:
            found.update(dict.fromkeys(error.diagnostics))
    if found:
        raise ScenarioError(tuple(found))
    return scenario


def _difference(base: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """What turns ``base`` into ``other``, a section at a time; sections that say what is compared stay those of ``base``."""
    sections = [key for key in {**base, **other} if key not in FIXED and not key.startswith("x-")]
    return {key: _changed(base.get(key), other.get(key), key) for key in sections if base.get(key) != other.get(key)}


def _changed(old: Any, new: Any, key: str) -> Any:
    if not (isinstance(old, dict) and isinstance(new, dict)) or key in WHOLE or is_whole(old) or is_whole(new):
        return new
    return {k: _changed(old.get(k), new.get(k), k) for k in {**old, **new} if old.get(k) != new.get(k)}


def _leaves(value: Any, dotted: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value and not is_whole(value):
        for key, item in value.items():
            yield from _leaves(item, f"{dotted}.{key}" if dotted else str(key))
    elif isinstance(value, list) and value and all(isinstance(item, dict) and "id" in item for item in value):
        for item in value:
            yield from _leaves({k: v for k, v in item.items() if k != "id"}, f"{dotted}.{item['id']}")
    else:
        yield dotted, value


def _check_path(of: Sweep, tree: Mapping[str, Any]) -> None:
    """A misspelt site is not a new site: what is varied belongs to something that there is."""
    section, *names = of.path.split(".")
    possible = [key.name for key in sections()]
    if section not in possible:
        raise UsageError(f"{of.said}: there is no section `{section}`; {did_you_mean(section, possible)}")
    known = tree.get(section)
    if not isinstance(known, dict) or not names or not all(isinstance(item, dict) for item in known.values()):
        return
    if sources.find(known, ".".join(names)) is None and not any(of.path.startswith(f"{section}.{name}.") for name in known):
        raise UsageError(f"{of.said}: there is no `{names[0]}` in `{section}`; {did_you_mean(names[0], known)}")


def _labels(paths: Sequence[str]) -> list[str]:
    """The shortest ends of dotted paths that tell them apart."""
    for length in range(1, max((len(p.split(".")) for p in paths), default=0) + 1):
        found = [".".join(p.split(".")[-length:]) for p in paths]
        if len(set(found)) == len(found):
            return found
    return list(paths)


def _split(values: str, said: str) -> list[str]:
    """Values between commas that stand outside brackets and quotes."""
    parts, depth, quote = [""], 0, ""
    for sign in values:
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        depth += (sign in "[{") - (sign in "]}") if not quote else 0
        if sign == "," and not depth and not quote:
            parts.append("")
        else:
            parts[-1] += sign
    found = [part.strip() for part in parts]
    if not all(found):
        raise UsageError(f"{said}: a value is missing between two commas")
    return found


__all__ = ["AS_WRITTEN", "MOST", "Sweep", "alternatives", "differing", "factors_of", "sweep"]
