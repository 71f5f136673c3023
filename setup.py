"""Compiles the modules of the engine that ask for it; everything else about the package stands in pyproject.toml.

Where no C compiler works, the same command installs the same package uncompiled.
"""

from __future__ import annotations

import atexit
import runpy
import shutil
import sys
import tempfile
from pathlib import Path

from setuptools import setup
from setuptools.command.build_ext import build_ext

ROOT = Path(__file__).resolve().parent
build = runpy.run_path(str(ROOT / "simulator" / "engine" / "build.py"))
modules = build["sources"](ROOT / "simulator")

# A build folder kept between builds is silently reused with whatever lies in it, so each build gets one of its own.
scratch = tempfile.mkdtemp(prefix="crisis-build-")
atexit.register(shutil.rmtree, scratch, ignore_errors=True)


class BuildExt(build_ext):
    """An in-place build starts by removing what an older one left, so that a failed build leaves none rather than a stale one."""

    def run(self) -> None:
        if self.inplace or getattr(self, "editable_mode", False):
            for path in build["built"](ROOT / "simulator").values():
                path.unlink()
        super().run()


def extensions() -> list[object]:
    if not modules or not {"build", "build_ext", "bdist_wheel", "editable_wheel", "install", "develop"} & set(sys.argv):
        return []
    from mypyc.build import mypycify

    compiled = mypycify(
        # Settings of the lint do not apply here: the build environment has neither NumPy nor SimPy.
        ["--config-file=", "--follow-imports=skip", "--cache-dir", f"{scratch}/mypy"]
        + [str(path.relative_to(ROOT)) for path in modules.values()],
        group_name=build["library"](modules),
        target_dir=f"{scratch}/c",
    )
    for extension in compiled:
        extension.optional = True
        if sys.platform == "linux":
            # Lets the C compiler inline the functions of the library into each other, which nobody replaces from outside.
            extension.extra_compile_args.append("-fno-semantic-interposition")
    return list(compiled)


setup(
    ext_modules=extensions(),
    cmdclass={"build_ext": BuildExt},
    options={"build": {"build_base": scratch}},
)
