"""Crises and playbooks as registered objects: what breaks and what we do about it."""

from simulator.crisis import actions, events, wallboard
from simulator.crisis.act import Act, acts

__all__ = ["Act", "actions", "acts", "events", "wallboard"]
