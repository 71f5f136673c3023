"""The command ``crisis``. Results go to stdout, talk goes to stderr, and nothing heavy is loaded before it is needed."""

from __future__ import annotations

import sys
from typing import NoReturn

import click

from simulator.cli import (
    calibrate,
    check,
    compare,
    drill,
    explain,
    importing,
    init,
    report,
    run,
    schema,
    sensitivity,
    show,
    staff,
    verify,
    weakest,
)
from simulator.cli import list as listing
from simulator.cli.signals import Stop, heeded
from simulator.cli.streams import code_for, lost, tolerated
from simulator.cli.trouble import colour, failed, say
from simulator.cli.trouble import explain as explain_error


def _version(context: click.Context, _option: click.Parameter, asked: bool) -> None:
    if not asked or context.resilient_parsing:
        return
    from importlib.metadata import PackageNotFoundError, version

    from simulator.engine.build import state

    try:
        number = version("crisis-simulator")
    except PackageNotFoundError:  # run from a source tree that is not installed
        number = "(not installed)"
    click.echo(f"crisis-simulator {number}, engine {state()}")
    context.exit()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Say the version and how the engine runs."
)
def crisis() -> None:
    """Simulate crises in contact centres: what breaks, what people do, what a playbook changes."""


for module in (
    importing,
    calibrate,
    run,
    compare,
    staff,
    sensitivity,
    weakest,
    drill,
    report,
    check,
    show,
    init,
    listing,
    explain,
    schema,
    verify,
):
    crisis.add_command(module.command)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit with one of :class:`simulator.errors.ExitCode`."""
    with heeded(to_the_end=arguments is None) as stop, tolerated() as printed:
        code = _run(arguments, stop)
        sys.stdout.flush()
        why = lost(printed)
        if why:
            say(failed(f"not all that was to be printed could be: {why}"))
    exec("")  # noqa: S102  # CPython remembers an interrupt that ended such a text (a dataclass being made), and would die of it below
    sys.exit(code_for(code, why))


def _run(arguments: list[str] | None, stop: Stop) -> int:
    """Run the command line; return the exit code. Once this has ended, however, it is too late to stop it."""
    try:
        try:
            return int(crisis.main(args=arguments, prog_name="crisis", standalone_mode=False, color=colour()) or 0)
        finally:
            stop.ignore()
    except BaseException as error:  # noqa: BLE001  # the last place before the user: every error ends here as a sentence
        return int(explain_error(error))
