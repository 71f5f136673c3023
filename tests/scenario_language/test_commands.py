"""The commands of somebody who writes a scenario: init, check, show, schema, list, explain."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.scenario import document, load, lower
from simulator.scenario.templates import templates
from tests.command import Crisis, called

WHOLE = (Path(__file__).parent.parent / "errors" / "whole.yaml").read_text(encoding="utf-8")
CHANNELS = (Path(__file__).parent.parent / "errors" / "channels.yaml").read_text(encoding="utf-8")
TEMPLATES = [template.name for template in templates()]


@pytest.fixture
def crisis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Crisis:
    monkeypatch.chdir(tmp_path)
    Path("whole.yaml").write_text(WHOLE, encoding="utf-8")
    return lambda *words: called(capsys, *words)


def test_check_shows_the_line_a_caret_and_a_suggestion(crisis: Crisis) -> None:
    Path("bad.yaml").write_text(WHOLE.replace("interval: 30m", "interval: 30").replace("state: closed", "sate: closed"), encoding="utf-8")
    ended = crisis("check", "bad.yaml", "whole.yaml")
    assert (ended.code, ended.err) == (2, "")
    lines = ended.out.splitlines()
    assert lines[0] == "error[bad-value]: clock.interval: expected a duration such as 30s, 15m or 1h30m, got 30"
    assert lines[1].strip() == "--> bad.yaml:4:115"
    assert lines[3].startswith("4 | clock: {timezone")
    assert lines[4].rstrip().endswith("^^")
    assert lines[4].index("^") - lines[3].index("clock") == 114
    assert lines[6].strip() == "= help: did you mean 30s or 30m?"
    assert "= help: did you mean `state`?" in ended.out
    assert lines[-1] == "Found 2 errors in 1 file."


def test_check_counts_warnings_and_ends_well(crisis: Crisis) -> None:
    ended = crisis("check", "whole.yaml", "--set", "sites.main.seats=11")
    assert ended.code == 0
    assert "warning[few-seats]: sites.main.seats: up to 12 agents come here, and there are 11 seats" in ended.out
    assert "--> --set sites.main.seats=11" in ended.out
    assert ended.out.splitlines()[-1] == "Found 1 warning in 1 file."
    assert crisis("check", "whole.yaml").out == "The file is fine.\n"


def test_check_names_the_file_that_gave_a_value(crisis: Crisis) -> None:
    Path("child.yaml").write_text("extends: whole.yaml\nname: child\nlinks: {south: null}\n", encoding="utf-8")
    ended = crisis("check", "child.yaml")
    assert ended.code == 2
    assert "--> whole.yaml:17:55" in ended.out
    assert "17 |   spare: {seats" in ended.out


def test_check_speaks_json(crisis: Crisis) -> None:
    Path("bad.yaml").write_text(WHOLE.replace("interval: 30m", "interval: 30"), encoding="utf-8")
    ended = crisis("check", "bad.yaml", "--format", "json")
    told = json.loads(ended.out)
    assert (ended.code, told["schema"], told["errors"], told["warnings"]) == (2, "crisis-check/v1", 1, 0)
    (problem,) = told["diagnostics"]
    assert problem["range"] == {"start": {"line": 3, "character": 114}, "end": {"line": 3, "character": 116}}
    text = Path("bad.yaml").read_text(encoding="utf-8").splitlines()[3]
    assert text[114:116] == "30"
    assert (problem["file"], problem["severity"], problem["code"], problem["path"]) == ("bad.yaml", 1, "bad-value", "clock.interval")
    fine = json.loads(crisis("check", "whole.yaml", "--format", "json").out)
    assert (fine["diagnostics"], fine["errors"]) == ([], 0)


def test_check_annotates_pull_requests(crisis: Crisis) -> None:
    Path("bad, one.yaml").write_text(WHOLE.replace("rate: 120/h", "rate: 120%"), encoding="utf-8")
    ended = crisis("check", "bad, one.yaml", "--format", "github")
    assert ended.code == 2
    assert ended.out == (
        "::error file=bad%2C one.yaml,line=9,col=19,endColumn=23,title=crisis bad-value::"
        "demand.billing.rate: expected a rate such as 40/h or 10/min, got `120%25`\n"
    )
    warned = crisis("check", "whole.yaml", "--format", "github", "--set", "sites.main.seats=11")
    assert warned.out.startswith("::warning file=--set sites.main.seats=11,title=crisis few-seats::")


def test_show_gives_a_file_that_means_the_same(crisis: Crisis) -> None:
    ended = crisis("show", "whole.yaml", "--variant", "late", "--set", "sites.main.seats=25")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("# --set sites.main.seats=25\n")
    Path("resolved.yaml").write_text(ended.out, encoding="utf-8")
    made, meant = lower(load("resolved.yaml")), lower(load("whole.yaml", ["sites.main.seats=25"]), "late")
    assert (made.playbook, made.sites, made.demand) == (meant.playbook, meant.sites, meant.demand)


def test_show_says_where_each_value_comes_from(crisis: Crisis) -> None:
    Path("child.yaml").write_text("extends: whole.yaml\nname: child\nclock: {interval: 15m}\n", encoding="utf-8")
    ended = crisis("show", "child.yaml", "--origin", "--variant", "late", "--set", "teams.service.headcount=22")
    told = {line.partition(": ")[0]: " ".join(line.partition(": ")[2].split()) for line in ended.out.splitlines()}
    assert told["clock.interval"] == "15m # child.yaml:3"
    assert told["clock.duration"] == "1d # whole.yaml:4"
    assert told["teams.service.headcount"] == "22 # --set teams.service.headcount=22"
    assert told["playbook.decide.when.by"] == "3h # whole.yaml:29 (variant late)"
    assert told["channels.voice.short_abandon"] == "5s # default"
    assert told["demand.faults.people"] == "{likely: 3k, low: 1k, high: 9k} # whole.yaml:10"
    assert told["playbook.open.agents.on_shift.able"] == "70% # whole.yaml:25"


def test_defaults_are_told_that_the_kind_of_a_channel_has(crisis: Crisis) -> None:
    Path("channels.yaml").write_text(CHANNELS, encoding="utf-8")
    told = {
        line.partition(": ")[0]: " ".join(line.partition(": ")[2].split())
        for line in crisis("show", "channels.yaml", "--origin").out.splitlines()
    }
    assert told["channels.voice.target"] == "80% in 20s # default"
    assert told["channels.callback.target"] == "90% in 1d # default"
    assert told["channels.voice.short_abandon"] == "5s # default"
    assert told["channels.voice.hours.mon-fri"] == "08:00-20:00 # channels.yaml:29"
    assert not any(path.startswith(("channels.callback.redial", "channels.email.short_abandon")) for path in told)


def test_a_resolved_file_means_the_same_channels(crisis: Crisis) -> None:
    Path("channels.yaml").write_text(CHANNELS, encoding="utf-8")
    Path("resolved.yaml").write_text(crisis("show", "channels.yaml").out, encoding="utf-8")
    assert lower(load("resolved.yaml")) == lower(load("channels.yaml"))


def test_the_timeline_is_plain_text_with_the_steps_in_order(crisis: Crisis) -> None:
    ended = crisis("show", "whole.yaml", "--timeline")
    assert ended.out.isascii()
    lines = ended.out.splitlines()
    assert lines[0] == "broken, as-written: 1d from 2017-09-19 07:00 (America/Mexico_City)"
    rows = {line.split()[0]: line for line in lines if line.startswith("  ") and line.split()[0].isalpha()}
    assert rows["open"].rstrip().endswith("14:44 (T+1h30m)  site.open")
    assert rows["decide"].rstrip().endswith("13:44 (T+30m)  decision")
    assert rows["after"].rstrip().endswith("from 13:14 (T+0)")
    impact = lines[2].index("T")
    assert rows["quake"].index("=") == impact
    assert rows["open"].index("=") > rows["decide"].index("*") > impact
    assert all(len(line) < 130 for line in lines)


def test_the_timeline_shows_opening_hours(crisis: Crisis) -> None:
    Path("channels.yaml").write_text(CHANNELS, encoding="utf-8")
    lines = crisis("show", "channels.yaml", "--timeline").out.splitlines()
    voice, callback = lines[lines.index("OPENING HOURS") + 1 :][:2]
    assert (voice.split()[0], voice.rstrip().endswith("08:00 to 20:00, and 5 more")) == ("voice", True)
    assert (callback.split()[0], callback.count("======")) == ("callback", 5)
    assert "OPENING HOURS" not in crisis("show", "whole.yaml", "--timeline").out


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_checks_clean_under_any_name(crisis: Crisis, name: str) -> None:
    ended = crisis("init", "My Centre", "--template", name)
    assert (ended.code, ended.out) == (0, f"Next: crisis check {Path('My Centre') / 'my-centre.yaml'}\n")
    file = Path("My Centre") / "my-centre.yaml"
    first = file.read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=crisis.schema.json"
    assert json.loads((file.parent / "crisis.schema.json").read_text(encoding="utf-8"))["$schema"].startswith(
        "http://json-schema.org/draft-07"
    )
    assert load(file).name == "my-centre"
    assert crisis("check", str(file)).out == "The file is fine.\n"


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_runs(root: Path, tmp_path: Path, name: str) -> None:
    from simulator.api import run

    result = run(
        load(root / "simulator" / "scenario" / "templates" / name / "scenario.yaml"),
        replications=1,
        jobs=1,
        variant="all" if name != "minimal" else None,
    )
    assert result.replications == 1
    assert not result.failures


def test_templates_are_found_among_the_scenarios(root: Path) -> None:
    names = {folder.name for folder in (root / "scenarios" / "templates").iterdir() if (folder / "scenario.yaml").is_file()}
    assert names == set(TEMPLATES)
    assert {"ordinary-day", "site-outage", "carrier-failure", "blackout", "staff-absence"} <= names


def test_init_never_overwrites(crisis: Crisis) -> None:
    Path("here/data").mkdir(parents=True)
    Path("here/data/roster.csv").write_text("mine", encoding="utf-8")
    ended = crisis("init", "here", "--template", "site-outage")
    assert (ended.code, ended.out) == (2, "")
    assert "exists already; nothing was written" in ended.err
    assert [p.name for p in Path("here").rglob("*.*")] == ["roster.csv"]
    Path("file").touch()
    assert crisis("init", "file/below").code == 2
    unknown = crisis("init", "there", "--template", "site-outag")
    assert (unknown.code, "did you mean `site-outage`?" in unknown.err) == (2, True)
    assert not Path("there").exists()


def test_the_schema_is_one_document(crisis: Crisis) -> None:
    assert json.loads(crisis("schema").out)["title"] == "crisis scenario"


@pytest.mark.parametrize(
    ("what", "some"),
    [
        ("measures", "service_level"),
        ("strategies", "priority"),
        ("events", "site.lose"),
        ("actions", "ivr.message"),
        ("channels", "callback"),
        ("templates", "site-outage"),
    ],
)
def test_lists_name_everything_in_a_line_each(crisis: Crisis, what: str, some: str) -> None:
    lines = crisis("list", what).out.splitlines()
    assert any(line.split()[0] == some for line in lines)
    assert all(len(line.split()) > 2 for line in lines)
    assert crisis("list", "quakes").code == 2


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("service_level", "answered within `answer_within` / offered"),
        ("service-level", "service_level (measure)"),
        ("priority", "stands in `routing.strategy`"),
        ("site.lose", "calls: cut or finish - whether calls in progress are cut or may end; may be left out"),
        ("ivr.message", "prevents: map from a need to share: 35% (or a range)"),
        ("weibull", "a shape below 1 has a falling hazard"),
        ("technion-1999", "Patience of a bank's callers"),
        ("duration", "15m"),
        ("unknown-key", "A misspelt key would otherwise be ignored"),
        ("error[bad-value]", "bad-value (error)"),
        ("few-lines", "few-lines (warning)"),
        ("clock.impact", "T counts from it"),
        ("talk_time", "needs.talk_time (key)"),
        ("turns", "channels.turns (key)"),
        ("message", "keys beside those of every channel: turns, self_service, patience, redial"),
        ("hours", "Other days are closed."),
        ("short-patience", "that of the telephone is too short for a letter"),
        ("site-outage", "crisis init FOLDER --template site-outage"),
    ],
)
def test_names_and_errors_are_explained(crisis: Crisis, name: str, said: str) -> None:
    ended = crisis("explain", name)
    assert (ended.code, ended.err) == (0, "")
    assert said in ended.out


def test_an_unknown_name_gets_a_suggestion(crisis: Crisis) -> None:
    ended = crisis("explain", "servise_level")
    assert (ended.code, ended.out) == (2, "")
    assert "did you mean `service_level`?" in ended.err


def test_every_explanation_can_be_printed(crisis: Crisis) -> None:
    from simulator.scenario.glossary import entries

    for name, found in entries().items():
        for entry in found:
            assert entry.line.strip(), name
            assert not entry.line[0].islower() or entry.kind in ("measure", "distribution", "unit", "template"), entry


BUDGET = """
import resource, sys
from contextlib import suppress
from simulator.cli import main
with suppress(SystemExit):
    main(sys.argv[1:])
