"""A tolerance as it is written: an important service, how long it may fail people, and who says so."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from simulator.model.units import Says
from simulator.model.world import IN_WORLDS
from simulator.scenario.section import FixedDuration, FixedShare, OfWorlds, Section, Text, listed, named


class ToleranceForm(Section):
    """How long an important service may fail people."""

    title: Annotated[Text, Says("what readers call the service; its name, if not given")] = ""
    needs: Annotated[
        tuple[Annotated[str, named("need")], ...], BeforeValidator(listed), Says("whom it serves: people with these needs")
    ] = ()
    groups: Annotated[
        tuple[Annotated[str, named("group")], ...], BeforeValidator(listed), Says("whom it serves: people of these groups")
    ] = ()
    limit: Annotated[FixedDuration, Says("how long it may fail them: below its level at a stretch, and without help")]
    at_most: Annotated[
        FixedShare | None, Says("the share of them who may still be without help after the limit; told and not judged, if not given")
    ] = None
    in_: Annotated[OfWorlds, Says("share of the simulated worlds in which it must hold")] = IN_WORLDS
    set_by: Annotated[Text, Says("who set it: the board, the regulator")]
    set_on: Annotated[Text, Says("when it was set")]
    why: Annotated[Text, Says("what would be intolerable beyond it")]
