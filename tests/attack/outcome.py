"""What came of many attempts to break something."""

from __future__ import annotations

import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from simulator.errors import OutputError, ScenarioError, UsageError

LATE = 10.0  #: seconds after which an answer counts as none


@dataclass
class Outcome:
    """How often something was tried, and what happened: it was refused in a sentence, taken, or broke."""

    tried: int = 0
    refused: int = 0
    taken: int = 0
    failed: Counter[str] = field(default_factory=Counter)  #: by the error and where it was raised
    slowest: float = 0.0
    note: str = ""

    def attempt(self, what: str, call: Callable[[], object]) -> object:
        """Call something that should give an answer or one of the errors that tell a user what is wrong; return the answer."""
        self.tried += 1
        began = time.perf_counter()
        try:
            answer = call()
            self.taken += 1
        except (UsageError, ScenarioError, OutputError):
            answer = None
            self.refused += 1
        except Exception as error:  # noqa: BLE001  # that is what is looked for
            answer = None
            self.fail(what, error)
        took = time.perf_counter() - began
        self.slowest = max(self.slowest, took)
        if took > LATE:
            self.failed[f"{what}: no answer for {LATE:.0f} s"] += 1
        return answer

    def fail(self, what: str, error: Exception) -> None:
        """Count an error by where our code raised it."""
        ours = [frame for frame in traceback.extract_tb(error.__traceback__) if "simulator" in Path(frame.filename).parts]
        where = f"{Path(ours[-1].filename).name}:{ours[-1].name}" if ours else "outside"
        self.failed[f"{what}: {type(error).__name__} in {where}"] += 1

    @property
    def failures(self) -> int:
        return self.failed.total()


Attack = Callable[[Path, int, int], Outcome]
"""Try something so many times, with this seed, in an empty folder."""
