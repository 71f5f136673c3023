"""A pass mark as it is written: a measure, where, and its limits."""

from __future__ import annotations

from typing import Annotated, Any

from simulator.model.units import Says
from simulator.scenario.section import FixedDuration, OfWorlds, Section, Text, Written, named

LIMIT = Written("limit")


class MeasureForm(Section):
    """A measure in a scope."""

    measure: Annotated[Text, Says("what is measured")]
    need: Annotated[Annotated[str, named("need")] | None, Says("of this need only")] = None
    channel: Annotated[Annotated[str, named("channel")] | None, Says("of this channel only")] = None
    phase: Annotated[Annotated[str, named("phase")] | None, Says("of this phase only")] = None
    site: Annotated[Annotated[str, named("site")] | None, Says("of this site only")] = None
    group: Annotated[Annotated[str, named("group")] | None, Says("of this group of people only")] = None
    within: Annotated[FixedDuration | None, Says("so long after they first needed help, for `unserved_within`")] = None


class LimitForm(MeasureForm):
    """A measure in a scope, with a least or a most."""

    id: Annotated[Text, Says("its name in results")] = ""
    measure: Annotated[Text, Says("what must stay within limits")]
    obligation: Annotated[Text, Says("the law or licence that asks for it, where one does")] = ""
    min: Annotated[Any, LIMIT, Says("the least, in the measure's unit")] = None
    max: Annotated[Any, LIMIT, Says("the most, in the measure's unit")] = None


class ThresholdForm(LimitForm):
    """A measure in a scope, with a least or a most, and in how many worlds it must hold."""

    in_: Annotated[
        OfWorlds | None,
        Says("share of the simulated worlds in which it must hold; 80% for a time or an obligation, for others the mean is judged"),
    ] = None
