"""The ledger as CSV, one row per contact attempt: a part per replication, put together in order at the end."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.experiment.written import written
from simulator.vocabulary import Cause, Outcome

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from simulator.records import Run

COLUMNS = (
    "replication,customer,attempt,need,channel,site,agent,arrived_s,answered_s,released_s,ended_s,outcome,cause"  # seconds since the start
)


def part(folder: Path, variant: int, replication: int) -> Path:
    """Where the rows of one replication of the ``variant``-th variant wait until all are there."""
    return folder / f"contacts.{variant}.{replication}.part"


def write_part(run: Run, variant: int, folder: Path) -> None:
    """Write the ledger of ``run`` as CSV rows without a header. Raises OSError where the folder takes no more."""
    ledger = run.ledger
    columns = [
        [str(run.replication)] * len(ledger),
        [str(v) for v in ledger.customer.tolist()],
        [str(v) for v in ledger.attempt.tolist()],
        _names(ledger.need, run.needs),
        _names(ledger.channel, run.channels),
        _names(ledger.site, run.sites),
        ["" if v < 0 else str(v) for v in ledger.agent.tolist()],
        [written(v) for v in ledger.arrived.tolist()],
        [written(v) for v in ledger.answered.tolist()],
        [written(v) for v in ledger.released.tolist()],
        [written(v) for v in ledger.ended.tolist()],
        _names(ledger.outcome, tuple(o.name.lower() for o in Outcome)),
        _names(ledger.cause, tuple("" if c == Cause.NONE else c.name.lower() for c in Cause)),
    ]
    with part(folder, variant, run.replication).open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(",".join(row) + "\n" for row in zip(*columns, strict=True))


def join_parts(folder: Path, variant: int, replications: list[int], target: Path) -> None:
    """Make ``target`` out of the parts of ``replications``, in their order, and remove every part of the variant."""
    with target.open("wb") as whole:
        whole.write(COLUMNS.encode() + b"\n")
        for replication in replications:
            with part(folder, variant, replication).open("rb") as rows:
                shutil.copyfileobj(rows, whole)
    for left in folder.glob(f"contacts.{variant}.*.part"):
        left.unlink()


def _names(column: NDArray[np.uint8] | NDArray[np.int32], names: tuple[str, ...]) -> list[str]:
    quoted = ['"' + n.replace('"', '""') + '"' if any(c in n for c in ',"\n\r') else n for n in names]
    return [quoted[v] if v >= 0 else "" for v in column.tolist()]