heavy = {"numpy", "simpy", "scipy", "matplotlib"} & set(sys.modules)
print(sorted(heavy), file=sys.stderr)
"""


@pytest.mark.parametrize(
    "words",
    [
        ("show", "{story}"),
        ("show", "{story}", "--origin"),
        ("show", "{story}", "--timeline"),
        ("schema",),
        ("explain", "asa"),
        ("list", "events"),
        ("check", "{story}", "--format", "json"),
    ],
    ids=lambda words: "-".join(w for w in words if w != "{story}"),
)
def test_no_command_of_the_language_loads_numbers_or_figures(root: Path, words: tuple[str, ...]) -> None:
    story = str(root / "scenarios" / "mexico-city-2017.yaml")
    run = subprocess.run(
        [sys.executable, "-c", BUDGET, *(w.format(story=story) for w in words)],
        cwd=root, capture_output=True, text=True, check=True, env={**os.environ, "COLUMNS": "80"},
    )  # fmt: skip
    assert run.stderr.splitlines()[-1] == "[]"
    assert run.stdout


def test_a_shipped_scenario_has_no_warning(root: Path) -> None:
    for file in (*root.glob("scenarios/*.yaml"), *root.glob("simulator/scenario/templates/*/scenario.yaml")):
        assert load(file).warnings == (), file
        assert document.read(load(file).resolved().encode(), "f").tree["name"]
