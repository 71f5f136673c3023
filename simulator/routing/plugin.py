"""A user's own strategies: a Python file that declares them, loaded on request and checked before anything runs.

Scenarios never run code; only ``--plugin`` and :func:`load_plugin` do. Worker processes load the same file again, and refuse
it if it has changed meanwhile. Only the standard library and the port are imported here.
"""

from __future__ import annotations

import ast
import dataclasses
import hashlib
import inspect
import sys
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from simulator.errors import Diagnostic, ScenarioError, StrategyError, UsageError
from simulator.routing.declared import StrategyDeclaration, strategies

CODE = "plugin"
MARK = "__crisis_plugin__"
"""A global of every plug-in, by which errors in it are told from ours (:mod:`simulator.crisis.strategy`)."""
MAX_BYTES = 1_000_000
QUESTIONS = {"agent_for": ("view", "contact"), "contact_for": ("view", "agent")}
"""The methods that every strategy must define, and what they are given."""
RULES = {"value": ("view", "queue", "contact", "team")}
"""Methods that a strategy may define if it chooses as the built-in ones do."""
_loaded: dict[str, Plugin] = {}
_modules: dict[str, ModuleType] = {}


@dataclass(frozen=True)
class Plugin:
    """A loaded file: as it was named, where it is, its fingerprint, and the strategies it declares."""

    file: str
    path: str
    sha256: str
    strategies: tuple[str, ...]
    content: bytes = dataclasses.field(default=b"", repr=False)


def loaded() -> tuple[Plugin, ...]:
    """The plug-ins of this process, in the order in which they were loaded."""
    return tuple(_loaded.values())


def load_plugin(file: str | Path, *, called: str | None = None) -> Plugin:
    """Run ``file`` and keep the strategies that it registers; a file that is loaded already is not run again.

    Messages name it ``called``, if that is given. Raises ScenarioError with every problem: a file that cannot be read or
    run, that registers nothing or a name that is taken, a strategy that lacks a method or whose method takes other
    arguments than the port's.
    """
    name = called or str(file)
    return _load(_read(Path(file), name), str(Path(file).resolve()), name)


def install(plugin: Plugin) -> None:
    """Load a plug-in as another process has it, of which this machine need not have the file."""
    _load(plugin.content, plugin.path, plugin.file)


def _load(content: bytes, path: str, name: str) -> Plugin:
    sha256 = hashlib.sha256(content).hexdigest()
    known = _loaded.get(path)
    if known is not None:
        if known.sha256 == sha256:
            return known
        unload(known)
    before = set(strategies)
    module = ModuleType(f"crisis_plugin_{sha256[:16]}")
    module.__file__ = path
    module.__dict__[MARK] = True
    sys.modules[module.__name__] = module  # dataclasses look their module up
    try:
        made = _run(content, name, module)
    except BaseException:
        _withdraw(word for word in list(strategies) if word not in before)
        del sys.modules[module.__name__]
        raise
    for word in made:
        setattr(strategies[word], "__reduce__", _reduce)  # noqa: B010  # workers know neither the module nor its classes
    _modules[path] = module
    _loaded[path] = Plugin(name, path, sha256, made, content)
    return _loaded[path]


def unload(plugin: Plugin) -> None:
    """Forget a plug-in and its strategies."""
    _withdraw(plugin.strategies)
    del _loaded[plugin.path]


def noted() -> tuple[str, ...]:
    """The plug-ins of this process as a run keeps them: fingerprint and name."""
    return tuple(f"{plugin.sha256} {plugin.file}" for plugin in loaded())


def require(kept: Iterable[str]) -> None:
    """Raise UsageError unless the plug-ins that a run kept are loaded, unchanged."""
    here = {plugin.sha256: plugin for plugin in loaded()}
    for one in kept:
        sha256, _, file = one.partition(" ")
        if sha256 not in here:
            changed = any(Path(plugin.file).name == Path(file).name for plugin in here.values())
            why = "which has changed since" if changed else "whose strategies are not known here: name it with --plugin"
            raise UsageError(f"this run was made with the plug-in {file}, {why}")


def plugin_of(declared: object) -> Plugin | None:
    """The plug-in that declares this strategy, if one does."""
    module = type(declared).__module__
    return next((_loaded[path] for path, made in _modules.items() if made.__name__ == module and path in _loaded), None)


def _read(path: Path, name: str) -> bytes:
    def refuse(message: str, hint: str = "") -> ScenarioError:
        return ScenarioError((Diagnostic(CODE, message, name, help=hint),))

    if path.suffix != ".py":
        raise refuse("a plug-in is a Python file", "its name ends in .py")
    if not path.exists():
        near = sorted(p.name for p in path.parent.glob("*.py"))[:8] if path.parent.is_dir() else []
        raise refuse("the plug-in does not exist", f"there are: {', '.join(near)}" if near else "")
    if not path.is_file():
        raise refuse("the plug-in is not an ordinary file")
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise refuse(f"the plug-in cannot be read: {error.strerror or error}") from None
    if len(content) > MAX_BYTES:
        raise refuse(f"the plug-in has more than {MAX_BYTES:,} bytes")
    return content


