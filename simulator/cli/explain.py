"""``crisis explain``: what a name or an error code means."""

from __future__ import annotations

import click

DOCUMENTS = {"crisis-result/v1": "run", "crisis-comparison/v1": "compare"}
"""What ``--json`` prints, by the command that does."""


@click.command("explain")
@click.argument("name", metavar="NAME|ERROR")
def command(name: str) -> None:
    """Explain a measure, strategy, event, action, distribution, unit, key of the file, an error code, or crisis-result/v1."""
    for document, verb in DOCUMENTS.items():
        if name in (document, document.partition("/")[0]):
            _explain_document(document, verb)
            return
    from simulator.scenario.glossary import explained

    for i, entry in enumerate(explained(name)):
        click.echo(("\n" if i else "") + f"{entry.name} ({entry.kind})")
        for line in (entry.line, *entry.more):
            click.echo(f"  {line}")


def _explain_document(name: str, verb: str) -> None:
    """The keys of the document that ``--json`` prints, as its JSON Schema describes them."""
    from simulator.report import answer, findings

    document = answer.schema() if verb == "run" else findings.schema()
    click.echo(f"{name} (the one document that `crisis {verb} --json` prints)")
    for key, value in document["properties"].items():
        shown = document["definitions"][value["$ref"].rpartition("/")[2]] if "$ref" in value else value
        click.echo(f"  {key}: {shown.get('description', '')}".rstrip(": "))
