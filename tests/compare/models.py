"""A model by hand, as small as models can be."""

from __future__ import annotations

from typing import Any

from simulator.model.distributions import Constant
from simulator.model.world import Channel, Clock, Model, Need, Routing, Seats, Site, Team
from simulator.routing.declared import FirstCome


def small_model(**changes: Any) -> Model:
    """Two needs, one site, one team, nobody who calls; ``changes`` are fields of the model."""
    calls = Constant(60.0)
    said: dict[str, Any] = {
        "name": "by-hand", "variant": "as-written",
        "clock": Clock("UTC", "2017-09-19T07:00:00+00:00", 7200.0, 3600.0),
        "needs": (Need("everyday", 2, calls, calls, calls), Need("urgent", 1, calls, calls, calls)),
        "demand": (), "channels": (Channel("voice", "voice", "main"),), "links": (),
        "sites": (Site("main", Seats(20, 20), ("north",)),),
        "teams": (Team("service", 12, "main", {"everyday": 1.0, "urgent": 1.0}, ()),), "routing": Routing(FirstCome()),
    }  # fmt: skip
    return Model(**(said | changes))
