"""SimPy's own test suite, as its source distribution carries it, on our environment."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

VERSION = importlib.metadata.version("simpy")
ELSEWHERE = ("test_benchmark.py", "test_rt.py", "test_version.py")
"""Files of the suite that make environments of their own or none: they would test SimPy, not us."""

FRAME = "            self.step()\n"
OUR_FRAME = FRAME + '          File "{path}engine/environment.py", line {line}, in step\n            super().step()\n'
"""The one test that reads a whole traceback: ours has one frame more, between SimPy's run() and SimPy's step()."""


@pytest.fixture(scope="module")
def source(root: Path) -> Path:
    """The folder of SimPy's source distribution, fetched once and kept in ``.cache``."""
    cache = root / ".cache"
    folder = cache / f"simpy-{VERSION}"
    if not (folder / "tests").is_dir():
        options = ["--quiet", "--no-deps", "--no-binary=simpy", f"--dest={cache}"]
        subprocess.run([sys.executable, "-m", "pip", "download", *options, f"simpy=={VERSION}"], check=True)
        with tarfile.open(cache / f"simpy-{VERSION}.tar.gz") as archive:
            archive.extractall(cache, filter="data")
    return folder


def outcomes(report: Path) -> dict[str, str]:
    """Name of each test -> ``passed``, or what it said."""
    found = {}
    for case in ET.parse(report).iter("testcase"):  # noqa: S314  # our own pytest wrote it
        bad = [child for child in case if child.tag in ("failure", "error", "skipped")]
        found[f"{case.get('classname')}.{case.get('name')}"] = (bad[0].get("message") or bad[0].tag) if bad else "passed"
    return found


def test_the_environment_passes_simpys_own_tests(source: Path, root: Path, tmp_path: Path) -> None:
    tests = tmp_path / "tests"
    shutil.copytree(source / "tests", tests, ignore=shutil.ignore_patterns(*ELSEWHERE, "__pycache__"))
    shutil.copy(Path(__file__).with_name("suite_conftest.py"), tests / "conftest.py")
    reader = tests / "test_exceptions.py"
    assert reader.read_text().count(FRAME) == 1
    reader.write_text(reader.read_text().replace(FRAME, OUR_FRAME))
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -p no:cacheprovider\n")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--junitxml=report.xml", "tests"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (tmp_path / "report.xml").is_file(), run.stdout + run.stderr
    ran = outcomes(tmp_path / "report.xml")
    assert {name: said for name, said in ran.items() if said != "passed"} == {}
    assert len(ran) >= 120, run.stdout
