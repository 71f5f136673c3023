"""Errors of CSV files carry the file's own line."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.errors import ScenarioError
from simulator.scenario import load, lower, tables

SMALL = (Path(__file__).parent / "small.yaml").read_text(encoding="utf-8")

BAD_PROFILES = {
    "interval,arrival\n": "data.csv:1:1: error[csv]: unknown column `arrival` (did you mean `arrivals`?)",
    "interval,talk_time\n08:00,3\n": "data.csv:1:1: error[csv]: column `arrivals` is missing (the first line names the columns: "
    "interval, arrivals, talk_time)",
    "": "data.csv:1:1: error[csv]: column `interval` is missing (the first line names the columns: interval, arrivals, talk_time)",
    "interval,arrivals\n": "data.csv: error[csv]: the table has no lines below its header",
    "interval,arrivals\n08:00,10\n08:30,ten\n": "data.csv:3:1: error[csv]: arrivals: expected a number, got `ten`",
    "interval;arrivals\n08:00;1.5\n08:30;1,5\n": "data.csv:3:1: error[csv]: arrivals: `1,5` and `1.5` use separators in two ways "
    "(write all numbers of a column alike)",
    "interval;arrivals\n08:00;420\n08:30;1.180\n09:00;1.240\n": "data.csv:3:1: error[csv]: arrivals: is `1.180` 1180 or 1.18? "
    '(say `thousands: "."` or `decimal: "."` beside `from`)',
    'interval,arrivals\n08:00,420\n08:30,"1,180"\n': "data.csv:3:1: error[csv]: arrivals: is `1,180` 1180 or 1.18? "
    '(say `thousands: ","` or `decimal: ","` beside `from`)',
    "interval,arrivals\n08:00,10\n\n08:30,-1\n": "data.csv:4:1: error[csv]: arrivals: expected a number that is at least 0, got `-1`",
    "interval,arrivals\n08:00,nan\n08:30,1\n": "data.csv:2:1: error[csv]: arrivals: expected a number that is at least 0, got `nan`",
    "interval,arrivals\n08:00,10,3\n08:30,1\n": "data.csv:2:1: error[csv]: expected 2 cells, got 3 "
    "(a decimal comma needs a semicolon between cells)",
    "interval,arrivals\n08:00,1\n08:30,1\n09:30,1\n": "data.csv:4:1: error[csv]: this interval starts 1:00:00 after the one before it, "
    "not 0:30:00 as the others (an interval without calls has a line with 0; of dated ones, closed nights and days may be missing)",
    "interval,arrivals\n08:30,1\n08:00,1\n": "data.csv:3:1: error[csv]: intervals are in order and between a minute and a day long",
    "interval,arrivals\n08:00,1\n": "data.csv:2:1: error[csv]: one interval says nothing about its length (give at least two)",
    "interval,arrivals\n8h,1\n9h,1\n": 'data.csv:2:1: error[csv]: expected a time of day such as "07:00", got `8h`',
    "interval,arrivals\n12:00,1\n23:00,1\n": "data.csv:3:1: error[csv]: this interval reaches beyond midnight",
    'interval,arrivals\n08:00,"1\n': "data.csv:2:1: error[csv]: this line is not CSV: unexpected end of data",
}


@pytest.mark.parametrize("table", BAD_PROFILES)
def test_a_bad_profile_is_told_by_its_line(tmp_path: Path, table: str) -> None:
    (tmp_path / "data.csv").write_text(table, encoding="utf-8")
    (tmp_path / "s.yaml").write_text(SMALL.replace("rate: 120/h", "from: data.csv"), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path / "s.yaml")
    assert str(caught.value).splitlines()[0].removeprefix(f"{tmp_path}/") == BAD_PROFILES[table]


def test_every_bad_line_of_a_roster_is_told(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text(
        "start,end,agents,breaks,days\n"
        "08:00,16:00,5,10:00/15m 12:00/30m,mon-fri\n"
        "8,16:00,5,,\n"
        "08:00,16:00,some,10:00,\n"
        "08:00,16:00,5,17:00/15m,\n"
        "08:00,16:00,5,,moday\n",
        encoding="utf-8",
    )
    (tmp_path / "s.yaml").write_text(SMALL.replace("skills: {billing: 1}", "skills: {billing: 1}, roster: roster.csv"), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path / "s.yaml")
    file = str(tmp_path / "roster.csv")
    assert [(d.file, d.line) for d in caught.value.diagnostics] == [(file, 3), (file, 4), (file, 5), (file, 6)]
    assert "breaks: expected breaks such as 10:00/15m" in caught.value.diagnostics[1].message


def test_a_roster_gives_the_same_shifts_as_the_list_it_says(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text(
        "start,end,agents,breaks,days\n08:00,16:00,5,10:00/15m,mon-wed\n22:00,06:00,3,,\n", encoding="utf-8"
    )
    listed = (
        'roster: [{start: "08:00", end: "16:00", agents: 5, breaks: [{at: "10:00", for: 15m}], days: [mon, tue, wed]}, '
        '{start: "22:00", end: "06:00", agents: 3}]'
    )
    models = []
    for roster in ("roster: roster.csv", listed):
        (tmp_path / "s.yaml").write_text(SMALL.replace("skills: {billing: 1}", "skills: {billing: 1}, " + roster), encoding="utf-8")
        models.append(lower(load(tmp_path / "s.yaml")))
    assert models[0] == models[1]
    assert [(s.first, s.start) for s in models[0].teams[0].shifts] == [(0, 0.0)]


def test_a_link_that_leads_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret.csv").write_text("interval,arrivals\n08:00,1\n08:30,1\n", encoding="utf-8")
    (inside / "data.csv").symlink_to(tmp_path / "secret.csv")
    (inside / "s.yaml").write_text(SMALL.replace("rate: 120/h", "from: data.csv"), encoding="utf-8")
    with pytest.raises(ScenarioError, match="leads out of the project's folder"):
        load(inside / "s.yaml")


def test_a_semicolon_table_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("\ufeffinterval;arrivals\r\n08:00;10\r\n08:30;20\r\n", encoding="utf-8")
    (tmp_path / "s.yaml").write_text(SMALL.replace("rate: 120/h", "from: data.csv"), encoding="utf-8")
    profile = lower(load(tmp_path / "s.yaml")).demand[0]
    assert profile.expected == (10.0, 20.0, 0.0)  # type: ignore[union-attr]  # a table makes a profile


def test_a_table_has_a_bound() -> None:
    with pytest.raises(ScenarioError, match="more than 100,000 lines"):
        tables.rows("interval,arrivals\n" + "08:00,1\n" * (tables.MAX_ROWS + 1), "f.csv", ("interval", "arrivals"), ())


def test_a_missing_table_is_told_beside_other_mistakes(tmp_path: Path) -> None:
    text = SMALL.replace("rate: 120/h", "from: calls.csv").replace("interval: 30m", "interval: 30")
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path / "s.yaml")
    assert [d.code for d in caught.value.diagnostics] == ["bad-value", "data-file"]
