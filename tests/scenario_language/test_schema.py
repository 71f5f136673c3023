"""The schema that editors use takes every shipped file and refuses plain mistakes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from simulator.scenario import document
from simulator.scenario.schema import schema

ROOT = Path(__file__).parent.parent.parent
FILES = [*ROOT.glob("scenarios/**/*.yaml"), *ROOT.glob("simulator/scenario/templates/**/*.yaml"), *ROOT.glob("tests/report/*.yaml")]
SHIPPED = sorted(file for file in FILES if "schema: crisis/v1" in file.read_text(encoding="utf-8"))
WHOLE = ROOT / "tests" / "errors" / "whole.yaml"
VALIDATOR = jsonschema.Draft7Validator(schema())


def tree_of(file: Path) -> dict[str, Any]:
    return document.read(file.read_bytes(), str(file)).tree


def test_it_is_draft_07_in_one_document() -> None:
    jsonschema.Draft7Validator.check_schema(schema())
    assert schema()["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert schema() == schema()
    text = str(schema())
    assert "http" not in text.replace("http://json-schema.org/draft-07/schema#", "")


@pytest.mark.parametrize(
    "file",
    [*SHIPPED, WHOLE, WHOLE.with_name("channels.yaml"), WHOLE.parent.parent / "scenario_language" / "small.yaml"],
    ids=lambda f: f.name,
)
def test_every_shipped_file_validates(file: Path) -> None:
    assert [f"{list(e.absolute_path)}: {e.message[:200]}" for e in VALIDATOR.iter_errors(tree_of(file))] == []


@pytest.mark.parametrize(
    ("replace", "by"),
    [
        ("interval: 30m", "intreval: 30m"),
        ("interval: 30m", "interval: 30"),
        ("state: closed", "state: shut"),
        ("able: 70%", "able: 0.7"),
        ("seats: 20", "seats: many"),
        ("do: site.lose, site: main", "do: site.lose"),
        ("do: site.lose, site: main", "do: site.loose, site: main"),
        ("do: site.lose, site: main", "do: site.open, site: main"),
        ("rate: 120/h", "rate: 120"),
        ("patience: 3m", "patience: {mean: 3m, median: 4m}"),
        ("strategy: priority", "strategy: prority"),
        ("sites:\n", "x-sites:\n"),
    ],
)
def test_a_plain_mistake_is_seen_while_typing(replace: str, by: str) -> None:
    text = WHOLE.read_text(encoding="utf-8")
    assert replace in text
    assert not VALIDATOR.is_valid(document.read(text.replace(replace, by, 1).encode(), "f").tree)


def test_a_part_of_a_scenario_needs_its_own_changes_only() -> None:
    part = {"extends": "base.yaml", "playbook": {"tell": None}, "sites": {"main": {"seats": 5}}, "thresholds": None}
    assert VALIDATOR.is_valid(part)
    assert VALIDATOR.is_valid({"extends": "base.yaml", "playbook": [{"id": "open", "takes": "3h"}]})
    assert not VALIDATOR.is_valid({**part, "sites": {"main": {"seat": 5}}})
    del part["extends"]
    assert not VALIDATOR.is_valid(part)


def test_every_key_says_what_it_means() -> None:
    from simulator.scenario import language
    from simulator.scenario.language import Map, Names, Value

    silent: list[str] = []
    seen: set[type] = set()

    def look(node: Any) -> None:
        if isinstance(node, Map) and node.section not in seen:
            seen.add(node.section)
            for key in language.keys(node.section):
                silent.extend([f"{node.section.__name__}.{key.name}"] if not key.says else [])
                look(key.node)
        for below in node.forms if isinstance(node, Value) else [node.value] if isinstance(node, Names) else [getattr(node, "item", None)]:
            if below is not None:
                look(below)

    for key in (*language.sections(), *language.step_keys(), *language.routing_keys()):
        assert key.says, key.name
        look(key.node)
    assert silent == []
    assert len(seen) > 20
