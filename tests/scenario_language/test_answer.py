"""What answers the question is checked like everything else: measures, people and variants that exist, all mistakes at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from simulator.errors import ScenarioError
from simulator.model.answer import Answer, Asked
from simulator.scenario import load, lower

HERE = Path(__file__).parent
BESIDE = """variants:
  more: {title: 20 lines more, links.trunk.lines: 40}
"""


def scenario(tmp_path: Path, answer: str, rest: str = BESIDE) -> Path:
    file = tmp_path / "asked.yaml"
    small = (HERE / "small.yaml").read_text(encoding="utf-8").replace("cable", "trunk")
    file.write_text(f"{small}\nanswer: {answer}\n{rest}", encoding="utf-8")
    return file


def told(file: Path) -> list[tuple[str, str, str]]:
    with pytest.raises(ScenarioError) as found:
        load(file)
    return [(d.code, d.path, d.help) for d in found.value.diagnostics]


def test_it_is_what_the_file_says(tmp_path: Path) -> None:
    file = scenario(tmp_path, "{measures: [never_served, {measure: mean_wait, channel: voice, says: waited}], for: billing, against: more}")
    found = lower(load(file)).answer
    assert found == Answer(
        (Asked("never_served", {"need": "billing"}), Asked("mean_wait", {"need": "billing", "channel": "voice"}, "waited")),
        "variant",
        "more",
    )
    assert lower(load(file), "more").answer == found


def test_a_measure_alone_is_a_list_of_one(tmp_path: Path) -> None:
    assert lower(load(scenario(tmp_path, "{measures: never_served, per: need}"))).answer == Answer((Asked("never_served"),), "need")


def test_none_is_none() -> None:
    assert lower(load(HERE / "small.yaml")).answer is None


@pytest.mark.parametrize(
    ("answer", "code", "path", "hint"),
    [
        ("{measures: [never_servd]}", "unknown-name", "answer.measures.0", "did you mean `never_served`?"),
        ("{measures: {measure: never_served, need: biling}}", "unknown-name", "answer.measures.0.need", "did you mean `billing`?"),
        ("{measures: [never_served], for: biling}", "unknown-name", "answer.for", "did you mean `billing`?"),
        ("{measures: [never_served], against: more-line}", "unknown-name", "answer.against", "did you mean `more`?"),
        ("{measures: [never_served, never_served]}", "bad-value", "answer.measures.1", ""),
        ("{measures: []}", "bad-value", "answer.measures", "for example [people_never_served]"),
        ("{measures: [never_served], per: channel}", "bad-value", "answer.measures.0", ""),
        ("{measures: [{measure: never_served, need: billing}], per: need}", "bad-value", "answer.measures.0.measure", ""),
        (
            "{measures: [never_served], per: need, against: more}",
            "bad-value",
            "answer.against",
            "take it out, or write `per: variant`",
        ),
        ("{measures: [never_served], per: need, per_cost: true}", "bad-value", "answer.per_cost", "take it out, or `per: variant`"),
        ("{measures: [never_served], per_cost: maybe}", "bad-value", "answer.per_cost", ""),
        ("{measures: [never_served], per: group}", "bad-value", "answer.per", ""),
        ("{measure: [never_served]}", "unknown-key", "answer.measure", "did you mean `measures`?"),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(tmp_path: Path, answer: str, code: str, path: str, hint: str) -> None:
    assert (code, path, hint) in told(scenario(tmp_path, answer))


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    found = told(scenario(tmp_path, "{measures: [never_servd, {measure: mean_wait, need: biling}], for: bills, against: b, per_cost: 7}"))
    assert {path for _, path, _ in found} == {
        "answer.measures.0", "answer.measures.1.need", "answer.for", "answer.against", "answer.per_cost",
    }  # fmt: skip


def test_a_variant_beside_nothing_is_told(tmp_path: Path) -> None:
    assert ("unknown-name", "answer.against") in {d[:2] for d in told(scenario(tmp_path, "{measures: [never_served], against: a}", ""))}


def test_cost_where_nothing_costs_anything_is_doubted(tmp_path: Path) -> None:
    (found,) = [d for d in load(scenario(tmp_path, "{measures: [never_served], per_cost: true}")).warnings if d.path == "answer.per_cost"]
    assert found.code == "no-effect"


def test_a_title_is_no_override(tmp_path: Path) -> None:
    found = load(scenario(tmp_path, "{measures: [never_served]}"))
    assert found.variant_titles == {"more": "20 lines more"}
    assert found.variants == {"more": {"links.trunk.lines": 40}}
    assert found.title == load(HERE / "small.yaml").title
    bad = scenario(tmp_path, "{measures: [never_served]}", "variants: {more: {title: 20, links.trunk.lines: 40}}\n")
    assert ("bad-value", "variants.more.title") in {d[:2] for d in told(bad)}


def test_it_holds_where_other_alternatives_take_the_place_of_the_files_own(tmp_path: Path) -> None:
    found = load(scenario(tmp_path, "{measures: [never_served], against: more}"))
    beside = replace(found, tree={**found.tree, "variants": {"else": {"links.trunk.lines": 7}}})
    assert lower(beside, "else").answer == Answer((Asked("never_served"),), "variant", "more")
