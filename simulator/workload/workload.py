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

NODES = 1024
"""Steps of the tables in which a person's own quantile is looked up (persistence)."""


@dataclass(frozen=True)
class Workload:
    """Columns over the customers, all of one length; durations in seconds, marks uniform in (0, 1).

    The first ``calls`` customers are people in the order of their first wish to make contact. The rest are public posts
    that come into being only if the customer who breeds them is left without an answer: ``onset`` is then the time from
    that moment to the post. Columns that may be empty are so where the model has no use for them.

    A queue is numbered channel x needs + need; a cause (busy, abandoned, cut) of a channel is numbered channel x 3 + cause.
    """

    streams: Streams
    assumptions: Mapping[str, float]  #: value of each range of the model, by name
    calls: int
    key: Ints  #: 62 random bits
    onset: Floats  #: increasing
    need: Bytes
    demand: Bytes
    channel: Bytes  #: of the first attempt
    barred: Bytes  #: can call only once access is open
    informed: Floats  #: hears what they need from an announcement that prevents a share above this mark
    quiet: Floats  #: has no need while demand is scaled to this mark or below; extra people have marks above 1
    outside: Floats  #: is reached or located outside the centre if the share is above this mark
    haste: Floats  #: the quantile of how soon this happens to them, or they try once access is open
    solved_at: Floats  #: the need ends by itself at this instant (inf: never)
    solved_by: Bytes  #: :class:`simulator.vocabulary.Solved`
    gives_up: Floats  #: stops trying this long after the first attempt (inf: never)
    tolerance: Floats  #: balks at a longer announced wait (inf: never)
    talk_factor: Floats  #: how many times as long as its law says their talk takes; may be empty
    persistence: Floats  #: the person's own quantile in the tables of persistence
    network: Floats  #: the first attempt is lost upstream if below the share blocked
    patience: Floats  #: of the first attempt, on its channel
    temper: Floats  #: factor on patience, in that of the first attempt already; may be empty
    distressed: Bytes  #: 1 for people in distress; may be empty
    standing: Floats  #: -1 to 1; may be empty
    first_post: Ints  #: number of the first post that this customer breeds; may be empty
    posts: Bytes  #: how many posts this customer breeds; may be empty
    talk: tuple[Floats, ...]  #: per queue by order of service start, or one column over customers if ``by_person``
    wrap: tuple[Floats, ...]  #: the same for wrap-up
    by_person: bool
    laws: Mapping[str, tuple[Floats, ...]]
    """Tables for what comes after the first attempt: patience, talk, wrap (by queue), gap (by cause of a channel), again,
    unheard (by need: contact again after an answer that did not help, or by somebody in distress who was not heard),
    support (by need: talk with people in distress), silence, reading, menu, spacing (by channel)."""
    retries: tuple[Floats, ...]
    """By cause of a channel: the probability of another attempt at each of NODES + 1 even quantiles of persistence, or
    one probability for all."""

    def __len__(self) -> int:
        return len(self.onset)

    @staticmethod
    def by_hand(
        arrivals: Sequence[float],
        talk: Sequence[float],
        patience: Sequence[float],
        need: Sequence[int] | None = None,
        wrap: Sequence[float] | None = None,
        laws: Mapping[str, Sequence[Distribution]] | None = None,
        *,
        channel: Sequence[int] | None = None,
        needs: int = 0,
        channels: int = 1,
        tries_again: Sequence[float] = (0.0, 0.0, 0.0),
    ) -> Workload:
        """A workload written by hand; ``arrivals`` must not decrease, durations go with the person.

        ``needs`` and ``channels`` are how many the model has (as many needs as ``need`` names, if not given). ``laws``
        gives what later attempts draw, see :attr:`laws`; a purpose given too few laws repeats them. ``tries_again`` is
        the probability of another attempt after busy, abandoned and cut. Use :meth:`with_columns` to set anything else.
        """
        n = len(arrivals)
        never = np.full(n, np.inf)
        middle = np.full(n, 0.5)
        byte = np.zeros(n, dtype=np.uint8)
        of_need = byte if need is None else np.asarray(need, dtype=np.uint8)
        needs = needs or int(of_need.max(initial=0)) + 1
        sizes = dict.fromkeys(("patience", "talk", "wrap"), needs * channels)
        sizes |= {"gap": 3 * channels, "again": needs, "unheard": needs, "support": needs}
        sizes |= dict.fromkeys(("silence", "reading", "menu", "spacing"), channels)
        given = laws or {}

        def tables(purpose: str, size: int) -> tuple[Floats, ...]:
            laws_of = given.get(purpose) or [Constant(1.0 if purpose in ("gap", "again", "silence", "spacing") else 0.0)]
            return tuple(law_table(laws_of[i % len(laws_of)]) for i in range(size))

        return Workload(
            streams=Streams(0, 0),
            assumptions={},
            calls=n,
            key=np.arange(n, dtype=np.int64),
            onset=np.asarray(arrivals, dtype=np.float64),
            need=of_need,
            demand=byte,
            channel=byte if channel is None else np.asarray(channel, dtype=np.uint8),
            barred=byte,
            informed=middle,
            quiet=middle,
            outside=middle,
            haste=middle,
            solved_at=never,
            solved_by=byte,
            gives_up=never,
            tolerance=never,
            talk_factor=np.zeros(0),
            persistence=middle,
            network=middle,
            patience=np.asarray(patience, dtype=np.float64),
            temper=np.zeros(0),
            distressed=np.zeros(0, dtype=np.uint8),
            standing=np.zeros(0),
            first_post=np.zeros(0, dtype=np.int64),
            posts=np.zeros(0, dtype=np.uint8),
            talk=(np.asarray(talk, dtype=np.float64),),
            wrap=(np.zeros(n) if wrap is None else np.asarray(wrap, dtype=np.float64),),
            by_person=True,
            laws={purpose: tables(purpose, size) for purpose, size in sizes.items()},
            retries=tuple(np.array([float(tries_again[cause])]) for _ in range(channels) for cause in range(3)),
        )

    def with_columns(self, **columns: object) -> Workload:
        """The same workload with other columns, for tests and what-ifs."""
        return replace(self, **columns)  # type: ignore[arg-type]  # replace() checks the names
