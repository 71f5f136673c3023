"""The yardstick of speed, as far as it can be seen without building two engines."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import lap, pace


def checkout(folder: Path, scenario: str, reads: bool) -> pace.Checkout:
    """Sources whose language is said to read a scenario if it is their own, or if ``reads``."""
    (folder / "simulator").mkdir(parents=True)
    (folder / "simulator/a.yaml").write_text(scenario, encoding="utf-8")
    (folder / "simulator/__init__.py").write_text(
        "from pathlib import Path\n"
        f"def load(file): assert {reads} or Path('simulator/a.yaml').read_text() == {scenario!r}\n"
        "def lower(scenario): pass\n",
        encoding="utf-8",
    )
    return pace.Checkout("0", folder)


@pytest.mark.parametrize(
    ("older_reads", "newer_reads", "both", "told"),
    [
        (True, True, ("new", "new"), "both with the scenarios of HEAD"),
        (False, True, ("old", "old"), "both with the scenarios of BASE"),
        (False, False, ("old", "new"), "EACH WITH ITS OWN"),
    ],
)
def test_both_are_watched_at_the_same_scenarios(
    tmp_path: Path, older_reads: bool, newer_reads: bool, both: tuple[str, str], told: str
) -> None:
    older, newer = checkout(tmp_path / "base", "old", older_reads), checkout(tmp_path / "head", "new", newer_reads)
    assert pace.give_same_scenarios(older, newer).startswith(told)
    assert tuple((c.folder / "simulator/a.yaml").read_text(encoding="utf-8") for c in (older, newer)) == both
    assert all((c.folder / "simulator/__init__.py").exists() for c in (older, newer))
    assert not (tmp_path / "spare").exists()


def test_a_ratio_is_of_contacts_a_second_in_the_same_round() -> None:
    base, other = [(100, 1.0), (100, 2.0), (100, 4.0)], [(100, 2.0), (100, 2.0), (200, 4.0)]
    assert pace.ratios(base, other) == (1.0, 0.75, 1.5)
    assert pace.ratios(base[:1], other[:1]) == (0.5, 0.5, 0.5)


def test_what_cannot_be_counted_is_absent() -> None:
    took = {"Erlang-A": {"BASE": [(100, 1e-5)], "HEAD": [(100, 2e-5)]}}
    assert "Instructions a contact: absent" in pace.told(took, {})
    tables = pace.told(took, {"Erlang-A": {"BASE": 1234.5, "HEAD": None}})
    assert "| Erlang-A | HEAD        | 100      | 100                | 200          | 0.500" in tables
    assert "| Erlang-A               | 1,234 | absent |" in tables


def test_a_lap_simulates_three_centres_with_the_compiled_engine(root: Path) -> None:
    command = [sys.executable, "-P", str(pace.LAP), "--share", "0.01", "--repeats", "1"]
    done = subprocess.run(command, cwd=root, env=pace.Checkout("0", root).environment, capture_output=True, text=True, check=False)
    if done.returncode:
        assert done.stderr.strip() in ("the engine is pure", "the engine is stale")
        return
    took = json.loads(done.stdout)
    assert took.keys() == lap.centres(0.01).keys()
    assert all(contacts > 1000 and seconds > 0 for contacts, seconds in took.values())


def test_a_commit_that_does_not_exist_is_a_sentence(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(root)
    monkeypatch.setattr("sys.argv", ["pace", "no-such-commit"])
    assert pace.main() == 1
    assert "no-such-commit" in capsys.readouterr().err
    with pytest.raises(subprocess.CalledProcessError):
        pace.checked_out(root, "no-such-commit", root)
