"""Every code that a message can carry is explained, and nothing else is."""

from __future__ import annotations

import re
from pathlib import Path

from simulator.scenario.codes import codes

HERE = Path(__file__).parent


def test_every_code_of_the_golden_files_is_explained() -> None:
    text = "".join((HERE / name).read_text(encoding="utf-8") for name in ("broken.yaml", "channels_broken.yaml", "test_hostile_files.py"))
    met = set(re.findall(r"error\[([a-z0-9-]+)\]", text))
    assert len(met) > 12
    assert met <= codes.keys()


def test_every_code_that_is_explained_is_used(root: Path) -> None:
    sources = [p for p in (root / "simulator").rglob("*.py") if p.name != "codes.py"]
    text = "".join(p.read_text(encoding="utf-8") for p in sources)
    assert [name for name in codes if f'"{name}"' not in text] == []


def test_every_code_in_the_code_is_explained(root: Path) -> None:
    used: set[str] = set()
    for file in (root / "simulator" / "scenario").glob("*.py"):
        text = file.read_text(encoding="utf-8")
        used |= set(re.findall(r'code="([a-z0-9-]+)"', text)) | set(re.findall(r'Diagnostic\(\s*"([a-z0-9-]+)"', text))
    assert used - codes.keys() == set()
    assert len(used) > 20
