"""How many worlds common random numbers save: 50 or 52 agents in a surge, measured.

Each pairing simulates the same two centres; what differs is which customers they meet. The smaller the standard deviation
of the difference, the fewer worlds it takes to tell the two apart: the number falls with its square.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simulator.crisis.play import simulate
from simulator.model.distributions import Exponential, Lognormal
from simulator.model.world import Channel, Clock, Link, Model, Need, Profile, Redial, Retry, Routing, Seats, Shift, Site, Team
from simulator.routing.declared import FirstCome, Priority, StrategyDeclaration
from simulator.vocabulary import Fate
from simulator.workload import draw

HOUR = 3600.0
FEW, MORE = 50, 52


def surge(agents: int, *, service_order: str, strategy: StrategyDeclaration | None = None) -> Model:
    """Eight calls a minute, 24 for two of six hours; two needs, a handle time of five minutes, redials."""
    needs = ("urgent", "other")
    talk = Lognormal.of_mean(300.0, 300.0)
    edges = (0.0, 2 * HOUR, 4 * HOUR, 6 * HOUR)
    calls = np.array([8.0, 24.0, 8.0]) * 120
    return Model(
        name="surge",
        variant="as-written",
        clock=Clock("UTC", "2026-01-01T00:00:00+00:00", 6 * HOUR, HOUR),
        needs=tuple(Need(name, urgency, talk, Exponential(15.0), Exponential(240.0)) for urgency, name in enumerate(needs, 1)),
        demand=tuple(Profile(name, name, edges, tuple(share * calls)) for name, share in zip(needs, (0.3, 0.7), strict=True)),
        channels=(Channel("voice", "voice", "main", redial=Redial(None, Retry(0.6, Exponential(600.0)), None, 1.5, max_attempts=8)),),
        links=(Link("cable", 10_000),),
        sites=(Site("main", Seats(100, 100), ("cable",)),),
        teams=(Team("people", agents, "main", dict.fromkeys(needs, 1.0), (Shift(0, agents, 0.0, 7 * HOUR),)),),
        routing=Routing(strategy or FirstCome()),
        service_order=service_order,
    )


def never_served(model: Model, seed: int, world: int) -> float:
    """People who got nobody in one world."""
    fate = simulate(model, draw(model, seed, world)).persons.fate
    return float(((fate == Fate.GAVE_UP) | (fate == Fate.STILL_TRYING)).sum())


def spreads(one: Model, other: Model, worlds: int) -> dict[str, float]:
    """Standard deviation of the difference (other minus one), by pairing; worlds that share nothing are ``independent``."""
    found = {}
    first = np.array([never_served(replace(one, service_order="ordinal"), 1, w) for w in range(worlds)])
    apart = np.array([never_served(replace(other, service_order="ordinal"), 2, w) for w in range(worlds)])
    found["independent"] = float(np.std(apart - first, ddof=1))
    for order in ("person", "ordinal"):
        a, b = (replace(model, service_order=order) for model in (one, other))
        pairs = np.array([never_served(b, 1, w) - never_served(a, 1, w) for w in range(worlds)])
        found[order] = float(np.std(pairs, ddof=1))
    return found


def told(worlds: int = 100) -> str:
    """A Markdown table of the spreads and of how many times fewer worlds they ask for."""
    plain = surge(FEW, service_order="ordinal")
    questions = {
        f"{FEW} or {MORE} agents": surge(MORE, service_order="ordinal"),
        "first come or urgent first": surge(FEW, service_order="ordinal", strategy=Priority()),
    }
    lines = [
        "| question | independent | same people (`person`) | same people, talk times by order of service (`ordinal`) |",
        "|---|---|---|---|",
    ]
    for question, other in questions.items():
        found = spreads(plain, other, worlds)
        cells = [f"{found['independent']:.1f}"]
        cells += [
            f"{found[order]:.1f} ({(found['independent'] / found[order]) ** 2:.0f} times fewer worlds)" for order in ("person", "ordinal")
        ]
        lines.append(f"| {question} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
