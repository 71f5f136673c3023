"""Plug-ins as the command line takes them: from within the project, checked, their parameters such as a scenario can write them."""

from __future__ import annotations

import ast
import dataclasses
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from simulator import disk
from simulator.crisis import Act, acts
from simulator.errors import Diagnostic, ScenarioError
from simulator.model.plugin import CODE, Plugin, load_plugin, unload
from simulator.model.registry import registries
from simulator.routing.declared import StrategyDeclaration, strategies
from simulator.scenario.declared import form_of
from simulator.scenario.files import PROJECT, project_of

QUESTIONS = {"agent_for": ("view", "contact"), "contact_for": ("view", "agent")}
"""The methods that every strategy must define, and what they are given."""
RULES = {"value": ("view", "queue", "contact", "team")}
"""Methods that a strategy may define if it chooses as the built-in ones do."""
DOES = {"prepare": ("world", "step"), "start": ("world", "step"), "effects": ("world", "step"), "run": ("world", "step")}
"""Methods that an event or action may define; one of the last two says what it does."""
KINDS = ("event", "action", "both")
NOTHING = (
    'write @strategies.register("my-strategy") above the declaration of a strategy, or @acts.register("my.event") above that of an event'
)


class Says(Protocol):
    """A problem with the line of a class or method."""

    def __call__(self, message: str, at: str = "", hint: str = "") -> Diagnostic: ...


def plug_in(file: str | Path, within: Path | None = None) -> Plugin:
    """Load a user's strategies, events and actions, from within the project of a folder, if one is given.

    Raises ScenarioError with every problem of the file: it cannot be read or run, registers nothing or a name that is taken, a class
    lacks a method or has one that takes other arguments than it is given, a parameter cannot be written in a scenario.
    """
    if within is not None and not disk.real(file).is_relative_to(project_of(within)):
        raise ScenarioError((Diagnostic(CODE, "the plug-in lies outside the project of the current folder", str(file), help=PROJECT),))
    plugin = load_plugin(file)
    problems = tuple(_problems(plugin)) or tuple(_unwritable(plugin))
    if problems:
        unload(plugin)
        raise ScenarioError(problems)
    return plugin


def _problems(plugin: Plugin) -> Iterator[Diagnostic]:
    """What is wrong with the classes of a plug-in, each with its line."""
    from simulator.engine.strategy import Strategy

    lines = _lines(plugin.content)

    def problem(message: str, at: str = "", hint: str = "") -> Diagnostic:
        line = lines.get(at, 0)
        return Diagnostic(CODE, message, plugin.file, line, 1 if line else 0, help=hint)

    if not plugin.declared:
        yield problem("the plug-in registers nothing: no strategy, no event and no action", hint=NOTHING)
    for kind, words in plugin.declared.items():
        for word in words:
            declared: Any = registries[kind][word]
            if kind == strategies.kind:
                yield from _of_strategy(word, declared, problem)
            elif kind == acts.kind:
                yield from _of_act(word, declared, problem)
            else:
                yield problem(f"a plug-in declares strategies, events and actions, and no {kind} (`{word}`)", _named(declared))
    for found in [
        thing for thing in vars(plugin.module).values() if isinstance(thing, type) and thing.__module__ == plugin.module.__name__
    ]:
        if issubclass(found, Strategy):
            yield from _of_router(found, Strategy, problem)


def _of_strategy(word: str, declared: Any, problem: Says) -> Iterator[Diagnostic]:
    at, make = _named(declared), getattr(declared, "make", None)
    if StrategyDeclaration not in getattr(declared, "__mro__", ()) or not dataclasses.is_dataclass(declared):
        yield problem(f"`{word}` is no declaration", at, "it is a frozen dataclass that inherits from StrategyDeclaration")
    elif make is StrategyDeclaration.make:
        yield problem(f"`{word}` makes no strategy", at, "define make(self, model), which returns your Strategy")
    elif not _takes(make, 2):
        yield problem("`make` is given self and the model", f"{at}.make", "write def make(self, model)")
    else:
        yield from _changeable(word, declared, problem)


def _of_act(word: str, declared: Any, problem: Says) -> Iterator[Diagnostic]:
    at, is_one = _named(declared), Act in getattr(declared, "__mro__", ()) and dataclasses.is_dataclass(declared)
    if not is_one:
        yield problem(f"`{word}` is no event and no action", at, "it is a frozen dataclass that inherits from Act")
        return
    if getattr(declared, "kind", None) not in KINDS:
        yield problem(
            f"`{word}` does not say whether it is an event or an action", at, f"write kind = one of {', '.join(map(repr, KINDS))}"
        )
    if declared.run is Act.run and declared.effects is Act.effects:
        yield problem(f"`{word}` does nothing", at, "define effects(self, world, step) for what lasts, or run(self, world, step)")
    for method, given in DOES.items():
        if not _takes(getattr(declared, method), len(given) + 1):
            words = f"def {method}(self, {', '.join(given)})"
            yield problem(f"`{method}` is given {', '.join(('self', *given))}", f"{at}.{method}", f"write {words}")
    yield from _changeable(word, declared, problem)


def _changeable(word: str, declared: Any, problem: Says) -> Iterator[Diagnostic]:
    if not getattr(declared, "__dataclass_params__").frozen:  # noqa: B009  # what dataclasses leave on a class is not declared
        yield problem(f"the declaration of `{word}` can be changed", _named(declared), "write @dataclass(frozen=True)")


def _of_router(found: type, base: type, problem: Says) -> Iterator[Diagnostic]:
    for method, given in (QUESTIONS | RULES).items():
        own = getattr(found, method, None)
        words = f"def {method}(self, {', '.join(given)})"
        if method in QUESTIONS and own is getattr(base, method):
            yield problem(f"{found.__name__} does not define `{method}`", found.__name__, f"write {words}")
        elif inspect.isfunction(own) and not _takes(own, len(given) + 1):
            yield problem(f"`{method}` is given {', '.join(('self', *given))}", f"{found.__name__}.{method}", f"write {words}")


def _unwritable(plugin: Plugin) -> Iterator[Diagnostic]:
    """Parameters that no scenario could give."""
    for kind, words in plugin.declared.items():
        for word in words:
            try:
                form_of(registries[kind][word])
            except Exception as error:  # noqa: BLE001  # annotations are the user's code
                message = f"the parameters of `{word}` cannot be written in a scenario: {' '.join(str(error).split())}"
                hint = "annotate them with float, int, str, or the units of simulator.model.units"
                yield Diagnostic(CODE, message, plugin.file, help=hint)


def _named(declared: Any) -> str:
    return str(getattr(declared, "__name__", ""))


def _takes(function: Any, arguments: int) -> bool:
    """Whether a method can be called with so many arguments by position, itself among them."""
    try:
        inspect.signature(function).bind(*range(arguments))
    except TypeError:
        return False
    return True


def _lines(content: bytes) -> dict[str, int]:
    """The lines of a file's classes and methods, by dotted name."""
    found = {}
    for node in ast.parse(content).body:
        if isinstance(node, ast.ClassDef):
            found[node.name] = node.lineno
            found.update({f"{node.name}.{inner.name}": inner.lineno for inner in node.body if isinstance(inner, ast.FunctionDef)})
    return found
