"""The engine: a SimPy environment on a compiled calendar, and the floor that carries the contacts."""

from simulator.engine import build

build.choose()
