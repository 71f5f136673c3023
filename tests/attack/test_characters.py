"""Characters that a terminal obeys, that turn the direction of a text or that are halves: no text holds one, whatever it is written in."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import click
import pytest

from simulator.cli.trouble import Styled, say, tell
from simulator.errors import ExitCode, ScenarioError
from simulator.scenario import load
from simulator.scenario.characters import control_in
from simulator.scenario.document import read, read_value
from simulator.scenario.files import table_text
from tests.attack.small import SMALL
from tests.attack.workbooks import SHEET, sheet, workbook, written
from tests.command import Crisis

HOSTILE = ("\\e[2J", "\\x07", "\\0", "\\x7f", "\\x9b31m", "\\r", "\\N", "\\u202e", "\\u2066", "\\uFFFE")
PLACES = (
    "title: {}",
    "question: {}",
    "notes: [a, {}]",
    "sources: {{needs: {{assumed: {}}}}}",
    "variants: {{{}: {{}}}}",
    "{}: 1",
    "x-own: {}",
)


@pytest.mark.parametrize("escape", HOSTILE)
@pytest.mark.parametrize("place", PLACES)
def test_no_escape_of_yaml_brings_one(escape: str, place: str) -> None:
    text = place.format(f'"ordinary{escape}"') + "\nneeds: {}\n"
    with pytest.raises(ScenarioError) as caught:
        read(text.encode(), "file.yaml")
    assert [(d.code, d.line) for d in caught.value.diagnostics] == [("encoding", 1)]


@pytest.mark.parametrize("escape", HOSTILE)
def test_nor_one_of_the_command_line(escape: str) -> None:
    with pytest.raises(ScenarioError, match="control character"):
        read_value(f'"a{escape}"', "--set title")


def test_half_a_character_is_told(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="escape"):
        read(b'title: "\\ud800"\n', "file.yaml")


@pytest.mark.parametrize("character", ["\u202e", "\u2067", "\x1b", "\ufffe", "\x80"])
def test_a_file_of_text_has_none(tmp_path: Path, character: str) -> None:
    with pytest.raises(ScenarioError, match=f"U\\+{ord(character):04X}"):
        read(f"# a comment {character}\nneeds: {{}}\n".encode(), "file.yaml")
    (tmp_path / "list.csv").write_text(f"id,inject\nI1,{character}\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=f"U\\+{ord(character):04X} on line 2"):
        table_text(tmp_path / "list.csv")


@pytest.mark.parametrize("character", ["\x9b", "\u202e", "_x001B_"])
def test_a_workbook_has_none(tmp_path: Path, character: str) -> None:
    (tmp_path / "list.xlsx").write_bytes(workbook({SHEET: sheet(f"<row>{written('id')}</row><row>{written(character)}</row>")}))
    try:
        text = table_text(tmp_path / "list.xlsx")
    except ScenarioError as error:
        text = str(error)
    assert not control_in(text)


@pytest.mark.parametrize("ending", ["jsonl", "csv", "yaml"])
def test_a_log_has_none(root: Path, tmp_path: Path, crisis: Crisis, ending: str) -> None:
    for text in ("\x1b[31m", "\ud800", "\u202e"):
        entry = {"time": "T+12m", "role": "team leader", "decision": "staff-told", "rationale": text}
        log = tmp_path / f"log.{ending}"
        if ending == "jsonl":
            log.write_text(f'{{"scenario": "cable-drill"}}\n{json.dumps(entry)}\n', encoding="utf-8")
        elif ending == "yaml":
            log.write_text(f"scenario: cable-drill\ndecisions:\n  - {json.dumps(entry)}\n", encoding="utf-8")
        else:
            head = "scenario,time,role,decision,rationale"
            rest = f"cable-drill,T+12m,team leader,staff-told,{text}"
            log.write_text(f"{head}\n{rest}\n", encoding="utf-8", errors="surrogatepass")
        ended = crisis("drill", root / "scenarios/exercises/cable-drill.yaml", "--log", log, "-o", tmp_path)
        assert ended.code == ExitCode.BAD_INPUT
        assert "error[" in ended.err
        assert f"{log}" in ended.err
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", ended.err)


def test_a_log_that_is_too_long_is_not_cut(root: Path, tmp_path: Path, crisis: Crisis) -> None:
    (tmp_path / "log.jsonl").write_text('{"scenario": "cable-drill"}\n' + "\n" * 1_000_000, encoding="utf-8")
    ended = crisis("drill", root / "scenarios/exercises/cable-drill.yaml", "--log", tmp_path / "log.jsonl", "-o", tmp_path)
    assert ended.code == ExitCode.BAD_INPUT
    assert "more than 1,000,000 bytes" in ended.err


@pytest.mark.parametrize(
    "place", ["needs: {billing", "clock.phases: {morning", "teams: {service", "demand: {billing", "links: {cable", "sites: {office"]
)
def test_names_end_where_they_end(tmp_path: Path, place: str) -> None:
    """A name with a line end behind it is not that name, and neither is it a name."""
    section, name = place.split(": {")
    text = SMALL.replace("phases: {morning: start}", 'phases: {"morning\\n": start}') if "phases" in section else re.sub(
        rf"(?m)^({section}:\n  ){name}", rf'\1"{name}\\n"', SMALL
    )  # fmt: skip
    assert text != SMALL
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match="a name has letters, digits"):
        load(tmp_path / "s.yaml")


def test_values_end_where_they_end(tmp_path: Path) -> None:
    for value in ('"08:00\\n\\n08:00"', '"4m\\nx"', '"60/h\\n/"'):
        (tmp_path / "s.yaml").write_text(SMALL.replace("rate: 60/h", f"rate: {value}"), encoding="utf-8")
        with pytest.raises(ScenarioError):
            load(tmp_path / "s.yaml")


def test_no_pattern_ends_before_a_line_end(root: Path) -> None:
    """``$`` also matches before a last line end: a whole text is matched with ``fullmatch``, an end is ``\\Z``."""
    wrong = []
    for file in sorted((root / "simulator").rglob("*.py")):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and ast.unparse(call.func).startswith("re."):
                pattern = ast.unparse(call.args[0]) if call.args else ""
                lines = any("MULTILINE" in ast.unparse(given) for given in (*call.args, *(word.value for word in call.keywords)))
                if re.search(r"(?<!\\)\$['\")]", pattern) and not lines:
                    wrong.append(f"{file.name}: {pattern}")
    assert not wrong


def test_what_is_printed_is_escaped_but_for_colours_of_ours(capsys: pytest.CaptureFixture[str]) -> None:
    tell(f"{click.style('head', bold=True)} {click.style('met', fg='green', bold=True)} \x1b[31mred\x1b[2J \x9b \u202e é\n")
    say("\x1b[31mred \r\u202e")
    say(Styled("\x1b[31mours"))
    out, err = capsys.readouterr()
    assert out == "head met \\x1b[31mred\\x1b[2J \\x9b \\u202e é\n"
    assert err == "\\x1b[31mred \\r\\u202e\nours\n"


def test_a_name_of_a_file_reaches_nobody_raw(tmp_path: Path, crisis: Crisis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    hostile = "a\x1b[2J\u202eb\r"
    Path(f"{hostile}.yaml").write_text(SMALL, encoding="utf-8")
    ended = crisis("run", f"{hostile}.yaml", "-n", "2", "-j", "1", "-o", f"{hostile}-out")
    assert ended.code == ExitCode.OK, ended.err
    for words in (
        ("check", f"{hostile}.yaml"),
        ("check", f"{hostile}.yaml", "--set", f"{hostile}=1"),
        ("report", hostile),
        ("init", hostile),
    ):
        ended = crisis(*words)
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", ended.out + ended.err), words
    for kept in Path(f"{hostile}-out").rglob("*"):
        if kept.suffix in {".html", ".md", ".csv", ".json", ".yaml", ".txt"}:
            text = kept.read_text(encoding="utf-8")
            assert not re.search("[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f]", text), kept.name
            assert kept.suffix == ".json" or "\u202e" not in text, kept.name
