"""What is published: the source package, the wheel that is built from it, what that needs, and the list of what is inside.

Everything is built and installed from a folder of wheels, which `make test` fills, without any index: nothing else is there by accident.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

SMALL = "tests/scenario_language/small.yaml"
COMPILED = re.compile(r"(?:crisis_[0-9a-f]+__mypyc|simulator/\w+/\w+)\.[\w.-]+\.(?:so|pyd)")
CAN_COMPILE = any(shutil.which(name) for name in ("cc", "gcc", "clang", "cl"))


@pytest.fixture(scope="session")
def wheels(root: Path) -> Path:
    """The folder of wheels."""
    folder = root / ".venv/wheels"
    if not any(folder.glob("*.whl")):
        pytest.skip("there is no folder of wheels to install from: `make .venv/wheels.txt` fills it")
    return folder


@pytest.fixture(scope="session")
def project(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def source(root: Path, wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source package, made of the files that git keeps and nothing else."""
    tree = tmp_path_factory.mktemp("source") / "tree"
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=root, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        if not name.startswith("results/") and (root / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / name, tree / name)
    command = [sys.executable, "-m", "build", "--sdist", "--outdir", str(tree.parent), str(tree)]
    done = subprocess.run(command, env=offline(wheels), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = tree.parent.glob("*.tar.gz")
    return made


COMPILED_TOO = pytest.param("compiled", marks=pytest.mark.skipif(not CAN_COMPILE, reason="there is no C compiler"))


@pytest.fixture(scope="session", params=["pure", COMPILED_TOO])
def built(request: pytest.FixtureRequest, source: Path, wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """How the engine should be, and the wheel that is built from the source package: where nothing compiles, or where something does."""
    state: str = request.param
    place = tmp_path_factory.mktemp(state)
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", str(place), str(source)]
    more = {"CC": "false", "CXX": "false"} if state == "pure" else {}
    done = subprocess.run(command, env=offline(wheels) | more, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = place.glob("*.whl")
    return state, wheel


def offline(wheels: Path) -> dict[str, str]:
    """The environment in which pip knows of nothing but the folder of wheels."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("PIP_") and name not in ("PYTHONPATH", "CRISIS_PURE")}
    return bare | {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def members(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as file:
        return set(file.namelist())


def test_the_source_package_has_what_builds_the_product_and_nothing_else(root: Path, source: Path) -> None:
    with tarfile.open(source) as file:
        names = {name.partition("/")[2] for name in file.getnames()} - {""}
    package = {path.relative_to(root).as_posix() for path in kept_below(root / "simulator")}
    assert package <= names
    others = {name for name in names - package if not name.startswith("crisis_simulator.egg-info") and not name.startswith("simulator")}
    assert others == {
        "pyproject.toml", "setup.py", "setup.cfg", "MANIFEST.in", "README.md", "LICENSE", "CHANGELOG.md", "CITATION.cff", "constraints.txt",
        "PKG-INFO",
    }  # fmt: skip


def test_the_wheel_is_the_package_and_nothing_else(root: Path, built: tuple[str, Path]) -> None:
    state, wheel = built
    names = members(wheel)
    package = {path.relative_to(root).as_posix() for path in kept_below(root / "simulator")}
    compiled = {name for name in names if COMPILED.fullmatch(name)}
    about = {name for name in names if name.partition("/")[0].endswith(".dist-info")}
    assert names - compiled - about == package
    assert bool(compiled) == (state == "compiled")
    assert any(name.endswith("licenses/LICENSE") for name in about)


def kept_below(folder: Path) -> list[Path]:
    """Every file of the package, as git keeps it."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "."], cwd=folder, capture_output=True, text=True, check=True
    )
    return [folder / name for name in listed.stdout.splitlines() if (folder / name).is_file()]


def test_it_installs_into_an_empty_environment_and_runs_there(root: Path, built: tuple[str, Path], wheels: Path, tmp_path: Path) -> None:
    state, wheel = built
    empty = tmp_path / "empty"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(empty)], check=True)
    scripts = empty / ("Scripts" if sys.platform == "win32" else "bin")
    install = [sys.executable, "-m", "pip", "--python", str(scripts / "python"), "install", str(wheel)]
    subprocess.run(install, env=offline(wheels), capture_output=True, text=True, check=True)

    def crisis(*words: str) -> str:
        done = subprocess.run(
            [str(scripts / "crisis"), *words], cwd=tmp_path, env=offline(wheels), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert crisis("--version") == f"crisis-simulator {wheel.name.split('-')[1]}, engine {state}\n"
    crisis("init", "centre")
    (file,) = (tmp_path / "centre").glob("*.yaml")
    assert crisis("check", str(file))
    assert "people got nobody" in crisis("run", str(root / SMALL), "-n", "2", "-j", "2", "-q")


if shutil.which("make"):

    def test_one_command_lists_what_is_inside(root: Path, project: dict[str, Any], wheels: Path, tmp_path: Path) -> None:
        file = tmp_path / "inside.json"
        subprocess.run(["make", "sbom", f"SBOM={file}"], cwd=root, env=offline(wheels), capture_output=True, text=True, check=True)
        text = file.read_text(encoding="utf-8")
        assert str(root) not in text
        said = json.loads(text)
        assert said["bomFormat"] == "CycloneDX"
        about = said["metadata"]["component"]
        assert (about["name"], about["version"]) == (project["project"]["name"], project["project"]["version"])
        inside = {canonicalize_name(one["name"]): one for one in said["components"]}
        lines = map(Requirement, (root / "constraints.txt").read_text(encoding="utf-8").splitlines()[1:])
        pinned = {line.name: line.specifier for line in lines if line.marker is None or line.marker.evaluate()}
        named = {canonicalize_name(Requirement(one).name) for one in project["project"]["dependencies"]}
        assert named <= inside.keys()
        assert not inside.keys() & {"mypy", "pytest", "cyclonedx-bom"}, "only what runs in its process"
        for name, one in inside.items():
            assert pinned[name].contains(one["version"], prereleases=True), name
            assert one["licenses"], f"{name} has a licence"


def test_windows_installs_the_wheel_and_runs_the_quake(root: Path) -> None:
    jobs = yaml.safe_load((root / ".github/workflows/tests.yml").read_text(encoding="utf-8"))["jobs"]
    job = jobs["package"]
    assert "windows-latest" in job["strategy"]["matrix"]["system"]
    commands = "\n".join(step.get("run", "") for step in job["steps"])
    assert re.search(r"install --no-index --find-links \S+ crisis-simulator", commands)
    assert re.search(r"crisis\S* run \S*mexico-city-2017.yaml", commands)
