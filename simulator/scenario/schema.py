"""The JSON Schema of the language (draft-07, one document), for editors: completion, help and a first check while typing.

It accepts whatever ``crisis check`` accepts; names, times and sums that only make sense together are left to ``check``.
A key with null is as if it were not there. A file that ``extends`` another may leave out what its parent says, and may delete with null.
"""

from __future__ import annotations

from typing import Any

from simulator.scenario import language
from simulator.scenario.language import Items, Key, Map, Names, Node, Value
from simulator.scenario.section import Section, Written

Schema = dict[str, Any]

DURATION = r"^\s*(\d+(\.\d+)?\s*(ms|min|s|m|h|d|w)\s*)+$"
SHARE = r"^\s*\+?\d+(\.\d+)?\s*%\s*$"
CLOCK = r"^\s*\d{1,2}:\d\d(:\d\d)?\s*$"
INSTANT = r"^\s*((T|start)(\s*[-+]\s*.+)?|\d{4}-\d\d-\d\dT?.*)\s*$"
QUANTITIES: dict[str, Schema] = {
    "duration": {
        "anyOf": [{"type": "string", "pattern": DURATION}, {"const": 0}],
        "description": "a duration: 30s, 15m, 1h30m, 2d",
        "examples": ["30s", "15m", "1h30m"],
    },
    "share": {"type": "string", "pattern": SHARE, "description": "a share: 35%", "examples": ["35%"]},
    "proportion": {"type": "string", "pattern": SHARE, "description": "a share that may exceed 100%", "examples": ["60%"]},
    "count": {
        "anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": r"^\s*\d+(\.\d+)?\s*[kM]?\s*$"}],
        "description": "how many: 200, 30k",
    },
    "whole": {
        "anyOf": [{"type": "number", "minimum": 0, "multipleOf": 1}, {"type": "string", "pattern": r"^\s*\d+(\.\d+)?\s*[kM]?\s*$"}],
        "description": "a fixed whole number: 200, 3k",
    },
    "number": {"type": "number", "minimum": 0, "description": "a number: 0.7"},
    "factor": {
        "anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": r"^\s*x\s*\d+(\.\d+)?\s*$"}],
        "description": "a factor: x1.6",
    },
    "rate": {
        "type": "string", "pattern": r"^\s*\d+(\.\d+)?\s*[kM]?\s*/\s*(s|min|m|h|d)\s*$", "description": "a rate: 40/h, 10/min",
        "examples": ["40/h"],
    },
    "instant": {"type": "string", "pattern": INSTANT, "description": "an instant: start, start+2h, T+5h, 2017-09-19T11:00"},
    "clock_time": {"type": "string", "pattern": CLOCK, "description": 'a time of day: "07:00" to "24:00"', "examples": ["07:00"]},
    "target": {"type": "string", "pattern": r"^.+%\s+in\s+.+$", "description": "a service level: 80% in 20s", "examples": ["80% in 20s"]},
    "clock_span": {"type": "string", "pattern": f"{CLOCK[:-1]}-{CLOCK[1:]}", "description": "hours: 08:00-20:00"},
    "days": {"type": "string", "description": "days: mon-fri, sat, weekend"},
    "date": {"anyOf": [{"type": "string"}, {"type": "integer"}], "description": "a date: 2014, 2014-05 or 2014-05-12"},
    "mark": {"type": "number", "minimum": -1, "maximum": 1},
    "text": {"type": "string"},
    "yes_no": {"type": "boolean"},
    "limit": {"type": ["string", "number"], "description": "a limit in the measure's unit"},
    "any": {},
}  # fmt: skip
RANGED = ("duration", "share", "proportion", "count", "number", "factor", "rate", "mark")


def schema() -> Schema:
    """The document as a tree."""
    definitions: dict[str, Schema] = {name: dict(made) for name, made in QUANTITIES.items() if name != "any"}
    for name in RANGED:
        definitions[f"{name}-or-range"] = {"anyOf": [_ref(name), _range(name)]}
    whole, part = _Writer(definitions, ""), _Writer(definitions, "part-")
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "crisis scenario",
        "description": "A crisis of a contact centre: why people call, through what, where, who answers, what breaks and what we do.",
        "if": {"type": "object", "required": ["extends"], "properties": {"extends": {"type": "string"}}},
        "then": part.scenario(),
        "else": whole.scenario(),
        "definitions": dict(sorted(definitions.items())),
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def _range(name: str) -> Schema:
    sides = {side: _ref(name) for side in ("likely", "low", "high")}
    return {
        "type": "object", "properties": sides, "required": list(sides), "additionalProperties": False,
        "description": "not known exactly: each world draws its own value, the same for all variants",
    }  # fmt: skip


