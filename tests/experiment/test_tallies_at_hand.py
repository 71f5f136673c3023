"""How many tallies are held in memory at once."""

from __future__ import annotations

from simulator.experiment.packing import AT_HAND, Tallies


def reader(each: int) -> tuple[Tallies, list[str]]:
    asked: list[str] = []

    def read(variant: str) -> list[str]:
        asked.append(variant)
        return [variant] * each

    return Tallies(("a", "b", "c"), read), asked  # type: ignore[arg-type]  # words stand for tallies


def test_a_comparison_of_usual_size_is_read_once() -> None:
    held, asked = reader(30)
    for _ in range(3):
        assert [str(held[name][0]) for name in held] == ["a", "b", "c"]
    assert asked == ["a", "b", "c"]
    assert held.only(("b",))["b"] is held["b"]
    assert len(asked) == 3


def test_a_large_sweep_holds_two_variants() -> None:
    held, asked = reader(AT_HAND)
    for name in ("a", "b", "a", "b", "c", "b", "a"):
        assert list(map(str, held[name])) == [name] * AT_HAND
    assert asked == ["a", "b", "c", "a"]
