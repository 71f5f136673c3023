"""What a registered event or action is: parameters declared as fields, and an effect that reads like the story."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from simulator.model.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Generator

    from simpy.events import Event

    from simulator.crisis.world import World


class Act:
    """Base of every event and action.

    A subclass is a frozen dataclass whose fields are its parameters (see :mod:`simulator.model.units`); its docstring's
    first line is its meaning for planners. Every method may raise :class:`simulator.errors.RefusedAction` where the act
    cannot work as things stand. ``step`` is the id of the step that does it; it names the streams of its luck.
    """

    name: ClassVar[str]
    kind: ClassVar[str]  #: "event", "action" or "both"
    lasting: ClassVar[bool] = False  #: whether ``until`` can end it

    def prepare(self, world: World, step: str) -> Generator[Event, object, None]:
        """What must happen before the lead time begins."""
        yield from ()

    def start(self, world: World, step: str) -> None:
        """The lead time begins."""

    def run(self, world: World, step: str) -> None:
        """The effect, at the current instant."""
        raise TypeError(f"{type(self).__name__} does not say what it does")

    def undo(self, world: World, step: str) -> None:
        """The end of the effect (``until``)."""
        raise TypeError(f"{self.name} cannot be ended")


acts: Registry[Act] = Registry("act")
