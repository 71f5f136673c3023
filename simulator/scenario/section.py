"""The base of every typed section of a scenario, and the translation of pydantic's findings into ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, PlainValidator, ValidationError, ValidationInfo, model_validator
from pydantic_core import ErrorDetails

from simulator.scenario import quantity
from simulator.scenario.calendar import Calendar
from simulator.scenario.problem import Problem, Wrong, did_you_mean, shown, wrong

S = TypeVar("S", bound="Section")


@dataclass
class Setting:
    """What a value may refer to while it is read: the names that exist, by kind, and the calendar once the clock is known."""

    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    calendar: Calendar | None = None
    shapes: dict[int, type[Section]] = field(default_factory=dict)  #: which section each map of the tree was read as


def setting_of(info: ValidationInfo) -> Setting:
    """The setting in which a value is being read."""
    return info.context if isinstance(info.context, Setting) else Setting()


class Section(BaseModel):
    """A map with known keys. A trailing ``_`` of a field name is dropped in YAML; unknown keys are refused.

    A key with null is as if it were not there; where it has no default, null is refused. So it is at names of the user's own.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        arbitrary_types_allowed=True,
        alias_generator=lambda name: name.removesuffix("_"),
        populate_by_name=False,
    )

    @model_validator(mode="before")
    @classmethod
    def _given(cls, raw: Any, info: ValidationInfo) -> Any:
        setting_of(info).shapes[id(raw)] = cls
        if not isinstance(raw, dict) or None not in raw.values():
            return raw
        may_lack = {field.alias or name for name, field in cls.model_fields.items() if not field.is_required()}
        return {key: value for key, value in raw.items() if value is not None or key not in may_lack}


def read_section(cls: type[S], raw: Any, setting: Setting) -> S:
    """Read ``raw`` as a section; raises Wrong with every problem in it."""
    try:
        return cls.model_validate(raw, context=setting)
    except ValidationError as error:
        found: list[Problem] = []
        for detail in error.errors(include_url=False):
            found += _problems(detail, cls, raw, setting)
        raise Wrong(*without_echoes(found)) from None


def without_echoes(found: list[Problem]) -> list[Problem]:
    """The problems without a missing key that stands there misspelt: that is told once, at the key."""
    meant = {(p.at[:-1], p.help) for p in found if p.code == "unknown-key"}
    return [p for p in found if p.code != "missing-key" or (p.at, f"did you mean {p.message.partition(' ')[0]}?") not in meant]


def _problems(detail: ErrorDetails, cls: type[Section], raw: Any, setting: Setting) -> list[Problem]:
    path, on_key = tuple(detail["loc"]), False
    if path and path[-1] == "[key]":
        path, on_key = path[:-1], True
    cause = detail.get("ctx", {}).get("error")
    if isinstance(cause, Wrong):
        return [Problem(p.message, p.help, p.code, (*path, *p.at), p.on_key or on_key, p.severity) for p in cause.problems]
    holder: Any = raw
    for step in path[:-1]:
        holder = holder[step]
    kind = detail["type"]
    if kind == "extra_forbidden":
        shape = setting.shapes.get(id(holder), cls)
        return [Problem(f"unknown key `{path[-1]}`", _known(path[-1], shape), "unknown-key", path, on_key=True)]
    if kind == "missing":
        return [Problem(f"`{path[-1]}` is missing", "", "missing-key", path[:-1], on_key=True)]
    expected = {"model_type": "a map", "dict_type": "a map", "list_type": "a list", "tuple_type": "a list", "bool_type": "true or false"}
    if kind in expected:
        hint = "write {} where there is nothing to say" if kind in ("model_type", "dict_type") and detail["input"] is None else ""
        return [Problem(f"expected {expected[kind]}, got {shown(detail['input'])}", hint, at=path)]
    return [Problem(f"{detail['msg'][:1].lower()}{detail['msg'][1:]}, got {shown(detail['input'])}", at=path)]


RENAMED = {
    "handle_time": "the handle time is `talk_time` plus `wrap_up` here: give both",
    "aht": "the handle time is `talk_time` plus `wrap_up` here: give both",
    "new_callers": "people who cannot call until the network is open are `barred: 60%` of their demand",
}
"""Words of other tools and of earlier drafts, and what to write instead."""


