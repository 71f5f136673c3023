"""What was asked for: enough to run it again, to extend it, and to say the command that does."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field

from simulator.model.plugin import noted

MOST = 200
"""Replications at which a wish for precision gives up, unless told otherwise."""


STABILITY = 10
"""Replications under each other condition of a comparison, unless told otherwise."""


@dataclass(frozen=True)
class Comparing:
    """How the alternatives of a comparison were named, and by what they are compared."""

    files: tuple[str, ...] = ()  #: beside the scenario's own
    strategies: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    vary: tuple[str, ...] = ()
    baseline: str = ""  #: the alternative that changes nothing, else the first
    measures: tuple[str, ...] = ()  #: the usual ones
    rank: str = ""  #: a measure and the difference that does not matter; nothing is ranked without
    stability: int = STABILITY  #: replications under each other condition, 0 for none
    runs: tuple[str, ...] = ()  #: folders of finished runs, where nothing is simulated
    paired: bool = True  #: whether the alternatives meet the same customers; finished runs may have worlds of their own

    def words(self) -> list[str]:
        """The options of the command line."""
        said: list[str] = []
        for option, listed in (("--strategies", self.strategies), ("--variants", self.variants)):
            said += [option, ",".join(listed)] if listed else []
        for option, texts in (("--vary", self.vary), ("--measure", self.measures)):
            for text in texts:
                said += [option, text]
        said += ["--baseline", self.baseline] if self.baseline else []
        said += ["--rank", self.rank] if self.rank else []
        if self.runs:
            return said
        return said if self.stability == STABILITY else [*said, "--stability", str(self.stability)]


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
    plugins: tuple[str, ...] = field(default_factory=noted)  #: fingerprints and names of the user's own strategies
    comparing: Comparing | None = None  #: of `crisis compare`, whose alternatives are all variants of the scenario

    def command(self, file: str, overrides: tuple[str, ...] = ()) -> str:
        """The command that makes the same results again, whether they came from the command line or from Python."""
        verb, named = ("run", []) if self.variant is None else ("run", ["--variant", self.variant])
        if self.comparing is not None:
            verb, named = "compare", self.comparing.words()
        files = [file, *(self.comparing.files if self.comparing is not None else ())]
        worlds = ["--replications", str(self.replications), "--seed", str(self.seed)]
        if self.comparing is not None and self.comparing.runs:
            files, worlds, overrides = list(self.comparing.runs), [], ()
        words = ["crisis", verb, *files, *worlds, *named]
        for option, texts in (("--set", overrides), ("--threshold", self.thresholds), ("--precision", self.precision)):
            for text in texts:
                words += [option, text]
        several = self.precision or (self.comparing is not None and self.comparing.rank)
        words += ["--max-replications", str(self.max_replications)] if several else []
        for plugin in self.plugins:
            words += ["--plugin", plugin.partition(" ")[2]]
        words += [] if self.own_thresholds else ["--no-thresholds"]
        return shlex.join([*words, "--records"] if self.records else words)
