"""Figures are drawn by several processes, and all the same where these die."""

from __future__ import annotations

import multiprocessing
from dataclasses import dataclass

import pytest

from simulator.document.blocks import Picture
from simulator.report.drawing import EACH, Artists


@dataclass(frozen=True)
class Wall:
    """A gallery of two variants with two figures each, of which one has nothing to show."""

    words: str

    def keys(self) -> list[tuple[str, int]]:
        return [("a", 0), ("a", 1), ("b", 0), ("b", 1)]

    def draw(self, key: tuple[str, int]) -> Picture | None:
        variant, number = key
        return None if key == ("b", 0) else Picture(f"{variant}{number}", self.words, "", b"")


class Wide(Wall):
    """A gallery that takes three processes, or three turns of fewer."""

    def keys(self) -> list[tuple[str, int]]:
        return [("a", number) for number in range(2 * EACH + 3)]


def titles(artists: Artists, words: str) -> dict[str, list[tuple[str, str]]]:
    with artists.drawing(Wall(words)) as wait:  # type: ignore[arg-type]  # all that is asked of a gallery
        return {variant: [(picture.name, picture.title) for picture in pictures] for variant, pictures in wait().items()}


def expected(words: str) -> dict[str, list[tuple[str, str]]]:
    return {"a": [("a0", words), ("a1", words)], "b": [("b1", words)]}


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_figures_of_each_variant_stand_in_their_order(jobs: int) -> None:
    with Artists(jobs) as artists:
        assert titles(artists, "first") == expected("first")


def test_the_same_processes_draw_one_gallery_after_another() -> None:
    with Artists(2) as artists:
        assert titles(artists, "first") == expected("first")
        assert titles(artists, "second") == expected("second")


def test_figures_are_drawn_though_the_processes_that_got_ready_were_killed() -> None:
    before = set(multiprocessing.active_children())
    with Artists(2) as artists:
        artists.prepare()
        got_ready = set(multiprocessing.active_children()) - before
        assert got_ready
        for process in got_ready:
            process.kill()
            process.join()
        assert titles(artists, "all the same") == expected("all the same")


def test_more_figures_than_one_process_draws_stand_in_their_order_too() -> None:
    with Artists(2) as artists, artists.drawing(Wide("many")) as wait:  # type: ignore[arg-type]  # all that is asked of a gallery
        assert [picture.name for picture in wait()["a"]] == [f"a{number}" for number in range(2 * EACH + 3)]
