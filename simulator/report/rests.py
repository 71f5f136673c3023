"""What a result rests on: the values of the file that nobody has observed, said where nobody can overlook it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.report.wording import count

if TYPE_CHECKING:
    from simulator.report.labels import Labels
    from simulator.scenario import Scenario
    from simulator.scenario.sources import Assumption

KEYS = {
    "people": "how many people", "by": "how soon", "spread": "when they call", "rate": "how many call", "patience": "how long they wait",
    "redial": "how they try again", "again": "who calls again", "talk_time": "how long talks take", "absence": "who does not come",
    "takes": "how long it takes", "day_cv": "how days differ", "solved_elsewhere": "who finds another way", "share": "what share",
    "half_life": "how soon it fades", "able": "who is able to come", "willing": "who is willing to come", "lines": "how many lines",
    "informs": "whom it informs", "prevents": "whom it keeps from calling", "contains": "whom it helps", "accept": "who accepts it",
    "approves_in": "how long approval takes", "for": "for how long", "barred": "who could not call", "resolves": "whom an answer helps",
}  # fmt: skip
"""What the last key of a path says, in words."""
FIRST = ("demand", "needs", "channels", "events", "roles", "playbook")
"""Sections in the order in which their guesses are named: how many people, what they do, what breaks, what we do."""
NOT_CALIBRATED = "Not calibrated"
"""Said of every model that no observed data was held against."""
NAMED = 2


def key_in_words(path: str, labels: Labels) -> str:
    """A path of the file as people say it: ``demand.no-power.people`` is how many people (without power)."""
    section, *way = path.split(".")
    last = next((key for key in reversed(way) if key in KEYS), way[-1] if way else section)
    said = KEYS.get(last, last.replace("_", " ").replace("-", " "))
    name = way[0] if way and way[0] != last else ""
    what = {"needs": labels.need, "demand": labels.need, "events": labels.step, "playbook": labels.step}.get(section)
    return f"{said} ({what(name) if what else labels.of(section.rstrip('s'), name)})" if name else said


def rests_on(scenario: Scenario, labels: Labels) -> str:
    """The guesses that a reader should know first, and whose they are."""
    found = [a for a in scenario.assumptions() if a.kind == "assumed"]
    ranges = [a for a in found if a.is_range]
    if not found:
        return "Rests on what the file states as facts and records; see the assumptions."
    named = sorted(ranges, key=_order)[:NAMED]
    whose = "the authors of the file" if any(a.text != "no source given" for a in found) else "nobody who is named"
    if not named:
        return f"Rests on {count(len(found))} values assumed by {whose}, none of which has a range."
    told = [f"{key_in_words(a.path, labels)}, {a.value}" for a in named]
    return (
        f"Rests on {count(len(found))} guesses of {whose}; each world draws its own {'; '.join(told)}"
        f"{f'; and {count(len(ranges) - NAMED)} more' if len(ranges) > NAMED else ''}."
    )


def _order(a: Assumption) -> int:
    section = a.path.partition(".")[0]
    return FIRST.index(section) if section in FIRST else len(FIRST)
