"""Each quirk of real exports is read right, or refused with the line and the way out; no call is lost silently."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator.calibration import importing
from simulator.calibration.answers import Answers
from simulator.calibration.importing import Import
from simulator.errors import ScenarioError

HEAD = "Date,Time,Queue,Received,Answered,Abandoned,ASA,AHT"


def read(tmp_path: Path, content: str | bytes, given: Answers | None = None, name: str = "export.csv") -> Import:
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    found = importing.read([file], given or Answers())
    for account in found.accounts:
        assert account.calls == pytest.approx(account.used + account.set_aside)
    return found


def arrived(found: Import) -> list[float]:
    assert found.observed is not None
    return list(found.observed.intervals["arrived"].tolist())


def starts(found: Import) -> list[str]:
    assert found.observed is not None
    return [str(at) for at in found.observed.intervals.start]


def table(*rows: str, head: str = HEAD) -> str:
    return "\n".join([head, *rows]) + "\n"


GOOD = ("13/02/2026,08:00,sales,10,8,2,12,200", "13/02/2026,08:30,sales,20,18,2,14,210")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_every_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    rows = [f"13/02/2026;{8 + k // 2:02}:{k % 2 * 30:02};atención al señor Muñoz;{k + 1};{k};1;12,5;200,0" for k in range(12)]
    text = table(*rows, head="Fecha;Hora;Cola;Llamadas recibidas;Atendidas;Abandonadas;Espera media;TMO")
    found = read(tmp_path, text.encode(encoding))
    assert arrived(found) == list(range(1, 13))
    assert found.observed is not None
    assert found.observed.intervals.queues == ("atención al señor Muñoz",)
    assert found.observed.intervals["answer_wait"].sum() == pytest.approx(12.5 * sum(range(12)))


def test_a_row_shows_whether_the_day_comes_first(tmp_path: Path) -> None:
    assert starts(read(tmp_path, table(*GOOD)))[0] == "2026-02-13T08:00:00"
    american = (row.replace("13/02", "02/13") for row in GOOD)
    assert starts(read(tmp_path, table(*american)))[0] == "2026-02-13T08:00:00"


def test_where_no_row_shows_it_it_is_asked(tmp_path: Path) -> None:
    text = table(*(row.replace("13/02", "03/02") for row in GOOD))
    found = read(tmp_path, text)
    assert found.observed is None
    assert [q.options for q in found.questions] == [("--dates day-first", "--dates month-first")]
    assert starts(read(tmp_path, text, Answers(dates="month-first")))[0] == "2026-03-02T08:00:00"


def test_dates_in_two_orders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="13/02/2026"):
        read(tmp_path, table(GOOD[0], GOOD[1].replace("13/02", "02/14")))


@pytest.mark.parametrize(
    ("cell", "clock"),
    [
        ("8:00 AM", "08:00"),
        ("12:30 am", "00:30"),
        ("1:00 p.m.", "13:00"),
        ("08:00 - 08:30", "08:00"),
        ("08.30", "08:30"),
        ("14:00:00", "14:00"),
    ],
)
def test_times_of_day_are_read_however_they_are_written(tmp_path: Path, cell: str, clock: str) -> None:
    found = read(
        tmp_path,
        table(f"2026-02-13,{cell},sales,10,8,2,12,200", "2026-02-14,23:00,sales,10,8,2,12,200", "2026-02-14,23:30,sales,1,1,0,1,2"),
    )
    assert starts(found)[0] == f"2026-02-13T{clock}:00"


@pytest.mark.parametrize(
    ("date", "day"),
    [("13-Feb-26", "2026-02-13"), ("13 février 2026", "2026-02-13"), ("Feb 13, 2026", "2026-02-13"), ("20260213", "2026-02-13")],
)
def test_dates_in_words_and_digits(tmp_path: Path, date: str, day: str) -> None:
    found = read(tmp_path, table(*(row.replace("13/02/2026", f'"{date}"') for row in GOOD)))
    assert starts(found)[0].startswith(day)


def test_durations_of_two_parts_are_minutes_and_of_three_hours(tmp_path: Path) -> None:
    found = read(tmp_path, table("2026-02-13,08:00,s,10,10,0,0:45,4:05", "2026-02-13,08:30,s,10,10,0,00:00:45,0:04:05"))
    assert found.observed is not None
    assert found.observed.intervals["answer_wait"].tolist() == [450.0, 450.0]
    assert found.observed.intervals["talk"].tolist() == [2450.0, 2450.0]


def test_thousands_that_other_cells_explain_are_read_and_else_asked(tmp_path: Path) -> None:
    sure = table('2026-02-13,08:00,s,"1,200","1,100",100,12.5,200', "2026-02-13,08:30,s,900,800,100,9.5,200")
    assert arrived(read(tmp_path, sure)) == [1200, 900]
    rows = ("2026-02-13;08:00;s;1.200;1.100;100;12;200", "2026-02-13;08:30;s;900;800;100;9;200")
    open_ = table(*rows, head=HEAD.replace(",", ";"))
    (question,) = read(tmp_path, open_).questions
    assert question.options == ("--decimal .", "--decimal ,")
    assert arrived(read(tmp_path, open_, Answers(decimal=","))) == [1200, 900]


def test_titles_totals_repeated_headings_and_footers_are_no_intervals(tmp_path: Path) -> None:
    text = "Intraday;;;\nprinted 14/02\n\n" + table(GOOD[0], HEAD, GOOD[1], "Total,,,30,26,4,13,205", "page 1 of 1,,,,,,,")
    found = read(tmp_path, text)
    assert arrived(found) == [10, 20]
    assert {reason: lines for reason, (lines, _) in found.accounts[0].reasons().items()} == {
        "the heading again": 1, "a total of other rows": 1, "a line of text": 1,
    }  # fmt: skip
    assert found.accounts[0].lines["a total of other rows"][0][0] == 8


def test_rows_that_cannot_be_read_are_set_aside_with_their_line(tmp_path: Path) -> None:
    rows = [f"2026-02-{day:02},{hour:02}:{half}0,s,10,8,2,12,200" for day in (13, 14) for hour in range(8, 18) for half in (0, 3)]
    rows[5] = rows[5].replace(",10,", ",ten,")
    rows[7] = rows[7].replace("2026-02-13", "soon")
    found = read(tmp_path, table(*rows))
    assert found.accounts[0].lines == {"its number of calls cannot be read": [(7, -1.0)], "its date or time cannot be read": [(9, 10.0)]}
    assert len(arrived(found)) == 38


def test_a_table_that_mostly_cannot_be_read_is_refused_with_its_first_line(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="line 2"):
        read(tmp_path, table("soon,08:00,s,10,8,2,12,200", "later,08:30,s,10,8,2,12,200"))


def test_decimal_commas_among_commas_are_refused_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="semicolons"):
        read(tmp_path, table("2026-02-13,08:00,s,10,8,2,12,5,200,0", "2026-02-13,08:30,s,10,8,2,12,5,200,0"))


def test_a_quote_without_end_is_refused_on_its_line(tmp_path: Path) -> None:
    rows = [f"2026-02-13,{8 + k // 2:02}:{k % 2 * 3}0,{'s' if k != 1 else chr(34)},10,8,2,12,200" for k in range(30)]
    with pytest.raises(ScenarioError, match="line 3 has no end"):
        read(tmp_path, table(*rows))


def test_two_columns_that_may_count_arrivals_are_asked_about(tmp_path: Path) -> None:
    text = table("2026-02-13,08:00,12,10,8,2", "2026-02-13,08:30,22,20,18,2", head="Date,Time,Received,Offered,Answered,Abandoned")
    (question,) = read(tmp_path, text).questions
    assert question.options == ('--arrivals "Received"', '--arrivals "Offered"')
    assert arrived(read(tmp_path, text, Answers(arrivals="Offered"))) == [10, 20]


def test_an_interval_that_comes_twice_is_asked_about_unless_the_clocks_went_back(tmp_path: Path) -> None:
    rows = [
        f"2026-10-25,{h:02}:{m},s,{c},{c},0,1,100"
        for h, m, c in ((1, "00", 4), (1, "30", 5), (2, "00", 6), (2, "30", 7), (2, "00", 8), (2, "30", 9), (3, "00", 1))
    ]
    (question,) = read(tmp_path, table(*rows)).questions
    assert "--repeated first" in question.options
    assert sorted(arrived(read(tmp_path, table(*rows), Answers(timezone="Europe/Madrid")))) == [1, 4, 5, 6, 7, 8, 9]
    once = read(tmp_path, table(*rows), Answers(timezone="Asia/Tokyo", repeated="first"))
    assert sorted(arrived(once)) == [1, 4, 5, 6, 7]
    assert once.accounts[0].set_aside == 17


def test_milliseconds_are_recognised_and_not_believed(tmp_path: Path) -> None:
    found = read(tmp_path, table("2026-02-13,08:00,s,10,8,2,12000,200000", "2026-02-13,08:30,s,20,18,2,14000,210000"))
    assert found.observed is not None
    assert found.observed.intervals["talk"].tolist() == [1600.0, 3780.0]
    assert any("milliseconds" in note for note in found.files[0].notes)


def test_a_daylight_gap_and_a_missing_night_are_no_fault(tmp_path: Path) -> None:
    rows = [
        "2026-03-29,01:30,s,4,4,0,1,100",
        "2026-03-29,03:00,s,5,5,0,1,100",
        "2026-03-29,03:30,s,5,5,0,1,100",
        "2026-03-30,09:00,s,5,5,0,1,100",
    ]
    assert arrived(read(tmp_path, table(*rows), Answers(timezone="Europe/Madrid"))) == [4, 5, 5, 5]


AVAYA = "ROW_DATE;STARTTIME;INTRVL;SPLIT;I_ARRIVED;CALLSOFFERED;ACDCALLS;ABNCALLS;PHANTOMABNS;ANSTIME;ABNTIME;ACDTIME;ACWTIME;INCOMPLETE"


def test_avaya_counts_arrivals_sets_phantoms_and_incomplete_rows_aside(tmp_path: Path) -> None:
    rows = (
        "13/02/2026;0;30;7;10;9;7;3;1;70;60;1400;140;0",
        "13/02/2026;930;30;7;20;22;18;2;0;90;50;3600;360;0",
        "13/02/2026;1400;30;7;5;5;5;0;0;1;0;9;1;1",
    )
    found = read(tmp_path, table(*rows, head=AVAYA))
    assert starts(found) == ["2026-02-13T00:00:00", "2026-02-13T09:30:00"]
    assert arrived(found) == [9, 20]
    assert found.observed is not None
    assert found.observed.intervals["abandoned"].tolist() == [2, 2]
    assert {reason: calls for reason, (_, calls) in found.accounts[0].reasons().items()} == {
        "phantom: no person called": 1,
        "marked as incomplete": 5,
    }


def test_staffed_time_that_is_kept_by_skill_only_is_not_summed(tmp_path: Path) -> None:
    head = AVAYA + ";I_STAFFTIME"
    rows = [f"13/02/2026;{900 + 30 * k};30;{q};10;9;7;3;0;70;60;1400;140;0;9000" for k in (0,) for q in (1, 2)]
    rows += [f"13/02/2026;930;30;{q};10;9;7;3;0;70;60;1400;140;0;9000" for q in (1, 2)]
    found = read(tmp_path, table(*rows, head=head))
    assert found.files[0].staff == ()
    assert any("not in this file" in note for note in found.files[0].notes)


def test_second_legs_are_set_aside_so_that_people_count_once(tmp_path: Path) -> None:
    text = table(
        "a1,2026-02-13 08:00:00,front,10,100,answered", "a1,2026-02-13 08:03:00,fraud,30,200,answered",
        "a2,2026-02-13 08:04:00,front,10,,abandoned",
        head="Call ID,Start,Queue,Wait,Talk,Outcome",
    )  # fmt: skip
    found = read(tmp_path, text)
    assert arrived(found) == [2]
    assert found.accounts[0].set_aside == 1


LOG = """1772434800|1.0|sales|NONE|ENTERQUEUE||600111222|1
1772434812|1.0|sales|SIP/1|CONNECT|12|1.1|2
1772434900|1.0|sales|SIP/1|COMPLETEAGENT|12|88|1
1772434901|2.0|sales|NONE|ENTERQUEUE||600111222|1
1772434905|2.0|sales|SIP/1|RINGNOANSWER|4000
1772434931|2.0|sales|NONE|ABANDON|1|1|30
1772434940|3.0|sales|NONE|ENTERQUEUE||600333444|1
1772435240|3.0|sales|NONE|EXITWITHTIMEOUT|1|1|300
1772435300|4.0|sales|NONE|ENTERQUEUE||600333444|1
"""


def test_a_log_of_events_becomes_calls_and_exits_by_rule_are_no_impatience(tmp_path: Path) -> None:
    (question,) = read(tmp_path, LOG, name="queue_log").questions
    assert "UTC" in question.text
    found = read(tmp_path, LOG, Answers(timezone="Europe/Madrid"), name="queue_log")
    assert found.observed is not None
    calls = found.observed.calls
    assert calls is not None
    assert calls.outcome.tolist() == [0, 1, 2]
    assert calls.wait.tolist() == [12, 30, 300]
    assert calls.talk[0] == 88
    assert starts(found)[0] == "2026-03-02T08:00:00"
    assert found.accounts[0].calls == 4
    assert found.accounts[0].lines == {"the log ends before the call does": [(9, 1)]}
    # The second call of the first number came 89 s after the first was answered at 12 s.
    assert calls.since[1] == 89
    assert np.isnan(calls.since[0])


def test_what_is_no_table_is_told_without_a_traceback(tmp_path: Path) -> None:
    for content in (
        b"",
        b"\x00\x01\x02",
        b"%PDF-1.4",
        b"PK\x03\x04",
        b"just words\nand more\n",
        b"Date,Time,Received\n",
        b"\xff\xfe\x00",
        b"a;b\n1;2\n",
    ):
        with pytest.raises(ScenarioError):
            read(tmp_path, content)
