"""What a model contains, so that a report shows what there is, and nothing else.

Loads without NumPy, because a scenario is checked against it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.model.world import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.model.world import Model

CONTENTS: Mapping[str, str] = {
    "hours": "a channel has opening hours",
    "self-service": "a channel has self-service, or answers come from a machine",
    "deflection": "contacts are led to another channel",
    "callback-offers": "callbacks are offered to those who wait",
    "callbacks": "there is a channel on which we call",
    "conversations": "there is a channel of messages in turns",
    "backlog": "there is a channel that keeps what nobody has answered",
    "distress": "a need says how many people are in distress",
    "care": "a supervisor or a care team takes over",
    "strain": "work strains agents",
    "contagion": "there is word of mouth",
    "information": "messages or pages are published",
    "repeats": "an answer may not end a need",
    "standing": "customers have a standing",
    "satisfaction": "how customers are treated differs: callbacks, conversations, distress, repeats or standing",
    "publicity": "customers have a standing, or there is word of mouth",
    "overtime": "people are called in or stay longer",
}
"""By name, when a scenario contains it."""

_ACTS = {
    "self-service": ("selfservice.set",),
    "deflection": ("contacts.deflect",),
    "callback-offers": ("callback.offer",),
    "information": ("message.send", "page.publish"),
    "overtime": ("staff.call_in", "staff.overtime"),
}


def applies(about: str, kind: str) -> bool:
    """Whether something about ``about`` can be on a channel of ``kind``: dials are on no telephone line of customers."""
    of = KINDS[kind]
    if about == "callbacks":
        return of.calls_out
    if of.calls_out:
        return False
    return {"conversations": of.turns, "backlog": of.keeps}.get(about, True)


def contents(model: Model) -> frozenset[str]:
    """What ``model`` contains, out of :data:`CONTENTS`."""
    channels, needs = model.channels, model.needs
    kinds = [KINDS[channel.kind] for channel in channels]
    does = {step.act.name for step in (*model.events, *model.playbook)}
    distress = any(need.distress is not None for need in needs)
    standing = any(demand.standing is not None for demand in model.demand)
    found = {
        "hours": any(channel.hours is not None for channel in channels),
        "self-service": any(channel.self_service is not None for channel in channels),
        "callbacks": any(kind.calls_out for kind in kinds),
        "conversations": any(kind.turns for kind in kinds),
        "backlog": any(kind.keeps and not kind.calls_out for kind in kinds),
        "distress": distress,
        "care": distress and model.care.policy in {"escalate", "care-team"},
        "strain": model.strain is not None,
        "contagion": model.contagion is not None,
        "repeats": distress or any(need.resolves < 1 or need.again is not None for need in needs),
        "standing": standing,
    }
    for name, acts in _ACTS.items():
        found[name] = found.get(name, False) or not does.isdisjoint(acts)
    found["satisfaction"] = any(found[name] for name in ("callbacks", "conversations", "distress", "repeats", "standing"))
    found["publicity"] = found["satisfaction"] and (standing or found["contagion"])
    return frozenset(name for name, there in found.items() if there)
