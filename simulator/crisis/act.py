"""What a registered event or action is: parameters declared as fields, and an effect that reads like the story."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from simulator.model.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from simpy.events import Event

    from simulator.crisis.effects import Effect
    from simulator.crisis.world import World


class Act:
    """Base of every event and action.

    A subclass is a frozen dataclass whose fields are its parameters (see :mod:`simulator.model.units`); its docstring's
    first line is its meaning for planners. What lasts is contributed by :meth:`effects`, what happens once by :meth:`run`. Every
    method may raise :class:`simulator.errors.RefusedAction` where the act cannot work as things stand. ``step`` is the id of the
    step that does it; it names the streams of its luck.
    """

    name: ClassVar[str]
    kind: ClassVar[str]  #: "event", "action" or "both"
    lasting: ClassVar[bool] = False  #: whether it has effects in force, which ``until`` can end
    by_the_hour: ClassVar[bool] = False  #: whether ``cost_per_hour`` means anything

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.lasting = cls.effects is not Act.effects
        cls.by_the_hour = cls.lasting or cls.paid_hours is not Act.paid_hours

    def prepare(self, world: World, step: str) -> Generator[Event, object, None]:
        """What must happen before the lead time begins."""
        yield from ()

    def start(self, world: World, step: str) -> None:
        """The lead time begins."""

    def paid_hours(self, world: World) -> float:
        """Of what does not last: how many hours of work it pays at most, over all people."""
        return 0.0

    def effects(self, world: World, step: str) -> Iterable[Effect]:
        """What it contributes to the state of the world until the step ends, if ever; no act writes an end of its own."""
        return ()

    def run(self, world: World, step: str) -> None:
        """What happens once, at the current instant, with the effects in force."""
        if not self.lasting:
            raise TypeError(f"{type(self).__name__} does not say what it does")


acts: Registry[Act] = Registry("act")
