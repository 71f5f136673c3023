"""CPU time of alternatives, taken in turns so that a busy moment of the machine meets all of them."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from time import process_time

ROUNDS = 11  #: on a machine shared with others single runs take up to a half longer; of five, three may be such


def alternating(alternatives: Mapping[str, Callable[[], object]], rounds: int = ROUNDS) -> dict[str, float]:
    """The median CPU seconds of one call of each alternative over ``rounds`` rounds; imports must have happened."""
    seconds: dict[str, list[float]] = {name: [] for name in alternatives}
    for _ in range(rounds):
        for name, call in alternatives.items():
            gc.collect()
            start = process_time()
            result = call()
            seconds[name].append(process_time() - start)
            del result
    return {name: median(taken) for name, taken in seconds.items()}


def table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A Markdown table, its columns padded to read well as text too."""
    widths = [max(len(row[i]) for row in [heads, *rows]) for i in range(len(heads))]
    lines = [heads, tuple("-" * width for width in widths), *rows]
    return "\n".join("| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines)
