"""The version stands in pyproject.toml; what repeats it for readers says the same."""

from __future__ import annotations

import importlib.metadata
import re
import tomllib
from pathlib import Path

import simulator


def test_every_place_says_the_same_version(root: Path) -> None:
    version = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
    assert re.search(r"^version: (.+)$", (root / "CITATION.cff").read_text(), re.MULTILINE).group(1) == version  # type: ignore[union-attr]  # None would fail
    assert re.search(r"^## ([\d.]+)", (root / "CHANGELOG.md").read_text(), re.MULTILINE).group(1) == version  # type: ignore[union-attr]  # None would fail
    assert simulator.__version__ == importlib.metadata.version("crisis-simulator") == version
