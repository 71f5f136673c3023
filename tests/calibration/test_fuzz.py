"""Tables that nobody would write: no traceback, no hang, no call that is lost silently. ``CRISIS_FUZZ=10000`` tries more of them."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from simulator.calibration import importing, saying
from simulator.calibration.answers import Answers
from simulator.calibration.exports import Day, writers
from simulator.errors import ScenarioError

TRIES = int(os.environ.get("CRISIS_FUZZ", "300"))
ODD = [
    "",
    "-",
    "n/a",
    "1.234",
    "1,234",
    "12:30",
    "-5",
    "1e9",
    "nan",
    "inf",
    "∞",
    "Total",
    '"',
    "ß",
    "\t",
    "|",
    "99999999999999",
    "0x1F",
    "13/13/2026",
    "Ñ",
    "٣",
]
GIVEN = [Answers(timezone="Europe/Madrid"), Answers(), Answers(dates="day-first", decimal=","), Answers(repeated="first", agents="shared")]


def damaged(text: str, chance: random.Random) -> bytes:
    """A table after some of what happens to tables."""
    lines = text.splitlines()[: chance.randrange(2, 60)]
    separator = max(",;|\t", key=lines[min(2, len(lines) - 1)].count)
    for _ in range(chance.randrange(0, 6)):
        row = chance.randrange(len(lines))
        cells = lines[row].split(separator)
        what = chance.randrange(8)
        if what == 0:
            cells[chance.randrange(len(cells))] = chance.choice(ODD)
        elif what == 1:
            del cells[chance.randrange(len(cells))]
        elif what == 2:
            cells.insert(chance.randrange(len(cells) + 1), chance.choice(ODD))
        elif what == 3:
            lines.insert(chance.randrange(len(lines) + 1), lines[row])
        elif what == 4 and len(lines) > 2:
            del lines[chance.randrange(len(lines))]
            continue
        elif what == 5:
            lines.insert(0, chance.choice(["Report", "", "a,b,c", separator * 5]))
            continue
        elif what == 6:
            column = chance.randrange(len(cells))
            word = chance.choice(ODD)
            lines = [separator.join([*c[:column], word, *c[column + 1 :]]) if (c := line.split(separator)) else line for line in lines]
            continue
        lines[row % len(lines)] = separator.join(cells)
    made = "\n".join(lines).encode(chance.choice(["utf-8", "utf-8-sig", "utf-16", "cp1252"]), errors="replace")
    if chance.random() < 0.1 and made:
        cut = chance.randrange(len(made))
        made = made[:cut] + bytes([chance.randrange(256)]) + made[cut:]
    return made


@pytest.mark.parametrize("name", writers)
def test_no_table_ends_in_a_traceback_or_loses_a_call(name: str, week: Day, tmp_path: Path) -> None:
    chance = random.Random(f"tables of {name}")  # noqa: S311  # the same tables in every run
    text = writers[name].write(week)
    file = tmp_path / f"export.{writers[name].ends}"
    read = 0
    for _ in range(TRIES // len(writers)):
        file.write_bytes(damaged(text, chance))
        try:
            found = importing.read([file], chance.choice(GIVEN))
        except ScenarioError:
            continue
        saying.text(found)
        read += 1
        (account,) = found.accounts
        assert account.calls == pytest.approx(account.used + account.set_aside)
        if found.observed is not None:
            assert found.observed.intervals["arrived"].sum() == pytest.approx(account.used)
    assert read > TRIES // len(writers) // 10, "hardly a table was read at all"
