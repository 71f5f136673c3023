"""The registry of measures: looking one up, asking whether it exists in a scope, and saying it in words.

This module loads without NumPy, because a scenario is checked against it.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING

from simulator.errors import UsageError
from simulator.statistics.contents import CONTENTS
from simulator.statistics.definitions import EVERY, LACKS, Measure
from simulator.statistics.limits import GRID, LIMITS, TIMED, nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = ["DIMENSIONS", "Measure", "check_scope", "in_words", "measure_named", "measures", "reference", "terms"]

DIMENSIONS = ("phase", "need", "channel", "site", "group")
"""What a measure can be scoped by, in the order of scopes and texts."""


@cache
def terms(expression: str) -> tuple[tuple[float, str], ...]:
    """The signed terms of a numerator or denominator: ``a + b - c`` gives (1, a), (1, b), (-1, c)."""
    words = f"+ {expression}".split() if expression else []
    return tuple((1.0 if sign == "+" else -1.0, word) for sign, word in zip(words[::2], words[1::2], strict=True))


measures: Mapping[str, Measure] = {m.name: m for m in EVERY}
"""Every measure by name, in the order of reports."""


def possible(scope: Mapping[str, str]) -> list[Measure]:
    """Every measure that can be scoped so, in the order of the registry."""
    dimensions = frozenset(scope)
    return [measure for measure in measures.values() if measure.allows(dimensions)]


def measure_named(name: str) -> Measure:
    """The measure called ``name``; raises UsageError where there is none, with the nearest names."""
    found = measures.get(name)
    if found is None:
        near = get_close_matches(name, measures, 3)
        raise UsageError(f"unknown measure `{name}`" + (f"; did you mean {' or '.join(f'`{n}`' for n in near)}?" if near else ""))
    return found


def leaves_out_refused(name: str) -> bool:
    """Whether a measure of contacts does not see who is refused or lost at the door, so that refusing more may flatter it."""
    measure = measures[name]
    if measure.kind == "contacts":
        counted = {word for side in (measure.numerator, measure.denominator) for _, word in terms(side)}
        return not any(word in {"attempted", "arrived"} or word.startswith(("blocked", "lost_")) for word in counted)
    return measure.kind in {"run", "time"} and measure.lacks in {"", "lineless", "queue"}


def check_scope(measure: Measure, scope: Mapping[str, str], names: Mapping[str, Collection[str]]) -> None:
    """Check that ``measure`` exists in ``scope``; ``names`` lists the known names of each dimension. Raises UsageError."""
    for dimension, name in scope.items():
        if dimension == TIMED:
            _check_limit(measure, name)
            continue
        if dimension not in DIMENSIONS:
            raise UsageError(f"`{dimension}` is no scope; measures are scoped by {', '.join(DIMENSIONS)}")
        if dimension not in measure.scopes:
            allowed = f"only by {', '.join(measure.scopes)}" if measure.scopes else "only for the whole run"
            dimensions, why = LACKS.get(measure.lacks, ((), ""))
            reason = f": {why}" if dimension in dimensions else ""
            raise UsageError(f"`{measure.name}` does not exist by {dimension}, {allowed}{reason}")
        if name not in names.get(dimension, ()):
            near = get_close_matches(name, names.get(dimension, ()), 1)
            raise UsageError(f"there is no {dimension} `{name}`" + (f"; did you mean `{near[0]}`?" if near else ""))
    if measure.timed and TIMED not in scope:
        place = f"{next(iter(scope.values()))}, " if scope else ""
        raise UsageError(f"`{measure.name}` needs a limit of time: `{measure.name}[{place}2h]`, in a file `within: 2h`")
    if not measure.allows(frozenset(scope)):
        raise UsageError(
            f"`{measure.name}` does not exist by {' and '.join(scope)} together: a site goes with a phase only, and so does a group"
        )


def _check_limit(measure: Measure, limit: str) -> None:
    if not measure.timed:
        timed = " and ".join(f"`{m.name}`" for m in measures.values() if m.timed and m.unit == "share")
        raise UsageError(f"`{measure.name}` takes no limit of time such as {limit}; {timed} does")
    if limit not in LIMITS:
        raise UsageError(f"{limit} is no limit that people are counted at; the nearest is {nearest(limit)} ({GRID})")


def in_words(measure: str, scope: Mapping[str, str]) -> str:
    """A measure and its scope as text, for example ``never_served[find-relative, shock]``."""
    words = [scope[d] for d in ("need", "channel", "site", "group", "phase", TIMED) if d in scope]
    return f"{measure}[{', '.join(words)}]" if words else measure


def reference() -> str:
    """The reference page of measures, in Markdown."""
    lines = [
        "# Measures",
        "",
        "Generated from the registry (`simulator/statistics/measures.py`); do not edit.",
        "",
        "Ratios are ratios of sums over all replications. A contact belongs to the phase and interval in which that attempt",
        "arrived, a customer to the phase of their first wish to call. A contact is counted at the site whose line it held. *Scopes* says",
        "by what a measure can be asked for ([why not by the others](#what-is-not-known-by-need-site-or-group)); a site or a group goes",
        "with a phase only. *With* says what a scenario must contain for the measure to be shown; asked for in any other, it has no data.",
        "",
        "| measure | unit | better | definition | computed as | scopes | with |",
        "|---|---|---|---|---|---|---|",
    ]
    for m in measures.values():
        computed = "once per run" if m.kind == "run" else f"`{m.numerator}`" + (f" / `{m.denominator}`" if m.denominator else "")
        lines.append(f"| `{m.name}` | {m.unit} | {m.better} | {m.says} | {computed} | {', '.join(m.scopes) or 'whole run'} | {m.about} |")
    lines += ["", "*within* in the scopes is a limit of time, which must be given: `unserved_within[fraud, 2h]`, in a file `within: 2h`."]
    lines += ["People are counted at " + GRID + "."]
    lines += ["", "## With", "", *(f"- *{name}*: {when}." for name, when in CONTENTS.items())]
    lines += ["", "## What is not known by need, site or group", ""]
    for code, (dimensions, why) in LACKS.items():
        those = ", ".join(f"`{m.name}`" for m in measures.values() if m.lacks == code)
        lines.append(f"- Not by {' or '.join(dimensions)}: {why}. {those}.")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    from pathlib import Path

    Path("docs/reference/measures.md").write_text(reference(), encoding="utf-8")
