"""Each broken file gets its exact sentence, at its exact line and column."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator.errors import ScenarioError
from simulator.scenario import load

HERE = Path(__file__).parent
WHOLE = (HERE / "whole.yaml").read_text(encoding="utf-8")
CHANNELS = (HERE / "channels.yaml").read_text(encoding="utf-8")
BROKEN: list[dict[str, Any]] = yaml.safe_load((HERE / "broken.yaml").read_text(encoding="utf-8"))
CASES = [(WHOLE, case) for case in BROKEN] + [
    (CHANNELS, case) for case in yaml.safe_load((HERE / "channels_broken.yaml").read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("base", "case"), CASES, ids=[f"{i}-{case['by'].strip()[:30]}" for i, (_, case) in enumerate(CASES)])
def test_a_broken_file_is_told_at_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, base: str, case: dict[str, Any]) -> None:
    assert case["replace"] in base
    monkeypatch.chdir(tmp_path)
    Path("broken.yaml").write_text(base.replace(case["replace"], case["by"], 1), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load("broken.yaml")
    assert [line.removeprefix("broken.yaml:") for line in str(caught.value).splitlines()] == case["told"]


@pytest.mark.parametrize("name", ["whole.yaml", "channels.yaml"])
def test_the_whole_file_is_fine(name: str) -> None:
    assert load(HERE / name).warnings == ()


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = WHOLE
    for case in (c for c in BROKEN if c["by"] in ("interval: 30", "able: 0.7", "max: 40", "state: shut", "by: 3}}")):
        text = text.replace(case["replace"], case["by"], 1)
    file = tmp_path / "many.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(file)
    assert [d.path for d in caught.value.diagnostics] == [
        "clock.interval",
        "sites.spare.state",
        "playbook.open.agents.on_shift.able",
        "playbook.decide.when.by",
        "thresholds.0.max",
    ]  # in the order of the file


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    for file, told in ((tmp_path / "none.yaml", "does not exist"), (tmp_path, "is a folder")):
        with pytest.raises(ScenarioError, match=told):
            load(file)
