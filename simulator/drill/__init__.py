"""The drill: a crisis prepared for, played and reviewed with the people who would decide in it.

``simulator.drill(scenario, log="log.yaml")`` plays one: :func:`simulator.drill.session.drill`. The package is called in the place of
the function, because Python gives a package that is loaded the name that users look for.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.drill.question import Drilled


class _Drill(ModuleType):
    def __call__(self, *arguments: Any, **options: Any) -> Drilled:
        from simulator.drill.session import drill

        return drill(*arguments, **options)


sys.modules[__name__].__class__ = _Drill
