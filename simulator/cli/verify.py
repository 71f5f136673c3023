"""``crisis verify``: is the engine right? Small centres whose exact numbers are known, simulated and judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from simulator.errors import ExitCode

if TYPE_CHECKING:
    from simulator.verify.verdict import Row


@click.command("verify")
@click.argument("cases", nargs=-1, metavar="[CASE]...")
@click.option("--quick", is_flag=True, help="Simulate an eighth of the worlds: two minutes instead of twelve, small errors go unnoticed.")
@click.option("-j", "--jobs", type=click.IntRange(min=1), help="Processes; one per core, if not given.")
@click.option("--format", "form", type=click.Choice(["text", "markdown"]), default="text", show_default=True, help="How to tell it.")
@click.pass_context
def command(context: click.Context, cases: tuple[str, ...], quick: bool, jobs: int | None, form: str) -> None:
    """Check the simulator against exact results of queueing theory.

    Every case is a scenario that goes through the whole product. Each number is shown beside its exact value with a 99 %
    interval and the error that this check would have noticed. Exit codes: 0 all agree, 3 at least one does not.
    """
    from simulator.cli.progress import bar
    from simulator.verify.verdict import table, verify

    with bar(1) as progress:
        rows = verify(jobs, quick=quick, chosen=cases, progress=progress)
    click.echo(table(rows, markdown=form == "markdown"), nl=False)
    failed = [row for row in rows if not row.passed]
    _conclude(rows, failed)
    if failed:
        context.exit(ExitCode.BREACHED)


def _conclude(rows: list[Row], failed: list[Row]) -> None:
    count = len({row.case.id for row in rows})
    said = f"{len(rows) - len(failed)} of {len(rows)} numbers of {count} cases agree with theory"
    click.echo(said if not failed else f"{said}; these do not: " + ", ".join(f"{row.case.id} {row.check.says}" for row in failed), err=True)
