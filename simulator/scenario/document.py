"""A strict reader of YAML: a plain tree and the line and column of everything in it.

YAML 1.2 core scalars only (``12:30`` and ``no`` stay text), no tags, no key twice, bounded size, depth and number of
nodes (counted while aliases are walked, so that a small file cannot become a huge tree). The bounds are ours: what PyYAML
bounds itself, in some of its releases, is never what a user reads.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import yaml

from simulator.errors import Diagnostic, ScenarioError
from simulator.scenario.characters import CONTROL, control_in

MAX_BYTES = 1_000_000
MAX_DEPTH = 40
MAX_NODES = 20_000

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser of libyaml, or PyYAML's own where that was built without it."""

_HALF = re.compile(r"[\ud800-\udfff]")
_FLOW = re.compile(
    r"""(?<![^\s\[{,:?-]) (?: "(?:[^"\\]|\\.)*" | '(?:[^']|'')*' ) | (?<!\S) \#[^\n]* | (?P<opens>[\[{]) | (?P<closes>[\]}])""",
    re.DOTALL | re.VERBOSE,
)
"""Brackets of lists and maps; those in quotes and comments are part of a longer match."""

Path = tuple[str | int, ...]
"""Keys and list positions from the top of a document to a value."""

CORE_SCALARS: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("tag:yaml.org,2002:null", re.compile(r"^(?:null|Null|NULL|~|)\Z"), "~nN\0"),
    ("tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)\Z"), "tTfF"),
    ("tag:yaml.org,2002:int", re.compile(r"^[-+]?[0-9]+\Z"), "-+0123456789"),
    (
        "tag:yaml.org,2002:float",
        re.compile(r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z"),
        "-+.0123456789",
    ),
)
"""The core schema of YAML 1.2 without hexadecimal, octal and infinite numbers: tag, pattern, first characters."""


@dataclass(frozen=True)
class Place:
    """Where a value stands, and where its key stands (list items have none: their own place). Counted from 1."""

    line: int
    column: int
    length: int
    key_line: int
    key_column: int
    key_length: int
    file: str = ""


@dataclass(frozen=True)
class Document:
    """A file as read: maps, lists and scalars, and the place of each by its path."""

    file: str
    tree: dict[str, Any]
    places: Mapping[Path, Place]


def read(content: bytes, file: str) -> Document:
    """Read the bytes of a YAML file called ``file``; raises ScenarioError with one diagnostic a problem."""
    text = _text(content, file)
    try:
        events = _events(text, file)
    except yaml.MarkedYAMLError as error:
        raise ScenarioError([_syntax(error, text, file)]) from None
    except yaml.YAMLError as error:
        raise ScenarioError([Diagnostic("yaml-syntax", _first_line(error), file)]) from None
    builder = _Builder(events, file)
    tree = builder.build()
    if builder.found:
        raise ScenarioError(builder.found)
    if not isinstance(tree, dict):
        raise ScenarioError([Diagnostic("yaml-shape", "a scenario is a map of sections such as `clock:` and `needs:`", file, 1, 1)])
    return Document(file, tree, builder.places)


def read_value(text: str, said: str) -> tuple[Any, Mapping[Path, Place]]:
    """Read one value from outside a file, such as ``30m`` or ``{likely: 1h}``; its places name ``said`` and no line."""
    builder = _Builder([], said)
    try:
        builder.events = _events(_text(text.encode(errors="replace"), said), said)
        value = builder.build() if any(isinstance(e, yaml.DocumentStartEvent) for e in builder.events) else None
    except yaml.YAMLError as error:
        problem = getattr(error, "problem", None) or _first_line(error)
        raise ScenarioError([Diagnostic("yaml-syntax", f"the value is not YAML: {problem}", said)]) from None
    except ScenarioError as error:
        raise ScenarioError([replace(d, line=0, column=0) for d in error.diagnostics]) from None
    if builder.found:
        raise ScenarioError([replace(d, line=0, column=0) for d in builder.found])
    return value, {path: replace(place, line=0, key_line=0, column=0, key_column=0) for path, place in builder.places.items()}


def _events(text: str, file: str) -> list[yaml.Event]:
    """The parser's events; stops early at a depth beyond the bound, where the parser's own time grows with the square."""
    events: list[yaml.Event] = []
    depth = 0
    try:
        for event in yaml.parse(text, Loader=LOADER):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                raise _too_deep(file, *_start(event))
            events.append(event)
    except (yaml.YAMLError, RecursionError, MemoryError) as error:
        at = _opened_ahead(text, events, depth, error)
        if at is None:
            raise
        raise _too_deep(file, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)) from None
    return events


