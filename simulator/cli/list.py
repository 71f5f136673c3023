"""``crisis list``: what a scenario can use."""

from __future__ import annotations

import click

LISTED = ("measures", "strategies", "events", "actions", "channels", "templates")


@click.command("list")
@click.argument("what", metavar="|".join(LISTED), type=click.Choice(LISTED))
def command(what: str) -> None:
    """List measures, strategies, events, actions, channels or templates, a line each. `crisis explain NAME` says more."""
    from simulator.scenario.glossary import listed

    found = listed(what)
    width = max(len(entry.name) for entry in found)
    for entry in found:
        click.echo(f"{entry.name:<{width}}  {entry.line}")
