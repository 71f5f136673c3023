"""How much memory a command may take: ``--max-memory``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from simulator.cli.trouble import say

if TYPE_CHECKING:
    from simulator.scenario import Scenario

ALLOWED = "simulator.max-memory"


def _kept(context: click.Context, _option: click.Parameter, text: str | None) -> None:
    if text is not None:
        from simulator.experiment.memory import read_size

        context.meta[ALLOWED] = read_size(text)


MAX_MEMORY = click.option(
    "--max-memory", metavar="SIZE", expose_value=False, callback=_kept,
    help="Refuse what would need more memory, such as 4GB, before anything is simulated.",
)  # fmt: skip
"""The option of every command that simulates; :func:`hold` obeys it."""
WORTH_SAYING = 2e9
"""Bytes from which a command says what it will need."""


def hold(scenario: Scenario | None, replications: int, jobs: int | None, *, local: bool = True, records: bool = False, quiet: bool) -> None:
    """Say what a large question about a scenario needs; raise UsageError where that is more than is allowed.

    Variants are looked at where there is a limit. Elsewhere than on this machine there is none.
    """
    from simulator.experiment.memory import need
    from simulator.scenario import lower

    allowed = click.get_current_context().meta.get(ALLOWED)
    if not local:
        if allowed is not None:
            raise click.UsageError("--max-memory is about this machine: a cluster has limits of its own")
        return
    if scenario is None:
        if allowed is not None:
            raise click.UsageError("--max-memory looks at the scenario: name its FILE beside --extend")
        return
    variants = (None, *(scenario.variant_names if allowed is not None else ()))
    wanted = max((need(lower(scenario, name), replications, jobs, records=records) for name in variants), key=lambda one: one.total)
    if allowed is not None:
        wanted.held(allowed)
    if wanted.total > WORTH_SAYING and not quiet:
        say(f"This needs {wanted}. Fewer at a time (-j) take less.")
