"""Every key of the language, read off the declarations: a new key is found by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import TypeAdapter
from pydantic.fields import FieldInfo

from simulator.scenario import language
from simulator.scenario.forms import RoutingForm, ScenarioForm
from simulator.scenario.language import Items, Map, Names, Node, Value
from simulator.scenario.section import Section, Setting
from simulator.scenario.step_form import StepForm


def every_section() -> list[type[Section]]:
    """The forms of all maps with known keys: those of a scenario, of steps, strategies and laws."""
    found: dict[type[Section], None] = {}
    waiting: list[type[Section]] = [ScenarioForm, StepForm, RoutingForm]
    waiting += [*language.acts("events").values(), *language.acts("playbook").values(), *language.strategies().values()]
    waiting += language.families().values()
    while waiting:
        section = waiting.pop(0)
        if section not in found:
            found[section] = None
            for key in language.keys(section):
                waiting += maps_in(key.node)
    return list(found)


def maps_in(node: Node) -> Iterator[type[Section]]:
    if isinstance(node, Map):
        yield node.section
    for below in nodes_below(node):
        yield from maps_in(below)


def nodes_below(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Items):
        return (node.item,)
    if isinstance(node, Names):
        return (node.value,)
    return node.forms if isinstance(node, Value) else ()


def fields() -> Iterator[tuple[type[Section], str, FieldInfo]]:
    """Every key: the form of its map, its name as it is written, and its declaration."""
    for section in every_section():
        for name, field in section.model_fields.items():
            yield section, field.alias or name, field


def read(field: FieldInfo, raw: Any, setting: Setting) -> Any:
    """What a key means that is written as ``raw``; raises pydantic's ValidationError."""
    hint: Any = Annotated[(field.annotation, *field.metadata)]
    return TypeAdapter(hint).validate_python(raw, context=setting)
