"""All that chance brings, drawn before the run, from streams keyed by name."""

from simulator.workload.draw import draw
from simulator.workload.workload import CAUSES, Workload

__all__ = ["CAUSES", "Workload", "draw"]
