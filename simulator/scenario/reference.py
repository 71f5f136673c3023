"""The reference pages of declared objects, written from their declarations: ``python -m simulator.scenario.reference``.

A declaration is a frozen dataclass whose annotations carry units and meanings (:mod:`simulator.model.units`), so that what
the reader of a scenario accepts and what the page says cannot differ.
"""

from __future__ import annotations

import ast
import dataclasses
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from simulator.crisis import acts
from simulator.model.distributions import Constant
from simulator.model.units import Choice, Ref, Says, Unit
from simulator.routing.declared import Choosing, strategies

FOLDER = Path("docs/reference")
FACTORS = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))
KINDS = (
    ("event", "Events", "What breaks. They stand under `events`."),
    ("action", "Actions", "What we do. They stand in the `playbook`."),
    ("both", "Either", "They may stand in both."),
)


@dataclass(frozen=True)
class Parameter:
    """One parameter of a declared object, as a scenario writes it; ``key`` is dotted where maps hold maps."""

    key: str
    written: str
    default: str
    says: str


def meaning(declared: type[Any]) -> str:
    """The first line of a declaration's docstring: what it means to a planner."""
    return (declared.__doc__ or "").strip().partition("\n")[0]


def parameters(declared: type[Any], under: str = "") -> Iterator[Parameter]:
    """The parameters of a declared dataclass, those of the maps inside it beside their own."""
    hints = get_type_hints(declared, include_extras=True)
    for field in dataclasses.fields(declared):
        hint, key = hints[field.name], f"{under}{field.name.removesuffix('_')}"
        if dataclasses.is_dataclass(hint) and isinstance(hint, type):
            yield from parameters(hint, f"{key}.")
        else:
            says = next((mark.text for mark in _marks(hint) if isinstance(mark, Says)), "")
            yield Parameter(key, _written(hint), _default(field, hint), says)


def page_of_acts() -> str:
    """``docs/reference/events-and-actions.md``."""
    text = [
        "# Events and actions",
        "Generated from the declarations in `simulator/crisis/`; do not edit.",
        "Each is the `do` of a step; its parameters stand beside the [keys that every step has](scenario.md#steps).",
        "*Lasting* ones can be ended by `until`. A duration, share, count or number may be a range `{likely, low, high}`.",
    ]
    for kind, title, says in KINDS:
        text += [f"## {title}", says]
        for name, act in acts.items():
            if act.kind == kind:
                text += [f"### `{name}`", meaning(act) + (" *Lasting.*" if act.lasting else ""), *_table(act)]
    return "\n\n".join(text) + "\n"


def page_of_strategies() -> str:
    """``docs/reference/strategies.md``."""
    text = [
        "# Strategies",
        "Generated from the declarations in `simulator/routing/declared.py`; do not edit.",
        "A strategy answers two questions: which agent for this contact, and which contact for this agent.",
        "`strategy` under `routing` names it, with its parameters beside it; `priority` is the default.",
        "`overflow` and `slowdown` go with every strategy: see [the scenario file](scenario.md#sections).",
        "A playbook changes it in mid-crisis with [`routing.switch`](events-and-actions.md#routingswitch).",
    ]
    common = list(parameters(Choosing))
    text += ["## Parameters of all of them", *_rows(common)]
    for name, strategy in strategies.items():
        rule = [" ".join(part.split()) for part in (strategy.__doc__ or "").split("\n\n")]
        own = [p for p in parameters(strategy) if p not in common]
        text += [f"## `{name}`", *rule, *([f"*Source.* {strategy.source}"] if strategy.source else []), *_rows(own)]
    text += [
        "## What a strategy of your own sees",
        "[A strategy of your own](../how-to/write-your-own-strategy.md) is given a `View`.",
        "Contacts, agents, queues, teams, needs and sites are numbers, instants are seconds since the start, and -1 is nobody.",
        "A queue holds the contacts of one need on one channel.",
        "\n".join(["| question | answer |", "|---|---|", *(f"| `view.{asked}` | {told} |" for asked, told in _questions())]),
    ]
    return "\n\n".join(text) + "\n"