def _opened_ahead(text: str, events: list[yaml.Event], depth: int, error: Exception) -> int | None:
    """Return where a list or map beyond the bound opens in what the parser had read, but not yet told, when it gave up.

    It reads a line ahead before it tells of a bracket, so that a bound of its own may come before the event at which ours is seen.
    """
    begins = events[-1].end_mark.index if events and events[-1].end_mark else 0
    mark = getattr(error, "problem_mark", None)
    for bracket in _FLOW.finditer(text, begins, mark.index + 1 if mark else len(text)):
        depth += (bracket.group("opens") is not None) - (bracket.group("closes") is not None)
        if depth > MAX_DEPTH:
            return bracket.start()
    return None


def _too_deep(file: str, line: int, column: int) -> ScenarioError:
    return ScenarioError([Diagnostic("yaml-too-big", f"the file is nested more than {MAX_DEPTH} deep", file, line, column)])


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


def _text(content: bytes, file: str) -> str:
    if len(content) > MAX_BYTES:
        raise ScenarioError([Diagnostic("file-too-big", f"the file has {len(content):,} bytes; at most {MAX_BYTES:,} are read", file)])
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ScenarioError([Diagnostic("encoding", "the file is written in UTF-16", file, 1, 1, help="save it as UTF-8")])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, len(before) - (before.rfind(b"\n") + 1) + 1
        message = f"the file is not UTF-8: byte 0x{content[error.start]:02x} makes no character"
        raise ScenarioError([Diagnostic("encoding", message, file, line, column, help="save it as UTF-8")]) from None
    control = CONTROL.search(text)
    if control:
        before_it = text[: control.start()]
        line, column = before_it.count("\n") + 1, control.start() - (before_it.rfind("\n") + 1) + 1
        message = f"a control character (U+{ord(control.group()):04X}) stands here"
        raise ScenarioError([Diagnostic("encoding", message, file, line, column, help="is this a text file? remove the character")])
    for number, line_text in enumerate(text.splitlines(), 1):
        body = line_text.lstrip(" \t")
        indent = line_text[: len(line_text) - len(body)]
        if "\t" in indent and body and not body.startswith("#"):
            column = indent.index("\t") + 1
            raise ScenarioError([Diagnostic("tab", "a tab indents this line", file, number, column, help="YAML indents with spaces only")])
    return text


def _syntax(error: yaml.MarkedYAMLError, text: str, file: str) -> Diagnostic:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    problem = error.problem or error.context or "this is not YAML"
    lines = text.splitlines()
    rest = lines[line - 1][column - 1 :] if 0 < line <= len(lines) else ""
    value = re.search(r":\s+([>|@`%&*!])", lines[line - 1]) if 0 < line <= len(lines) else None
    if rest[:1] in ("@", "`", "%"):
        return Diagnostic(
            "yaml-quote", f"a value that starts with `{rest[0]}` needs quotes", file, line, column, help=f'write "{rest.strip()}"'
        )
    if value and value.group(1) in ">|":
        at = value.start(1) + 1
        given = lines[line - 1][value.start(1) :].strip()
        return Diagnostic(
            "yaml-quote", f"a value that starts with `{value.group(1)}` needs quotes", file, line, at, help=f'write "{given}"'
        )
    open_ended = any(word in problem for word in (",", "flow", "node content"))
    hint = "is a closing bracket, a comma or a quote missing on this line or above?" if open_ended else ""
    if "mapping values are not allowed" in problem:
        hint = "a colon followed by a space inside a text needs quotes around the text; or the line is indented too far"
    elif "could not find expected ':'" in problem:
        hint = "a key is followed by a colon and a space"
    elif "did not find expected key" in problem or "block end" in problem or "block mapping" in problem:
        hint = "the keys of one map start in one column"
    return Diagnostic("yaml-syntax", f"this is not YAML: {problem}", file, line, column, help=hint)


