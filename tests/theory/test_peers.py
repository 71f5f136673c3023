"""The same small centres in Ciw and in plain SimPy: the 99 % intervals overlap ours."""

from __future__ import annotations

import pytest

from benchmarks.peers import CENTRES, Centre, Interval, intervals


@pytest.mark.parametrize("centre", CENTRES, ids=[centre.file for centre in CENTRES])
def test_peers_agree(centre: Centre) -> None:
    for name, by_engine in intervals(centre).items():
        mine = by_engine["this simulator"]
        for engine, theirs in by_engine.items():
            assert theirs.half < 0.35 * theirs.mean, f"{engine} knows too little of {name} to disagree: {theirs}"
            assert mine.overlaps(theirs), f"{name}: {mine} here, {theirs} in {engine}"


def test_intervals_that_do_not_overlap_are_told_apart() -> None:
    assert not Interval(1.0, 0.1).overlaps(Interval(1.3, 0.1))
    assert Interval(1.0, 0.2).overlaps(Interval(1.3, 0.2))
