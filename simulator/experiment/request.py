"""What was asked for: enough to run it again, to extend it, and to say the command that does."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

MOST = 200
"""Replications at which a wish for precision gives up, unless told otherwise."""


@dataclass(frozen=True)
class Request:
    """The choices of a run that its results depend on."""

    replications: int = 30  #: to begin with, where a precision is asked for; else all
    seed: int = 1
    variant: str | None = None  #: None is the file as written
    thresholds: tuple[str, ...] = ()  #: pass marks from outside
    own_thresholds: bool = True  #: whether the scenario's own pass marks count
    precision: tuple[str, ...] = ()
    max_replications: int = MOST
    records: bool = False

    def command(self, file: str, overrides: tuple[str, ...] = ()) -> str:
        """The command that makes the same results again, whether they came from the command line or from Python."""
        words = ["crisis", "run", file, "--replications", str(self.replications), "--seed", str(self.seed)]
        words += ["--variant", self.variant] if self.variant is not None else []
        for option, texts in (("--set", overrides), ("--threshold", self.thresholds), ("--precision", self.precision)):
            for text in texts:
                words += [option, text]
        words += ["--max-replications", str(self.max_replications)] if self.precision else []
        words += [] if self.own_thresholds else ["--no-thresholds"]
        return shlex.join([*words, "--records"] if self.records else words)
