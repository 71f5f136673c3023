"""A user's own strategies, events and actions: a Python file that declares them, loaded on request.

Scenarios never run code; only ``--plugin`` and :func:`simulator.scenario.plugins.plug_in` do, which also check what is declared.
Worker processes load the same file again, and refuse it if it has changed meanwhile. Only the standard library is imported here.
"""

from __future__ import annotations

import dataclasses
import hashlib
import pickle
import sys
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from simulator import disk
from simulator.errors import Diagnostic, ScenarioError, StrategyError, UsageError
from simulator.model.registry import registries

CODE = "plugin"
MARK = "__crisis_plugin__"
"""A global of every plug-in, by which errors in it are told from ours (:mod:`simulator.crisis.strategy`)."""
MAX_BYTES = 1_000_000
Declared = Mapping[str, tuple[str, ...]]
"""Names by kind of registry: what a file declares."""
_loaded: dict[str, Plugin] = {}
_modules: dict[str, ModuleType] = {}


@dataclass(frozen=True)
class Plugin:
    """A loaded file: as it was named, where it is, its fingerprint, and the names that it declares."""

    file: str
    path: str
    sha256: str
    declared: Declared
    content: bytes = dataclasses.field(default=b"", repr=False)

    @property
    def module(self) -> ModuleType:
        """The module that the file has become."""
        return _modules[self.path]


def loaded() -> tuple[Plugin, ...]:
    """The plug-ins of this process, in the order in which they were loaded."""
    return tuple(_loaded.values())


def load_plugin(file: str | Path, *, called: str | None = None) -> Plugin:
    """Run ``file`` and keep what it registers; a file that is loaded already is not run again.

    Messages name it ``called``, if that is given. Raises ScenarioError where it cannot be read or run, or registers a name that
    is taken. What it registers is checked by :func:`simulator.scenario.plugins.plug_in`.
    """
    name = called or str(file)
    return _load(_read(Path(file), name), str(disk.real(file)), name)


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
    before = _names()
    module = ModuleType(f"crisis_plugin_{sha256[:16]}")
    module.__file__ = path
    module.__dict__[MARK] = True
    sys.modules[module.__name__] = module  # dataclasses look their module up
    try:
        _run(content, name, module)
    except BaseException:
        _withdraw(_since(before))
        del sys.modules[module.__name__]
        raise
    made = _since(before)
    for kind, words in made.items():
        for word in words:
            setattr(registries[kind][word], "__reduce__", _reduce)  # noqa: B010  # workers know neither the module nor its classes
    _modules[path] = module
    _loaded[path] = Plugin(name, path, sha256, made, content)
    return _loaded[path]


def _names() -> dict[str, set[str]]:
    return {kind: set(registry) for kind, registry in registries.items()}


def _since(before: Mapping[str, set[str]]) -> Declared:
    """What has been registered since, also in registries that the file was the first to load."""
    made = {kind: tuple(word for word in registry if word not in before.get(kind, ())) for kind, registry in registries.items()}
    return {kind: own for kind, words in made.items() if (own := tuple(w for w in words if _is_plugged(registries[kind][w])))}


def _is_plugged(member: type) -> bool:
    """Whether a class was defined in a plug-in."""
    return MARK in vars(sys.modules.get(member.__module__, sys))


def unload(plugin: Plugin) -> None:
    """Forget a plug-in and what it declares."""
    _withdraw(plugin.declared)
    del _loaded[plugin.path]


def noted() -> tuple[str, ...]:
    """The plug-ins of this process as a run keeps them: fingerprint and name."""
    return tuple(f"{plugin.sha256} {Path(plugin.file).name}" for plugin in loaded())


def require(kept: Iterable[str]) -> None:
    """Raise UsageError unless the plug-ins that a run kept are loaded, unchanged."""
    here = {plugin.sha256: plugin for plugin in loaded()}
    for one in kept:
        sha256, _, file = one.partition(" ")
        if sha256 not in here:
            changed = any(Path(plugin.file).name == Path(file).name for plugin in here.values())
            why = "which has changed since" if changed else "which is not loaded here: name it with --plugin"
            raise UsageError(f"this run was made with the plug-in {file}, {why}")


def plugin_of(declared: object) -> Plugin | None:
    """The plug-in that declares this strategy, event or action, if one does."""
    module = type(declared).__module__
    return next((_loaded[path] for path, made in _modules.items() if made.__name__ == module and path in _loaded), None)


def _read(path: Path, name: str) -> bytes:
    def refuse(message: str, hint: str = "") -> ScenarioError:
        return ScenarioError((Diagnostic(CODE, message, name, help=hint),))

    if path.suffix != ".py":
        raise refuse("a plug-in is a Python file", "its name ends in .py")
    try:
        content = disk.content(path, MAX_BYTES, "the plug-in")
    except disk.Unreadable as error:
        near = [] if disk.exists(path) else disk.names(path.parent, (".py",))[:8]
        raise refuse(str(error), f"there are: {', '.join(near)}" if near else "") from None
    if len(content) > MAX_BYTES:
        raise refuse(f"the plug-in has more than {MAX_BYTES:,} bytes")
    return content


def _run(content: bytes, name: str, module: ModuleType) -> None:
    """Raises ScenarioError for whatever goes wrong."""
    try:
        exec(compile(content, name, "exec"), module.__dict__)  # noqa: S102  # the user named the file; no scenario can
    except (SyntaxError, ValueError) as error:
        if isinstance(error, SyntaxError) and error.filename in (name, None):
            raise _wrong(name, f"this is not Python: {error.msg}", error.lineno or 0, error.offset or 1) from None
        raise _raised(error, name) from None
    except (Exception, SystemExit) as error:  # noqa: BLE001  # whatever it is, it is the user's
        raise _raised(error, name) from None


def _raised(error: BaseException, name: str) -> ScenarioError:
    line = next((f.lineno or 0 for f in reversed(traceback.extract_tb(error.__traceback__)) if f.filename == name), 0)
    return _wrong(name, f"{type(error).__name__} while the plug-in was loaded: {' '.join(str(error).split())}", line)


def _wrong(name: str, message: str, line: int = 0, column: int = 1, hint: str = "") -> ScenarioError:
    return ScenarioError((Diagnostic(CODE, message, name, line, column if line else 0, help=hint),))


def _withdraw(declared: Declared) -> None:
    for kind, words in declared.items():
        for word in words:
            registries[kind].withdraw(word)


def _reduce(self: Any) -> tuple[Any, ...]:
    plugin = plugin_of(self)
    if plugin is None:
        raise StrategyError(f"the plug-in of `{self.name}` is no longer loaded")
    given = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
    kind = next(kind for kind, words in plugin.declared.items() if self.name in words and type(self) is registries[kind][self.name])
    # Parameters may be of classes of the file themselves: they are opened once it is loaded.
    return _restored, (plugin.file, plugin.path, plugin.sha256, kind, self.name, pickle.dumps(given))


def _restored(file: str, path: str, sha256: str, kind: str, word: str, parameters: bytes) -> Any:
    """A declaration in another process: its file is loaded there, if it is still the same."""
    known = _loaded.get(path)
    if known is None or known.sha256 != sha256:
        if hashlib.sha256(_read(Path(path), file)).hexdigest() != sha256:
            raise StrategyError(f"{file} was changed while it was being used")
        load_plugin(path, called=file)
    return registries[kind][word](**pickle.loads(parameters))  # noqa: S301  # our own bytes
