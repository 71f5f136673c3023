"""``crisis explain``: what a name or an error code means."""

from __future__ import annotations

import click

RESULT = "crisis-result/v1"


@click.command("explain")
@click.argument("name", metavar="NAME|ERROR")
def command(name: str) -> None:
    """Explain a measure, strategy, event, action, distribution, unit, key of the file, an error code, or crisis-result/v1."""
    if name in (RESULT, RESULT.partition("/")[0]):
        _explain_result()
        return
    from simulator.scenario.glossary import explained

    for i, entry in enumerate(explained(name)):
        click.echo(("\n" if i else "") + f"{entry.name} ({entry.kind})")
        for line in (entry.line, *entry.more):
            click.echo(f"  {line}")


def _explain_result() -> None:
    """The keys of the document that ``crisis run --json`` prints, as its JSON Schema describes them."""
    from simulator.report.answer import schema

    document = schema()
    click.echo(f"{RESULT} (the one document that `crisis run --json` prints)")
    for key, value in document["properties"].items():
        shown = document["definitions"][value["$ref"].rpartition("/")[2]] if "$ref" in value else value
        click.echo(f"  {key}: {shown['description']}")
