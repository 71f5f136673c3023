"""``crisis show``: a scenario with everything in place, where each value comes from, and when what happens."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from simulator.cli.options import PLUGIN, SET
from simulator.cli.trouble import blocks, say, tell


@click.command("show")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--resolved", is_flag=True, help="The whole scenario as YAML: what it extends, sets and varies in place.  [default]")
@click.option("--origin", is_flag=True, help="Every value and who said so: a line of a file, --set, a variant, or a default.")
@click.option("--timeline", is_flag=True, help="Phases, events and playbook over time, by likely values.")
@click.option("--variant", metavar="ID", help="One variant instead of the file as written.")
@SET
@PLUGIN
def command(file: Path, resolved: bool, origin: bool, timeline: bool, variant: str | None, overrides: tuple[str, ...]) -> None:
    """Show FILE as the simulator understands it. Nothing is simulated."""
    from simulator.scenario import load, lower

    scenario = load(file, overrides)
    scenario.known_variant(variant)
    if scenario.warnings:
        say(blocks(scenario.warnings))
    parts: list[str] = []
    if resolved or not (origin or timeline):
        parts.append(scenario.resolved(variant))
    if origin:
        from simulator.scenario.origin import origins

        found = origins(scenario, variant)
        width = min(max(len(f"{o.path}: {o.value}") for o in found), 90)
        parts.append("".join(f"{f'{o.path}: {o.value}':<{width}}  # {o.where}\n" for o in found))
    if timeline:
        from simulator.scenario.timeline import ASCII, BLOCKS, chart

        signs = BLOCKS if sys.stdout.isatty() and "utf" in (sys.stdout.encoding or "").lower() else ASCII
        parts.append(chart(lower(scenario, variant), signs))
    tell("\n".join(parts))