class _Builder:
    """Turns the parser's events into a tree, with a bound on depth and on nodes."""

    def __init__(self, events: list[yaml.Event], file: str) -> None:
        self.events = events
        self.file = file
        self.places: dict[Path, Place] = {}
        self.found: list[Diagnostic] = []
        self.anchors: dict[str, int] = {}
        self.nodes = 0
        self.next = 0

    def build(self) -> Any:
        starts = [i for i, e in enumerate(self.events) if isinstance(e, yaml.DocumentStartEvent)]
        if not starts:
            raise ScenarioError([Diagnostic("yaml-shape", "the file is empty", self.file)])
        if len(starts) > 1:
            self._note(self.events[starts[1]], "yaml-shape", "the file holds more than one document", "remove the line `---`")
            return None
        self.next = starts[0] + 1
        return self._value((), None, frozenset())

    def _note(self, event: yaml.Event, code: str, message: str, hint: str = "", length: int = 1) -> None:
        self.found.append(Diagnostic(code, message, self.file, *_start(event), length, help=hint))

    def _stop(self, event: yaml.Event, message: str) -> ScenarioError:
        self._note(event, "yaml-too-big", message)
        return ScenarioError(self.found)

    def _value(self, path: Path, key: yaml.Event | None, open_anchors: frozenset[str]) -> Any:
        event = self.events[self.next]
        self.next += 1
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise self._stop(event, f"the file has more than {MAX_NODES:,} values, aliases counted each time")
        if len(path) > MAX_DEPTH:
            raise self._stop(event, f"the file is nested more than {MAX_DEPTH} deep")
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, path, key, open_anchors)
        assert isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent))
        self.places[path] = _place(event, key, self.file)
        if event.anchor:
            self.anchors[event.anchor] = self.next - 1
            open_anchors = open_anchors | {event.anchor}
        if event.tag is not None:
            self._note(event, "yaml-tag", f"a tag (`{event.tag}`) is not allowed here", "write the plain value")
        if isinstance(event, yaml.ScalarEvent):
            self._check_characters(event)
            return _scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Any] = []
            while not isinstance(self.events[self.next], yaml.SequenceEndEvent):
                items.append(self._value((*path, len(items)), None, open_anchors))
            self.next += 1
            return items
        return self._map(path, open_anchors)

    def _map(self, path: Path, open_anchors: frozenset[str]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        first: dict[str, int] = {}
        while not isinstance(self.events[self.next], yaml.MappingEndEvent):
            key = self.events[self.next]
            self.next += 1
            self.nodes += 1
            if not isinstance(key, yaml.ScalarEvent):
                self._note(key, "yaml-key", "a key is a plain word", "quote the text if it starts with a bracket, `*` or `&`")
                raise ScenarioError(self.found)
            self._check_characters(key)
            name = str(key.value)
            if name == "<<":
                self._note(key, "yaml-merge", "merge keys (`<<`) are not part of YAML 1.2", "repeat the lines", 2)
            if name in made:
                self._note(
                    key,
                    "duplicate-key",
                    f"`{name}` is given twice; YAML would silently keep the last",
                    f"first given on line {first[name]}",
                    len(name),
                )
            value = self._value((*path, name), key, open_anchors)
            first.setdefault(name, _start(key)[0])
            made.setdefault(name, value)
        self.next += 1
        return made

    def _check_characters(self, event: yaml.ScalarEvent) -> None:
        """Note half a character, which libyaml refuses as well and PyYAML's own parser does not, or a control character."""
        if _HALF.search(str(event.value)):
            self._note(event, "yaml-syntax", "this is not YAML: found invalid Unicode character escape code")
        elif control := control_in(event.value):
            self._note(event, "encoding", f"a control character ({control}) stands in this text", "leave it out", _length(event))

    def _alias(self, event: yaml.AliasEvent, path: Path, key: yaml.Event | None, open_anchors: frozenset[str]) -> Any:
        if event.anchor not in self.anchors:
            self._note(event, "yaml-alias", f"`*{event.anchor}` names nothing above it")
            return None
        if event.anchor in open_anchors:
            raise self._stop(event, f"`*{event.anchor}` contains itself")
        after, self.next = self.next, self.anchors[event.anchor]
        value = self._value(path, key, open_anchors)
        self.next = after
        return value


def _start(event: yaml.Event) -> tuple[int, int]:
    """Line and column, from 1."""
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (0, 0)


def _length(event: yaml.Event) -> int:
    """Characters of a scalar on one line; 1 of anything else."""
    start, end = event.start_mark, event.end_mark
    if not isinstance(event, yaml.ScalarEvent) or not start or not end or start.line != end.line:
        return 1
    return max(end.column - start.column, 1)


def _place(event: yaml.Event, key: yaml.Event | None, file: str) -> Place:
    named = key or event
    return Place(*_start(event), _length(event), *_start(named), _length(named), file)


def _scalar(event: yaml.ScalarEvent) -> Any:
    text = str(event.value)
    if not event.implicit[0]:
        return text
    for tag, pattern, _ in CORE_SCALARS:
        if pattern.match(text):
            kind = tag.rsplit(":", 1)[1]
            if kind == "null":
                return None
            if kind == "bool":
                return text.lower() == "true"
            if kind == "int":
                return int(text) if len(text) < 19 else float(text)
            return float(text)
    return text


class _Writer(yaml.SafeDumper):
    """Writes what :func:`read` reads back: quotes what YAML 1.2 would take for a number, a truth value or nothing."""


_Writer.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in CORE_SCALARS:
    _Writer.add_implicit_resolver(_tag, _pattern, [c if c != "\0" else "" for c in _first])


def write(tree: Mapping[str, Any]) -> str:
    """The tree as YAML text that :func:`read` turns into an equal tree."""
    return yaml.dump(dict(tree), Dumper=_Writer, sort_keys=False, allow_unicode=True, width=120, default_flow_style=None)