def page_of_keys() -> str:
    """``docs/reference/keys.md``."""
    from simulator.scenario.pages import keys  # it reads the forms, which need pydantic

    return keys()


def page_of_channels() -> str:
    """``docs/reference/channels.md``."""
    from simulator.scenario.pages import channels

    return channels()


def page_of_errors() -> str:
    """``docs/reference/errors.md``."""
    from simulator.scenario.pages import errors

    return errors()


PAGES: Mapping[str, Callable[[], str]] = {
    "events-and-actions.md": page_of_acts,
    "strategies.md": page_of_strategies,
    "keys.md": page_of_keys,
    "channels.md": page_of_channels,
    "errors.md": page_of_errors,
}


def _questions() -> Iterator[tuple[str, str]]:
    """What a view can be asked, and its answer in words: read off the source, since compiled code keeps neither."""
    source = Path(__file__).parent.parent / "engine" / "strategy.py"
    classes = (node for node in ast.parse(source.read_text(encoding="utf-8")).body if isinstance(node, ast.ClassDef))
    view = next(node for node in classes if node.name == "View")
    for method in view.body:
        if isinstance(method, ast.FunctionDef) and not method.name.startswith(("_", "own_")) and method.name not in ("learn", "forget"):
            told = " ".join((ast.get_docstring(method) or "").split()).replace("``", "`")
            yield f"{method.name}({', '.join(a.arg for a in method.args.args[1:])})", told


def _table(declared: type[Any]) -> list[str]:
    return _rows(list(parameters(declared)))


def _rows(given: list[Parameter]) -> list[str]:
    rows = [f"| `{p.key}` | {p.written} | {p.default} | {p.says} |" for p in given]
    return ["\n".join(["| parameter | written | default | meaning |", "|---|---|---|---|", *rows])] if rows else []


def _marks(hint: Any) -> tuple[Any, ...]:
    return get_args(hint)[1:] if get_origin(hint) is Annotated else ()


def _written(hint: Any) -> str:
    """How a value of this type is written."""
    for mark in _marks(hint):
        if isinstance(mark, Unit):
            if mark.kind == "strategy":
                return f"strategy: {mark.written}"
            examples = f"`{mark.written}`" if mark.kind == "distribution" else ", ".join(f"`{e}`" for e in mark.written.split(", "))
            return f"{mark.kind}: {examples}"
        if isinstance(mark, Choice):
            return " or ".join(f"`{word}`" for word in mark.words)
        if isinstance(mark, Ref):
            return f"{'an' if mark.to[0] in 'aeiou' else 'a'} {mark.to}"
    origin, inner = get_origin(hint), get_args(hint)
    if hint is str:
        return "a text"
    if origin is Annotated or origin in (Union, types.UnionType):
        return _written(next(part for part in inner if part is not type(None)))
    if origin is tuple:
        return f"{_written(inner[0])}, or a list"
    if origin is not None and issubclass(origin, Mapping):
        return f"map from {_written(inner[0])} to {_written(inner[1])}"
    raise TypeError(f"no way is known to write {hint!r}")


def _default(field: dataclasses.Field[Any], hint: Any) -> str:
    if field.default is dataclasses.MISSING:
        return "required"
    value = field.default
    if value in (None, ()):
        return ""
    if isinstance(value, (str, tuple)):
        return ", ".join(f"`{word}`" for word in ((value,) if isinstance(value, str) else value))
    unit = next(mark.kind for mark in _marks(hint) if isinstance(mark, Unit))
    if isinstance(value, Constant):
        return f"`{_duration(value.value)}`"
    return f"`{_duration(value) if unit == 'duration' else f'{value:.0%}' if unit == 'share' else f'{value:g}'}`"


def _duration(seconds: float) -> str:
    suffix, size = next(((s, n) for s, n in FACTORS if seconds and seconds % n == 0), ("s", 1))
    return f"{seconds / size:g}{suffix}"


if __name__ == "__main__":
    for file, page in PAGES.items():
        (FOLDER / file).write_text(page(), encoding="utf-8")
