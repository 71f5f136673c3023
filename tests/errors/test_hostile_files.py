"""Files that are no scenario at all, or are made to hurt, are refused with a sentence and at once."""

from __future__ import annotations

import inspect
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator.errors import ScenarioError
from simulator.scenario import document, load

WHOLE = (Path(__file__).parent / "whole.yaml").read_bytes()
BOMB = b"a: &a [x, x, x, x, x, x, x, x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (c + 1, c + 1, b", ".join([b"*%c" % c] * 8)) for c in range(ord("a"), ord("j"))
)
LOOKS_AHEAD = 1024
"""How far a parser of YAML may read on a line before it tells of a bracket: as long as a key can be."""
REFUSED = {
    "empty": (b"", "the file is empty"),
    "a list": (b"- 1\n", "a scenario is a map of sections"),
    "two documents": (b"a: 1\n---\nb: 2\n", "more than one document"),
    "utf-16": ("schema: x".encode("utf-16"), "UTF-16 (save it as UTF-8)"),
    "cp1252": (b"name: Espa\xf1a\n", "1:11: error[encoding]: the file is not UTF-8: byte 0xf1"),
    "tab": (b"clock:\n\tstart: x\n", "2:1: error[tab]"),
    "self": (b"a: &x [*x]\n", "contains itself"),
    "merge": (b"a: &x {b: 1}\nc: {<<: *x}\n", "2:5: error[yaml-merge]"),
    "python tag": (b"a: !!python/object/apply:os.system [ls]\n", "1:4: error[yaml-tag]"),
    "key": (b"? [a, b]\n: 1\n", "a key is a plain word"),
    "quote": (b"max: > 5\n", "1:6: error[yaml-quote]: a value that starts with `>` needs quotes"),
    "percent": (b"able: %74\n", "1:7: error[yaml-quote]: a value that starts with `%` needs quotes"),
    "unknown alias": (b"a: *b\n", "names nothing above it"),
    "bomb": (BOMB, "more than 20,000 values"),
    "deep": (b"[" * 500_000, "nested more than 40 deep"),
    "deep block": (b"".join(b" " * i + b"a:\n" for i in range(200)), "nested more than 40 deep"),
    "deep map": (b"a: " + b"{a: " * 5_000 + b"}" * 5_000, "nested more than 40 deep"),
    "nul": (b"name: a\0b\n", "1:8: error[encoding]: a control character (U+0000) stands here"),
    "bell": (b"name: x\ntitle: \x07\n", "2:8: error[encoding]: a control character (U+0007) stands here"),
    "surrogate": (b'title: "\\ud800"\n', "invalid Unicode character escape code"),
    "12 MB": (b"# x\n" * 3_000_000, "at most 1,000,000 are read"),
    "big": (b"# x\n" * 300_000, "at most 1,000,000 are read"),
}


@pytest.mark.parametrize("parser", ["CSafeLoader", "SafeLoader"])
@pytest.mark.parametrize("name", REFUSED)
def test_a_file_is_refused_with_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, parser: str) -> None:
    monkeypatch.setattr(document, "LOADER", getattr(yaml, parser))
    content, told = REFUSED[name]
    file = tmp_path / "hostile.yaml"
    file.write_bytes(content)
    began = time.process_time()
    with pytest.raises(ScenarioError) as caught:
        load(file)
    assert told in str(caught.value)
    assert time.process_time() - began < 1.0


DEEP = {
    "lists": "a: " + "[" * 60 + "]" * 60,
    "maps": "a: " + "{b: " * 60 + "}" * 60,
    "never closed": "a: [" + "[1, " * 300,
    "in quotes and comments before": "a: ['[[[', \"]\\\"[\", # [[[\n it's, b, []," + "[" * 60,
    "after others": "a: [[[1], 2], 3]\nb: [" + "{c: [" * 60,
    "one a line": "a:\n" + " [\n" * 60,
    "blocks": "".join(" " * i + "a:\n" for i in range(60)),
    "dashes": "- " * 60 + "x",
    "half and half": "".join(" " * i + "a:\n" for i in range(25)) + " " * 25 + "- " + "[" * 30,
}


