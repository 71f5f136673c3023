"""The language as data: what may stand where. Schema, ``explain`` and the reference page are told from it.

It is read off the same declarations that validate a file (:mod:`simulator.scenario.forms` and the registered objects).
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BeforeValidator
from pydantic.fields import FieldInfo

from simulator.model.units import Says
from simulator.scenario.declared import form_of
from simulator.scenario.forms import RoutingForm, ScenarioForm
from simulator.scenario.section import Reads, Section, Written, listed
from simulator.scenario.step_form import StepForm

ANY = Written("any")


@dataclass(frozen=True)
class Value:
    """One value; ``written`` says how. Alternatives that are values or maps themselves stand in ``forms``."""

    written: Written
    forms: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Items:
    """A list; where ``one`` is true, a single item may stand without its list."""

    item: Node
    one: bool = False


@dataclass(frozen=True)
class Names:
    """A map from names to values; ``of`` says what the names are."""

    of: Written
    value: Node


@dataclass(frozen=True)
class Map:
    """A map with known keys."""

    section: type[Section]


Node = Value | Items | Names | Map


@dataclass(frozen=True)
class Key:
    """A key of a map; ``default`` is in the model's own units, and None where there is none."""

    name: str
    node: Node
    says: str
    required: bool
    default: Any


@cache
def keys(section: type[Section]) -> tuple[Key, ...]:
    """The keys of a section in the order of their declaration."""
    return tuple(_key(name, field) for name, field in section.model_fields.items())


def _key(name: str, field: FieldInfo) -> Key:
    hint = field.annotation
    says = next((mark.text for mark in _all_marks(hint, field.metadata) if isinstance(mark, Says)), "")
    default = None if field.is_required() else field.get_default(call_default_factory=True, validated_data={})
    return Key(field.alias or name, node(hint, tuple(field.metadata)), says, field.is_required(), default)


def _all_marks(hint: Any, marks: Any) -> Iterator[Any]:
    yield from marks
    if get_origin(hint) is Annotated:
        yield from get_args(hint)[1:]
        yield from _all_marks(get_args(hint)[0], ())
    elif get_origin(hint) in (Union, types.UnionType):
        for part in get_args(hint):
            yield from _all_marks(part, ())


def node(hint: Any, marks: tuple[Any, ...] = ()) -> Node:
    """What may stand where a declaration says ``hint``."""
    if get_origin(hint) is Annotated:
        return node(get_args(hint)[0], (*marks, *get_args(hint)[1:]))
    written = next((m.written if isinstance(m, Reads) else m for m in marks if isinstance(m, (Reads, Written))), None)
    if written is not None:
        return Value(written, tuple(node(form) for form in written.forms()))
    if get_origin(hint) in (Union, types.UnionType):
        (only,) = (part for part in get_args(hint) if part is not type(None))
        return node(only, marks)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (list, tuple):
        one = any(isinstance(m, BeforeValidator) and m.func is listed for m in marks)
        return Items(node(arguments[0]), one)
    if origin is dict:
        name = node(arguments[0])
        return Names(name.written if isinstance(name, Value) else ANY, node(arguments[1]))
    if isinstance(hint, type) and issubclass(hint, Section):
        return Map(hint)
    return Value(ANY)


def acts(section: str) -> Mapping[str, type[Section]]:
    """The forms of what can be done in ``events`` or in the ``playbook``, by name."""
    from simulator.crisis import acts as registered

    kinds = ("both", "event" if section == "events" else "action")
    return {name: form_of(act) for name, act in registered.items() if act.kind in kinds}


def strategies() -> Mapping[str, type[Section]]:
    """The forms of the strategies' own parameters, by name."""
    from simulator.routing.declared import strategies as registered

    return {name: form_of(strategy) for name, strategy in registered.items()}


def families() -> Mapping[str, type[Section]]:
    """The forms of the distributions that are written as maps, by name."""
    from simulator.model.distributions import families as registered

    return {name: form_of(law) for name, law in registered.items() if name not in ("empirical", "hazard")}


def step_keys() -> tuple[Key, ...]:
    """The keys that every step has, beside its ``do`` and what that needs."""
    return tuple(key for key in keys(StepForm) if key.name != "do")


def routing_keys() -> tuple[Key, ...]:
    """The keys of routing beside its strategy and what that needs."""
    return tuple(key for key in keys(RoutingForm) if key.name != "strategy")


def sections() -> tuple[Key, ...]:
    """The top-level keys of a scenario."""
    return keys(ScenarioForm)