def _run(content: bytes, name: str, module: ModuleType) -> tuple[str, ...]:
    """The strategies that the file declares; raises ScenarioError for whatever is wrong with it or with them."""
    before = set(strategies)
    try:
        exec(compile(content, name, "exec"), module.__dict__)  # noqa: S102  # the user named the file; no scenario can
    except (SyntaxError, ValueError) as error:
        if isinstance(error, SyntaxError) and error.filename in (name, None):
            raise _wrong(name, f"this is not Python: {error.msg}", error.lineno or 0, error.offset or 1) from None
        raise _raised(error, name) from None
    except (Exception, SystemExit) as error:  # noqa: BLE001  # whatever it is, it is the user's
        raise _raised(error, name) from None
    made = tuple(word for word in strategies if word not in before)
    problems = tuple(_problems(module, content, name, made))
    if problems:
        raise ScenarioError(problems)
    return made


def _raised(error: BaseException, name: str) -> ScenarioError:
    line = next((f.lineno or 0 for f in reversed(traceback.extract_tb(error.__traceback__)) if f.filename == name), 0)
    return _wrong(name, f"{type(error).__name__} while the plug-in was loaded: {' '.join(str(error).split())}", line)


def _wrong(name: str, message: str, line: int = 0, column: int = 1, hint: str = "") -> ScenarioError:
    return ScenarioError((Diagnostic(CODE, message, name, line, column if line else 0, help=hint),))


def _problems(module: ModuleType, content: bytes, name: str, made: tuple[str, ...]) -> Iterator[Diagnostic]:
    """What is wrong with the classes of a plug-in, each with its line."""
    from simulator.engine.strategy import Strategy

    lines = _lines(content)

    def problem(message: str, at: str, hint: str = "") -> Diagnostic:
        line = lines.get(at, 0)
        return Diagnostic(CODE, message, name, line, 1 if line else 0, help=hint)

    if not made:
        yield problem("the plug-in registers no strategy", "", 'write @strategies.register("my-strategy") above its declaration')
    for word in made:
        declared: Any = strategies[word]
        at = getattr(declared, "__name__", "")
        make = getattr(declared, "make", None)
        if StrategyDeclaration not in getattr(declared, "__mro__", ()) or not dataclasses.is_dataclass(declared):
            yield problem(f"`{word}` is no declaration", at, "it is a frozen dataclass that inherits from StrategyDeclaration")
        elif make is StrategyDeclaration.make:
            yield problem(f"`{word}` makes no strategy", at, "define make(self, model), which returns your Strategy")
        elif not _takes(make, 2):
            yield problem("`make` is given self and the model", f"{at}.make", "write def make(self, model)")
        elif not getattr(declared, "__dataclass_params__").frozen:  # noqa: B009  # what dataclasses leave on a class is not declared
            yield problem(f"the declaration of `{word}` can be changed", at, "write @dataclass(frozen=True)")
    for found in [thing for thing in vars(module).values() if isinstance(thing, type) and thing.__module__ == module.__name__]:
        if issubclass(found, Strategy):
            for method, given in (QUESTIONS | RULES).items():
                own = getattr(found, method, None)
                words = f"def {method}(self, {', '.join(given)})"
                if method in QUESTIONS and own is getattr(Strategy, method):
                    yield problem(f"{found.__name__} does not define `{method}`", found.__name__, f"write {words}")
                elif inspect.isfunction(own) and not _takes(own, len(given) + 1):
                    yield problem(f"`{method}` is given {', '.join(('self', *given))}", f"{found.__name__}.{method}", f"write {words}")


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


def _withdraw(words: Iterable[str]) -> None:
    for word in words:
        strategies.withdraw(word)


def _reduce(self: StrategyDeclaration) -> tuple[Any, ...]:
    plugin = plugin_of(self)
    if plugin is None:
        raise StrategyError(f"the plug-in of `{self.name}` is no longer loaded")
    given = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}  # type: ignore[arg-type]  # a dataclass, as was checked
    return _restored, (plugin.file, plugin.path, plugin.sha256, self.name, given)


def _restored(file: str, path: str, sha256: str, word: str, parameters: dict[str, Any]) -> StrategyDeclaration:
    """A declaration in another process: its file is loaded there, if it is still the same."""
    known = _loaded.get(path)
    if known is None or known.sha256 != sha256:
        if hashlib.sha256(_read(Path(path), file)).hexdigest() != sha256:
            raise StrategyError(f"{file} was changed while it was being used")
        load_plugin(path, called=file)
    return strategies[word](**parameters)
