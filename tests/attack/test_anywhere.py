"""The same bytes wherever a file lies and from wherever it is run; nothing that is kept says where anything lay on this machine."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.attack.stopped import COMMANDS, bytes_of, material

STRATEGY = """
from dataclasses import dataclass
from simulator.routing import Strategy, StrategyDeclaration, strategies

class Broken(Strategy):
    def agent_for(self, view, contact):
        return 10_000

    def contact_for(self, view, agent):
        return 10_000

@strategies.register("broken")
@dataclass(frozen=True)
class BrokenDeclared(StrategyDeclaration):
    def make(self, model):
        return Broken()
"""
MORE = {
    "run": ("--set", "teams.service.headcount=6"),
    "compare": ("--strategies", "first-come,priority,broken", "--plugin", "{home}/mine.py"),
    "sensitivity": (),
    "drill": ("--to", "html,md,csv,xlsx,docx"),
}


def crisis(cwd: Path, root: Path, *words: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(root)}
    return subprocess.run(
        [sys.executable, "-P", "-m", "simulator", *map(str, words)], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def texts(folder: Path) -> dict[str, bytes]:
    """Every file, those in archives too."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file():
            found[path.name] = path.read_bytes()
            if path.suffix in (".xlsx", ".docx"):
                with zipfile.ZipFile(path) as archive:
                    found |= {f"{path.name}/{name}": archive.read(name) for name in archive.namelist()}
    return found


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_nothing_that_is_kept_says_where_anything_lay(root: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / ".crisis-project").touch()  # within which a plug-in may lie
    folders, printed = [], []
    for home, far in ((tmp_path / "one-place", False), (tmp_path / "another place" / "deep", True)):
        material(root, home)
        (home / "mine.py").write_text(STRATEGY, encoding="utf-8")
        verb, file, *words = COMMANDS[name]
        more = [word.format(home=home if far else ".") for word in MORE[name]]
        cwd = tmp_path / "elsewhere" if far else home
        cwd.mkdir(exist_ok=True)
        asked = [verb, home / file if far else file, *words, *more, "-n", "2", "-j", "1", "-q", "-o", home / "out", "--json"]
        done = crisis(cwd, root, *asked)
        assert list((home / "out").rglob("manifest.json")), done.stderr
        (manifest,) = (home / "out").rglob("manifest.json")
        folders.append(manifest.parent)
        printed.append(done.stdout)
        for file_name, content in texts(manifest.parent).items():
            for place in (tmp_path, root, Path(sys.prefix), Path.home()):
                assert str(place).encode() not in content, f"{file_name} names {place}"
    one, other = map(bytes_of, folders)
    assert one == other
    assert one
    assert str(root) not in "".join(printed)
    shutil.rmtree(tmp_path / "one-place")


def test_hash_seed_and_time_zone_change_nothing(root: Path, tmp_path: Path) -> None:
    found = set()
    for number, more in enumerate(({"PYTHONHASHSEED": "1", "TZ": "Pacific/Apia"}, {"PYTHONHASHSEED": "2", "TZ": "UTC", "LC_ALL": "C"})):
        home = material(root, tmp_path / str(number))
        command = [sys.executable, "-P", "-m", "simulator", "run", "tiny.yaml", "-n", "2", "-j", str(number + 1), "-q", "-o", "out"]
        subprocess.run(command, cwd=home, env={**os.environ, "PYTHONPATH": str(root), **more}, check=True, stdout=subprocess.DEVNULL)
        (manifest,) = (home / "out").rglob("manifest.json")
        found.add(hashlib.sha256(repr(bytes_of(manifest.parent)).encode()).hexdigest())
    assert len(found) == 1
