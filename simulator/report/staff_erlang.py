"""Erlang C and A beside a roster, on ordinary days: what the formulas of one queue say, and why they differ."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from simulator.document.blocks import Table
from simulator.experiment.staff.targets import INTERVAL, labels
from simulator.model.world import KINDS, Profile
from simulator.roster.requirement import agents_for_abandons
from simulator.statistics.erlang import agents_required
from simulator.statistics.staffing import expected

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.experiment.questions.staff import Answer
    from simulator.experiment.staff.targets import Target
    from simulator.model.distributions import Distribution

TITLE = "Beside Erlang C and A"


def beside(answer: Answer, at_work: NDArray[np.float64]) -> Table | None:
    """Agents of all teams by interval (T) beside what the formulas ask for; None where they have nothing to say.

    They speak of one telephone channel, ordinary demand, and a share answered in time or given up.
    """
    model = answer.choices.model
    inbound = [c for c in model.channels if not KINDS[c.kind].calls_out]
    target = next((t for t in answer.targets if t.measure.name in ("service_level", "abandon_rate") and "need" not in t.scope), None)
    ordinary = all(isinstance(demand, Profile) for demand in model.demand)
    if target is None or not ordinary or len(inbound) != 1 or not KINDS[inbound[0].kind].holds_line:
        return None
    needs = {need.name: need for need in model.needs}
    edges = answer.search.edges
    contacts = {demand.name: expected(demand, edges) for demand in model.demand}
    places = labels(answer.scenario, model, INTERVAL)
    rows = []
    for t, place in enumerate(places):
        weights = {name: float(of_one[t]) for name, of_one in contacts.items()}
        rate = sum(weights.values()) / float(edges[t + 1] - edges[t])
        if rate <= 0:
            continue
        of_all = [(weights[d.name] / sum(weights.values()), needs[d.need]) for d in model.demand]
        talk = sum(w * (float(n.talk_time.mean) + float(n.wrap_up.mean)) for w, n in of_all)
        patience = _patience([(w, n.patience) for w, n in of_all])
        c, a = (_agents(target, rate, talk, p, float(inbound[0].answer_within)) for p in (math.inf, patience))
        rows.append((place, c, a, f"{at_work[t]:g}"))
    return Table(
        ("interval", "Erlang C", "Erlang A", "this roster"),
        tuple(rows),
        "Agents; the formulas take the target for each interval",
        numbers=True,
    )


def _patience(laws: list[tuple[float, Distribution]]) -> float:
    try:
        return sum(weight * float(law.mean) for weight, law in laws)
    except TypeError:  # one without a mean
        return math.inf


def _agents(target: Target, rate: float, talk: float, patience: float, within: float) -> str:
    if target.measure.name == "service_level":
        return str(agents_required(rate, talk, patience, target.limit, within))
    if math.isinf(patience):
        return "–"  # nobody gives up
    found = agents_for_abandons(rate, talk, patience, target.limit)
    return "–" if found is None else str(found)


def why(answer: Answer) -> Iterator[str]:
    """Why the formulas and the roster differ, as far as the scenario has reasons."""
    model = answer.choices.model
    yield (
        "Erlang C has nobody give up, Erlang A lets people give up; both take each interval as if it went on for ever, needs as one, "
        "and hold their target on average, for each interval by itself."
    )
    cv = max((demand.day_cv for demand in model.demand if isinstance(demand, Profile)), default=0.0)
    if cv > 0:
        yield f"They know one demand; here days differ by {100 * cv:.0f} %, and the roster is for days like all of them."
    if any(float(retry.probability) > 0 for c in model.channels for retry in (c.redial.busy, c.redial.abandoned) if retry is not None):
        yield "They know no redials; here people who did not get through try again."
    yield "They know no shifts: the roster covers with whole ones, and whoever is on the telephone at the end of theirs finishes the call."
