"""Who stops a command is told what is kept and how to go on; no folder, file or process is left that nobody asked for."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.errors import ExitCode
from tests.attack.stopped import COMMANDS, material, once_simulating, stopped, whole

if sys.platform != "win32":  # which knows of none of these signals

    @pytest.fixture(scope="module")
    def place(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
        return material(root, tmp_path_factory.mktemp("stopped"))

    @pytest.mark.parametrize(
        ("signals", "gap", "group"),
        [
            pytest.param([signal.SIGHUP], 0, True, id="a closed terminal"),
            pytest.param([signal.SIGTERM], 0, False, id="kill"),
            pytest.param([signal.SIGINT] * 2, 1.0, True, id="twice"),
            pytest.param([signal.SIGINT] * 3, 0.3, True, id="three times"),
            pytest.param([signal.SIGINT] * 6, 0.01, True, id="held down"),
            pytest.param([signal.SIGINT, signal.SIGTERM, signal.SIGHUP], 0.2, True, id="one of each"),
        ],
    )
    def test_what_is_kept_is_told_with_how_to_go_on(place: Path, signals: list[int], gap: float, group: bool) -> None:
        out = f"run-{len(list(place.iterdir()))}"
        left = stopped(place, [*COMMANDS["run"], "-n", "400", "-j", "2"], once_simulating(*signals, gap=gap, group=group), out)
        assert left.code == ExitCode.INTERRUPTED, left.err
        assert "Traceback" not in left.err
        assert left.litter == []
        assert len(left.finished) + len(left.unfinished) == 1
        assert all(whole(folder) for folder in left.finished)
        said = re.search(r"crisis run --resume (\S+)", left.err)
        assert said is not None, left.err
        assert (place / said.group(1)) in (*left.finished, *left.unfinished)

    @pytest.mark.parametrize("name", [name for name in COMMANDS if name != "run"])
    @pytest.mark.parametrize("times", [1, 3])
    def test_nothing_is_left_but_what_is_told(place: Path, name: str, times: int) -> None:
        out = f"{name}-{times}"
        left = stopped(place, [*COMMANDS[name], "-n", "200", "-j", "2"], once_simulating(*[signal.SIGINT] * times), out)
        assert left.code == ExitCode.INTERRUPTED, left.err
        assert "Traceback" not in left.err
        assert left.litter == []
        told = "nothing was written" not in left.err
        assert told == bool(left.finished or left.unfinished), left.err

    def test_under_nohup_a_closed_terminal_stops_nothing(place: Path) -> None:
        shell = ["sh", "-c", "trap '' HUP; exec \"$@\"", "sh"]
        command = [sys.executable, "-P", "-m", "simulator", *COMMANDS["run"], "-n", "20", "-j", "2", "-o", "nohup"]
        with subprocess.Popen(
            [*shell, *command], cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
        ) as process:
            once_simulating(signal.SIGHUP)(process)
            assert process.communicate(timeout=120)
        assert process.returncode == ExitCode.OK
