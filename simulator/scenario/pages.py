"""The reference pages of the language's keys and of its errors, written from their declarations."""

from __future__ import annotations

from simulator.scenario import language
from simulator.scenario.codes import codes
from simulator.scenario.glossary import as_written, maps, written
from simulator.scenario.language import Key, Names
from simulator.scenario.section import Section


def keys() -> str:
    """``docs/reference/keys.md``: every key of a scenario, section by section."""
    text = [
        "# Keys of the scenario file",
        "Generated from the declarations in `simulator/scenario/`; do not edit.",
        "[The scenario file](scenario.md) tells how values are written; `crisis explain KEY` says the same as this page.",
        "*or a range* means that `{likely, low, high}` may stand there.",
        "## The whole file",
        _table(language.sections()),
    ]
    told: set[type[Section]] = set()
    for key in language.sections():
        if key.name in ("events", "playbook", "routing"):
            continue
        for path, section in _below(key.name, key):
            if section not in told:
                told.add(section)
                text += [f"## `{path}`", _table(language.keys(section))]
    text += [
        "## `routing`",
        "Beside these stand the parameters of the [strategy](strategies.md).",
        _table(language.routing_keys()),
        "## Steps: `events` and `playbook`",
        "Beside these and `do` stand the parameters of [what is done](events-and-actions.md).",
        _table(language.step_keys()),
    ]
    for key in language.step_keys():
        if key.name == "when":
            for section in maps(key.node):
                first = next(k.name for k in language.keys(section) if k.required)
                text += [f"## A trigger with `{first}`: `when` and `until`", _table(language.keys(section))]
    return "\n\n".join(text) + "\n"


def _below(path: str, key: Key) -> list[tuple[str, type[Section]]]:
    """The maps below a key, with their paths; a name chosen by the author is shown as NAME."""
    here = f"{path}.NAME" if isinstance(key.node, Names) else path
    found: list[tuple[str, type[Section]]] = []
    for section in maps(key.node):
        form = next((k.name for k in language.keys(section) if k.name in ("people", "surge", "from")), "")
        several = len(list(maps(key.node))) > 1
        found.append((f"{here}` with `{form}" if several and form else here, section))
        for inner in language.keys(section):
            found += _below(f"{here}.{inner.name}", inner)
    return found


def _table(shown: tuple[Key, ...]) -> str:
    rows = ["| key | written | default | meaning |", "|---|---|---|---|"]
    for key in shown:
        default = "required" if key.required else f"`{as_written(key)}`" if as_written(key) else ""
        rows.append(f"| `{key.name}` | {written(key.node).replace('|', chr(92) + '|')} | {default} | {key.says} |")
    return "\n".join(rows)


def errors() -> str:
    """``docs/reference/errors.md``: every code of an error or a warning."""
    text = [
        "# Errors and warnings",
        "Generated from the declarations in `simulator/scenario/codes.py`; do not edit.",
        (
            "`crisis check` tells every problem of a file at once: `error[code]: what is wrong`, the place that gave the value (file, "
            "line, column), the line with a caret, and what to do. `crisis explain CODE` says what stands here. Errors stop a run (exit "
            "code 2); warnings do not."
        ),
    ]
    for severity, title, says in (
        ("error", "Errors", "The file cannot be used as it is."),
        ("warning", "Warnings", "Allowed, and probably not meant."),
    ):
        text += [f"## {title}", says]
        text += [
            "\n".join(
                ["| code | meaning |", "|---|---|", *(f"| `{c.name}` | {c.text} |" for c in codes.values() if c.severity == severity)]
            )
        ]
    return "\n\n".join(text) + "\n"
