"""Every command does what it does, and says by its exit code how that ended, wherever its output goes: closed, full, or nobody reads it."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from simulator.cli import crisis as commands
from simulator.cli.streams import Tolerant, lost
from simulator.errors import ExitCode

SMALL = "tests/scenario_language/small.yaml"
EXPORT = "scenarios/exports/hsplit.csv"
OF_A_FILE = ("-n", "2", "-j", "1", "-o", "{out}")
WORDS: dict[str, tuple[str, ...]] = {
    "import": ("import", EXPORT, "-o", "{out}/imported"),
    "calibrate": ("calibrate", EXPORT),
    "run": ("run", SMALL, "--threshold", "voice.service_level >= 100%", "-n", "10", "-j", "2", "-o", "{out}"),
    "compare": ("compare", SMALL, "--strategies", "priority,first-come", "--stability", "0", *OF_A_FILE),
    "sensitivity": ("sensitivity", SMALL, "--vary", "needs.billing.wrap_up=10s:30s", *OF_A_FILE),
    "staff": (
        "staff", SMALL, "--set", "sites.office.seats=1", "--target", "voice.service_level >= 80%", "-n", "10", "-j", "1", "-o", "{out}"
    ),
    "weakest": ("weakest", SMALL, "--only", "team", "--at", "2024-03-05T09:00", *OF_A_FILE),
    "drill": ("drill", "tests/drill/drilled.yaml", "--to", "csv", *OF_A_FILE),
    "report": ("report", "{run}", "--to", "csv", "-o", "{out}/again"),
    "check": ("check", SMALL, "tests/errors/broken.yaml"),
    "show": ("show", SMALL),
    "init": ("init", "{out}/begun"),
    "list": ("list", "measures"),
    "explain": ("explain", "never_served"),
    "schema": ("schema",),
    "verify": ("verify", "no-such-case"),
}
"""What every command is called with here."""
DRIVER = """
import json, sys
from simulator.cli import main
codes = {}
for name, words in json.loads(sys.argv[1]).items():
    try:
        main(words)
    except SystemExit as ended:
        codes[name] = ended.code
with open(sys.argv[2], "w") as file:
    json.dump(codes, file)
"""
Kept = list[tuple[str, list[str]]]
STREAMS = ("stdin", "stdout", "stderr")


@contextmanager
def given(kind: str) -> Iterator[Any]:
    """A stream of a kind, for a process to be started with."""
    if kind == "gone":  # as after `| head -1`
        reading, writing = os.pipe()
        os.close(reading)
        yield writing
        os.close(writing)
    else:
        with Path({"full": "/dev/full"}.get(kind, os.devnull)).open("r+b", buffering=0) as file:
            yield file


def codes(root: Path, place: Path, run: Path, **streams: str) -> dict[str, int]:
    """The exit code of every command, called one after another in a process whose streams are of these kinds."""
    place.mkdir()
    words = {name: [word.format(out=place, run=run) for word in said] for name, said in WORDS.items()}
    closed = " ".join(f"{number}>&-" for number, name in enumerate(STREAMS) if streams.get(name) == "closed")
    with ExitStack() as stack:
        opened = {name: stack.enter_context(given(streams.get(name, "devnull"))) for name in STREAMS}
        command = ["sh", "-c", f'exec "$@" {closed}', "sh", sys.executable, "-c", DRIVER, json.dumps(words), str(place / "codes.json")]
        subprocess.run(command, cwd=root, env={**os.environ, "TMPDIR": str(place)}, check=True, timeout=300, **opened)
    assert not list(place.glob("crisis-*.txt")), "nothing was taken for a fault of ours"
    found: dict[str, int] = json.loads((place / "codes.json").read_text(encoding="utf-8"))
    return found


def kept(place: Path) -> Kept:
    """The files of every result below ``place`` that is whole: each of them as its manifest says."""
    found = []
    for manifest in place.rglob("manifest.json"):
        said = json.loads(manifest.read_text(encoding="utf-8"))["sha256"]
        for name, digest in said.items():
            assert hashlib.sha256((manifest.parent / name).read_bytes()).hexdigest() == digest
        found.append((manifest.parent.parent.name, sorted(said)))
    return sorted(found)


if sys.platform != "win32":  # where streams are closed as POSIX shells close them

    @pytest.fixture(scope="module")
    def undisturbed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int], Kept]:
        place = tmp_path_factory.mktemp("undisturbed")
        subprocess.run(
            [sys.executable, "-m", "simulator", "run", SMALL, "-n", "1", "-j", "1", "-q", "-o", str(place / "a")], cwd=root, check=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        run = next(path.parent for path in (place / "a").rglob("manifest.json"))
        return run, codes(root, place / "b", run), kept(place / "b")

    def test_every_command_is_called_here(undisturbed: tuple[Path, dict[str, int], Kept]) -> None:
        ended, written = dict(undisturbed[1]), undisturbed[2]
        assert set(WORDS) == set(commands.commands)
        assert ended.pop("check") == ended.pop("verify") == ExitCode.BAD_INPUT
        assert ended.pop("run") == ended.pop("staff") == ExitCode.BREACHED
        assert set(ended.values()) == {ExitCode.OK}
        assert len(written) >= 3

    @pytest.mark.parametrize(
        "streams",
        [
            pytest.param(dict.fromkeys(("stdout", "stderr"), "gone"), id="nobody reads"),
            pytest.param(dict.fromkeys(STREAMS, "closed"), id="closed"),
            pytest.param({"stderr": "full"}, id="stderr full"),
            pytest.param({"stdout": "full", "stderr": "full"}, id="full"),
        ],
    )
    def test_results_are_whole_and_exit_codes_are_true(
        root: Path, tmp_path: Path, undisturbed: tuple[Path, dict[str, int], Kept], streams: dict[str, str]
    ) -> None:
        run, expected, written = undisturbed
        if streams.get("stdout") == "full":  # what was asked for is not all there: that is no success
            expected = {name: ExitCode.BAD_INPUT if code == ExitCode.OK else code for name, code in expected.items()}
        assert codes(root, tmp_path / "disturbed", run, **streams) == expected
        assert kept(tmp_path / "disturbed") == written

    def test_what_could_not_be_printed_is_said(root: Path) -> None:
        with given("full") as full:
            ended = subprocess.run(
                [sys.executable, "-m", "simulator", "schema"], cwd=root, stdout=full, stderr=subprocess.PIPE, text=True, check=False
            )
        assert ended.returncode == ExitCode.BAD_INPUT
        assert ended.stderr == "error: not all that was to be printed could be: No space left on device\n"

    def test_a_closed_descriptor_is_not_the_next_file(root: Path, tmp_path: Path) -> None:
        program = "import sys; from simulator.cli.streams import tolerated\nwith tolerated():\n    print(open(sys.argv[1], 'w').fileno())"
        file = tmp_path / "written"
        subprocess.run(["sh", "-c", 'exec "$@" >&- 2>&-', "sh", sys.executable, "-c", program, str(file)], cwd=root, check=True)
        assert file.read_text(encoding="utf-8") == ""


def test_an_error_is_kept_and_everything_after_it_is_swallowed() -> None:
    import io

    class Full(io.RawIOBase):
        def write(self, data: object) -> int:
            raise OSError(28, "No space left on device")

    file = Tolerant(Full())
    assert [file.write(b"abc"), file.write(b"de")] == [3, 2]
    assert lost([file]) == "No space left on device"
    assert lost([Tolerant(Full())]) == ""
