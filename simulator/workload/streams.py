"""Named streams of uniforms: what a stream yields depends on seed, replication and its name, and on nothing else.

The key is ``SeedSequence(seed, spawn_key=(replication, *blake2b(name)))``; a stream asked for more numbers continues
the same sequence, so that one more customer leaves the draws of the others alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

SMALLEST = 2.0**-54


@dataclass(frozen=True)
class Streams:
    """The streams of one replication."""

    seed: int
    replication: int

    def generator(self, name: str) -> np.random.Generator:
        digest = blake2b(name.encode(), digest_size=16).digest()
        words = tuple(int.from_bytes(digest[i : i + 4], "little") for i in range(0, 16, 4))
        sequence = np.random.SeedSequence(self.seed, spawn_key=(self.replication, *words))
        return np.random.Generator(np.random.PCG64DXSM(sequence))

    def uniforms(self, name: str, n: int) -> NDArray[np.float64]:
        """The first ``n`` uniforms in (0, 1) of the stream ``name``; shape (n,)."""
        drawn = self.generator(name).random(n)
        return np.maximum(drawn, SMALLEST, out=drawn)