class _Writer:
    """Writes sections as definitions; those of a ``part-`` of a scenario need no key, and may be null."""

    def __init__(self, definitions: dict[str, Schema], prefix: str) -> None:
        self.definitions = definitions
        self.prefix = prefix
        self.partial = bool(prefix)

    def scenario(self) -> Schema:
        return self._map(language.sections(), free=r"^x-") | {"type": "object"}

    def node(self, node: Node) -> Schema:
        if isinstance(node, Value):
            return self._value(node)
        if isinstance(node, Map):
            return self._section(node.section)
        if isinstance(node, Names):
            made = {"type": "object", "additionalProperties": self._or_null(self.node(node.value))}
            return made | ({"propertyNames": {"pattern": SHARE}} if node.of.kind == "share" else {})
        item = self.node(node.item)
        return {"anyOf": [{"type": "array", "items": item}, item]} if node.one else self._list(node, item)

    def _list(self, node: Items, item: Schema) -> Schema:
        made: Schema = {"type": "array", "items": item}
        if self.partial and isinstance(node.item, Value) and node.item.written.kind in ("event", "action"):
            by_id = {"type": "object", "additionalProperties": {"type": ["object", "null"]}, "description": "changes by id; null deletes"}
            return {"anyOf": [made, by_id]}
        return made

    def _value(self, node: Value) -> Schema:
        written = node.written
        if written.kind == "forms":
            forms = [self.node(form) for form in node.forms]
            return forms[0] if len(forms) == 1 else {"anyOf": forms}
        if written.kind == "word":
            return {"enum": list(written.words)}
        if written.kind == "name":
            return {"type": "string", "description": f"the name of a {written.to}"}
        if written.kind == "law":
            return self._law()
        if written.kind in ("event", "action"):
            return self._steps("events" if written.kind == "event" else "playbook")
        if written.kind == "strategy":
            return {"anyOf": [{"enum": list(language.strategies())}, self._beside("strategy", "strategy", (), language.strategies())]}
        if written.kind == "routing":
            return self._beside("routing", "strategy", language.routing_keys(), language.strategies(), default="priority")
        return _quantity(written)

    def _section(self, section: type[Section]) -> Schema:
        name = f"{self.prefix}{section.__name__.removesuffix('Form').lstrip('_')}"
        if name not in self.definitions:
            self.definitions[name] = {}
            self.definitions[name] = self._map(language.keys(section))
        return _ref(name)

    def _map(self, keys: tuple[Key, ...], more: Schema | None = None, free: str = "") -> Schema:
        properties: dict[str, Schema] = dict(more or {})
        for key in keys:
            value = self._or_null(self.node(key.node), always=not key.required)
            properties[key.name] = {"description": key.says, "allOf": [value]} if key.says else value
        made: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
        required = [] if self.partial else [*(more or {}), *(key.name for key in keys if key.required)]
        if required:
            made["required"] = required
        return made | ({"patternProperties": {free: {}}} if free else {})

    def _or_null(self, made: Schema, *, always: bool = False) -> Schema:
        return {"anyOf": [made, {"type": "null"}]} if made and (self.partial or always) else made

    def _steps(self, section: str) -> Schema:
        return self._beside(section, "do", language.step_keys(), language.acts(section))

    def _beside(self, name: str, key: str, common: tuple[Key, ...], objects: Any, default: str = "") -> Schema:
        """A map whose ``key`` names an object, with the object's parameters beside it."""
        name = f"{self.prefix}{name}"
        if name not in self.definitions:
            forms = []
            for word, section in objects.items():
                form = self._map((*common, *language.keys(section)), {key: {"const": word, "description": _meaning(word)}})
                if word == default and "required" in form:
                    form["required"] = [k for k in form["required"] if k != key]
                forms.append({"title": word, **form})
            self.definitions[name] = {"anyOf": forms}
        return _ref(name)

    def _law(self) -> Schema:
        if "law" not in self.definitions:
            from simulator.model.distributions import named_laws

            single = _ref("duration-or-range")
            laws: dict[str, Schema] = dict.fromkeys(("mean", "median", "half_life"), single)
            for name, form in language.families().items():
                laws[name] = _Writer(self.definitions, "").node(Map(form))
            laws["constant"] = {"anyOf": [single, laws["constant"]]}
            fixed = {"type": "object", "additionalProperties": False, "required": ["mean", "sd"]}
            laws["lognormal"] = {"anyOf": [fixed | {"properties": {"mean": _ref("duration"), "sd": _ref("duration")}}, laws["lognormal"]]}
            laws["empirical"] = {"type": "array", "items": _ref("duration"), "minItems": 1}
            hazard = {"edges": {"type": "array", "items": _ref("duration")}, "per_minute": {"type": "array", "items": {"type": "number"}}}
            laws["hazard"] = {"type": "object", "properties": hazard, "required": list(hazard), "additionalProperties": False}
            one = {
                "type": "object", "properties": laws, "patternProperties": {r"^\d+(\.\d+)?%$": single}, "additionalProperties": False,
                "minProperties": 1, "maxProperties": 1,
            }  # fmt: skip
            self.definitions["law"] = {
                "description": "a distribution of durations: a bare mean, or a map with the name of one law",
                "anyOf": [_ref("duration-or-range"), {"enum": list(named_laws)}, one],
            }
        return _ref("law")


def _quantity(written: Written) -> Schema:
    if written.kind == "any":
        return {}
    return _ref(f"{written.kind}-or-range" if written.ranged else written.kind)


def _meaning(word: str) -> str:
    from simulator.crisis import acts
    from simulator.routing.declared import strategies
    from simulator.scenario.reference import meaning

    return meaning(acts[word] if word in acts else strategies[word])
