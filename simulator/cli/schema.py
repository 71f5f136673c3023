"""``crisis schema``: the JSON Schema of scenario files."""

from __future__ import annotations

import click


@click.command("schema")
def command() -> None:
    """Print the JSON Schema (draft-07) of scenario files.

    Editors complete and explain keys with it; `crisis init` puts a copy beside the scenario and names it in the first line.
    """
    click.echo(text(), nl=False)


def text() -> str:
    """The schema as it is written to a file."""
    import json

    from simulator.scenario.schema import schema

    return json.dumps(schema(), ensure_ascii=False, separators=(",", ":")) + "\n"
