"""The registry: every measure is computable, every wrong question is an error, and the page in the docs is current."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from simulator.errors import UsageError
from simulator.statistics.books import CONTACT_SUMS, CUSTOMER_SUMS, TIME_SUMS
from simulator.statistics.contents import CONTENTS
from simulator.statistics.help import SUMS as SUMS_OF_HELP
from simulator.statistics.limits import TIMED
from simulator.statistics.measures import DIMENSIONS, check_scope, in_words, measure_named, measures, reference, terms

if TYPE_CHECKING:
    from pathlib import Path

NAMES = {"phase": ("before", "after"), "need": ("everyday", "find-relative"), "channel": ("voice",), "site": ("main",)}
SUMS = {"contacts": CONTACT_SUMS, "customers": CUSTOMER_SUMS, "time": TIME_SUMS, "help": SUMS_OF_HELP, "run": ()}


@pytest.mark.parametrize("name", measures)
def test_every_measure_is_made_of_sums_of_its_own_kind(name: str) -> None:
    measure = measures[name]
    used = [term for side in (measure.numerator, measure.denominator) for _, term in terms(side)]
    assert set(used) <= set(SUMS[measure.kind])
    assert bool(used) == (measure.kind != "run")
    assert measure.unit in {"share", "duration", "count", "ratio"}
    assert measure.better in {"higher", "lower", "none"}
    assert measure.says
    assert set(measure.scopes) <= {*DIMENSIONS, TIMED}
    assert not measure.about or measure.about in CONTENTS


def test_an_expression_has_signed_terms() -> None:
    assert list(terms("a + b - c")) == [(1.0, "a"), (1.0, "b"), (-1.0, "c")]


def test_an_unknown_measure_is_an_error_with_a_suggestion() -> None:
    with pytest.raises(UsageError, match=r"unknown measure `never_servd`; did you mean `never_served`"):
        measure_named("never_servd")
    with pytest.raises(UsageError, match=r"unknown measure `service_level `"):
        measure_named("service_level ")  # a stray space must not pass silently


@pytest.mark.parametrize(
    ("name", "scope", "message"),
    [
        ("never_served", {"need": "find-relativ"}, "there is no need `find-relativ`; did you mean `find-relative`?"),
        ("never_served", {"channel": "voice"}, "`never_served` does not exist by channel, only by phase, need"),
        ("cost", {"phase": "before"}, "`cost` does not exist by phase, only for the whole run"),
        ("asa", {"team": "service"}, "`team` is no scope"),
        ("asa", {"site": "main", "need": "everyday"}, "a site goes with a phase only"),
    ],
)
def test_a_scope_that_does_not_exist_is_an_error(name: str, scope: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_scope(measures[name], scope, NAMES)
    assert message in str(caught.value)


def test_a_scope_that_exists_passes() -> None:
    check_scope(measures["asa"], {"phase": "after", "need": "everyday", "channel": "voice"}, NAMES)
    check_scope(measures["asa"], {"phase": "after", "site": "main"}, NAMES)


def test_text_names_the_scope() -> None:
    assert in_words("never_served", {}) == "never_served"
    assert in_words("never_served", {"phase": "shock", "need": "find-relative"}) == "never_served[find-relative, shock]"


def test_the_reference_page_is_current(root: Path) -> None:
    page = root / "docs" / "reference" / "measures.md"
    assert page.read_text(encoding="utf-8") == reference(), "write it anew: python -m simulator.statistics.measures"


def test_the_registry_loads_without_numpy() -> None:
    code = "import sys, simulator.statistics.measures; assert not {'numpy', 'scipy', 'simpy', 'matplotlib'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
