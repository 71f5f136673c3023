"""How a number becomes text in files: one place, so that every file of every run says the same number the same way."""

from __future__ import annotations

import math

DECIMALS = 6


def rounded(value: float | None) -> float | None:
    """Return ``value`` with six decimals, never ``-0.0``; None for what is missing (None, NaN) or endless (infinite)."""
    if value is None:
        return None
    number = float(value)
    return round(number, DECIMALS) + 0.0 if math.isfinite(number) else None


def written(value: float | None) -> str:
    """Return ``value`` as plain decimal text with at most six decimals, ``inf`` for endless, an empty text for missing."""
    if value is None:
        return ""
    if value % 1 == 0:  # half of all numbers, and said in half the time
        return str(int(value))
    if math.isnan(value):
        return ""
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    text = f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
