"""A discrete-event crisis simulator for contact centres.

The public names load when they are first used, so that ``import simulator`` and the command line start at once::

    from simulator import load, run
    result = run(load("scenarios/mexico-city-2017.yaml"), replications=30)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.api import (
        Held,
        Result,
        calibrate,
        compare,
        compare_runs,
        draw,
        extend,
        hold,
        load,
        lower,
        recall,
        render,
        resume,
        run,
        simulate,
    )
    from simulator.errors import ExitCode

__all__ = [
    "ExitCode", "Held", "Result", "__version__", "calibrate", "compare", "compare_runs", "draw", "extend", "hold", "load", "lower",
    "recall", "render",
    "resume", "run", "simulate",
]  # fmt: skip


def __getattr__(name: str) -> object:
    import importlib

    if name == "__version__":
        return importlib.import_module("importlib.metadata").version("crisis-simulator")
    if name in __all__:
        return getattr(importlib.import_module("simulator.errors" if name == "ExitCode" else "simulator.api"), name)
    raise AttributeError(f"module 'simulator' has no attribute {name!r}")
