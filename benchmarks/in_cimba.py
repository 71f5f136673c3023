"""The Erlang-A centre in cimba: model classes that it compiles, a spawned process per caller, a timer for patience."""

from __future__ import annotations

import cimba as cb
import numpy as np
from cimba import inputs

from benchmarks.erlang_a import AGENTS

GIVES_UP = 7


class Caller(cb.Model):
    centre: cb.Ref[Centre]
    talk: float
    patience: float

    @cb.process
    def call(self) -> None:
        me = cb.this_process()
        me.timer_set(self.patience, GIVES_UP)
        if self.centre.agents.acquire(1) != GIVES_UP:
            me.timers_clear()
            cb.hold(self.talk)
            self.centre.agents.release(1)
            self.centre.served += 1
        cb.release(self)


class Centre(cb.Model):
    gap: cb.Input[float] = inputs.dist.exponential(mean=1.0)
    talk: cb.Input[float] = inputs.dist.exponential(mean=1.0)
    patience: cb.Input[float] = inputs.dist.exponential(mean=1.0)
    agents: cb.Resource
    served: int
    handled: cb.Output[float]

    def __init__(self) -> None:
        self.agents = cb.Resource(capacity=AGENTS)
        self.served = 0

    @cb.process
    def arrivals(self) -> None:
        while self.gap.remaining() > 0:
            cb.hold(self.gap.next())
            cb.spawn(Caller, centre=self, talk=self.talk.next(), patience=self.patience.next())

    @cb.on_end
    def measure(self) -> None:
        self.handled = self.served


def run(duration: float, arrivals: list[float], talk: list[float], patience: list[float]) -> int:
    """How many are served; compiles at the first call."""
    centre = Centre()
    centre.gap = inputs.trace(np.diff(np.array(arrivals), prepend=0.0))
    centre.talk = inputs.trace(np.array(talk))
    centre.patience = inputs.trace(np.array(patience))
    results = cb.Experiment(centre, replications=1, window=cb.Window(warmup=0.0, duration=duration), seed=1).run()
    return int(results[centre].handled.values[0, 0])
