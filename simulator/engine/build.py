"""Which engine runs: compiled modules, their Python sources, or sources because the compiled ones are out of date.

A module is compiled if the last line of its docstring says ``Compiled with mypyc.``; nothing else lists them. The
compiled library carries a fingerprint of all these sources in its file name, so a build of other sources is never
taken for a build of these. Only the standard library is imported here: ``setup.py`` reads this file before anything is installed.
"""

from __future__ import annotations

import os
import sys
from hashlib import blake2b
from importlib.machinery import EXTENSION_SUFFIXES, ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import ModuleType

State = Literal["compiled", "pure", "stale"]

FOLDERS: Final = ("engine", "routing")
MARK: Final = "Compiled with mypyc."
PURE: Final = "CRISIS_PURE"
"""Environment variable: any value but the empty one or ``0`` runs the sources even beside compiled modules."""

_PACKAGE: Final = Path(__file__).resolve().parent.parent


def sources(package: Path = _PACKAGE) -> dict[str, Path]:
    """The modules that are compiled, name -> source, in order of folder and name."""
    found = {}
    for folder in FOLDERS:
        for path in sorted((package / folder).glob("*.py")):
            _, docstring, *_ = [*path.read_text(encoding="utf-8").split('"""', 2), ""]
            if docstring.rstrip().endswith(MARK):
                found[f"{package.name}.{folder}.{path.stem}"] = path
    return found


def library(modules: Mapping[str, Path]) -> str:
    """The name of the compiled library that belongs to exactly these sources."""
    digest = blake2b(digest_size=6)
    for name, path in modules.items():
        content = path.read_bytes()
        digest.update(f"{name} {len(content)}\n".encode())
        digest.update(content)
    return f"crisis_{digest.hexdigest()}"


def built(package: Path = _PACKAGE) -> dict[str, Path]:
    """Every file that a build left beside ``package``, of these sources or of older ones, by its place without suffixes."""
    left = {}
    for suffix in EXTENSION_SUFFIXES:
        patterns = (f"crisis_*__mypyc{suffix}", *(f"{package.name}/{folder}/*{suffix}" for folder in FOLDERS))
        for path in (path for pattern in patterns for path in package.parent.glob(pattern)):
            left[path.relative_to(package.parent).as_posix().partition(".")[0].replace("/", ".")] = path
    return left


def state(package: Path = _PACKAGE) -> State:
    """What an import of the engine gives: ``compiled``, ``pure`` (never built, or asked for), or ``stale``.

    ``stale`` means that the compiled files belong to other sources than those beside them; the sources are run.
    """
    if os.environ.get(PURE, "0") not in ("", "0"):
        return "pure"
    left = built(package)
    if not left:
        return "pure"
    modules = sources(package)
    return "compiled" if left.keys() == {f"{library(modules)}__mypyc", *modules} else "stale"


class SourceFinder:
    """Finds the sources of modules beside which a compiled file lies; the ordinary finders would take that file."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """The source of ``name``, if it is a module of a folder that has compiled ones; None leaves it to the others."""
        folder, _, module = name.removeprefix(f"{_PACKAGE.name}.").partition(".")
        source = _PACKAGE / folder / f"{module}.py"
        return spec_from_file_location(name, source) if folder in FOLDERS and source.is_file() else None


def choose() -> State:
    """Make the imports that follow take compiled modules only if they were built from these sources; return the state.

    Runs when ``simulator.engine`` or ``simulator.routing`` is imported, before any compiled module can be.
    """
    now = state()
    if now != "compiled" and SourceFinder not in sys.meta_path:
        sys.meta_path.insert(0, SourceFinder)
    return now
