"""Compiles the modules of the engine that ask for it; everything else about the package stands in pyproject.toml.

GCC first builds a library that counts where it goes, and watches it simulate every scenario of the package: what it saw
often is then inlined and laid out to be fast (some 15 % in time). Any other compiler, or a machine on which that fails,
builds the library as it stands. Where no C compiler works, the same command installs the same package uncompiled.
"""

from __future__ import annotations

import atexit
import os
import runpy
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

ROOT = Path(__file__).resolve().parent
build = runpy.run_path(str(ROOT / "simulator" / "engine" / "build.py"))
modules = build["sources"](ROOT / "simulator")

# A build folder kept between builds is silently reused with whatever lies in it, so each build gets one of its own.
scratch = tempfile.mkdtemp(prefix="crisis-build-")
atexit.register(shutil.rmtree, scratch, ignore_errors=True)

WATCH = "-fprofile-generate"
# Most of the gain is inlining; these limits let it go as far as what is hot deserves.
LEARN = ["-fprofile-use", "-fprofile-correction", "--param=max-inline-insns-auto=200", "--param=large-function-growth=1000"]
WORK = """
from pathlib import Path
from simulator import draw, load, lower, simulate
from simulator.engine import build
assert build.state() == "compiled"
for file in sorted(Path("simulator").rglob("*.yaml")):
    model = lower(load(file))
    simulate(model, draw(model, seed=1, replication=0))
"""


class BuildExt(build_ext):
    """An in-place build starts by removing what an older one left, so that a failed build leaves none rather than a stale one."""

    extensions: list[Extension]

    def run(self) -> None:
        if self.inplace or getattr(self, "editable_mode", False):
            for path in build["built"](ROOT / "simulator").values():
                path.unlink()
        super().run()

    def build_extensions(self) -> None:
        """All of them as they stand, or the library twice: to be watched, and with what was learnt."""
        everything = self.extensions
        library = next((extension for extension in everything if extension.name.endswith("__mypyc")), None)
        if library is None or not is_gcc(getattr(self.compiler, "compiler", [])):
            super().build_extensions()
            return
        plain, links = library.extra_compile_args, library.extra_link_args
        library.extra_compile_args, library.extra_link_args = [*plain, WATCH], [*links, WATCH]
        super().build_extensions()
        made = Path(self.get_ext_fullpath(library.name))
        learnt = made.exists() and self.watch()
        made.unlink(missing_ok=True)  # whatever happens now, the slow one that counts must not stay
        self.extensions, self.force = [library], True
        for flags in [LEARN, []] if learnt else [[]]:
            library.extra_compile_args, library.extra_link_args = [*plain, *flags], links
            super().build_extensions()
            if made.exists():
                break
        self.extensions = everything

    def watch(self) -> bool:
        """Let the library that counts do its work in a copy of the package; whether it did."""
        trial = Path(scratch, "trial")
        shutil.copytree(ROOT / "simulator", trial / "simulator", ignore=shutil.ignore_patterns("*.so", "__pycache__"))
        shutil.copytree(self.build_lib, trial, dirs_exist_ok=True)
        try:
            subprocess.run(
                [sys.executable, "-c", WORK],
                cwd=trial, env={**os.environ, build["PURE"]: "0"}, capture_output=True, text=True, check=True, timeout=300,
            )  # fmt: skip
        except subprocess.SubprocessError as failure:
            self.warn(f"the engine is compiled without having been watched at work: {failure}\n{getattr(failure, 'stderr', None) or ''}")
            return False
        return True


def is_gcc(command: list[str]) -> bool:
    """Whether this compiler is GCC; clang goes by its name on some systems, and others stand in front of either."""
    try:
        said = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, ValueError, subprocess.SubprocessError):
        return False
    return "Free Software Foundation" in said


def extensions() -> list[Extension]:
    if not modules or not {"build", "build_ext", "bdist_wheel", "editable_wheel", "install", "develop"} & set(sys.argv):
        return []
    from mypyc.build import mypycify

    compiled = mypycify(
        # Settings of the lint do not apply here: the build environment may lack NumPy and SimPy.
        ["--config-file=", "--follow-imports=skip", "--cache-dir", f"{scratch}/mypy"]
        + [str(path.relative_to(ROOT)) for path in modules.values()],
        group_name=build["library"](modules),
        target_dir=f"{scratch}/c",
    )
    flags = []
    if sys.platform != "win32":
        # A product and a sum fused into one rounding would give other numbers than the sources do.
        flags.append("-ffp-contract=off")
    if sys.platform == "linux":
        # Lets the C compiler inline the functions of the library into each other, which nobody replaces from outside.
        flags.append("-fno-semantic-interposition")
    for extension in compiled:
        extension.optional = True
        extension.extra_compile_args = [*extension.extra_compile_args, *flags]
    return list(compiled)


setup(
    ext_modules=extensions(),
    cmdclass={"build_ext": BuildExt},
    options={"build": {"build_base": scratch}},
)
