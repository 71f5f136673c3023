"""The names that a scenario declares, by what they name: needs, sites, channels that can do something, and steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.model.exercise import RETURN
from simulator.scenario import channels, exercise


def of(tree: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The names of each kind of thing, as far as ``tree`` is written as it should be."""

    def keys(section: str) -> tuple[str, ...]:
        found = tree.get(section)
        return tuple(str(k) for k in found) if isinstance(found, dict) else ()

    def ids(section: str) -> tuple[str, ...]:
        found = tree.get(section)
        return tuple(str(i["id"]) for i in found if isinstance(i, dict) and "id" in i) if isinstance(found, list) else ()

    def of_exercise(section: str) -> tuple[str, ...]:
        found = exercise_tree.get(section)
        listed = [i.get("id") for i in found if isinstance(i, dict)] if isinstance(found, list) else found
        return tuple(str(name) for name in listed) if isinstance(listed, (dict, list)) else ()

    clock = tree.get("clock")
    phases = clock.get("phases") if isinstance(clock, dict) else None
    exercise_tree = tree["exercise"] if isinstance(tree.get("exercise"), dict) else {}
    return {
        "participant": (*of_exercise("participants"), exercise.EVERYBODY), "objective": of_exercise("objectives"),
        "step or task": (*ids("playbook"), *of_exercise("tasks"), RETURN),
        "need": keys("needs"), "group": keys("groups"),
        "site": keys("sites"), "link": keys("links"), "team": keys("teams"), "platform": keys("platforms"),
        **_channel_names(tree.get("channels")), "event": ids("events"), "step": ids("events") + ids("playbook"),
        "phase": tuple(phases) if isinstance(phases, dict) else (),
    }  # fmt: skip


def _channel_names(found: Any) -> dict[str, tuple[str, ...]]:
    """The names of all channels, and of those that can do something."""
    raw = {str(name): channel if isinstance(channel, dict) else {} for name, channel in found.items()} if isinstance(found, dict) else {}
    kinds = {name: channels.kind_named(name, channel.get("kind")) for name, channel in raw.items()}
    return {
        "channel": tuple(kinds),
        "telephone channel": tuple(name for name, kind in kinds.items() if kind.has_numbers),
        "inbound channel": tuple(name for name, kind in kinds.items() if not kind.calls_out),
        "callback channel": tuple(name for name, kind in kinds.items() if kind.calls_out),
        "channel with self-service": tuple(name for name, channel in raw.items() if channel.get("self_service") is not None),
    }
