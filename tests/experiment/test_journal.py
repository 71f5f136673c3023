"""What is finished stands in the journal whole or not at all, wherever the writing was cut off."""

from __future__ import annotations

import math
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import UsageError
from simulator.experiment.journal import HEAD, MAGIC, Journal
from simulator.experiment.packing import pack, unpack
from simulator.experiment.question import Question
from simulator.experiment.task import EVERY, Effort, Job, Parcel, Trouble, simulate_job
from simulator.model.world import Model

WORLDS = [
    Parcel(0, number, {"t": (b"t" * (number % 7), b"r" * number), "u": (b"u" * number,)}, {}, Effort(number, 1.0, 2.0, 3.0))
    for number in (4, 0, 9, 2)
]
ABOUT = len(MAGIC) + HEAD.size + len(b'{"about": {"of": "a test"}}\n')
"""Where the worlds begin."""


def worlds_in_order(journal: Journal) -> list[int]:
    return list(dict.fromkeys(world for _, world in journal._leaves))


def written(path: Path) -> Path:
    journal = Journal.create(path, {"of": "a test"})
    for world in WORLDS:
        journal.append(world)
    journal.close()
    return path


def test_a_tally_is_unpacked_as_it_was(model: Model) -> None:
    (leaf,) = simulate_job(Job(Question(seed=3), 0, 1, {"model": model})).leaves["model"]
    tally = unpack(leaf, model)
    assert pack(tally) == leaf
    again = unpack(pack(tally), model)
    for field in fields(tally):
        was, now = getattr(tally, field.name), getattr(again, field.name)
        if isinstance(was, np.ndarray):
            assert was.dtype == now.dtype
            np.testing.assert_array_equal(was, now)
        elif field.name not in ("frame", "observed", "values"):
            assert was == now, field.name
    assert again.values == {key: value for key, value in tally.values.items() if not math.isnan(value)}
    for name, seen in tally.observed.items():
        np.testing.assert_array_equal(seen, again.observed[name])
    assert pack(again) == pack(tally)


@given(cut=st.integers(min_value=len(MAGIC), max_value=800))
def test_a_file_cut_off_anywhere_holds_the_worlds_before_the_cut(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    path = written(tmp_path_factory.mktemp("journal") / "worlds")
    whole = path.read_bytes()
    path.write_bytes(whole[:cut])
    if cut < ABOUT:
        with pytest.raises(UsageError, match="its beginning is damaged"):
            Journal.open(path, to_write=True)
        assert path.read_bytes() == whole[:cut]
        return
    journal = Journal.open(path, to_write=True)
    found = worlds_in_order(journal)
    assert found == [parcel.world for parcel in WORLDS[: len(found)]]
    assert (len(found) == len(WORLDS)) == (cut >= len(whole))
    for world in WORLDS:
        journal.append(world)
    assert journal.worlds == {0, 2, 4, 9}
    assert [journal.leaf("t", number) for number in (0, 9)] == [(b"", b""), (b"tt", b"r" * 9)]
    assert journal.effort == Effort(15, 4.0, 8.0, 12.0)
    journal.close()
    assert path.read_bytes() == whole, "what was torn is written again, and nothing twice"


@given(place=st.integers(min_value=ABOUT, max_value=800), to_write=st.booleans())
def test_a_damaged_byte_costs_one_world_and_never_goes_unseen(
    tmp_path_factory: pytest.TempPathFactory, place: int, to_write: bool
) -> None:
    path = written(tmp_path_factory.mktemp("journal") / "worlds")
    content = bytearray(path.read_bytes())
    if place >= len(content):
        return
    content[place] ^= 0x40
    path.write_bytes(content)
    journal = Journal.open(path, to_write=to_write)
    found = worlds_in_order(journal)
    journal.close()
    (lost,) = {parcel.world for parcel in WORLDS} - set(found)
    assert found == [parcel.world for parcel in WORLDS if parcel.world != lost]
    assert journal.spoilt == 1 or (lost == WORLDS[-1].world and journal.spoilt == 0), "only the last one can seem torn"


@given(st.data())
def test_what_lies_between_the_worlds_costs_none(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = written(tmp_path_factory.mktemp("journal") / "worlds")
    content = path.read_bytes()
    starts, place = [], ABOUT
    while place < len(content):
        starts.append(place)
        place += HEAD.size + HEAD.unpack(content[place : place + HEAD.size])[0]
    cut = data.draw(st.sampled_from(starts))
    more = data.draw(st.binary(min_size=1, max_size=60) | st.just(b'{"world": ' * 5) | st.just(bytes(40)))
    path.write_bytes(content[:cut] + more + content[cut:])
    journal = Journal.open(path, to_write=True)
    assert worlds_in_order(journal) == [parcel.world for parcel in WORLDS]
    assert journal.spoilt >= 1
    journal.append(Parcel(0, 11, {"t": (b"after",)}))
    journal.close()
    again = Journal.open(path)
    assert worlds_in_order(again) == [*(parcel.world for parcel in WORLDS), 11]
    assert again.leaf("t", 11) == (b"after",)


def test_a_world_that_finished_twice_counts_once(tmp_path: Path) -> None:
    journal = Journal.open(written(tmp_path / "worlds"), to_write=True)
    before = (tmp_path / "worlds").stat().st_size
    journal.append(Parcel(0, 9, {"t": (b"another",)}, {}, Effort(1000)))
    assert (tmp_path / "worlds").stat().st_size == before
    assert journal.effort.attempts == 15
    journal.close()


def test_what_will_be_raised_again_is_kept_and_what_may_not_is_not(tmp_path: Path) -> None:
    journal = Journal.open(written(tmp_path / "worlds"), to_write=True)
    journal.append(Parcel(0, 11, {}, {"t": Trouble("it broke", "here"), "u": Trouble("it died", death=True), EVERY: Trouble("all of it")}))
    journal.close()
    assert Journal.open(tmp_path / "worlds").troubles == {("t", 11): Trouble("it broke", "here")}


def test_a_world_that_cannot_be_written_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    journal = Journal.open(written(tmp_path / "worlds"), to_write=True)
    before = (tmp_path / "worlds").read_bytes()
    write = journal._file.write

    class Full:
        """Takes what fits."""

        def __getattr__(self, name: str) -> object:
            return getattr(real, name)

        def write(self, data: memoryview) -> int:
            if len(data) <= HEAD.size:
                raise OSError(28, "No space left on device")
            return write(data[: HEAD.size]) or 0

    real, journal._file = journal._file, Full()  # type: ignore[assignment]  # as much of a file as is used
    with pytest.raises(OSError, match="No space"):
        journal.append(Parcel(0, 11, {"t": (b"x" * 100,)}))
    assert (tmp_path / "worlds").read_bytes() == before
    assert 11 not in journal.worlds
    journal.close()


@pytest.mark.parametrize("content", [b"", b"crisis", b"another file", MAGIC[:-2] + b"9\n"])
def test_what_is_no_journal_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "worlds").write_bytes(content)
    with pytest.raises(UsageError, match="cannot be read"):
        Journal.open(tmp_path / "worlds")
    assert (tmp_path / "worlds").read_bytes() == content
    with pytest.raises(UsageError, match="cannot be read"):
        Journal.open(tmp_path / "nothing")
