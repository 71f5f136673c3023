"""A file that extends another changes what it says, and every value remembers the file that gave it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from simulator.errors import ScenarioError
from simulator.model.distributions import Weibull
from simulator.scenario import Scenario, load, lower

WHOLE = (Path(__file__).parent.parent / "errors" / "whole.yaml").read_text(encoding="utf-8")


def child(folder: Path, text: str, name: str = "child.yaml", parent: str = WHOLE) -> Scenario:
    (folder / "base.yaml").write_text(parent, encoding="utf-8")
    (folder / name).write_text("extends: base.yaml\n" + text, encoding="utf-8")
    return load(folder / name)


def told(folder: Path, text: str, parent: str = WHOLE) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        child(folder, text, parent=parent)
    return [line.replace(f"{folder}/", "") for line in str(caught.value).splitlines()]


def test_maps_merge_and_scalars_replace(tmp_path: Path) -> None:
    made = child(tmp_path, "name: child\nneeds: {billing: {talk_time: 5m}}\n")
    whole = load(tmp_path / "base.yaml")
    assert made.tree["needs"]["billing"] == {**whole.tree["needs"]["billing"], "talk_time": "5m"}
    assert {k: v for k, v in made.tree.items() if k not in ("name", "needs")} == {
        k: v for k, v in whole.tree.items() if k not in ("name", "needs")
    }
    assert made.name == "child"
    assert made.sources == (str(tmp_path / "child.yaml"), str(tmp_path / "base.yaml"))


def test_lists_replace_and_a_law_is_one_value(tmp_path: Path) -> None:
    made = child(tmp_path, "sites: {main: {links: [south]}}\nneeds: {faults: {patience: {weibull: {shape: 0.7, mean: 6m}}}}\n")
    assert made.tree["sites"]["main"]["links"] == ["south"]
    assert lower(made).needs[1].patience == Weibull(0.7, 360.0)


def test_items_merge_by_id_and_new_ones_follow(tmp_path: Path) -> None:
    made = child(
        tmp_path,
        "playbook:\n"
        "  - {id: open, takes: 2h, agents: {on_shift: {willing: 90%}}}\n"
        "  - {id: back, when: {after: quake, by: 9h}, do: staff.away, share: 10%, for: 1h}\n",
    )
    steps = {s.id: s for s in lower(made).playbook}
    assert list(steps) == ["decide", "open", "tell", "lead", "back"]
    assert (steps["open"].takes, steps["open"].act.agents.on_shift.able, steps["open"].act.agents.on_shift.willing) == (7200.0, 0.7, 0.9)
    assert (made.positions["playbook", 1, "takes"].line, made.positions["playbook", 1, "takes"].file[-10:]) == (3, "child.yaml")
    assert (made.positions["playbook", 1, "do"].line, made.positions["playbook", 1, "do"].file[-9:]) == (25, "base.yaml")


def test_null_deletes_keys_sections_and_items(tmp_path: Path) -> None:
    made = child(tmp_path, "thresholds: null\nclock: {phases: {after: null}}\nplaybook: {tell: null, open: {takes: 3h}}\n")
    assert "thresholds" not in made.tree
    assert made.tree["clock"]["phases"] == {"before": "start"}
    assert [(s["id"], s.get("takes")) for s in made.tree["playbook"]] == [("decide", None), ("open", "3h"), ("lead", None)]


def test_the_result_is_the_scenario_written_whole(tmp_path: Path) -> None:
    made = child(tmp_path, "name: child\nsites: {main: {seats: 25}}\n")
    plain = tmp_path / "plain.yaml"
    plain.write_text(WHOLE.replace("name: broken", "name: child").replace("seats: 20", "seats: 25"), encoding="utf-8")
    assert lower(made) == lower(load(plain))
    assert made.sha256 == load(plain).sha256
    (tmp_path / "resolved.yaml").write_text(made.resolved("late"), encoding="utf-8")
    assert "extends" not in load(tmp_path / "resolved.yaml").tree


def test_a_mistake_names_the_file_that_gave_the_value(tmp_path: Path) -> None:
    assert told(tmp_path, "sites: {main: {seats: many}}\n") == [
        "child.yaml:2:23: error[bad-value]: sites.main.seats: expected a whole number such as 200 or 30k, got `many`"
    ]
    assert told(tmp_path, "links: {south: null}\n") == [
        "base.yaml:17:55: error[unknown-name]: sites.spare.links.0: there is no link `south` (did you mean `north`?)"
    ]
    assert told(tmp_path, "", WHOLE.replace("interval: 30m", "intreval: 30m")) == [
        "base.yaml:4:105: error[unknown-key]: unknown key `intreval` in `clock` (did you mean `interval`?)"
    ]
    assert told(tmp_path, "name: x\n", "a: [\n") == [
        ("base.yaml:2:1: error[yaml-syntax]: this is not YAML: did not find expected node content "
         "(is a closing bracket, a comma or a quote missing on this line or above?)"),
    ]  # fmt: skip


def test_tables_of_a_parent_are_found_beside_the_parent(tmp_path: Path) -> None:
    (tmp_path / ".crisis-project").touch()
    for folder in ("base/data", "mine"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "base" / "data" / "calls.csv").write_text("interval,arrivals\n08:00,10\n08:30,20\n", encoding="utf-8")
    (tmp_path / "base" / "base.yaml").write_text(WHOLE.replace("rate: 120/h", "from: data/calls.csv"), encoding="utf-8")
    (tmp_path / "mine" / "child.yaml").write_text("extends: ../base/base.yaml\nname: child\n", encoding="utf-8")
    made = load(tmp_path / "mine" / "child.yaml")
    assert made.tree["demand"]["billing"]["from"] == "../base/data/calls.csv"
    assert lower(made).demand[0] == lower(load(tmp_path / "base" / "base.yaml")).demand[0]


@pytest.mark.parametrize(
    ("extends", "sentence"),
    [
        ("../elsewhere.yaml", "`../elsewhere.yaml` leads out of the project's folder"),
        ("/etc/hostname", "is not a path below the project's folder"),
        ("bas.yaml", "`bas.yaml` does not exist (did you mean `base.yaml`?)"),
        (".", "`.` is a folder"),
        ("[a.yaml, b.yaml]", "expected the path of one scenario file, got a list"),
        ("x" * 300, "has a name that is too long for this system"),
        ("self.yaml", "these files extend each other: self.yaml -> self.yaml"),
    ],
)
def test_an_impossible_parent_is_told_where_it_is_named(tmp_path: Path, extends: str, sentence: str) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "elsewhere.yaml").write_text(WHOLE, encoding="utf-8")
    (tmp_path / "inside" / "base.yaml").write_text(WHOLE, encoding="utf-8")
    file = tmp_path / "inside" / "self.yaml"
    file.write_text(f"name: x\nextends: {extends}\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(file)
    assert sentence in str(caught.value)
    assert [(d.file, d.line, d.column, d.code) for d in caught.value.diagnostics] == [(str(file), 2, 10, "extends")]


def test_a_parent_that_no_path_can_name_is_told_where_it_stands(tmp_path: Path) -> None:
    file = tmp_path / "self.yaml"
    file.write_text('name: x\nextends: "a\\0b"\n', encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"a control character \(U\+0000\) stands in this text") as caught:
        load(file)
    (told,) = caught.value.diagnostics
    assert (told.file, told.line, told.column, told.code) == (str(file), 2, 10, "encoding")


def test_a_link_to_a_file_outside_is_refused(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "secret.yaml").write_text(WHOLE, encoding="utf-8")
    (tmp_path / "inside" / "base.yaml").symlink_to(tmp_path / "secret.yaml")
    (tmp_path / "inside" / "child.yaml").write_text("extends: base.yaml\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match="leads out of the project's folder"):
        load(tmp_path / "inside" / "child.yaml")


@pytest.mark.parametrize(("files", "fine"), [(6, True), (7, False)])
def test_five_parents_are_enough(tmp_path: Path, files: int, fine: bool) -> None:
    (tmp_path / "0.yaml").write_text(WHOLE, encoding="utf-8")
    for i in range(1, files):
        (tmp_path / f"{i}.yaml").write_text(f"extends: {i - 1}.yaml\nname: n{i}\n", encoding="utf-8")
    if fine:
        assert load(tmp_path / f"{files - 1}.yaml").name == f"n{files - 1}"
    else:
        with pytest.raises(ScenarioError, match=r"1\.yaml:1:10.*more than 5 files stand above the first"):
            load(tmp_path / f"{files - 1}.yaml")


def test_a_circle_of_files_is_told(tmp_path: Path) -> None:
    for one, other in (("a", "b"), ("b", "c"), ("c", "a")):
        (tmp_path / f"{one}.yaml").write_text(f"extends: {other}.yaml\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"a\.yaml -> b\.yaml -> c\.yaml -> a\.yaml"):
        load(tmp_path / "a.yaml")


def test_large_files_merge_at_once(tmp_path: Path) -> None:
    many = "".join(f"x-{i}: [1, 2, 3]\n" for i in range(3_000))
    began = time.process_time()
    assert child(tmp_path, "name: child\n" + many, parent=WHOLE + many).name == "child"
    assert time.process_time() - began < 5.0


def test_a_null_among_the_changes_of_a_variant_deletes_in_the_variant(tmp_path: Path) -> None:
    made = child(tmp_path, "variants: {silent: {playbook.tell: null}}\n")
    assert "tell" in {s.id for s in lower(made).playbook}
    assert "tell" not in {s.id for s in lower(made, "silent").playbook}
    alone = child(tmp_path, "variants: {silent: {playbook.tell: null}}\n", parent=WHOLE.split("variants:")[0])
    assert "tell" not in {s.id for s in lower(alone, "silent").playbook}


def test_null_takes_out_only_what_the_parent_has(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        child(tmp_path, "name: child\ncontinuity: null\nplaybook: {tel: null, open: {takes: null}}\nsites: {main: {seat: null}}\n")
    assert [(d.line, d.message, d.help[:34]) for d in caught.value.diagnostics] == [
        (3, "continuity: there is no `continuity` of the parent to take out", "possible: schema, name, clock, nee"),
        (4, "playbook.tel: there is no `tel` in `playbook` of the parent to take out", "did you mean `tell`?"),
        (5, "sites.main.seat: there is no `seat` in `sites.main` of the parent to take out", "did you mean `seats`?"),
    ]
