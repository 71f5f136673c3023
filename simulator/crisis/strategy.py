"""The strategy of a run: made from its declaration, and where a user's own has gone wrong."""

from __future__ import annotations

import sys
import traceback
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from simulator.engine.strategy import IllegalChoice, Strategy
from simulator.errors import StrategyError

if TYPE_CHECKING:
    from simulator.model.world import Model

MARK = "__crisis_plugin__"
"""A global of every file of a user's own strategies."""


def made(declared: Any, model: Model) -> Strategy:
    """A fresh strategy. Raises StrategyError where a declaration makes something else."""
    strategy = declared.make(model)
    if not isinstance(strategy, Strategy):
        raise StrategyError(f"`{declared.name}`: make(model) returned {type(strategy).__name__}, not a Strategy")
    return strategy


def fault(error: BaseException, strategy: Strategy | None) -> StrategyError | None:
    """The error as one of the strategy, with file and line where a user wrote it; None where it is not the strategy's."""
    place = innermost = ""
    cause = error.__cause__ if type(error.__cause__) is type(error) else None  # SimPy raises a copy of what happened in a process
    for frame, line in (*traceback.walk_tb(error.__traceback__), *traceback.walk_tb(cause.__traceback__ if cause else None)):
        innermost = frame.f_code.co_name
        if MARK in frame.f_globals:
            place = f"{PurePath(frame.f_code.co_filename).name}:{line}: {type(error).__name__} in {frame.f_code.co_name}"
    if place:
        return StrategyError(f"{place}: {error}")
    if strategy is None:
        return None
    own = type(strategy)
    if isinstance(error, IllegalChoice):
        return StrategyError(f"{_defined(own, str(error).partition('(')[0])}{error}")
    if isinstance(error, (TypeError, OverflowError)) and MARK in vars(sys.modules.get(own.__module__, sys)):
        method, what = ("contact_for", "a contact") if innermost in ("pick", "offer_work") else ("agent_for", "an agent")
        return StrategyError(f"{_defined(own, method)}{method} did not answer the number of {what}, or -1: {error}")
    return None


def _defined(own: type, method: str) -> str:
    """Where a method is written, or the name of its class where it is ours."""
    code = getattr(getattr(own, method, None), "__code__", None)
    if code is None or MARK not in vars(sys.modules.get(own.__module__, sys)):
        return f"{own.__name__}: "
    return f"{PurePath(code.co_filename).name}:{code.co_firstlineno}: "
