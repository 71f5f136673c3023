"""What a comparison leaves behind: the contest that was judged, and the rows of its tables."""

from __future__ import annotations

import csv

from simulator.api import Result
from simulator.experiment.contest import Contest


def found(result: Result) -> Contest:
    assert result.contest is not None
    return result.contest


def rows(result: Result, file: str) -> list[dict[str, str]]:
    assert result.folder is not None
    with (result.folder / file).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
