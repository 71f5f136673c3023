"""Checks that many cases share: shares, waits, and all that a centre with one need shows."""

from __future__ import annotations

from simulator.verify import exact, skilled
from simulator.verify.case import Check
from simulator.verify.quantity import measured, ratio

MINUTE = 60.0
RARE = 1e-3
"""Shares below this are left out: too few happen for an interval."""
SETTLED = {"phase": "settled"}


def share(name: str, value: float, **scope: str) -> Check:
    where = f" of {scope['need']}" if "need" in scope else ""
    return Check(f"{name.replace('_', ' ')}{where}", measured(name, **SETTLED, **scope), value)


def seconds(name: str, minutes: float, **scope: str) -> Check:
    where = f" of {scope['need']}" if "need" in scope else ""
    return Check(f"{name.replace('_', ' ')}{where}, s", measured(name, **SETTLED, **scope), minutes * MINUTE, "seconds")


def delayed(value: float, **scope: str) -> Check:
    where = f" of {scope['need']}" if "need" in scope else ""
    return Check(f"delayed{where}", ratio("queued", "offered", **SETTLED, **scope), value)


def waiting(w: exact.Waiting, agents: int) -> tuple[Check, ...]:
    """All that a centre with one need shows."""
    refused = (share("block_rate", w.blocked),) if w.blocked > RARE else ()
    return (
        *refused,
        *((delayed(w.delayed),) if w.delayed < 1 - RARE else ()),
        share("abandon_rate", w.abandoned),
        seconds("mean_wait", w.wait),
        share("service_level", w.in_time),
        *((Check("occupancy", measured("occupancy", **SETTLED), w.busy / agents),) if w.busy / agents < 1 - RARE else ()),
        Check("mean queue", measured("queue_mean", **SETTLED), w.queue, "number"),
    )


def by_need(s: skilled.Skilled, needs: tuple[str, ...]) -> tuple[Check, ...]:
    return tuple(
        check
        for k, need in enumerate(needs)
        for check in (delayed(s.delayed[k], need=need), share("abandon_rate", s.abandoned[k], need=need))
    )
