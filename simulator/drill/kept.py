"""What is kept of a drill beside its worlds: the log and how it was played (``drill.json``), and what was found (``review.json``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.drill.play import Drill
from simulator.experiment.written import rounded
from simulator.scenario.decision_log import Decision

if TYPE_CHECKING:
    from simulator.drill.review import Review
    from simulator.drill.worth import Gap

SETTING = "drill.json"
FORMAT = "crisis-drill/v1"
REVIEW = "crisis-review/v1"


def setting(drill: Drill, *, names: bool, command: str) -> dict[str, Any]:
    """Enough to review the drill again, for JSON."""
    log = drill.log
    return {
        "schema": FORMAT,
        "scenario": drill.scenario.name,
        "seed": drill.seed,
        "world": drill.world,
        "names": names,
        "command": command,
        "log": None if log is None else {"file": Path(log.file).name, "ratings": {name: asdict(r) for name, r in log.ratings.items()}},
        "decisions": [_decision(d, names=names) for d in drill.decisions],
        "response": {"steps": list(drill.response.steps), "blocked": dict(drill.response.blocked)},
        "too_late": {str(number): inject for number, inject in drill.too_late.items()},
        "left_out": dict(drill.left_out),
        "injects": None if drill.events_list is None else [drill.events_list[0], Path(drill.events_list[1]).name],
    }


def _decision(d: Decision, *, names: bool) -> dict[str, Any]:
    return asdict(d if names else replace(d, name="")) | {"parameters": dict(d.parameters)}


def answer(found: Review) -> dict[str, Any]:
    """What was found, for programs; equal drills give equal documents."""
    drill, played = found.drill, found.luck
    return {
        "schema": REVIEW,
        "scenario": {"name": drill.scenario.name, "sha256": drill.scenario.sha256},
        "seed": drill.seed,
        "world": drill.world,
        "worlds": list(played.worlds),
        "played": drill.played,
        "objectives": [
            {
                "id": one.aim.id,
                "value": rounded(one.value),
                "met_in": one.passed_in,
                "tasks": {d.id: d.status for d in one.doings},
                "evaluator": one.rating.rating if one.rating else None,
                "suggested": one.suggested.level or None,
                "because": one.suggested.because,
            }
            for one in found.judged
        ],
        "steps": [
            {"id": s.id, "planned_s": rounded(s.planned), "decided_s": rounded(s.decided), "effect_s": rounded(s.effect), "note": s.note}
            for s in found.steps
        ],
        "injects": [
            {
                "id": t.inject.id,
                "told_s": rounded(t.told),
                "answered_s": rounded(t.answered),
                "effect_s": rounded(t.effect),
                "status": t.status,
            }
            for t in found.told
        ],
        "timings_s": {t.name: {"played": rounded(t.played), "playbook": rounded(t.playbook)} for t in found.timings},
        "worth": [
            {"step": w.step, "without": _gap(w.left_out), "earlier": _gap(w.earlier), "with": _gap(w.added), "falls": list(w.falls)}
            for w in found.worths
        ],
        "people_who_got_nobody": {p.name: [rounded(v) for v in p.values.tolist()] for p in played.policies},
        "best_tried": played.best,
        "playbook_less_played": _gap(played.skill),
    }


def _gap(gap: Gap | None) -> Mapping[str, Any] | None:
    return None if gap is None else {"mean": rounded(gap.mean), "half_width": rounded(gap.half_width), "worlds": gap.worlds}