def _known(name: object, shape: type[Section]) -> str:
    known = [f.alias or n for n, f in shape.model_fields.items()]
    if str(name).isdigit():
        return "a comma inside braces starts a new key: write 3000 or 3k, not 3,000"
    return RENAMED.get(str(name)) or did_you_mean(name, known)


@dataclass(frozen=True)
class Written:
    """How a value is written, for whoever tells it: schema, ``explain``, reference. ``forms`` are the types of the alternatives."""

    kind: str  #: a quantity, or name, word, text, law, strategy, forms
    ranged: bool = False  #: whether ``{likely, low, high}`` may stand here
    words: tuple[str, ...] = ()  #: the possible words
    to: str = ""  #: what a name is the name of
    forms: Callable[[], tuple[Any, ...]] = tuple


@dataclass(frozen=True)
class Reads(PlainValidator):
    """A validator that can also say how its values are written."""

    written: Written = Written("any")


def named(kind: str, word: str = "") -> Reads:
    """A validator for the name of something that exists in the scenario: a need, a site, a step..."""

    def check(raw: Any, info: ValidationInfo) -> str:
        name = quantity.text(raw)
        known = setting_of(info).names.get(kind)
        if known is not None and name not in known:
            raise wrong(f"there is no {word or kind} `{name}`", did_you_mean(name, known), "unknown-name")
        return name

    return Reads(check, written=Written("name", to=kind))


def choice(*words: str) -> Reads:
    """A validator for one word out of a fixed list."""

    def check(raw: Any) -> str:
        if raw not in words:
            raise wrong(
                f"expected {' or '.join(f'`{w}`' for w in words)}, got {shown(raw)}", did_you_mean(raw, words) if len(words) > 3 else ""
            )
        return str(raw)

    return Reads(check, written=Written("word", words=words))


def listed(raw: Any) -> Any:
    """One item as a list of one."""
    return raw if isinstance(raw, list) else [raw]


def _instant(raw: Any, info: ValidationInfo) -> float:
    calendar = setting_of(info).calendar
    return calendar.instant(raw) if calendar else 0.0


def _beginning(raw: Any, info: ValidationInfo) -> float:
    calendar = setting_of(info).calendar
    return calendar.not_after_the_end(raw, calendar.any_instant(raw)) if calendar else 0.0


def _any_instant(raw: Any, info: ValidationInfo) -> float:
    calendar = setting_of(info).calendar
    return calendar.any_instant(raw) if calendar else 0.0


def _ranged(reader: Callable[[Any], float]) -> Reads:
    return Reads(quantity.perhaps_a_range(reader), written=Written(reader.__name__, ranged=True))


def _fixed(reader: Callable[[Any], Any]) -> Reads:
    return Reads(reader, written=Written(reader.__name__))


Duration = Annotated[float, _ranged(quantity.duration)]
Share = Annotated[float, _ranged(quantity.share)]
Proportion = Annotated[float, _ranged(quantity.proportion)]
Count = Annotated[float, _ranged(quantity.count)]
Number = Annotated[float, _ranged(quantity.number)]
Factor = Annotated[float, _ranged(quantity.factor)]
Rate = Annotated[float, _ranged(quantity.rate)]
Whole = Annotated[int, _fixed(quantity.whole)]
FixedDuration = Annotated[float, _fixed(quantity.duration)]
FixedShare = Annotated[float, _fixed(quantity.share)]
OfWorlds = Annotated[float, Reads(quantity.of_worlds, written=Written("share"))]
Target = Annotated[tuple[float, float], _fixed(quantity.target)]
Instant = Annotated[float, Reads(_instant, written=Written("instant"))]
Beginning = Annotated[float, Reads(_beginning, written=Written("instant"))]
"""An instant before the end of the run, perhaps also before its start."""
AnyInstant = Annotated[float, Reads(_any_instant, written=Written("instant"))]
Text = Annotated[str, _fixed(quantity.text)]
YesNo = Annotated[bool, _fixed(quantity.yes_no)]
