"""Crises and playbooks as registered objects: what breaks and what we do about it."""

from simulator.crisis import actions, events, handling, information, staffing, wallboard
from simulator.crisis.act import Act, acts

__all__ = ["Act", "actions", "acts", "events", "handling", "information", "staffing", "wallboard"]
