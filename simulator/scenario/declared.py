"""Declared dataclasses (acts, strategies, distributions) read from the tree by their type hints, checked with pydantic.

A field's annotation says how it is written (:mod:`simulator.model.units`); a trailing ``_`` of its name is dropped in
YAML (``for_`` is written ``for``).
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import BeforeValidator, Field, ValidationInfo, create_model

from simulator.model.units import Choice, Ref, Says, Unit
from simulator.scenario import section
from simulator.scenario.problem import Problem, Wrong
from simulator.scenario.section import Reads, Section, Setting, Written, choice, listed, named, read_section, setting_of, without_echoes

S = TypeVar("S", bound=Section)
T = TypeVar("T")

QUANTITIES: dict[str, Any] = {
    "duration": section.Duration,
    "share": section.Share,
    "count": section.Count,
    "number": section.Number,
    "factor": section.Factor,
    "rate": section.Rate,
    "instant": section.Instant,
}
_forms: dict[type[Any], type[Section]] = {}
OPEN_NAMES = frozenset({"role", "place"})
"""Kinds of names that need no declaration."""


def read_declared(cls: type[T], raw: Any, setting: Setting) -> T:
    """Read a map as the declared dataclass ``cls``; raises Wrong with every problem in it."""
    form = read_section(form_of(cls), raw, setting)
    return cls(**{f.name: getattr(form, f.name) for f in dataclasses.fields(cls)})  # type: ignore[arg-type]  # T is a dataclass


def read_beside(cls: type[S], declared: type[Any], raw: dict[str, Any], key: str, setting: Setting) -> S:
    """A section whose ``key`` names a declared object, with the object's own parameters beside the section's keys."""
    ours = {f.alias or n for n, f in cls.model_fields.items()} - {key}
    problems: list[Problem] = []
    made: Any = None
    try:
        made = read_declared(declared, {k: v for k, v in raw.items() if k not in ours and k != key}, setting)
    except Wrong as error:
        problems += error.problems
    try:
        beside = {k: v for k, v in raw.items() if k in ours}
        form = read_section(cls, beside | {key: object.__new__(declared) if made is None else made}, setting)
    except Wrong as error:
        problems += error.problems
        raise Wrong(*without_echoes(problems)) from None
    if problems:
        raise Wrong(*problems)
    return form


def form_of(cls: type[Any]) -> type[Section]:
    """The section that a declared dataclass is written as."""
    if cls not in _forms:
        _forms[cls] = _made(cls)
    return _forms[cls]


def _made(cls: type[Any]) -> type[Section]:
    hints = get_type_hints(cls, include_extras=True)
    fields: dict[str, Any] = {}
    for f in dataclasses.fields(cls):
        required = f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
        says = tuple(mark for mark in get_args(hints[f.name])[1:] if isinstance(mark, Says))
        hint = Annotated[(_written(hints[f.name]), *says)] if says else _written(hints[f.name])
        fields[f.name] = (hint, Field(...) if required else _default(f, _refers(hints[f.name])))
    return create_model(f"{cls.__name__}Form", __base__=Section, **fields)


def _default(f: dataclasses.Field[Any], refers: bool) -> Any:
    """The default of a field; where it is the name of something, that must exist too."""
    if f.default_factory is not dataclasses.MISSING:
        return Field(default_factory=f.default_factory)
    default: Any = f.default
    return Field(default, validate_default=refers and isinstance(default, str))


def _refers(hint: Any) -> bool:
    return get_origin(hint) is Annotated and any(isinstance(mark, Ref) for mark in get_args(hint)[1:])


def _written(hint: Any) -> Any:
    """The type that pydantic checks for a declared field's type hint."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        inner, marks = arguments[0], arguments[1:]
        if type(None) in get_args(inner):
            return _written(Annotated[(_without_none(inner), *marks)]) | None
        return _marked(inner, marks)
    if origin in (Union, types.UnionType):
        return _written(_without_none(hint)) | None
    if origin is tuple:
        items: Any = types.GenericAlias(tuple, (_written(arguments[0]), ...))
        return Annotated[items, BeforeValidator(listed)]
    if origin is not None and issubclass(origin, Mapping):
        return types.GenericAlias(dict, (_written(arguments[0]), _written(arguments[1])))
    if dataclasses.is_dataclass(hint):
        nested: Any = hint

        def read(raw: Any, info: ValidationInfo) -> Any:
            return read_declared(nested, raw, setting_of(info))

        return Annotated[Any, Reads(read, written=Written("forms", forms=lambda: (form_of(nested),)))]
    return {str: section.Text, int: section.Whole, float: section.Number}.get(hint, hint)


def _without_none(hint: Any) -> Any:
    (only,) = (a for a in get_args(hint) if a is not type(None))
    return only


def _marked(inner: Any, marks: tuple[Any, ...]) -> Any:
    for mark in marks:
        if isinstance(mark, Unit):
            return {"distribution": _law, "strategy": _strategy}.get(mark.kind) or QUANTITIES[mark.kind]
        if isinstance(mark, Ref):
            return section.Text if mark.to in OPEN_NAMES else Annotated[str, named(mark.to)]
        if isinstance(mark, Choice):
            return Annotated[str, choice(*mark.words)]
    return _written(inner)


def _read_law(raw: Any, info: ValidationInfo) -> Any:
    from simulator.scenario.law import read_law  # families of laws are declared dataclasses themselves

    return read_law(raw, setting_of(info), at_once=True)


def _read_strategy(raw: Any, info: ValidationInfo) -> Any:
    from simulator.scenario.strategy import read_strategy  # strategies are declared dataclasses themselves

    return read_strategy(raw, setting_of(info))


_law = Annotated[Any, Reads(_read_law, written=Written("law"))]
_strategy = Annotated[Any, Reads(_read_strategy, written=Written("strategy"))]
