"""Where a command simulates: ``--executor`` and ``--scheduler``."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from simulator.cli.trouble import say

if TYPE_CHECKING:
    from simulator.experiment.pool import Runner

LOCAL, DASK = "local", "dask"

EXECUTOR = click.option(
    "--executor", type=click.Choice([LOCAL, DASK]), default=LOCAL, show_default=True, help="Processes of this machine, or a Dask cluster."
)
SCHEDULER = click.option("--scheduler", metavar="ADDRESS", help="The cluster's scheduler, such as tcp://10.0.0.5:8786, or its file.")


def check_executor(executor: str, scheduler: str | None) -> None:
    """Raise click's error for options that contradict each other."""
    if scheduler is not None and executor != DASK:
        raise click.UsageError("--scheduler is the address of a cluster: it needs --executor dask")


@contextmanager
def runner_of(executor: str, scheduler: str | None, jobs: int | None, *, quiet: bool) -> Iterator[Runner | None]:
    """What simulates, for the length of a block; None is processes of this machine."""
    gc.freeze()  # what a command has loaded by now stays to its end: nobody need look through it time and again
    if executor == LOCAL:
        yield None
        return
    from simulator.experiment.cluster import connected

    with connected(scheduler, jobs) as cluster:
        if not quiet:
            say(f"Cluster: {cluster}")
        yield cluster
