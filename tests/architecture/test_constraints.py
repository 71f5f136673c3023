"""The versions that are tested together: one exact version of everything that the project names, on every Python."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LINE = re.compile(r"[a-z0-9-]+==[0-9][0-9a-z.]*( ; .+)?")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
SYSTEMS = (("linux", "posix"), ("darwin", "posix"), ("win32", "nt"))


@pytest.fixture(scope="module")
def pinned(root: Path) -> list[str]:
    lines = (root / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


@pytest.fixture(scope="module")
def project(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


def test_names_and_versions_only(pinned: list[str]) -> None:
    assert [line for line in pinned if not LINE.fullmatch(line)] == []


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("system", SYSTEMS, ids=[name for name, _ in SYSTEMS])
def test_everything_that_the_project_names_has_one_version_that_it_allows(
    pinned: list[str], project: dict[str, Any], python: str, system: tuple[str, str]
) -> None:
    here = {"python_version": python, "python_full_version": f"{python}.0", "sys_platform": system[0], "os_name": system[1]}
    versions: dict[str, list[str]] = {}
    for line in pinned:
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate(here):
            (exactly,) = requirement.specifier
            versions.setdefault(requirement.name, []).append(exactly.version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}
    extras = project["project"]["optional-dependencies"].values()
    named = [*project["build-system"]["requires"], *project["project"]["dependencies"], *(each for extra in extras for each in extra)]
    assert len(named) > 30
    for requirement in map(Requirement, named):
        if requirement.name != project["project"]["name"]:
            (version,) = versions[canonicalize_name(requirement.name)]
            assert requirement.specifier.contains(version, prereleases=True), str(requirement)
