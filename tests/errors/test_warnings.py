"""What is allowed and probably not meant is told, at its place, and stops nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator.scenario import load, lower

HERE = Path(__file__).parent
WHOLE = (HERE / "whole.yaml").read_text(encoding="utf-8")
CHANNELS = (HERE / "channels.yaml").read_text(encoding="utf-8")
WARNED: list[tuple[str, dict[str, Any]]] = [
    (base, case)
    for base, name in ((WHOLE, "warned.yaml"), (CHANNELS, "channels_warned.yaml"))
    for case in yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("base", "case"), WARNED, ids=[f"{i}-{case['by'].strip()[:30]}" for i, (_, case) in enumerate(WARNED)])
def test_a_doubtful_file_is_told_at_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, base: str, case: dict[str, Any]) -> None:
    assert base.count(case["replace"]) == 1
    monkeypatch.chdir(tmp_path)
    Path("doubtful.yaml").write_text(base.replace(case["replace"], case["by"]), encoding="utf-8")
    made = load("doubtful.yaml")
    told = [f"{d.line}:{d.column}: {d.code}: {d.message}" + (f" ({d.help})" if d.help else "") for d in made.warnings]
    assert told == case["told"]
    assert {(d.severity, d.file) for d in made.warnings} == {("warning", "doubtful.yaml")}
    lower(made)


def test_every_code_of_a_warning_is_met() -> None:
    met = {told.split(": ")[1] for _, case in WARNED for told in case["told"]}
    assert met == {
        "overload", "idle", "few-agents", "few-seats", "few-lines", "reserve-beyond-lines", "no-skill", "never-opened", "never-fires",
        "takes-too-long", "ends-first", "shrinkage-twice", "always-passes", "run-too-short", "continuity-order", "no-source",
        "short-patience", "share-on-top", "turn-as-talk", "too-many-chats", "contains-all", "nobody-dials", "nobody-answers",
        "promise-too-short", "unused-channel", "chats-for-free", "short-timeout", "calls-at-night", "never-free",
        "contagion-gain", "no-effect", "no-data", "beyond-budget", "open-unstaffed", "no-calls", "closed-door",
        "after-the-end", "no-people", "same-variant", "nobody-at-once", "at-work", "led-in-a-circle",
    }  # fmt: skip


def test_a_threshold_that_nothing_can_reach_is_told(tmp_path: Path) -> None:
    text = WHOLE.replace("demand:\n", "  idle: {urgency: 3, talk_time: 4m, patience: 1m}\ndemand:\n", 1)
    text = text.replace("billing: 1, faults", "billing: 1, idle: 1, faults").replace(
        "teams:\n", "  third: {seats: 5, links: [south], state: closed}\nteams:\n", 1
    )
    text = text.replace("need: faults, max: 40%}", "need: idle, max: 4%}\n  - {measure: abandoned, site: third, max: 4}")
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
    assert [d.message for d in load(tmp_path / "s.yaml").warnings if d.code == "no-data"] == [
        "thresholds.0.need: has no data: nobody calls for `idle`",
        "thresholds.1.site: has no data: the site `third` is closed and no step opens it",
    ]


def test_what_is_set_and_hidden_by_a_variant_is_told() -> None:
    made = load(HERE / "whole.yaml", ["playbook.decide.when.by=10m"])
    assert [(d.code, d.file, d.message) for d in made.warnings] == [
        (
            "set-hidden",
            "--set playbook.decide.when.by=10m",
            "the variant `late` says something else at `playbook.decide.when`, and has the last word",
        )
    ]


def test_a_long_chain_of_steps_is_looked_at_at_once(tmp_path: Path) -> None:
    chain = "".join(f"  - {{id: s{i}, needs: s{i - 1}, do: staff.away, share: 1%, for: 1m}}\n" for i in range(1, 1500))
    text = WHOLE.replace("variants:", f"  - {{id: s0, when: {{after: quake}}, do: staff.away, share: 1%, for: 1m}}\n{chain}variants:")
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
    assert load(tmp_path / "s.yaml").warnings == ()


def test_publicity_without_word_of_mouth_is_told(tmp_path: Path) -> None:
    text = CHANNELS.replace("contagion: {channel: social, posts: 3%, breeds: 0.4, within: 1h}\n", "").replace(
        "contagion: {assumed: a guess}, ", ""
    )
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
    assert [d.message for d in load(tmp_path / "s.yaml").warnings] == [
        "demand.billing.standing.publicity: nobody posts in public: there is no `contagion`"
    ]


def test_what_a_variant_leaves_out_is_no_doubt(tmp_path: Path) -> None:
    text = CHANNELS + "variants:\n  plain: {contagion: null, playbook.offer: null, playbook.list: null, needs.billing.distress: null}\n"
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
    assert load(tmp_path / "s.yaml").warnings == ()


def test_a_group_that_only_a_variant_leaves_empty_is_not_doubted(tmp_path: Path) -> None:
    text = WHOLE.replace("demand:\n", "groups: {elderly: they live alone}\ndemand:\n", 1)
    text = text.replace("day_cv: 10%}", "day_cv: 10%, groups: elderly}", 1).replace(
        "variants:\n", "variants:\n  none: {demand.billing.groups: null}\n", 1
    )
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
    made = load(tmp_path / "s.yaml")
    assert made.warnings == ()
    assert lower(made, "none").groups == lower(made).groups == {"elderly": "they live alone"}
    assert [d.groups for d in lower(made).demand] == [("elderly",), ()]
    assert [d.groups for d in lower(made, "none").demand] == [(), ()]
