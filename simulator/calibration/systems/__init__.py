"""The systems whose exports are known: a file each, which says what their headings mean, in which unit, and how calls are counted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from simulator.calibration.dates import plain
from simulator.calibration.meanings import ENDLESS, meaning
from simulator.scenario.document import read

HERE = Path(__file__).parent
GENERAL = "table"
"""The system of a table that nobody in particular wrote."""


@dataclass(frozen=True)
class Use:
    """What a column is here: its ``meaning``, the unit of its bare numbers where durations stand in it, and how it is read."""

    meaning: str
    unit: str = ""
    reads: str = ""


@dataclass(frozen=True)
class System:
    """What is known of a system's exports. ``rows`` are intervals, calls or events; ``known_by`` are headings that tell it."""

    name: str
    title: str
    rows: str
    known_by: tuple[str, ...]
    unit: str
    columns: tuple[tuple[str, Use], ...]  #: headings as :func:`called` writes them, in order of preference
    families: Mapping[str, str]
    not_used: Mapping[str, str]  #: why, by heading
    notes: tuple[str, ...]

    @cached_property
    def uses(self) -> Mapping[str, Use]:
        """What a heading means, the first that says so."""
        made: dict[str, Use] = {}
        for heading, use in self.columns:
            made.setdefault(heading, use)
        return made

    def use(self, heading: str) -> Use | None:
        """What the column under ``heading`` is; None where this system does not say."""
        name = called(heading)
        if name in self.uses:
            return self.uses[name]
        for family, stem in self.families.items():
            number = name.removeprefix(stem)
            if number != name and number.strip().isdecimal():
                return Use(f"{family} {int(number)}")
        return None

    def knows(self, headings: frozenset[str]) -> bool:
        """Whether these headings, as :func:`called` writes them, can only be this system's."""
        return bool(self.known_by) and headings.issuperset(self.known_by)


def called(heading: str) -> str:
    """A heading without case, accents and punctuation."""
    return re.sub(r"[^a-z0-9%#]+", " ", plain(heading.replace("ß", "ss"))).strip()


@cache
def systems() -> Mapping[str, System]:
    """Every system by its name, the general table last."""
    found = {path.stem: _system(path) for path in sorted(HERE.glob("*.yaml"))}
    return {**{name: system for name, system in found.items() if name != GENERAL}, GENERAL: found[GENERAL]}


def _system(path: Path) -> System:
    tree: dict[str, Any] = read(path.read_bytes(), path.name).tree
    columns: list[tuple[str, Use]] = []
    for name, said in tree.get("columns", {}).items():
        if meaning(name) is None:
            raise ValueError(f"{path.name}: there is no meaning `{name}`")
        for one in said if isinstance(said, list) else [said]:
            given = one if isinstance(one, dict) else {"heading": one}
            headings = given["heading"] if isinstance(given["heading"], list) else [given["heading"]]
            columns += [(called(heading), Use(name, given.get("unit", ""), given.get("reads", ""))) for heading in headings]
    families = {family: called(stem) for family, stem in tree.get("families", {}).items() if family in ENDLESS}
    return System(
        path.stem,
        tree["title"],
        tree["rows"],
        tuple(called(heading) for heading in tree.get("known_by", ())),
        tree.get("unit", "s"),
        tuple(dict.fromkeys(columns)),
        families,
        {called(heading): why for heading, why in tree.get("not_used", {}).items()},
        tuple(tree.get("notes", ())),
    )
