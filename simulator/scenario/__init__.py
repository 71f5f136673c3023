"""The scenario language: what a user writes, read strictly, checked at once, and lowered to a model."""

from simulator.scenario.scenario import Scenario, exercise_of, load, lower, same, with_variants
from simulator.scenario.sources import Assumption

__all__ = ["Assumption", "Scenario", "exercise_of", "load", "lower", "same", "with_variants"]
