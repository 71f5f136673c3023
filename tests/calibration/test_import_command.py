"""``crisis import`` as a planner uses it: said back, answered, used again next month."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from simulator.calibration.exports import Day, writers
from simulator.cli import crisis
from simulator.errors import ExitCode, OutputError, ScenarioError, UsageError

HEAD = "Date,Time,Queue,Received,Answered,Abandoned,ASA,AHT\n"
OPEN = HEAD + "03/02/2026,08:00,sales,10,8,2,12,200\n03/02/2026,08:30,sales,20,18,2,14,210\n"


def crisis_import(*words: str | Path) -> Result:
    return CliRunner().invoke(crisis, ["import", *map(str, words)], standalone_mode=False)


def test_a_question_is_answered_by_option_and_remembered(tmp_path: Path) -> None:
    export = tmp_path / "march.csv"
    export.write_text(OPEN)
    first = crisis_import(export, "-o", tmp_path)
    assert first.return_value == ExitCode.BAD_INPUT
    assert "One question, nothing is guessed" in first.output
    assert not (tmp_path / "imported").exists()
    second = crisis_import("--again", "--dates", "month-first", "-o", tmp_path)
    assert "calls in 30 = used 30 + set aside 0" in second.output
    assert sorted(p.name for p in (tmp_path / "imported").iterdir()) == ["observed.csv", "set-aside.csv"]
    assert yaml.safe_load((tmp_path / "import.yaml").read_text())["answers"] == {"dates": "month-first"}
    later = tmp_path / "april.csv"
    later.write_text(OPEN.replace("03/02", "04/02"))
    assert "2026-04-02" in crisis_import("--again", later, "-o", tmp_path).output


def test_what_is_shown_is_not_written(tmp_path: Path) -> None:
    export = tmp_path / "march.csv"
    export.write_text(OPEN.replace("03/02", "13/02"))
    assert "used 30" in crisis_import(export, "--show", "-o", tmp_path).output
    assert [p.name for p in tmp_path.iterdir()] == ["march.csv"]


def test_a_mapping_that_was_edited_is_never_written_over(tmp_path: Path) -> None:
    export = tmp_path / "march.csv"
    export.write_text(OPEN.replace("03/02", "13/02"))
    crisis_import(export, "-o", tmp_path)
    assert isinstance(crisis_import(export, "-o", tmp_path).exception, OutputError)
    assert isinstance(crisis_import("-o", tmp_path).exception, UsageError)


def test_headings_that_nobody_knows_are_told_in_the_mapping(tmp_path: Path) -> None:
    export = tmp_path / "strange.csv"
    export.write_text("when,n,ok\n13/02/2026 08:00,10,9\n13/02/2026 08:30,20,18\n")
    assert isinstance(crisis_import(export, "-o", tmp_path).exception, ScenarioError)
    columns = "{when: moment, n: arrived, ok: answered}"
    (tmp_path / "import.yaml").write_text(f"schema: crisis-import/v1\nfiles:\n- file: strange.csv\n  columns: {columns}\n")
    assert "calls in 30 = used 30" in crisis_import("--again", "-o", tmp_path).output


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("schema: crisis-import/v2\nfiles: []\n", 1, "schema: crisis-import/v1"),
        ("schema: crisis-import/v1\nfiles:\n- {file: a.csv, as: avayo, columns: {a: arrived}}\n", 3, "there is no system `avayo`"),
        ("schema: crisis-import/v1\nfiles:\n- file: a.csv\n  columns:\n    a: arived\n", 5, "there is no meaning `arived`"),
        (
            "schema: crisis-import/v1\nfiles:\n- file: a.csv\n  columns:\n    a: arrived\n    b: arrived\n",
            6,
            "`a` and `b` are both `arrived`",
        ),
        ("schema: crisis-import/v1\nfiles:\n- {file: a.csv, columns: {a: arrived}}\nanswers: {dates: first}\n", 4, "`dates` is one of"),
    ],
)
def test_a_mapping_that_is_wrong_is_told_with_its_place(text: str, line: int, told: str, tmp_path: Path) -> None:
    (tmp_path / "import.yaml").write_text(text)
    error = crisis_import("--again", "-o", tmp_path).exception
    assert isinstance(error, ScenarioError)
    assert error.diagnostics[0].line == line
    assert told in error.diagnostics[0].message


def test_nothing_of_a_person_is_ever_written(week: Day, tmp_path: Path) -> None:
    export = tmp_path / "queue_log"
    export.write_text(writers["asterisk"].write(week).replace("anonymous", "+34600111222").replace("SIP/7", "SIP/maria"))
    result = crisis_import(export, "--timezone", "Europe/Madrid", "-o", tmp_path)
    assert "agent ids dropped while reading" in result.output
    written = "".join(p.read_text() for p in [tmp_path / "import.yaml", *(tmp_path / "imported").iterdir()])
    assert "600111222" not in written
    assert "maria" not in written.lower()
    assert "SIP" not in written


def test_nothing_of_single_calls_is_kept_where_nobody_may(week: Day, tmp_path: Path) -> None:
    export = tmp_path / "queue_log"
    export.write_text(writers["asterisk"].write(week))
    crisis_import(export, "--timezone", "Europe/Madrid", "-o", tmp_path)
    assert (tmp_path / "imported" / "calls.csv").exists()
    crisis_import("--again", "--aggregate", "-o", tmp_path)
    assert not (tmp_path / "imported" / "calls.csv").exists()


@pytest.mark.parametrize("name", writers)
def test_what_was_guessed_reads_again_as_it_was_guessed(name: str, week: Day, tmp_path: Path) -> None:
    export = tmp_path / f"export.{writers[name].ends}"
    export.write_bytes(writers[name].write(week).encode())
    first = crisis_import(export, "--timezone", "Europe/Madrid", "-o", tmp_path)
    kept = (tmp_path / "import.yaml").read_text()
    again = crisis_import("--again", "-o", tmp_path)
    assert again.exception is None
    assert again.output.partition("Saved")[0] == first.output.partition("Saved")[0]
    assert (tmp_path / "import.yaml").read_text() == kept
