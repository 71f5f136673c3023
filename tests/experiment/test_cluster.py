"""A cluster gives the bytes of one process; workers that die or join lose nothing and count nothing twice."""

from __future__ import annotations

import asyncio
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from simulator.api import resume, run
from simulator.errors import ExitCode, UsageError
from simulator.experiment import cluster, kin
from simulator.experiment.cluster import Cluster, connected
from simulator.experiment.question import Plan, Question
from simulator.experiment.task import Job, simulate_job
from simulator.model import plugin
from simulator.model.world import Model, Routing
from simulator.routing.declared import strategies
from simulator.scenario import Scenario, lower
from tests.command import Crisis
from tests.experiment.accidents import Accident
from tests.experiment.conftest import with_accident
from tests.experiment.test_precision_and_extension import equal_files

PLUGIN = """
from dataclasses import dataclass
from simulator.routing import Strategy, StrategyDeclaration, strategies

class LastAgent(Strategy):
    def agent_for(self, view, contact):
        free = [view.longest_idle(team) for team in view.teams_for(view.queue_of(contact)) if view.idle(team)]
        return max((a for a in free if view.may_take(a, contact)), default=-1)

    def contact_for(self, view, agent):
        heads = [view.oldest(queue) for queue in view.queues_of(agent) if view.waiting(queue)]
        return min((c for c in heads if view.may_take(agent, c)), key=lambda c: (view.arrived(c), c), default=-1)

@strategies.register("last-agent")
@dataclass(frozen=True)
class LastAgentDeclared(StrategyDeclaration):
    def make(self, model):
        return LastAgent()
"""
distributed = pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
pytestmark = [
    pytest.mark.filterwarnings("default::ResourceWarning"),  # of distributed's own sockets, when a worker is killed
    pytest.mark.filterwarnings("default::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def local() -> Iterator[Cluster]:
    with connected(jobs=2) as found:
        yield found


def jobs_of(model: Model, seed: int, worlds: Iterable[int]) -> list[Job]:
    digest = Plan(None, {"": model}).digest("")  # type: ignore[arg-type]  # the scenario does not matter
    return [Job(Question(seed=seed), place, world, {digest: model}) for place, world in enumerate(worlds)]


def test_it_gives_the_bytes_of_one_process(quake: Scenario, local: Cluster, tmp_path: Path) -> None:
    here = run(quake, replications=3, seed=3, jobs=1, variant="all", records=True, out=tmp_path / "here")
    told: list[tuple[int, int]] = []
    there = run(
        quake, replications=3, seed=3, jobs=1, variant="all", records=True, out=tmp_path / "there", runner=local,
        progress=lambda *said: told.append(said),
    )  # fmt: skip
    equal_files(here, there)
    assert told == [(n, 3) for n in range(1, 4)]


def test_a_worker_that_is_killed_and_one_that_joins_change_nothing(quake: Scenario, local: Cluster, tmp_path: Path) -> None:
    here = run(quake, replications=12, jobs=1, out=tmp_path / "here")
    told: list[int] = []

    def disturb(done: int, _asked: int) -> None:
        told.append(done)
        if done == 2:
            victim = next(iter(local.client.run(os.getpid).values()))
            os.kill(victim, signal.SIGKILL)
        if done == 3:
            local.client.cluster.scale(3)

    there = run(quake, replications=12, jobs=1, out=tmp_path / "there", runner=local, progress=disturb)
    assert told == list(range(1, 13)), "each counts once"
    equal_files(here, there)


def test_a_task_that_kills_every_worker_is_a_failure_and_the_others_stand(quake: Scenario, model: Model, local: Cluster) -> None:
    deadly = with_accident(model, Accident(replication=1, deadly=True))
    found = {parcel.world: parcel for parcel in local(jobs_of(deadly, 7, range(4)))}
    assert sorted(found) == [0, 1, 2, 3]
    assert [len(found[n].leaves) for n in range(4)] == [1, 0, 1, 1]
    assert {trouble.error for trouble in found[1].troubles.values()} == {"the workers that simulated it died"}


def test_a_cluster_on_this_machine_is_closed_to_its_other_users(local: Cluster) -> None:
    from distributed.comm.core import connect
    from distributed.security import Security

    about = local.client.scheduler_info(n_workers=-1)
    addresses = [about["address"], *about["workers"], *(worker["nanny"] for worker in about["workers"].values())]
    assert len(addresses) >= 5
    for address in addresses:
        assert address.startswith("tls://127.0.0.1:")
        asyncio.run(connect(address, timeout=5, **local.client.security.get_connection_args("client"))).abort()  # whoever has the key
        for stranger in (Security(), Security.temporary()):
            for protocol in ("tls", "tcp"):
                with pytest.raises((OSError, TypeError, RuntimeError)):
                    asyncio.run(connect(address.replace("tls", protocol), timeout=5, **stranger.get_connection_args("client")))


def test_a_cluster_on_this_machine_shows_no_pages(local: Cluster) -> None:
    def ports() -> list[tuple[str, int]]:
        process = psutil.Process()
        return [c.laddr for p in (process, *process.children(recursive=True)) for c in p.net_connections("inet") if c.status == "LISTEN"]

    listening = ports()
    assert len(listening) >= 5
    assert {host for host, _ in listening} == {"127.0.0.1"}
    for host, port in listening:
        for page in ("health", "info/main/workers.html", "metrics", "json/identity.json"):
            link = http.client.HTTPConnection(host, port, timeout=5)
            try:
                link.request("GET", f"/{page}")
                assert link.getresponse().status == 404
            except (OSError, http.client.HTTPException):
                pass  # this port speaks TLS
            finally:
                link.close()


def test_a_cluster_leaves_nothing_in_the_temporary_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with connected(jobs=1) as cluster:
        (scratch,) = tmp_path.iterdir()
        assert scratch.stat().st_mode & 0o077 == 0 or sys.platform == "win32"
        assert "1 workers" in str(cluster)
    assert list(tmp_path.iterdir()) == []


def test_a_worker_of_another_version_is_refused_by_name(model: Model, local: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = kin.kin() | {"numpy": "0.1"}
    monkeypatch.setattr(cluster, "kin", lambda: ours)
    monkeypatch.setattr(kin, "kin", lambda: ours)
    with pytest.raises(UsageError, match=r"a worker of the cluster has numpy \d.* instead of 0\.1: its worlds would not be alike"):
        list(local(jobs_of(model, 7, range(2))))


def test_workers_need_not_have_the_file_of_a_plug_in(quake: Scenario, local: Cluster, tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(PLUGIN, encoding="utf-8")
    mine = plugin.load_plugin(file)
    try:
        file.unlink()
        model = replace(lower(quake, "as-it-happened"), routing=Routing(strategies["last-agent"]()))
        (job,) = jobs_of(model, 3, [1])
        (there,) = local([job])
        assert not there.troubles
        assert there.leaves == simulate_job(job).leaves
    finally:
        plugin.unload(mine)


def test_a_scheduler_that_dies_loses_nothing_that_was_finished(quake: Scenario, tmp_path: Path) -> None:
    where = tmp_path / "scheduler.json"
    with subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", "0", "--scheduler-file", str(where), "--no-dashboard"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as scheduler:  # fmt: skip
        try:
            _wait_for(where)
            worker = [
                sys.executable,
                "-m",
                "distributed.cli.dask_worker",
                "--scheduler-file",
                str(where),
                "--nthreads",
                "1",
                "--no-dashboard",
            ]
            with subprocess.Popen(worker, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
                try:

                    def cut(done: int, _asked: int) -> None:
                        if done == 2:
                            scheduler.kill()

                    with connected(str(where)) as found, pytest.raises(UsageError, match="the cluster is gone") as gone:
                        run(quake, replications=50, jobs=1, out=tmp_path / "there", runner=found, progress=cut)
                finally:
                    process.kill()
        finally:
            scheduler.kill()
    assert "crisis run --resume" in gone.value.__notes__[0]
    (left,) = (tmp_path / "there" / quake.name).iterdir()
    whole = resume(left, jobs=1, progress=_enough)
    assert whole.interrupted
    assert whole.replications >= 3


def _wait_for(path: Path) -> None:
    for _ in range(300):
        if path.is_file():
            return
        time.sleep(0.1)
    raise AssertionError("the scheduler did not start")


def _enough(done: int, asked: int) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--scheduler", "tcp://127.0.0.1:9"), "--scheduler is the address of a cluster: it needs --executor dask"),
        (("--executor", "dask", "--scheduler", "tcp://127.0.0.1:9"), "there is no cluster at tcp://127.0.0.1:9"),
        (("--executor", "dask", "--scheduler", "nonsense"), "there is no cluster at nonsense"),
        (("--executor", "dask", "--scheduler", "no-such-file.json"), "there is no cluster at no-such-file.json"),
        (("--executor", "slurm"), "'slurm' is not one of 'local', 'dask'"),
    ],
)
def test_a_cluster_that_is_not_there_is_a_sentence(
    quake: Scenario, crisis: Crisis, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 1.0)
    ended = crisis("run", quake.path, "-n", "1", "-o", tmp_path, *words)
    assert ended.code == ExitCode.BAD_INPUT
    assert said in ended.err


def test_without_the_extra_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"pip install 'crisis-simulator\[cluster\]'"), connected():
        raise AssertionError("it connected")


def test_workers_are_told_apart_by_what_matters_to_a_world() -> None:
    ours: dict[str, Any] = kin.kin()
    assert kin.strangers(ours) == ""
    assert kin.strangers(ours | {"scipy": "1.0"}) == f"scipy 1.0 instead of {ours['scipy']}"
    assert kin.strangers({}).startswith("Python missing instead of 3.")
