"""The section ``answer`` as it is written: which measures answer the question, of whom, and side by side with what."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationInfo

from simulator.model.answer import PER
from simulator.model.units import Says
from simulator.scenario.section import Reads, Section, Text, Written, YesNo, choice, listed, named, read_section, setting_of
from simulator.scenario.threshold_form import MeasureForm


class AskedForm(MeasureForm):
    """A measure that belongs to the answer."""

    says: Annotated[Text, Says("the words after its number, such as `people called back`; those of the measure, if not given")] = ""


def _asked(raw: Any, info: ValidationInfo) -> AskedForm:
    """A measure by its name alone, or with a scope."""
    return read_section(AskedForm, {"measure": raw} if isinstance(raw, str) else raw, setting_of(info))


AskedEntry = Annotated[AskedForm, Reads(_asked, written=Written("forms", forms=lambda: (Text, AskedForm)))]


class AnswerForm(Section):
    """What answers the question: the first sentence, the first figure and the tiles of every report say it."""

    measures: Annotated[
        tuple[AskedEntry, ...],
        BeforeValidator(listed),
        Says("the measures that answer it, most important first: names, or maps with a scope"),
    ]
    per: Annotated[str, choice(*PER), Says("for each of what it is answered")] = "variant"
    for_: Annotated[Text, Says("the need, or the group of people, that the question is about; everybody, if not given")] = ""
    against: Annotated[
        Annotated[str, named("variant")] | None, Says("the variant that the others are put beside; the file as written, if not given")
    ] = None
    per_cost: Annotated[YesNo, Says("whether what is gained stands beside what it costs")] = False
