"""Everything that ``crisis list`` shows and ``crisis explain`` explains, as lines of text, from the declarations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields

from simulator.errors import UsageError
from simulator.model.channels import KINDS
from simulator.model.distributions import Constant, Distribution
from simulator.scenario import language
from simulator.scenario.calendar import spoken
from simulator.scenario.codes import codes
from simulator.scenario.language import Items, Map, Names, Node, Value
from simulator.scenario.problem import did_you_mean
from simulator.scenario.section import Section

UNITS = {
    "duration": "A length of time with its unit: 30s, 15m, 1h30m, 2d (ms, s, m or min, h, d, w). 0 needs none.",
    "share": "A part of something: 35%. It lies between 0% and 100%; `barred` may be more.",
    "count": "How many: 200, 30k, 1.5M. Never 3,000: in braces a comma starts a new key.",
    "rate": "Events per time: 40/h, 10/min, 30k/d.",
    "number": "A plain number that is at least 0: 0.7.",
    "factor": "What something is multiplied by: x1.6 or 1.6.",
    "instant": "A moment of the run: start, start+2h, T+5h, T-10m (T is clock.impact), or a local date and time 2017-09-19T11:00.",
    "time of day": 'The clock on the wall, in quotes: "07:00" to "24:00".',
    "range": "{likely: 45m, low: 20m, high: 2h}: not known exactly. Each world draws one value, the same for all variants.",
    "target": "A service level: 80% in 20s.",
    "hours": "Opening hours: `always`, or by days: {mon-fri: 08:00-20:00, sat: [09:00-12:00, 13:00-17:00]}. Other days are closed.",
    "trigger": "{after: STEP, by: 30m}, {at: INSTANT} or {measure: queue, above: 150, for: 5m}: what starts or ends a step.",
}
LAWS = {
    "mean": "{mean: 12m}: exponential with this mean.",
    "median": "{median: 60m}: exponential with this median.",
    "half_life": "{half_life: 8h}: exponential; half of the people are left after this time.",
    "98%": "{98%: 24h}: exponential, by any quantile: after this time 98 % are through.",
    "empirical": "{empirical: [20s, 1m, 5m]}: these values, each equally likely, linear between them.",
    "hazard": "{hazard: {edges: [0s, 5s], per_minute: [0.1, 0.3]}}: constant hazard between edges; the last lasts for ever.",
}
LISTED = ("measures", "strategies", "events", "actions", "channels", "templates")


@dataclass(frozen=True)
class Entry:
    """``line`` says it in one sentence; ``more`` are the lines that follow where it is explained."""

    name: str
    kind: str
    line: str
    more: tuple[str, ...] = ()


def listed(what: str) -> tuple[Entry, ...]:
    """The entries of one list (see LISTED)."""
    sources: Mapping[str, Callable[[], Iterator[Entry]]] = {
        "measures": _measures,
        "strategies": _strategies,
        "events": lambda: _acts("events"),
        "actions": lambda: _acts("playbook"),
        "channels": _channels,
        "templates": _templates,
    }
    return tuple(sources[what]())


def entries() -> Mapping[str, tuple[Entry, ...]]:
    """Everything that can be explained, by name."""
    made: dict[str, list[Entry]] = {}
    for entry in (
        *(e for what in LISTED for e in listed(what)),
        *(Entry(name, "unit", text) for name, text in UNITS.items()),
        *_laws(),
        *(Entry(code.name, code.severity, code.text) for code in codes.values()),
        *_keys(),
    ):
        same = made.setdefault(entry.name, [])
        if entry not in same:
            same.append(entry)
    return {name: tuple(found) for name, found in made.items()}


def explained(name: str) -> tuple[Entry, ...]:
    """What is called ``name``; raises UsageError with a suggestion."""
    known = entries()
    wanted = name.strip().strip("`")
    if wanted.startswith(("error[", "warning[")):
        wanted = wanted.partition("[")[2].partition("]")[0]
    for form in (wanted, wanted.lower(), wanted.lower().replace("-", "_"), wanted.lower().replace("_", "-")):
        if form in known:
            return known[form]
    ends = [entry for key, found in known.items() if key.rpartition(".")[2] == wanted for entry in found]
    if ends:
        return tuple(ends)
    hint = did_you_mean(wanted, known)
    raise UsageError(
        f"there is nothing called `{name}`; " + (hint if hint.startswith("did") else "see `crisis list measures` and the like")
    )


def _measures() -> Iterator[Entry]:
    from simulator.statistics.measures import measures

    better = {"higher": "higher is better", "lower": "lower is better", "none": "neither more nor less is better"}
    for measure in measures.values():
        of = f" = {measure.numerator} / {measure.denominator}" if measure.denominator else ""
        scopes = f"can be asked for by {', '.join(measure.scopes)}" if measure.scopes else "of the whole run only"
        yield Entry(
            measure.name,
            "measure",
            measure.says,
            (f"unit: {measure.unit}; {better[measure.better]}; {scopes}", *([of.strip(" =")] if of else [])),
        )


def _acts(section: str) -> Iterator[Entry]:
    from simulator.crisis import acts
    from simulator.scenario.reference import meaning

    for name, form in language.acts(section).items():
        where = {"event": "under `events`", "action": "in the `playbook`", "both": "under `events` or in the `playbook`"}[acts[name].kind]
        ends = "; `until` can end it" if acts[name].lasting else ""
        yield Entry(
            name, "event" if acts[name].kind == "event" else "action", meaning(acts[name]), (f"stands {where}{ends}", *_parameters(form))
        )


def _strategies() -> Iterator[Entry]:
    from simulator.routing.declared import strategies
    from simulator.scenario.reference import meaning

    for name, form in language.strategies().items():
        yield Entry(
            name,
            "strategy",
            meaning(strategies[name]),
            ("stands in `routing.strategy` and in `to` of `routing.switch`", *_parameters(form)),
        )


def _channels() -> Iterator[Entry]:
    from simulator.scenario.channels import FITS, TARGETS

    for kind in KINDS.values():
        share, seconds = TARGETS[kind.name]
        own = [key for key, (kinds, _) in FITS.items() if kind.name in kinds]
        yield Entry(
            kind.name,
            "channel",
            kind.says,
            (
                f"a channel of this name, or with `kind: {kind.name}`, under `channels`",
                f"target if none is given: {share:.0%} in {spoken(seconds)}",
                f"keys beside those of every channel: {', '.join(own)}",
            ),
        )


def _templates() -> Iterator[Entry]:
    from simulator.scenario.templates import templates

    for template in templates():
        yield Entry(template.name, "template", template.title, (f"crisis init FOLDER --template {template.name}",))


def _laws() -> Iterator[Entry]:
    from simulator.model.distributions import families, named_laws
    from simulator.scenario.reference import meaning

    for name, form in language.families().items():
        yield Entry(name, "distribution", meaning(families[name]).replace("``", "`"), tuple(_parameters(form)))
    yield from (Entry(name, "distribution", text) for name, text in LAWS.items())
    yield from (Entry(name, "distribution", (law.__doc__ or "").partition("\n")[0]) for name, law in named_laws.items())


def _parameters(form: type[Section], under: str = "") -> Iterator[str]:
    for key in language.keys(form):
        inner = list(maps(key.node))
        if len(inner) == 1 and not isinstance(key.node, (Items, Names)):
            yield from _parameters(inner[0], f"{under}{key.name}.")
            continue
        need = "" if key.required else "; may be left out"
        yield f"{under}{key.name}: {written(key.node)}{f' - {key.says}' if key.says else ''}{need}"


def _keys() -> Iterator[Entry]:
    """The keys of the language by their paths: ``needs.talk_time``, where ``needs`` holds a name first."""
    seen: set[tuple[str, type[Section]]] = set()

    def below(path: str, node: Node) -> Iterator[Entry]:
        for section in maps(node):
            if (path, section) in seen or path.count(".") > 4:
                continue
            seen.add((path, section))
            for key in language.keys(section):
                yield from of(f"{path}.{key.name}" if path else key.name, key)

    def of(path: str, key: language.Key) -> Iterator[Entry]:
        default = as_written(key)
        need = "required" if key.required else f"{default} if left out" if default else "may be left out"
        yield Entry(path, "key", f"{key.says[:1].upper()}{key.says[1:]}.", (f"written as {written(key.node)}; {need}",))
        yield from below(path, key.node)

    for key in language.sections():
        yield from of(key.name, key)
    for section in ("events", "playbook"):
        for key in language.step_keys():
            yield from of(f"{section}.{key.name}", key)
    for key in language.routing_keys():
        yield from of(f"routing.{key.name}", key)


def maps(node: Node) -> Iterator[type[Section]]:
    """The maps with known keys that may stand at a node."""
    if isinstance(node, Map):
        yield node.section
    elif isinstance(node, Names):
        yield from maps(node.value)
    elif isinstance(node, Items):
        yield from maps(node.item)
    else:
        for form in node.forms:
            yield from maps(form)


def as_written(key: language.Key) -> str:
    """A default, which is in the model's own units, as people write it; empty where there is none to speak of."""
    kind, default = key.node.written.kind if isinstance(key.node, Value) else "", key.default
    if default is None or isinstance(default, Section) or default in ("", (), [], {}):
        return ""
    if isinstance(default, Distribution):
        return _law(default)
    if kind == "duration":
        return spoken(default)
    if kind in ("share", "proportion"):
        return f"{default:.0%}"
    if kind == "target":
        return f"{default[0]:.0%} in {spoken(default[1])}"
    if isinstance(default, (list, tuple)):
        return ", ".join(str(item) for item in default)
    return f"{default:g}" if isinstance(default, float) else str(default)


