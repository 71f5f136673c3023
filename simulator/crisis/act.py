"""What a registered event or action is: parameters declared as fields, and a ``run`` that reads like the story."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from simulator.model.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Generator

    from simulator.engine.world import World


class Act:
    """Base of every event and action.

    A subclass is a frozen dataclass whose fields are its parameters (see :mod:`simulator.model.units`); its docstring's
    first line is its meaning for planners. ``run`` takes effect at the current instant: it calls verbs of the world and
    may go on as a SimPy process by yielding. It raises :class:`simulator.errors.RefusedAction` where it cannot work.
    """

    name: ClassVar[str]
    kind: ClassVar[str]  #: "event", "action" or "both"

    def run(self, world: World) -> Generator[object, object, None]:
        raise TypeError(f"{type(self).__name__} does not say what it does")

    def undo(self, world: World) -> None:
        """End the effect (``until``). Acts that cannot be undone say so by raising TypeError."""
        raise TypeError(f"{self.name} cannot be ended")


acts: Registry[Act] = Registry("act")
