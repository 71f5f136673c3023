"""``crisis calibrate`` as a planner uses it: a scenario that runs, a page, a verdict by the rule, the same bytes for the same seed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from simulator import load, lower
from simulator.calibration.exports import Day, writers
from simulator.cli import crisis
from simulator.errors import ExitCode, OutputError, UsageError
from simulator.model.ranges import ranges_of

MADRID = ("--timezone", "Europe/Madrid")


def calibrate(*words: str | Path) -> Result:
    return CliRunner().invoke(crisis, ["calibrate", *map(str, words)], standalone_mode=False)


@pytest.fixture(scope="module")
def made(week: Day, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A centre calibrated on a week of the desk as Avaya exports it."""
    folder = tmp_path_factory.mktemp("calibrated")
    (folder / "hsplit.csv").write_bytes(writers["avaya"].write(week).encode())
    result = calibrate(folder / "hsplit.csv", *MADRID, "--new", folder / "my-desk", "-q")
    assert result.exception is None, result.exception
    (folder / "told.txt").write_text(result.output)
    return folder


def test_the_scenario_is_sound_and_every_estimate_has_a_source_and_a_range(made: Path) -> None:
    scenario = load(made / "my-desk" / "my-desk.yaml")
    model = lower(scenario)
    assert [need.name for need in model.needs] == ["claims", "orders"]
    names = set(ranges_of(model))
    assert {"demand.orders.day_cv", "needs.orders.patience.mean", "needs.orders.talk_time.lognormal.median"} <= names
    sources = yaml.safe_load((made / "my-desk" / "my-desk.yaml").read_text())["sources"]
    for path in ("needs.orders.patience", "needs.claims.talk_time", "demand.claims.day_cv"):
        assert "calibrated from hsplit.csv" in str(sources[path])
    assert "assumed" in sources["demand.claims.day_cv"]  # five days, one of each weekday


def test_the_queues_have_their_busy_days_in_common(made: Path) -> None:
    demand = yaml.safe_load((made / "my-desk" / "my-desk.yaml").read_text())["demand"]
    assert {entry["busyness"] for entry in demand.values()} == {"days"}


def test_what_is_told_says_for_what_to_believe_it_and_what_the_file_cannot_tell(made: Path) -> None:
    told = (made / "told.txt").read_text()
    for words in (
        "not in these files",
        "assumed, not estimated",
        "by chance alone",
        "Expires",
        "Not for any crisis volume",
        "too few to hold any out",
    ):
        assert words in told
    for word in ("censored", "PIT", "identifiable", "hazard"):
        assert word not in told


def test_the_page_and_the_document_say_the_same(made: Path) -> None:
    found = json.loads((made / "my-desk" / "calibration.json").read_text())
    page = (made / "my-desk" / "calibration.html").read_text()
    assert found["schema"] == "crisis-calibration/v1"
    for sentence in found["verdict"]:
        assert sentence in page
    assert (made / "my-desk" / "figures" / "days.png").stat().st_size > 10_000
    assert found["estimates"]["patience of orders, s"]["n"] == found["estimates"]["patience of orders, s"]["n"]


def test_the_same_seed_gives_the_same_bytes(made: Path) -> None:
    again = made / "again" / "my-desk"
    calibrate(made / "hsplit.csv", *MADRID, "--new", again, "-q")
    for file in sorted(p.relative_to(again) for p in again.rglob("*") if p.suffix in (".yaml", ".csv", ".json")):
        assert (again / file).read_bytes() == (made / "my-desk" / file).read_bytes(), file


def test_nothing_that_is_there_is_written_over(made: Path) -> None:
    assert isinstance(calibrate(made / "hsplit.csv", *MADRID, "--new", made / "my-desk", "-q").exception, OutputError)
    assert isinstance(calibrate(made / "hsplit.csv", "--new", made / "other", "-q").exception, UsageError)


def test_an_open_question_ends_before_anything_is_estimated(made: Path) -> None:
    export = made / "open.csv"
    export.write_text("Date,Time,Received,Answered,Abandoned\n03/02/2026,08:00,10,8,2\n03/02/2026,08:30,20,18,2\n")
    result = calibrate(export, *MADRID, "--new", made / "never")
    assert result.return_value == ExitCode.BAD_INPUT
    assert not (made / "never").exists()


def test_the_mapping_file_serves_as_well(made: Path) -> None:
    CliRunner().invoke(crisis, ["import", str(made / "hsplit.csv"), "-o", str(made), *MADRID], standalone_mode=False)
    result = calibrate(made / "import.yaml", "-q")
    assert result.output == (made / "told.txt").read_text()
