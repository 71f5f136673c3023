"""Routing: which agent for this contact, which contact for this agent."""

from simulator.engine import build

build.choose()