def _law(law: Distribution) -> str:
    """A law as people write it."""
    if isinstance(law, Constant):
        return spoken(law.value)
    units = {f.name: spoken if f.type == "Duration" else "{:g}".format for f in fields(law)}  # type: ignore[arg-type]  # every law is a dataclass
    said = ", ".join(f"{name.rstrip('_')}: {say(getattr(law, name))}" for name, say in units.items())
    return f"{{{law.name}: {{{said}}}}}"


WRITTEN = {
    "whole": "whole number: 200",
    "proportion": "share: 60%",
    "clock_time": 'time of day: "07:00"',
    "duration": "duration: 15m",
    "share": "share: 35%",
    "count": "count: 30k",
    "number": "number: 0.7",
    "factor": "factor: x1.6",
    "rate": "rate: 40/h",
    "instant": "instant: T+5h",
    "target": "service level: 80% in 20s",
    "clock_span": "hours: 08:00-20:00",
    "days": "days: mon-fri",
    "date": "date: 2014-05",
    "mark": "number from -1 to 1",
    "yes_no": "true or false",
    "law": "distribution: 6m, {lognormal: {mean: 5m, sd: 4m}}",
    "event": "event",
    "action": "action",
    "routing": "strategy with its parameters",
    "strategy": "strategy: first-come, {strategy: triage, aging_cap: 10m}",
    "limit": "value in the measure's unit",
    "any": "value",
}

NAMES = {"share": "a share", "days": "days", "hours": "hours of the day"}


def written(node: Node) -> str:
    """How a value is written, in a few words."""
    if isinstance(node, Value):
        w = node.written
        if w.kind == "forms":
            return " or ".join(dict.fromkeys(written(form) for form in node.forms))
        if w.kind == "word":
            return " or ".join(w.words)
        if w.kind == "name":
            return f"{'an' if w.to[0] in 'aeiou' else 'a'} {w.to}"
        return WRITTEN.get(w.kind, w.kind) + (" (or a range)" if w.ranged else "")
    if isinstance(node, Items):
        return f"{written(node.item)}, or a list of them" if node.one else f"a list of {written(node.item)}"
    if isinstance(node, Names):
        of = f"a {node.of.to}" if node.of.kind == "name" else NAMES.get(node.of.kind, "a name")
        return f"map from {of} to {written(node.value)}"
    return "{" + ", ".join(key.name for key in language.keys(node.section)) + "}"
