"""Effects in force: who holds what on which part of the world, and what all of them together make of it.

A lasting step *holds* contributions on targets; the end of a step takes away its own contributions and nothing else. Each kind of
target has one rule that folds what is held on it, in order of beginning, into its state (:mod:`simulator.crisis.targets`).
"""

from __future__ import annotations

import weakref
from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from simulator.vocabulary import Rank

if TYPE_CHECKING:
    from simpy.events import Event

    from simulator.crisis.world import World

Key = tuple[Any, ...]


class Rule:
    """How the effects on one kind of target make up its state, and how the state comes to the floor."""

    says: ClassVar[str]  #: the rule in one sentence, for the rules of the run

    def base(self, world: World, key: Key) -> Any:
        """The state while nothing is held."""
        raise NotImplementedError

    def fold(self, world: World, key: Key, base: Any, contributions: list[Any]) -> Any:
        """The state under ``contributions``, which are at least one, in order of beginning."""
        raise NotImplementedError

    def bring(self, world: World, key: Key, value: Any) -> None:
        """Bring a state that has changed to the floor."""
        raise NotImplementedError

    def of(self, *key: Any) -> Target:
        """The target of this kind that ``key`` names."""
        return Target(self, key)


class Target(NamedTuple):
    """One part of the world that effects are held on."""

    rule: Rule
    key: Key


Effect = tuple[Target, Any]
"""A target, and what is contributed to its state."""


class _Held(NamedTuple):
    contribution: Any
    firm: bool


class Effects:
    """All effects in force in one run.

    What begins comes to the floor at once. What ends, is repaired or changes its base counts at once for whoever asks for the
    value, and comes to the floor among the policies of the instant once no more steps begin in it: two outages that touch leave
    nothing up for no time.
    """

    def __init__(self, world: World) -> None:
        self._world: World = weakref.proxy(world)  # no circle: a run lets go of all that it took
        self._held: dict[Target, dict[Hashable, _Held]] = {}
        self._targets: dict[Hashable, list[Target]] = {}  #: by owner
        self._bases: dict[Target, Any] = {}
        self._brought: dict[Target, Any] = {}
        self._due: dict[Target, None] = {}  #: changed, and not yet brought to the floor
        self._stirred = False  #: whether a step has moved since the bringing was last put off

    def hold(self, owner: Hashable, effects: Iterable[Effect], *, firm: bool = False) -> None:
        """``owner`` contributes to these targets until it ends; a repair leaves what is ``firm``."""
        effects = list(effects)
        for target, contribution in effects:
            held = self._held.setdefault(target, {})
            held.pop(owner, None)  # whoever holds anew has begun last
            held[owner] = _Held(contribution, firm)
            self._targets.setdefault(owner, []).append(target)
        for target, _ in effects:
            self._bring(target)
        self.stir()

    def end(self, owner: Hashable) -> None:
        """Whatever ``owner`` still holds ends."""
        for target in self._targets.pop(owner, ()):
            if self._held[target].pop(owner, None) is not None:
                self._put_off(target)

    def repair(self, target: Target) -> None:
        """All that is held on ``target`` ends; its owners' own ends then find nothing."""
        held = self._held.get(target, {})
        for owner in [owner for owner, effect in held.items() if not effect.firm]:
            del held[owner]
        self._put_off(target)

    def set_base(self, target: Target, value: Any) -> None:
        """The state of ``target`` while nothing is held is another one from now on."""
        self._bases[target] = value
        self._put_off(target)

    def base(self, target: Target) -> Any:
        """The state of ``target`` while nothing is held."""
        return self._bases[target] if target in self._bases else target.rule.base(self._world, target.key)

    def value(self, target: Target) -> Any:
        """The state of ``target`` now."""
        base = self.base(target)
        held = self._held.get(target)
        return target.rule.fold(self._world, target.key, base, [effect.contribution for effect in held.values()]) if held else base

    def in_force(self, target: Target) -> Any:
        """The state of ``target`` as the floor has it: without what ends at this instant and may be followed by something else."""
        return self._brought[target] if target in self._brought else target.rule.base(self._world, target.key)

    def is_held(self, target: Target) -> bool:
        """Whether any effect is in force on ``target``."""
        return bool(self._held.get(target))

    def refresh(self, rule: Rule) -> None:
        """Bring all targets of one kind to the floor: something else that their state depends on has changed."""
        for target in list(self._held):
            if target.rule is rule and target not in self._due:
                self._bring(target)

    def stir(self) -> None:
        """A step moves at this instant: what has ended is brought to the floor after whatever that step leads to."""
        self._stirred = True

    def _bring(self, target: Target) -> None:
        value = self.value(target)
        if target not in self._brought:
            self._brought[target] = target.rule.base(self._world, target.key)
        if value != self._brought[target]:
            self._brought[target] = value
            target.rule.bring(self._world, target.key, value)

    def _put_off(self, target: Target) -> None:
        if not self._due:
            self._wait()
        self._due[target] = None

    def _wait(self) -> None:
        self._stirred = False
        event = self._world.at(self._world.now, Rank.POLICY)
        assert event.callbacks is not None
        event.callbacks.append(self._settle)

    def _settle(self, _: Event) -> None:
        if self._stirred:
            self._wait()
            return
        due = list(self._due)
        self._due.clear()
        for target in due:
            self._bring(target)
