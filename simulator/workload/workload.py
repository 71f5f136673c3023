"""The workload of one replication: customers, their first attempts in full, and the keys of their later luck.

Customers are numbered by the instant of their first wish to call. What chance decides about later attempts unfolds from
the customer's own ``key`` (a counter-based generator, :mod:`simulator.engine.luck`) through the tables of the laws, so
that nothing in the run draws anything and the order of events changes nobody's luck.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.model.distributions import Constant, Distribution
from simulator.workload.streams import Streams
from simulator.workload.table import law_table

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]

CAUSES = ("busy", "abandoned", "cut")


@dataclass(frozen=True)
class Workload:
    """Columns over the customers, all of one length; durations in seconds, marks uniform in (0, 1)."""

    streams: Streams
    assumptions: Mapping[str, float]  #: value of each range of the model, by name
    key: Ints  #: 62 random bits
    onset: Floats  #: increasing
    need: Bytes
    demand: Bytes
    barred: Bytes  #: can call only once access is open
    informed: Floats  #: hears what they need from an announcement that prevents a share above this mark
    quiet: Floats  #: has no need while demand is scaled to this mark or below
    outside: Floats  #: is reached or located outside the centre if the share is above this mark
    haste: Floats  #: the quantile of how soon this happens to them, or they try once access is open
    solved_at: Floats  #: the need ends by itself at this instant (inf: never)
    solved_by: Bytes  #: :class:`simulator.vocabulary.Solved`
    gives_up: Floats  #: stops trying this long after the first attempt (inf: never)
    tolerance: Floats  #: balks at a longer announced wait (inf: never)
    talk_factor: Floats
    persistence: tuple[Floats, Floats, Floats]  #: probability of another attempt after busy, abandoned, cut
    network: Floats  #: the first attempt is lost upstream if below the share blocked
    patience: Floats  #: of the first attempt
    talk: tuple[Floats, ...]  #: per need by order of service start, or one column over customers if ``by_person``
    wrap: tuple[Floats, ...]  #: the same for wrap-up
    by_person: bool
    laws: Mapping[str, tuple[Floats, ...]]  #: tables of patience, talk, wrap (by need) and gap (by cause) for later attempts

    def __len__(self) -> int:
        return len(self.onset)

    def uniforms(self, purpose: str, n: int) -> Floats:
        """The first ``n`` uniforms of the stream ``purpose`` of this replication: for journeys, absence and the like."""
        return self.streams.uniforms(purpose, n)

    @staticmethod
    def by_hand(
        arrivals: Sequence[float],
        talk: Sequence[float],
        patience: Sequence[float],
        need: Sequence[int] | None = None,
        wrap: Sequence[float] | None = None,
        laws: Mapping[str, Sequence[Distribution]] | None = None,
    ) -> Workload:
        """A workload written by hand; ``arrivals`` must not decrease, durations go with the person.

        ``laws`` gives patience, talk and wrap (by need) and gap (after busy, abandoned, cut) of later attempts. Use
        :meth:`with_columns` to set anything else.
        """
        n = len(arrivals)
        never = np.full(n, np.inf)
        middle = np.full(n, 0.5)
        zero = np.zeros(n)
        byte = np.zeros(n, dtype=np.uint8)
        needs = byte if need is None else np.asarray(need, dtype=np.uint8)
        given = laws or {}
        still = [Constant(0.0)] * (int(needs.max(initial=0)) + 1)
        return Workload(
            streams=Streams(0, 0),
            assumptions={},
            key=np.arange(n, dtype=np.int64),
            onset=np.asarray(arrivals, dtype=np.float64),
            need=needs,
            demand=byte,
            barred=byte,
            informed=middle,
            quiet=middle,
            outside=middle,
            haste=middle,
            solved_at=never,
            solved_by=byte,
            gives_up=never,
            tolerance=never,
            talk_factor=np.ones(n),
            persistence=(zero, zero, zero),
            network=middle,
            patience=np.asarray(patience, dtype=np.float64),
            talk=(np.asarray(talk, dtype=np.float64),),
            wrap=(np.zeros(n) if wrap is None else np.asarray(wrap, dtype=np.float64),),
            by_person=True,
            laws={
                purpose: tuple(law_table(law) for law in given.get(purpose, still if purpose != "gap" else [Constant(1.0)] * 3))
                for purpose in ("patience", "talk", "wrap", "gap")
            },
        )

    def with_columns(self, **columns: object) -> Workload:
        """The same workload with other columns, for tests and what-ifs."""
        return replace(self, **columns)  # type: ignore[arg-type]  # replace() checks the names
