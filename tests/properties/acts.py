"""Any registered act with parameters made up at random, from what its declaration says of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from random import Random
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from simulator.crisis.act import Act
from simulator.model.channels import KINDS
from simulator.model.distributions import Exponential
from simulator.model.units import Choice, Ref, Unit
from simulator.model.world import Model
from simulator.routing.declared import FirstCome, Newest, Priority


def names(model: Model, what: str) -> list[str]:
    """The names of ``model`` that a reference to ``what`` may have."""
    channels = {
        "channel": [c.name for c in model.channels],
        "inbound channel": [c.name for c in model.channels if not KINDS[c.kind].calls_out],
        "callback channel": [c.name for c in model.channels if KINDS[c.kind].calls_out],
        "telephone channel": [c.name for c in model.channels if KINDS[c.kind].holds_line],
        "channel with self-service": [c.name for c in model.channels if c.self_service],
    }
    sections: dict[str, Any] = {
        "need": model.needs, "site": model.sites, "link": model.links, "team": model.teams, "platform": model.platforms,
        "role": model.roles, "place": model.sites,
    }  # fmt: skip
    return channels.get(what) or [thing.name for thing in sections[what]]


def act_at_random(declared: type[Act], model: Model, r: Random) -> Act:
    """``declared`` with every parameter given."""
    fields = _fields(declared, model, r)
    if declared.name == "contacts.deflect":
        inbound = names(model, "inbound channel")
        fields["channel"], fields["to"] = r.sample(inbound, 2)
    return declared(**fields)


def _fields(declared: Any, model: Model, r: Random) -> dict[str, Any]:
    hints = get_type_hints(declared, include_extras=True)
    return {f.name: _value(hints[f.name], model, r) for f in dataclasses.fields(declared)}


def _value(hint: Any, model: Model, r: Random) -> Any:
    if get_origin(hint) is Annotated:
        inner, *marks = get_args(hint)
        for mark in marks:
            if isinstance(mark, Ref):
                return r.choice(names(model, mark.to))
            if isinstance(mark, Choice):
                return r.choice(mark.words)
            if isinstance(mark, Unit):
                return _quantity(mark.kind, r)
        return _value(inner, model, r)
    origin, arguments = get_origin(hint), get_args(hint)
    if type(None) in arguments:
        return _value(next(a for a in arguments if a is not type(None)), model, r)
    if origin is tuple:
        return (_value(arguments[0], model, r),)
    if origin is not None and issubclass(origin, Mapping):
        return {_value(arguments[0], model, r): _value(arguments[1], model, r)}
    return hint(**_fields(hint, model, r)) if isinstance(hint, type) and dataclasses.is_dataclass(hint) else r.random()


def _quantity(kind: str, r: Random) -> Any:
    if kind == "distribution":
        return Exponential(r.uniform(60, 600))
    if kind == "strategy":
        return r.choice([FirstCome(), Newest(), Priority()])
    whole = {"count": r.randint(0, 8), "instant": 3600.0 * r.randint(0, 8), "duration": 60.0 * r.randint(1, 60)}
    return float(whole[kind]) if kind in whole else r.choice([0.0, 0.25, 0.5, 0.75])
