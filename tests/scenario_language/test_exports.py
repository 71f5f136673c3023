"""Tables as other programs export them: nothing in them is lost or mistaken, and what is no table is told in words."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from simulator.errors import ScenarioError, printable
from simulator.model.world import Profile
from simulator.scenario import load, lower
from simulator.scenario.problem import Wrong
from simulator.scenario.quantity import count, rate
from simulator.scenario.spreadsheet import as_csv
from tests.command import Crisis

SMALL = (Path(__file__).parent / "small.yaml").read_text(encoding="utf-8")
HOUR = 3600.0


def scenario(
    folder: Path, table: str | bytes, more: str = "", start: str = "2024-03-05T08:00", duration: str = "4h", name: str = "calls.csv"
) -> Path:
    (folder / name).write_bytes(table.encode() if isinstance(table, str) else table)
    text = SMALL.replace("rate: 120/h", f"from: {name}{more}").replace("start: 2024-03-05T08:00", f"start: {start}")
    (folder / "s.yaml").write_text(text.replace("duration: 4h", f"duration: {duration}"), encoding="utf-8")
    return folder / "s.yaml"


def profile(file: Path) -> Profile:
    (demand,) = lower(load(file)).demand
    assert isinstance(demand, Profile)
    return demand


def told(file: Path) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        load(file)
    return [line.removeprefix(f"{file.parent}/") for line in str(caught.value).splitlines()]


def workbook(rows: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("cells", "more", "numbers"),
    [
        (("840", "1.320"), ', thousands: "."', (840, 1320)),
        (("840", "1.320"), ', decimal: ","', (840, 1320)),
        (("840", "1.320"), ', decimal: "."', (840, 1.32)),
        (("840", "1.320"), ', thousands: ","', (840, 1.32)),
        (("840", "1,320"), ', decimal: "."', (840, 1320)),
        (("840,5", "1.320"), "", (840.5, 1320)),
        (("840.5", "1.320"), "", (840.5, 1.32)),
        (("1.234.000", "1.320"), "", (1234000, 1320)),
        (("1 320", "7,25"), "", (1320, 7.25)),
        (("0,125", "12"), "", (0.125, 12)),
        (("1.320", "12"), ', thousands: " "', (1.32, 12)),
    ],
)
def test_numbers_with_separators(tmp_path: Path, cells: tuple[str, str], more: str, numbers: tuple[float, float]) -> None:
    table = f"interval;arrivals\n08:00;{cells[0]}\n09:00;{cells[1]}\n"
    assert profile(scenario(tmp_path, table, more)).expected[:2] == numbers


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (', thousands: "."', "arrivals: expected a number, got `7.5` (decimals have a `,` here, as `thousands` or `decimal` says)"),
        (', thousands: ".", decimal: "."', "demand.billing.thousands: one mark cannot stand before thousands and before decimals"),
        (', thousands: "x"', "demand.billing.thousands: expected `.` or `,` or ` ` or `'`, got `x`"),
    ],
)  # fmt: skip
def test_what_is_said_of_separators_must_fit(tmp_path: Path, more: str, said: str) -> None:
    assert said in " ".join(told(scenario(tmp_path, "interval;arrivals\n08:00;1.320\n09:00;7.5\n", more)))


def test_separators_are_of_a_table(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(SMALL.replace("rate: 120/h", 'rate: 120/h, decimal: ","'), encoding="utf-8")
    assert "`decimal` is about the numbers of a table, and there is no `from`" in told(tmp_path / "s.yaml")[0]


def test_a_question_is_asked_once_in_each_column(tmp_path: Path) -> None:
    said = told(scenario(tmp_path, "interval;arrivals;talk_time\n08:00;1.320;200.125\n08:30;1.400;210.250\n09:00;x;1.5\n"))
    assert said == [
        'calls.csv:2:1: error[csv]: arrivals: is `1.320` 1320 or 1.32? (say `thousands: "."` or `decimal: "."` beside `from`)',
        "calls.csv:4:1: error[csv]: arrivals: expected a number, got `x`",
    ], "the talk times have a number that says what a point is"


def test_agents_by_the_thousand(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text("start;end;agents\n08:00;12:00;1.200\n", encoding="utf-8")
    text = SMALL.replace("skills: {billing: 1}", "skills: {billing: 1}, roster: roster.csv").replace("headcount: 10", "headcount: 2k")
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
    assert told(tmp_path / "s.yaml") == ["roster.csv:2:1: error[csv]: agents: is `1.200` 1200 or 1.2? (write it without the `.`)"]


@pytest.mark.parametrize("text", ["1.200/h", "120.000/d"])
def test_a_rate_that_may_mean_thousands_is_asked_about(text: str) -> None:
    with pytest.raises(Wrong, match=r"is `1.*` 12000?0?/[hd] or 12?0?\.?2?/[hd]\?"):
        rate(text)
    assert rate("0.125/h") == pytest.approx(0.125 / 3600)
    assert rate("1.25/h") == pytest.approx(1.25 / 3600)
    with pytest.raises(Wrong, match=r"is `1.200` 1200 or 1.2\?"):
        count("1.200")
    assert count("1.250k") == 1250


def test_closed_nights_and_days_need_no_lines(tmp_path: Path) -> None:
    days = ("2024-03-05", "2024-03-06", "2024-03-09")
    table = "interval,arrivals\n" + "".join(f"{day}T{hour:02d}:00,{hour}\n" for day in days for hour in (9, 10, 11))
    made = profile(scenario(tmp_path, table, start="2024-03-05T00:00", duration="6d"))
    by_start = dict(zip(made.edges, made.expected, strict=False))
    assert sum(made.expected) == 3 * (9 + 10 + 11)
    assert [by_start[day * 24 * HOUR + 9 * HOUR] for day in (0, 1, 4)] == [9, 9, 9]
    (hole,) = told(scenario(tmp_path, table.replace("2024-03-06T10:00,10\n", ""), start="2024-03-05T00:00", duration="6d"))
    assert hole.startswith("calls.csv:6:1: error[csv]: this interval starts 2:00:00 after the one before it, not 1:00:00 as the others")


@pytest.mark.parametrize("clock", ["{:02d}:00:00", "2024-03-05T{:02d}:00:00", "2024-03-05 {:02d}:00:00"])
def test_seconds_of_clock_times(tmp_path: Path, clock: str) -> None:
    table = "interval,arrivals\n" + "".join(f"{clock.format(hour)},{hour}\n" for hour in range(8, 12))
    assert profile(scenario(tmp_path, table)).expected == (8, 9, 10, 11)


@pytest.mark.parametrize("separator", [";", "\t", ","])
def test_a_title_above_the_header_is_no_table(tmp_path: Path, separator: str) -> None:
    lines = ['"Calls of the week, by half hour"', "", "printed|05/03/2024", "interval|arrivals", "08:00|4", "08:30|x", ""]
    table = "\n".join(lines).replace("|", separator)
    assert told(scenario(tmp_path, table)) == ["calls.csv:6:1: error[csv]: arrivals: expected a number, got `x`"]
    assert profile(scenario(tmp_path, table.replace("x", "6"))).expected[:2] == (4, 6)


def test_a_workbook_with_times_and_a_title(tmp_path: Path) -> None:
    head: list[list[Any]] = [["Calls", None, None], [], ["interval", "arrivals", "talk_time"]]
    rows = [*head, [time(8), 4, 200.125], [time(8, 30), 1200, 1.5], [time(9), 6, None]]
    made = profile(scenario(tmp_path, workbook(rows), name="calls.xlsx"))
    assert made.expected[:3] == (4, 1200, 6), "a number of a cell is no text: three decimals are decimals"
    assert made.talk_factor[0] == pytest.approx(200.125 / 240)
    assert told(scenario(tmp_path, workbook([*rows, [time(9, 30), "x", None]]), name="calls.xlsx")) == [
        "calls.xlsx:7:1: error[csv]: arrivals: expected a number, got `x`"
    ]


def test_cells_of_times() -> None:
    moments = [datetime.fromisoformat(text) for text in ("2024-03-05T08:29:59.999990", "2024-03-05T08:00:07")]
    cells = [*moments, time(8), time(8, 0, 30), timedelta(hours=25), 1.125, 3.0]
    line = as_csv(workbook([["x"], cells]), "b.xlsx").splitlines()[1]
    assert line == "2024-03-05T08:30,2024-03-05T08:00:07,08:00,08:00:30,25:00:00,1.1250,3"


SPRING, AUTUMN = "2024-03-31T00:00", "2024-10-27T00:00"


def dated(day: str, hours: list[str], calls: list[int]) -> str:
    return "interval,arrivals\n" + "".join(f"{day}T{hour},{n}\n" for hour, n in zip(hours, calls, strict=True))


def test_the_hour_that_the_clocks_skip(tmp_path: Path) -> None:
    whole = dated("2024-03-31", ["01:00", "03:00", "04:00"], [7, 300, 30])
    padded = dated("2024-03-31", ["01:00", "02:00", "03:00", "04:00"], [7, 0, 300, 30])
    for table in (whole, padded):
        made = profile(scenario(tmp_path, table, start=SPRING, duration="6h"))
        assert (made.edges[:5], made.expected[:4]) == ((0, HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR), (0, 7, 300, 30))
    (said,) = told(scenario(tmp_path, padded.replace("02:00,0", "02:00,9"), start=SPRING, duration="6h"))
    assert said.startswith(
        "calls.csv:3:1: error[csv]: the clocks are put forward over this interval on 2024-03-31: its 9 calls can come at no"
    )
    day = dated("2024-03-31", ["00:00"], [230]) + "2024-04-01T00:00,240\n"
    made = profile(scenario(tmp_path, day, start=SPRING, duration="47h"))
    assert sum(made.expected) == 470, "a day of 23 hours keeps its calls, and so does the next"


def test_the_hour_that_the_clocks_show_twice(tmp_path: Path) -> None:
    once = dated("2024-10-27", ["01:00", "02:00", "03:00"], [7, 90, 30])
    made = profile(scenario(tmp_path, once, start=AUTUMN, duration="6h"))
    assert list(zip(made.edges, made.expected, strict=False)) == [(k * HOUR, n) for k, n in enumerate((0, 7, 45, 45, 30, 0))]
    halves = ["01:30", "02:00", "02:30", "02:00", "02:30", "03:00"]
    made = profile(scenario(tmp_path, dated("2024-10-27", halves, [1, 2, 3, 4, 5, 6]), start=AUTUMN, duration="6h"))
    assert list(made.expected) == [0, 1, 2, 3, 4, 5, 6, 0]
    again = told(scenario(tmp_path, once + "2024-10-27T03:00,8\n", start=AUTUMN, duration="6h"))
    assert again == ["calls.csv:5:1: error[csv]: this interval is given twice (each has one line)"]
    thrice = dated("2024-10-27", ["01:00", "02:00", "02:00", "02:00", "03:00"], [1, 2, 3, 4, 5])
    (said,) = told(scenario(tmp_path, thrice, start=AUTUMN, duration="6h"))
    assert said.startswith("calls.csv:5:1: error[csv]: this interval is given twice")


def test_an_ordinary_day_on_a_night_of_the_clocks(tmp_path: Path) -> None:
    table = "interval,arrivals\n" + "".join(f"{hour:02d}:00,{hour}\n" for hour in range(24))
    file = scenario(tmp_path, table, start=SPRING, duration="23h")
    (warning,) = (w for w in load(file).warnings if w.code == "skipped-interval")
    assert warning.line == 4
    assert warning.message == "the clocks are put forward over this interval on 2024-03-31: its 2 calls do not come that day"
    assert sum(profile(file).expected) == sum(range(24)) - 2
    assert sum(profile(scenario(tmp_path, table, start=AUTUMN, duration="25h")).expected) == sum(range(24))


NO_TABLES = {
    "a packed file": (workbook([["interval", "arrivals"]]), "`calls.csv` is a workbook or another packed file, not CSV (the name"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "`calls.csv` is a workbook of an old kind, not CSV"),
    "utf-16": ("interval,arrivals\n".encode("utf-16"), "`calls.csv` is written in UTF-16, not CSV (save the table as CSV in UTF-8)"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "`calls.csv` is a picture, not CSV"),
    "a program": (b"\x7fELF\x02\x01\x01" + bytes(range(256)), "`calls.csv` is not UTF-8 (line 2)"),
    "escapes": (b"interval,arrivals\n08:00,\x1b[31m5\n", "`calls.csv` is not a text file: U+001B on line 2"),
    "nul": (b"interval,arrivals\n08:00,\x005\n", "`calls.csv` is not a text file: U+0000 on line 2"),
}  # fmt: skip


@pytest.mark.parametrize("name", NO_TABLES)
def test_what_is_no_table_is_told_and_not_shown(tmp_path: Path, crisis: Crisis, name: str) -> None:
    content, said = NO_TABLES[name]
    ended = crisis("check", scenario(tmp_path, content))
    assert said in " ".join(told(tmp_path / "s.yaml"))
    assert ended.code == 2
    assert printable(ended.out + ended.err) == ended.out + ended.err
    assert "\ufffd" not in ended.out + ended.err


@pytest.mark.parametrize("name", NO_TABLES)
@pytest.mark.parametrize("ending", [".yaml", ".xlsx", ".csv", ".jsonl"])
def test_nothing_binary_reaches_a_terminal(tmp_path: Path, crisis: Crisis, name: str, ending: str) -> None:
    """The same bytes, given where a scenario, a table, a list of events or a log is expected."""
    file = tmp_path / f"given{ending}"
    file.write_bytes(NO_TABLES[name][0])
    drill = Path(__file__).parents[1] / "drill/drilled.yaml"
    commands: list[tuple[object, ...]] = [(command, file) for command in ("check", "run", "show", "compare", "report", "drill")]
    commands += [("drill", drill, option, file) for option in ("--log", "--events-list", "--plan")]
    commands += [("run", "--resume", file), ("check", drill, "--plugin", file)]
    if ending in (".csv", ".xlsx"):
        commands.append(("check", scenario(tmp_path, file.read_bytes(), name=f"table{ending}")))
    for words in commands:
        ended = crisis(*words)
        assert ended.code == 2, words
        assert printable(ended.out + ended.err) == ended.out + ended.err
        assert not re.search(r"\\x[0-9a-f]{2}\\x[0-9a-f]{2}\\x", ended.err), "escaped bytes are no words either"


def test_what_a_scenario_says_cannot_command_the_terminal(tmp_path: Path, crisis: Crisis) -> None:
    text = SMALL.replace("question: What", 'question: "\\u200b\\L What').replace("morning?", 'morning?"')
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
    for option in ("--resolved", "--origin", "--timeline"):
        ended = crisis("show", option, tmp_path / "s.yaml")
        assert ended.code == 0
        assert printable(ended.out) == ended.out


def test_a_name_of_a_column_cannot_command_the_terminal(tmp_path: Path) -> None:
    said = told(scenario(tmp_path, "interval,arrivals,\u200btxt\n08:00,1,2\n"))
    assert "unknown column" in said[0]
    assert printable("a\x1b[31m\u202e\u2028\n\tñ") == "a\\x1b[31m\\u202e\\u2028\n\tñ"
