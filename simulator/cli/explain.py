"""``crisis explain``: what a name or an error code means."""

from __future__ import annotations

import click


@click.command("explain")
@click.argument("name", metavar="NAME|ERROR")
def command(name: str) -> None:
    """Explain a measure, strategy, event, action, distribution, unit, key of the file, or an error code."""
    from simulator.scenario.glossary import explained

    for i, entry in enumerate(explained(name)):
        click.echo(("\n" if i else "") + f"{entry.name} ({entry.kind})")
        for line in (entry.line, *entry.more):
            click.echo(f"  {line}")
