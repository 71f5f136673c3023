"""A discrete-event crisis simulator for contact centres.

The public names load when they are first used, so that ``import simulator`` and the command line start at once::

    from simulator import load, run
    result = run(load("scenarios/mexico-city-2017.yaml"), replications=30)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.api import (
        Calibration,
        Drilled,
        Drivers,
        Losses,
        Model,
        Result,
        Run,
        Scenario,
        Unwritten,
        Workload,
        ask,
        calibrate,
        compare,
        compare_runs,
        draw,
        drill,
        extend,
        load,
        lower,
        open,  # noqa: A004  # as every library that opens something
        render,
        resume,
        run,
        sensitivity,
        simulate,
        weakest,
    )
    from simulator.errors import (
        BooksError,
        CrisisError,
        Diagnostic,
        ExitCode,
        Interrupted,
        OutputError,
        ScenarioError,
        StrategyError,
        UsageError,
    )
    from simulator.vocabulary import Cause, Fate, Outcome

__all__ = [
    "load", "lower", "draw", "simulate",
    "run", "compare", "compare_runs", "sensitivity", "weakest", "drill", "calibrate", "ask",
    "open", "render", "extend", "resume",
    "Scenario", "Model", "Workload", "Run", "Outcome", "Fate", "Cause",
    "Result", "Drivers", "Losses", "Drilled", "Calibration",
    "CrisisError", "ScenarioError", "Diagnostic", "UsageError", "OutputError", "Unwritten", "Interrupted", "StrategyError", "BooksError",
    "ExitCode", "__version__",
]  # fmt: skip


def __getattr__(name: str) -> object:
    import importlib

    if name == "__version__":
        return importlib.import_module("importlib.metadata").version("crisis-simulator")
    if name == "drill":  # the package of that name, which can be called: once it is loaded, it stands here
        return importlib.import_module("simulator.drill")
    if name not in __all__:
        raise AttributeError(f"module 'simulator' has no attribute {name!r}")
    for home in ("simulator.errors", "simulator.vocabulary", "simulator.api"):  # the light ones first
        module = importlib.import_module(home)
        if hasattr(module, name):
            return getattr(module, name)
    raise AttributeError(f"module 'simulator' has no attribute {name!r}")
