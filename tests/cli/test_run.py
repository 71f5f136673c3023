"""``crisis run`` as a user meets it: what goes to stdout, what to stderr, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simulator.cli.signals import STOPPING
from simulator.errors import ExitCode
from tests.command import Crisis, called

SMALL = "tests/scenario_language/small.yaml"
QUAKE = "tests/report/small-quake.yaml"


@pytest.fixture
def crisis(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Crisis:
    monkeypatch.chdir(root)
    return lambda *words: called(capsys, *words, *(("-o", tmp_path) if words[0] == "run" and "-o" not in words else ()))


def test_the_summary_goes_to_stdout_and_talk_to_stderr(crisis: Crisis, tmp_path: Path) -> None:
    done = crisis("run", QUAKE, "-n", "3", "-j", "1", "--variant", "all", "-v")
    assert done.code == ExitCode.OK, done.err
    for part in (
        "SIMULATED RESULTS",
        "THRESHOLDS   ",
        "CONTINUITY",
        "VARIANTS",
        "DIFFERENCE FROM as it happened",
        "PHASE",
        "PEOPLE",
        "got nobody",
    ):
        assert part in done.out
    assert done.out.index("THRESHOLDS") < done.out.index("PHASE") < done.out.index("PEOPLE")
    assert "\x1b" not in done.out + done.err, "no colour where nobody sees it"
    assert "Replications 3/3" in done.err
    report = done.err.partition("Report: ")[2].strip()
    assert Path(report).is_file()
    assert Path(report).is_relative_to(tmp_path)


def test_json_is_exactly_one_document(crisis: Crisis) -> None:
    done = crisis("run", SMALL, "-n", "2", "-j", "1", "--json", "-q")
    assert done.code == ExitCode.OK
    document = json.loads(done.out)
    assert document["schema"] == "crisis-result/v1"
    assert (document["seed"], document["replications"], document["partial"]) == (1, 2, False)
    assert Path(document["run"]["folder"], "report.html").is_file()
    assert done.err == "", "quiet is quiet"


def test_a_breached_threshold_is_exit_3(crisis: Crisis, tmp_path: Path, root: Path) -> None:
    strict = tmp_path / "strict.yaml"
    strict.write_text((root / QUAKE).read_text(encoding="utf-8").replace("max: 99%", "max: 0.1%"), encoding="utf-8")
    done = crisis("run", str(strict), "-n", "10", "-j", "1", "-q", "-o", str(tmp_path / "out"))
    assert done.code == ExitCode.BREACHED
    assert "MISSED  share who got nobody (rescue): at most" in done.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "no-such-file.yaml"), "no-such-file.yaml"),
        (("run", SMALL, "--variant", "nope"), "nope"),
        (("run", SMALL, "--variant", "all"), "has no variants"),
        (("run", SMALL, "-j", "0"), "neither a whole number from 1 nor auto"),
        (("run", SMALL, "-j", "many"), "neither a whole number from 1 nor auto"),
        (("run", SMALL, "-n", "0"), "--replications"),
        (("run", SMALL, "--seed", "-1"), "--seed"),
        (("run", SMALL, "-q", "-v"), "exclude each other"),
        (("run", SMALL, "-o", "pyproject.toml/inside"), "cannot write results to"),
        (("run", SMALL, "--no-such-option"), "No such option"),
        (("no-such-command",), "No such command"),
        (("run",), "Missing argument"),
        (("run", SMALL, "--threshold", "abandon_rat <= 4%"), "did you mean `abandon_rate`"),
        (("run", SMALL, "--threshold", "abandon_rate[nowhere] <= 4%"), "there is no phase, need, channel or site `nowhere`"),
        (("run", SMALL, "--threshold", "abandon_rate"), "is not a threshold"),
        (("run", SMALL, "--precision", "service_level=2%"), "did you mean 2pp?"),
        (("run", SMALL, "--strict-precision"), "needs a --precision"),
        (("run", SMALL, "--set", "clock.duratoin=3h"), "duratoin"),
        (("run", "--extend", "tests"), "is not the folder of a finished run"),
        (("run", "--extend", "tests", "--set", "run.seed=2"), "cannot be extended with another one"),
        (("run", SMALL, "--fail-on", "nothing"), "--fail-on"),
    ],
)
def test_bad_input_is_a_sentence_and_exit_2(crisis: Crisis, words: tuple[str, ...], said: str) -> None:
    done = crisis(*words)
    assert done.code == ExitCode.BAD_INPUT
    assert said in done.err
    assert done.out == ""


def test_a_broken_file_shows_place_line_caret_and_help(crisis: Crisis, tmp_path: Path, root: Path) -> None:
    broken = tmp_path / "broken.yaml"
    text = (root / SMALL).read_text(encoding="utf-8").replace("duration: 4h", "duratoin: 4h")
    broken.write_text(text, encoding="utf-8")
    line = next(number for number, content in enumerate(text.splitlines(), 1) if "duratoin" in content)
    column = text.splitlines()[line - 1].index("duratoin") + 1
    for words in (("run", str(broken)), ("check", str(broken))):
        done = crisis(*words)
        assert done.code == ExitCode.BAD_INPUT
        shown = done.err + done.out
        assert f"--> {broken}:{line}:{column}" in shown
        block = shown.partition(f"--> {broken}:{line}:{column}\n")[2].splitlines()
        assert block[1].startswith(f"{line} | clock: ")
        assert block[2].index("^") == block[1].index("duratoin")
        assert block[2].count("^") == len("duratoin")
        assert "did you mean" in shown
        assert "duration" in shown
        assert "Found " in shown


def test_check_says_so_when_files_are_fine(crisis: Crisis) -> None:
    done = crisis("check", SMALL, QUAKE)
    assert done.code == ExitCode.OK
    assert "fine" in done.out


def test_our_own_bug_is_a_short_message_and_a_saved_traceback(crisis: Crisis, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("something impossible")

    monkeypatch.setattr("simulator.api.run", broken)
    done = crisis("run", SMALL, "-n", "1")
    assert done.code == ExitCode.BUG
    assert "internal error: ZeroDivisionError: something impossible" in done.err
    saved = Path(done.err.partition("details in ")[2].strip().removesuffix("."))
    assert "Traceback" in saved.read_text(encoding="utf-8")
    saved.unlink()


def test_without_utf_8_every_sign_is_ascii(crisis: Crisis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.cli.answer._speaks_unicode", lambda: False)
    done = crisis("run", QUAKE, "-n", "2", "-j", "1", "-q")
    assert done.out.isascii()
    assert "+-" in done.out
    assert "?" not in done.out


def test_verbose_says_where_the_time_went(crisis: Crisis) -> None:
    done = crisis("run", SMALL, "-n", "1", "-j", "1", "-v")
    assert "contact attempts" in done.err
    assert "CPU seconds: " in done.err


def test_the_version_says_how_the_engine_runs(crisis: Crisis) -> None:
    done = crisis("--version")
    assert done.code == ExitCode.OK
    assert done.out.startswith("crisis-simulator ")
    assert done.out.strip().rpartition(" ")[2] in {"compiled", "pure", "stale"}


@pytest.mark.parametrize(
    ("jobs", "ignored", "stop"),
    [
        ("1", "", signal.SIGINT),
        ("2", "", signal.SIGINT),
        ("1", "INT", signal.SIGINT),
        ("2", "INT", signal.SIGINT),
        ("2", "", signal.SIGTERM),
        ("2", "INT TERM HUP", signal.SIGTERM),
    ],
)
def test_who_is_stopped_keeps_what_is_finished_and_exits_130(
    root: Path, tmp_path: Path, jobs: str, ignored: str, stop: signal.Signals
) -> None:
    command = [sys.executable, "-m", "simulator", "run", SMALL, "-n", "1000", "-j", jobs, "-o", str(tmp_path)]
    with subprocess.Popen(
        started_by_a_shell(ignored, command), cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as run:
        assert run.stderr is not None
        while "Replications" not in (line := run.stderr.readline()):
            assert line or run.poll() is None, "ended before the first hundred replications"
        os.killpg(run.pid, stop)  # what a terminal does, and many who end a job: everybody in the group gets it
        pressed = time.monotonic()
        out, err = run.communicate(timeout=60)
        assert time.monotonic() - pressed < 30
    assert run.returncode == ExitCode.INTERRUPTED, err
    assert "Traceback" not in err
    assert "of 1000 replications were finished and written" in err
    assert "(partial: 1000 were asked for)" in out
    (folder,) = (tmp_path / "small").iterdir()
    document = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert document["partial"] is True
    assert 100 <= document["replications"] < 1000
    assert "Partial result" in (folder / "report.html").read_text(encoding="utf-8")


def started_by_a_shell(ignored: str, command: list[str]) -> list[str]:
    """The command as somebody starts it who ignores some signals (``nohup``, a job in the background of a script); "": none."""
    trap = f"trap '' {ignored}; " if ignored else ""
    return ["bash", "-c", f'{trap}exec "$@"', "bash", *command]


def test_a_command_that_ends_leaves_signals_as_they_were(crisis: Crisis) -> None:
    before = {number: signal.getsignal(number) for number in STOPPING}
    assert crisis("--version").code == ExitCode.OK
    assert {number: signal.getsignal(number) for number in STOPPING} == before


def test_a_reader_who_has_had_enough_is_no_error(root: Path, tmp_path: Path) -> None:
    command = f"{sys.executable} -m simulator run {SMALL} -n 1 -j 1 -q -o {tmp_path} | head -c 1 > /dev/null; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], cwd=root, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout.strip() == "0"


@pytest.mark.parametrize("words", [("--threshold", "abandon_rate[nowhere] <= 4%"), ("--precision", "servce_level=2pp")])
def test_what_does_not_exist_is_refused_before_anything_is_simulated(
    crisis: Crisis, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    def simulated(*_: object, **__: object) -> None:
        raise AssertionError("it simulated first")

    monkeypatch.setattr("simulator.asking.gather", simulated)
    assert crisis("run", SMALL, *words).code == ExitCode.BAD_INPUT


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--threshold", "never_served[rescue] <= 0.1%"), ExitCode.BREACHED),
        (("--threshold", "never_served[rescue] >= 0.1%"), ExitCode.OK),
        (("--threshold", "never_served[rescue] <= 0.1%", "--no-thresholds"), ExitCode.BREACHED),
        (("--threshold", "never_served[rescue] <= 0.1% in 50%"), ExitCode.BREACHED),
        (("--threshold", "never_served[rescue] >= 0.1% in 50%"), ExitCode.OK),
        (("--threshold", "never_served[rescue] <= 0.1% in 100%"), ExitCode.BAD_INPUT),
        (("--set", "thresholds.0.max=0.1%"), ExitCode.BREACHED),
        (("--set", "thresholds.0.in=50%"), ExitCode.OK),
        (("--set", "thresholds.0.in=0%"), ExitCode.BAD_INPUT),
        (("--set", "thresholds.0.max=0.1%", "--no-thresholds"), ExitCode.OK),
    ],
)
def test_thresholds_from_outside_decide_the_exit_code(crisis: Crisis, words: tuple[str, ...], code: ExitCode) -> None:
    done = crisis("run", QUAKE, "-n", "10", "-j", "1", "-q", *words)
    assert done.code == code, done.out + done.err


def test_too_close_to_call_fails_only_where_it_is_asked_for(crisis: Crisis) -> None:
    words = ("run", QUAKE, "-n", "1", "-j", "1", "-q", "--no-thresholds", "--threshold", "never_served <= 50%")
    assert crisis(*words).code == ExitCode.OK, "one world gives no verdict"
    assert crisis(*words, "--fail-on", "inconclusive").code == ExitCode.BREACHED
    assert crisis(*words, "--fail-on", "warn").code == ExitCode.BREACHED


def test_a_threshold_without_data_is_an_error_and_never_a_pass(crisis: Crisis) -> None:
    done = crisis("run", QUAKE, "-n", "2", "-j", "1", "-q", "--no-thresholds", "--threshold", "harm_rate[before] <= 100%")
    assert done.code == ExitCode.BAD_INPUT
    assert "harm_rate[before] <= 100 % has no data" in done.err
    assert "MET" not in done.out


def test_fewer_than_ten_worlds_give_no_verdict(crisis: Crisis) -> None:
    done = crisis("run", QUAKE, "-n", "2", "-j", "1", "-q", "--threshold", "asa <= 1d")
    assert done.code == ExitCode.OK
    assert "NO VERDICT  asa: at most 24 h in 80 % of the worlds" in done.out
    assert "met in 2 of 2 worlds" in done.out
    assert not {"MET", "MISSED"} & set(done.out.split())
    document = json.loads(crisis("run", QUAKE, "-n", "2", "-j", "1", "-q", "--json", "--threshold", "asa <= 1d").out)
    last = document["thresholds"][-1]
    assert (last["verdict"], last["status"], last["met"], last["worlds"], last["in"]) == ("no verdict", "inconclusive", 2, 2, 0.8)
    assert {objective["verdict"] for objective in document["continuity"].values() if isinstance(objective, dict) and "in" in objective} == {
        "no verdict"
    }


def test_a_precision_that_is_not_reached_says_how_many_more_and_is_exit_4_where_strict(crisis: Crisis) -> None:
    words = ("run", QUAKE, "-n", "2", "-j", "1", "--precision", "never_served=0.1pp", "--max-replications", "3", "-q")
    done = crisis(*words)
    assert done.code == ExitCode.OK
    said = " ".join(done.out.split())
    assert "Precision not reached, never_served=0.1pp: ± " in said
    assert " after 3 replications; about " in said
    assert " more would be needed." in said
    assert crisis(*words, "--strict-precision").code == ExitCode.IMPRECISE
    document = json.loads(crisis(*words, "--json").out)
    assert any("Precision not reached" in warning for warning in document["warnings"])
    assert document["run"]["precision"][0]["reached"] is False


def test_a_finished_run_is_extended_in_a_new_folder(crisis: Crisis) -> None:
    first = json.loads(crisis("run", QUAKE, "-n", "1", "-j", "1", "-q", "--json", "--seed", "8").out)
    folder = first["run"]["folder"]
    more = json.loads(crisis("run", "--extend", folder, "-n", "2", "-j", "1", "-q", "--json").out)
    assert (more["seed"], more["replications"], more["partial"]) == (8, 3, False)
    assert more["run"]["folder"] != folder
    assert crisis("run", QUAKE, "--extend", folder, "-n", "1", "-j", "1", "-q", "--seed", "8").code == ExitCode.OK
    for words, said in (
        ((SMALL, "--extend", folder), "is not the scenario that was run in"),
        ((QUAKE, "--extend", folder, "--seed", "9"), "was run with seed 8, not 9"),
        ((QUAKE, "--extend", folder, "--variant", "all"), "was run with the file as written, not with all variants"),
        ((QUAKE, "--extend", folder, "--set", "demand.0.people=3"), ""),
    ):
        refused = crisis("run", *words)
        assert refused.code == ExitCode.BAD_INPUT
        assert said in refused.err


def test_what_was_set_is_in_the_manifest_and_in_its_command(crisis: Crisis) -> None:
    document = json.loads(crisis("run", SMALL, "-n", "1", "-j", "1", "-q", "--json", "--set", "clock.duration=3h").out)
    assert document["run"]["set"] == ["clock.duration=3h"]
    assert "--set clock.duration=3h" in document["run"]["command"]


def test_a_dry_run_says_what_would_be_run_and_writes_nothing(crisis: Crisis, tmp_path: Path) -> None:
    done = crisis("run", QUAKE, "--dry-run", "--variant", "all", "-n", "7", "--threshold", "served >= 10")
    assert done.code == ExitCode.OK
    for part in ("Nothing was simulated", "as-it-happened late", "replications  7", "served >= 10", str(tmp_path)):
        assert part in done.out
    assert list(tmp_path.iterdir()) == []
    assert crisis("run", QUAKE, "--dry-run", "--threshold", "sreved >= 10").code == ExitCode.BAD_INPUT


def test_progress_can_be_silent_while_warnings_are_not(crisis: Crisis) -> None:
    done = crisis("run", SMALL, "-n", "2", "-j", "1", "--progress", "none")
    assert "Replications" not in done.err
    assert "Report: " in done.err


def test_a_folder_that_cannot_be_written_is_known_at_once(crisis: Crisis, tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    if os.access(locked, os.W_OK):  # the superuser writes anywhere: a file in the way is as unusable
        locked.rmdir()
        locked.write_text("in the way")
    done = crisis("run", SMALL, "-n", "1000", "-o", str(locked))
    assert done.code == ExitCode.BAD_INPUT
    assert "cannot write results to" in done.err


def test_a_shell_can_complete_options(root: Path) -> None:
    environment = os.environ | {"_CRISIS_COMPLETE": "bash_complete", "COMP_WORDS": "crisis run --thr", "COMP_CWORD": "2"}
    done = subprocess.run(
        [sys.executable, "-c", "from simulator.cli import main; main()"],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "plain,--threshold\n", done.stderr


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["run", "no-such-file.yaml", "-j", "1"]])
def test_help_and_first_errors_load_nothing_heavy(root: Path, words: list[str]) -> None:
    code = (
        "import sys\nfrom simulator.cli import main\ntry:\n    main(sys.argv[1:])\nfinally:\n"
        "    print({'numpy', 'scipy', 'simpy', 'matplotlib'} & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, *words], cwd=root, capture_output=True, text=True, check=False)
    assert done.stderr.endswith("set()\n"), done.stderr


def test_explain_says_what_stands_in_the_result_document() -> None:
    from click.testing import CliRunner

    from simulator.cli.explain import command
    from simulator.report.answer import schema

    said = CliRunner().invoke(command, ["crisis-result/v1"])
    assert said.exit_code == 0
    for key in schema()["properties"]:
        assert f"  {key}: " in said.output
