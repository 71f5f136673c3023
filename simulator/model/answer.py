"""What a scenario's question asks for: the measures that answer it, of whom, side by side with what, and for what cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

PER = ("variant", "need", "group", "channel", "phase", "site")
"""What an answer may be given for each of."""
MOST = 4
"""Measures that a first screen holds."""


@dataclass(frozen=True)
class Asked:
    """A measure in a scope that belongs to the answer; ``says`` is what stands after its number, in the words of the file."""

    measure: str
    scope: Mapping[str, str] = field(default_factory=dict)
    says: str = ""


@dataclass(frozen=True)
class Answer:
    """The measures, most important first, for each of what, against which variant, and whether cost stands beside what is gained."""

    measures: tuple[Asked, ...]
    per: str = "variant"
    against: str = ""
    per_cost: bool = False
