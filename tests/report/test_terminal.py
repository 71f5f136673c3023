"""The summary on stdout keeps within 100 signs a line, and within one screen unless everything is asked for."""

from __future__ import annotations

from dataclasses import replace

import click
import pytest

from simulator.api import Result
from simulator.document.terminal import WIDTH, table_text
from simulator.report import terminal, variants
from simulator.report.labels import plain
from simulator.report.relabel import telling
from simulator.report.terminal import summary_text
from simulator.report.yardsticks import yardsticks

SCREEN = 45  #: lines


def with_variants(result: Result, others: int) -> Result:
    """The same result as if ``late`` had been run under several names."""
    assert result.comparison is not None
    names = [f"late-and-later-{n}" for n in range(others)]
    late = [d for d in result.comparison.differences if d.variant == "late"]
    differences = tuple(replace(d, variant=name) for name in names for d in late)
    comparison = replace(result.comparison, variants=tuple(names), differences=differences)
    of = {"as-it-happened": "as-it-happened"} | dict.fromkeys(names, "late")
    return replace(
        result,
        comparison=comparison,
        summaries={name: result.summaries[like] for name, like in of.items()},
        models={name: result.models[like] for name, like in of.items()},
    )


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("others", [1, 3, 4, 9])
def test_lines_keep_within_the_width(several: Result, others: int, full: bool) -> None:
    text = click.unstyle(summary_text(with_variants(several, others), full=full))
    lines = text.splitlines()
    assert max(map(len, lines)) <= WIDTH, max(lines, key=len)
    assert full or len(lines) <= SCREEN, "the rest is said with -v"


def test_few_variants_stand_side_by_side_and_many_one_below_another(several: Result) -> None:
    few = click.unstyle(terminal._variants(telling(with_variants(several, 1)))).splitlines()
    assert few[0].split() == ["VARIANTS", "as", "it", "happened", "late", "and", "later", "0"]
    assert few[1].startswith(" people who got nobody  ")
    many = click.unstyle(terminal._variants(telling(with_variants(several, 5)))).splitlines()
    assert many[0].split()[:3] == ["VARIANTS", "got", "nobody"]
    assert [line.split("  ")[0].strip() for line in many[1:7]] == ["as it happened", *(f"late and later {n}" for n in range(5))]


def test_no_value_is_lost_where_a_table_goes_on_below() -> None:
    head = ("NAME", *(f"a column called {n}" for n in range(12)))
    rows = [("x", *(f"value-{n}" for n in range(12)))]
    text = click.unstyle(table_text(head, rows))
    assert [f"value-{n}" for n in range(12)] == [word for word in text.split() if word.startswith("value-")]
    assert max(map(len, text.splitlines())) <= WIDTH
    assert text.count("NAME") > 1


@pytest.mark.parametrize("others", [1, 3, 4, 9])
def test_tables_of_variants_fit_a_page_and_hold_every_value_and_difference(several: Result, others: int) -> None:
    result = with_variants(several, others)
    assert result.comparison is not None
    made = list(variants.tables(telling(result), result.comparison))
    assert max(len(table.head) for table in made) <= variants.COLUMNS + 1
    values, differences = made[::2], made[1::2]
    told = {one.row for one in yardsticks(result.models["late-and-later-0"])}
    others_called = [plain(name) for name in result.comparison.variants]
    for tables, names in ((values, ["as it happened", *others_called]), (differences, others_called)):
        heads = [[*table.head[1:], *(str(row[0]) for row in table.rows)] for table in tables]
        said = {label for head in heads for label in head}
        assert set(names) <= said
        assert said - set(names) <= told
        assert sum(len(table.rows) * (len(table.head) - 1) for table in tables) == len(names) * len(said - set(names))
    one = yardsticks(result.models["late-and-later-0"])[0]
    cell = str(variants.changed(telling(result), result.comparison, "late-and-later-0", one))
    assert any(cell in map(str, row) for table in differences for row in table.rows)
