"""The ledger as CSV, one row per contact attempt: rows of each replication, put together in order at the end."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.experiment.written import written
from simulator.vocabulary import Cause, Outcome

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from simulator.records import Run

NAME = "contacts.csv"
PIECE = 2**24
"""Bytes unpacked at a time."""
COLUMNS = "replication,customer,attempt,need,channel,site,agent,arrived_s,queued_s,answered_s,released_s,ended_s,outcome,cause"


def rows_of(run: Run) -> bytes:
    """The ledger of ``run`` as CSV rows without a header, compressed."""
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
        [written(v) for v in ledger.queued.tolist()],
        [written(v) for v in ledger.answered.tolist()],
        [written(v) for v in ledger.released.tolist()],
        [written(v) for v in ledger.ended.tolist()],
        _names(ledger.outcome, tuple(o.name.lower() for o in Outcome)),
        _names(ledger.cause, tuple("" if c == Cause.NONE else c.name.lower() for c in Cause)),
    ]
    return zlib.compress("".join(",".join(row) + "\n" for row in zip(*columns, strict=True)).encode(), 1)


def write(path: Path, replications: Iterable[bytes]) -> None:
    """Write the rows of each of ``replications`` under one header. Raises OSError where that is impossible."""
    with path.open("wb") as file:
        file.write(COLUMNS.encode() + b"\n")
        for rows in replications:
            stream, left = zlib.decompressobj(), rows
            while piece := stream.decompress(left, PIECE):
                file.write(piece)
                left = stream.unconsumed_tail


def _names(column: NDArray[np.uint8] | NDArray[np.int32], names: tuple[str, ...]) -> list[str]:
    quoted = ['"' + n.replace('"', '""') + '"' if any(c in n for c in ',"\n\r') else n for n in names]
    return [quoted[v] if v >= 0 else "" for v in column.tolist()]