@pytest.mark.parametrize("bound", [41, 50, 1000])
@pytest.mark.parametrize("name", DEEP)
def test_our_bound_of_depth_holds_before_any_of_the_parser(monkeypatch: pytest.MonkeyPatch, name: str, bound: int) -> None:
    """The same words at the same place, wherever a release of the parser gives up, and whatever it says then."""
    with pytest.raises(ScenarioError) as caught:
        document.read(DEEP[name].encode(), "deep.yaml")
    (expected,) = caught.value.diagnostics
    assert (expected.code, expected.message) == ("yaml-too-big", "the file is nested more than 40 deep")

    def parse(text: str, Loader: type) -> Iterator[yaml.Event]:  # noqa: N803  # the parser's own name
        begins, ends = beyond(text, bound)
        for event in events(text, Loader=Loader):
            assert event.start_mark is not None
            reaches = event.start_mark.index + LOOKS_AHEAD if event.start_mark.index >= begins else 0
            if ends is not None and event.start_mark.line == ends.line and reaches >= ends.index:
                raise yaml.scanner.ScannerError("while reading", None, "too much for this release", ends)
            yield event

    events = yaml.parse
    monkeypatch.setattr(yaml, "parse", parse)
    with pytest.raises(ScenarioError) as caught:
        document.read(DEEP[name].encode(), "deep.yaml")
    assert caught.value.diagnostics == [expected]


def beyond(text: str, bound: int) -> tuple[int, yaml.Mark | None]:
    """Where the outermost bracket stands around the first that is nested so deep, and where the parser meets that."""
    opened: list[Any] = []
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        if isinstance(token, (yaml.FlowSequenceStartToken, yaml.FlowMappingStartToken)):
            opened.append(token.start_mark)
        elif isinstance(token, (yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken)):
            opened.pop()
        if len(opened) >= bound:
            return opened[0].index, opened[-1]
    return 0, None


@pytest.mark.parametrize("name", DEEP)
def test_our_bound_of_depth_holds_before_that_of_recursion(name: str) -> None:
    limit = sys.getrecursionlimit()
    try:
        sys.setrecursionlimit(len(inspect.stack(0)) + 60)
        with pytest.raises(ScenarioError, match="nested more than 40 deep"):
            document.read(DEEP[name].encode(), "deep.yaml")
    finally:
        sys.setrecursionlimit(limit)


def test_brackets_of_a_text_are_not_depth() -> None:
    many = "[" * 100
    text = f"a: no [ list\nb: '{many}'\nc: |\n  {many}\nd: \"{many}\"\n# {many}\ne: x{many}\n"
    assert document.read(text.encode(), "f").tree["e"] == f"x{many}"
    with pytest.raises(ScenarioError) as caught:
        document.read(text.encode() + b"f: [1\n", "f")
    assert caught.value.diagnostics[0].code == "yaml-syntax", "what is wrong there is the bracket that nobody closes"


@pytest.mark.parametrize("content", [b"\xef\xbb\xbf" + WHOLE, WHOLE.replace(b"\n", b"\r\n")], ids=["bom", "crlf"])
def test_a_file_of_another_editor_means_the_same(tmp_path: Path, content: bytes) -> None:
    plain, other = tmp_path / "plain.yaml", tmp_path / "other.yaml"
    plain.write_bytes(WHOLE)
    other.write_bytes(content)
    assert load(plain).tree == load(other).tree


def test_yaml_1_2_scalars() -> None:
    read = document.read(b"{a: 12:30, b: no, c: 0777, d: 1e3, e: .5, f: ~, g: true, h: '1', i: 2017-09-19, j: .inf}", "f").tree
    assert read == {
        "a": "12:30", "b": "no", "c": 777, "d": 1000.0, "e": 0.5, "f": None, "g": True, "h": "1", "i": "2017-09-19", "j": ".inf",
    }  # fmt: skip


def test_what_is_written_is_read_back_the_same() -> None:
    tree = {
        "a": "12:30",
        "b": "no",
        "c": "1e3",
        "d": "1",
        "e": "",
        "f": None,
        "g": "true",
        "h": ["07:00", 1.5, {"98%": "24h"}],
        "i": "ñ: x",
    }
    assert document.read(document.write(tree).encode(), "f").tree == tree


def test_an_alias_is_counted_and_placed_where_it_was_written() -> None:
    read = document.read(b"x-half: &half {likely: 1h}\na: *half\nb: [*half]\n", "f")
    assert read.tree["a"] == read.tree["b"][0] == {"likely": "1h"}
    assert (read.places["a", "likely"].line, read.places["b", 0, "likely"].column) == (1, 24)
