"""A question says how much memory it needs, and one that needs more than is allowed is refused before anything is simulated."""

from __future__ import annotations

import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.errors import ExitCode, UsageError
from simulator.experiment.memory import Need, need, read_size
from simulator.scenario import load, lower
from tests.attack.small import SMALL
from tests.command import Crisis

PEAK = """
import sys
from simulator.scenario import load, lower
from simulator.experiment.questions.run import Run
from simulator.experiment.task import Job, simulate_job
records = sys.argv[2] == "records"
parcel = simulate_job(Job(Run(replications=1, seed=1, records=records), 0, 0, {"a": lower(load(sys.argv[1]))}))
assert not parcel.troubles
with open("/proc/self/status") as status:  # ru_maxrss would begin with what the tests take that started this
    print(next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) * 1024)
"""


def busy(folder: Path, people: int) -> Path:
    calm = re.sub(r"events: .*\n", "", SMALL).replace("{teams.service.headcount: 4}", "{}")
    text = calm.replace("rate: 60/h", f"rate: {2 * people}/h").replace("headcount: 5", "headcount: 9k").replace("seats: 12", "seats: 9k")
    (folder / "busy.yaml").write_text(text.replace("lines: 20", "lines: 20k"), encoding="utf-8")
    return folder / "busy.yaml"


if Path("/proc/self/status").exists():  # where the peak of a process is told as Linux does

    @pytest.mark.parametrize("kept", ["nothing", "records"])
    def test_a_world_takes_what_is_said_of_it(tmp_path: Path, kept: str) -> None:
        peaks = []
        for people in (1000, 150_000):
            command = [sys.executable, "-P", "-c", PEAK, str(busy(tmp_path, people)), kept]
            peaks.append(float(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
        said = need(lower(load(busy(tmp_path, 150_000))), 2, 1, records=kept == "records").world
        assert 0.5 * said < peaks[1] - peaks[0] < said


def test_what_needs_more_is_refused_with_what_would_fit(tmp_path: Path, crisis: Crisis) -> None:
    words = ("run", busy(tmp_path, 900_000), "-n", "8", "-j", "4", "-o", tmp_path / "out")
    refused = crisis(*words, "--max-memory", "1.2GB")
    assert refused.code == ExitCode.BAD_INPUT
    assert "needs about 2.4 GB of memory: 4 at a time, 450 MB a world" in refused.err
    assert "with `-j 1` it fits" in refused.err
    assert not (tmp_path / "out").exists()
    assert "a shorter run fits" in crisis(*words, "--max-memory", "400 MB").err
    assert crisis(*words, "--max-memory", "3GB", "--dry-run").code == ExitCode.OK


@pytest.mark.parametrize("command", ["compare", "sensitivity", "weakest", "drill"])
def test_every_command_that_simulates_has_the_limit(tmp_path: Path, crisis: Crisis, root: Path, command: str) -> None:
    file = root / "scenarios/exercises/cable-drill.yaml" if command == "drill" else busy(tmp_path, 900_000)
    ended = crisis(command, file, "-n", "8", "-j", "4", "-o", tmp_path / "out", "--max-memory", "260MB")
    assert ended.code == ExitCode.BAD_INPUT
    assert "--max-memory allows 260 MB" in ended.err


def test_a_limit_counts_or_is_refused(tmp_path: Path, crisis: Crisis) -> None:
    with pytest.raises(UsageError, match="with `-j 2` it fits"):
        Need(4, 1e9).held(3e9)
    for size in ("x", "", "-1GB", "0GB", "4", "4 parsecs"):
        with pytest.raises(UsageError, match="a size such as 4GB"):
            read_size(size)
    assert (read_size("4GB"), read_size("1.5 gib"), read_size("500MB")) == (4e9, 1.5 * 2**30, 5e8)
    file = busy(tmp_path, 1000)
    assert crisis("run", busy(tmp_path, 30), "-n", "1", "-j", "1", "-o", tmp_path / "out").code == ExitCode.OK
    (run,) = (tmp_path / "out/small").glob("2*")
    for words in ((file, "--executor", "dask"), ("--extend", run, "-j", "1"), ("--resume", run)):
        ended = crisis("run", *words, "--max-memory", "4GB")
        assert ended.code == ExitCode.BAD_INPUT
        assert "--max-memory" in ended.err


def test_a_file_that_is_checked_takes_little(tmp_path: Path) -> None:
    """Far less than the gigabyte that nothing may take."""
    rows = "".join(f"{n % 24:02d}:{n % 60:02d},{(n % 24 + 9) % 24:02d}:00,1\n" for n in range(5_000))
    (tmp_path / "roster.csv").write_text(f"start,end,agents\n{rows}", encoding="utf-8")
    file = busy(tmp_path, 1000)
    file.write_text(file.read_text(encoding="utf-8").replace("headcount: 9k", "headcount: 9k, roster: roster.csv"), encoding="utf-8")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    load(file)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000
