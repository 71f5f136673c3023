"""The reference pages of the language's keys and of its errors, written from their declarations."""

from __future__ import annotations

from simulator.model.channels import KINDS
from simulator.scenario import language
from simulator.scenario.calendar import spoken
from simulator.scenario.channel_form import ChannelForm
from simulator.scenario.channels import FITS, TARGETS
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
        rows.append(f"| `{key.name}` | {written(key.node)} | {default} | {key.says} |")
    return "\n".join(rows)


def channels() -> str:
    """``docs/reference/channels.md``: every kind of channel, its own keys, and what does not go together."""
    text = [
        "# Channels",
        "Generated from the declarations in `simulator/model/channels.py` and `simulator/scenario/channels.py`; do not edit.",
        (
            "A channel under `channels` is of the kind that its `kind` names; without one, of the kind it is called after (`email:`), or "
            "else a telephone. All keys, with units and defaults, stand on [the page of keys](keys.md#channelsname). Need and channel "
            "together are a queue: the laws of a need hold on every channel that gives none of its own."
        ),
        "## Kinds",
    ]
    rows = ["| kind | what it is | target if none is given | its own keys |", "|---|---|---|---|"]
    for kind in KINDS.values():
        share, seconds = TARGETS[kind.name]
        own = ", ".join(f"`{key}`" for key, (kinds, _) in FITS.items() if kind.name in kinds)
        rows.append(f"| `{kind.name}` | {kind.says} | {share:.0%} in {spoken(seconds)} | {own} |")
    text += [
        "\n".join(rows),
        "Keys of every channel: " + ", ".join(f"`{key.name}`" for key in language.keys(ChannelForm) if key.name not in FITS) + ".",
        "## What does not go together",
        "`crisis check` refuses these, with the reason; nothing that a file says is ignored.",
    ]
    rows = ["| what | only on | why |", "|---|---|---|"]
    rows += [f"| `{key}` | {', '.join(f'`{kind}`' for kind in kinds)} | {why} |" for key, (kinds, why) in FITS.items()]
    rows += [f"| {what} | {where} | {why} |" for what, where, why in REFUSED]
    return "\n\n".join([*text, "\n".join(rows)]) + "\n"


REFUSED = (
    (
        "`redial.busy`",
        "`voice`, `chat`; others with a `platform`",
        "what is written is kept while nobody is there: nothing is refused",
    ),
    ("`redial.cut`", "`voice`, `chat`", "no failure loses what is written"),
    ("`moves`, and shares of a need's `channels`", "all but `callback`", "it is a list that we call"),
    ("people without a channel", "", "at least one channel is not a `callback`"),
    ("people who use a channel that no team serves", "", "teams without `channels` serve all but callbacks"),
    ("`contagion.channel`", "`social`", "others do not read what is written elsewhere"),
    ("`contagion.breeds` of 1 and more", "", "one post would lead to 1 / (1 - breeds) in all: without end"),
    ("`care.after`", "policies `cap`, `escalate`", "nothing ends or hands over a talk otherwise"),
    ("`care.to`", "policies `escalate`, `care-team`; or with a `care.switch`", "nobody takes over otherwise; a team must have that skill"),
    ("`standing.level` beside a `history`", "", "the level is what the history amounts to"),
    ("`callback.offer`, `callback.campaign`: `by`", "`callback`", "we call from a list"),
    ("`contacts.deflect`: `channel`, `to`", "all but `callback`", "people are led from and to channels on which they contact us"),
    ("`selfservice.set`: `channel`", "a channel with `self_service`", "it changes what the machine does"),
    ("`numbers.reroute`: `channel`", "`voice`", "only telephone numbers lead to a site"),
    ("`contacts.deflect`: `to` the same channel", "", "people are there already"),
    ("no `links`", "scenarios without `voice` and `callback`", "calls need lines"),
    (
        "a site without `links`",
        "sites to which no numbers lead",
        "people call there; who calls back from it uses those lines",
    ),
)
"""What else is refused, beyond keys of the wrong kind: what, where it is allowed, and why."""


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
