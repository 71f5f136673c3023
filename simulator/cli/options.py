"""The options that commands which simulate have in common, written once, and what they mean together."""

from __future__ import annotations

import functools
import gc
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from simulator.cli.memory import MAX_MEMORY, hold
from simulator.cli.progress import bar
from simulator.cli.trouble import blocks, say

if TYPE_CHECKING:
    from simulator.experiment.pool import Runner
    from simulator.scenario import Scenario

Option = Callable[[Callable[..., Any]], Callable[..., Any]]
LOCAL, DASK = "local", "dask"
ANEW = {"interrupted", "plugins", "jobs", "executor", "scheduler", "fail_on", "strict_precision", "as_json", "shown", "quiet", "verbose"}
"""What can be chosen anew for a question that is resumed: how it is worked on and told, never what it finds."""

SET = click.option(
    "--set", "overrides", multiple=True, metavar="PATH=VALUE", help="Put a value in the place of what the file says (repeatable)."
)
"""The option of every command that reads a scenario."""


def _plug_in(_context: click.Context, _option: click.Parameter, files: tuple[Path, ...]) -> None:
    if files:
        from simulator.scenario.plugins import plug_in

        for file in files:
            plug_in(file, Path())


PLUGIN = click.option(
    "--plugin", "plugins", multiple=True, metavar="FILE.py", type=click.Path(path_type=Path), is_eager=True, expose_value=False,
    callback=_plug_in, help="Strategies, events and actions of your own: a Python file, which is run (repeatable).",
)  # fmt: skip
"""The option of every command to which a strategy, an event or an action may be new."""
JOBS = click.option("-j", "--jobs", default="auto", metavar="JOBS", help="Worker processes, or auto for one per core.", show_default=True)
OUT = click.option(
    "-o", "--out", type=click.Path(path_type=Path), default=Path("results"), metavar="DIR", show_default=True, help="Where results go."
)
EXECUTOR = click.option(
    "--executor", type=click.Choice([LOCAL, DASK]), default=LOCAL, show_default=True, help="Processes of this machine, or a Dask cluster."
)
SCHEDULER = click.option("--scheduler", metavar="ADDRESS", help="The cluster's scheduler, such as tcp://10.0.0.5:8786, or its file.")
VARIANT = click.option("--variant", metavar="ID", help="A variant of the file.  [default: the file as written]")


def _worlds(least: int, default: int) -> tuple[Option, ...]:
    return (
        click.option(
            "-n", "--replications", type=click.IntRange(min=least),
            help=f"How many worlds to simulate.  [default: the file's, else {default}]",
        ),
        click.option(
            "--seed", type=click.IntRange(min=0), help="Which worlds: the same seed gives the same bytes.  [default: the file's, else 1]"
        ),
    )  # fmt: skip


WORK = (
    JOBS,
    EXECUTOR,
    SCHEDULER,
    OUT,
    click.option(
        "--extend", "earlier", type=click.Path(path_type=Path), metavar="RUN", help="Add worlds to a finished one, in a new folder."
    ),
    click.option(
        "--resume", "interrupted", type=click.Path(path_type=Path), metavar="RUN", help="Finish what was interrupted, as it was asked for."
    ),
)  # fmt: skip
TELLING = (
    MAX_MEMORY,
    click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout instead of the summary."),
    click.option(
        "--progress", "shown", type=click.Choice(["auto", "plain", "none"]), default="auto", show_default=True,
        help="How progress is shown.",
    ),
    click.option("-q", "--quiet", is_flag=True, help="No talk on stderr except errors."),
)  # fmt: skip


@dataclass(frozen=True)
class How:
    """What the common options say."""

    replications: int | None
    seed: int | None
    jobs: str
    executor: str
    scheduler: str | None
    out: Path
    earlier: Path | None
    interrupted: Path | None
    as_json: bool
    shown: str
    quiet: bool

    @property
    def workers(self) -> int | None:
        """The number of worker processes; None for one per core."""
        return workers_named(self.jobs)

    def worlds(self, scenario: Scenario | None, default: int = 30) -> int:
        """How many worlds are asked for."""
        return self.replications or (None if scenario is None else scenario.replications) or default

    def world(self, scenario: Scenario | None) -> int:
        """Of which seed."""
        return self.seed if self.seed is not None else scenario.seed if scenario is not None and scenario.seed is not None else 1

    def read(self, file: Path, overrides: tuple[str, ...]) -> Scenario:
        """The checked scenario; its warnings are told."""
        from simulator.scenario import load

        scenario = load(file, overrides)
        if scenario.warnings and not self.quiet:
            say(blocks(scenario.warnings))
        return scenario

    def hold(self, scenario: Scenario | None, worlds: int, *, records: bool = False, quiet: bool = False) -> None:
        """Say what a large question needs, and refuse what is more than is allowed."""
        if self.interrupted is None:
            hold(scenario, worlds, self.workers, local=self.executor == LOCAL, records=records, quiet=self.quiet or quiet)

    @contextmanager
    def at_work(self, worlds: int | None) -> Iterator[dict[str, Any]]:
        """What simulates and shows how far it has come, as the arguments of a function of the API."""
        shown = "none" if self.quiet else self.shown
        simulates = runner_of(self.executor, self.scheduler, self.workers, quiet=self.quiet)
        with simulates as runner, bar(worlds, shown=shown) as progress:
            yield {"jobs": self.workers, "progress": progress, "runner": runner}


def simulating(*, least: int = 1, default: int = 30, checked: bool = False) -> Option:
    """The options of every command that simulates, given to it together, as ``how``.

    Unless what is given beside ``--extend`` is ``checked`` by the command, it is refused: it would have no effect.
    """

    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def command(context: click.Context, /, **given: Any) -> Any:
            how = How(**{field.name: given.pop(field.name) for field in fields(How)})
            if how.interrupted is not None:
                _only(context, ANEW, "--resume finishes a run as it was asked for, and where it is: it takes no")
            elif how.earlier is not None and not checked:
                _only(context, ANEW | {"earlier", "replications", "out"}, "--extend asks for more worlds of the same: it takes no")
            check_executor(how.executor, how.scheduler)
            if how.workers != 1 and how.executor == LOCAL and not given.get("dry_run"):
                from simulator.experiment.workers import start_loading

                start_loading()
            return function(context, how, **given)

        made: Callable[..., Any] = command
        for option in reversed((*_worlds(least, default), *WORK, *TELLING)):
            made = option(made)
        return made

    return add


def _only(context: click.Context, allowed: Collection[str], refusal: str) -> None:
    """Refuse every option and argument that would have no effect."""
    given = [
        p for p in context.command.params if p.name not in allowed and context.get_parameter_source(p.name or "") != ParameterSource.DEFAULT
    ]
    if given:
        raise click.UsageError(f"{refusal} " + ", ".join(p.opts[0] if isinstance(p, click.Option) else "FILE" for p in given))


def workers_named(text: str) -> int | None:
    """The number of worker processes; None for one per core."""
    if text == "auto":
        return None
    if not text.isdecimal() or int(text) < 1:
        raise click.BadParameter(f"{text!r} is neither a whole number from 1 nor auto", param_hint="--jobs")
    return int(text)


def check_executor(executor: str, scheduler: str | None) -> None:
    """Raise click's error for options that contradict each other."""
    if scheduler is not None and executor != DASK:
        raise click.UsageError("--scheduler is the address of a cluster: it needs --executor dask")


@contextmanager
def runner_of(executor: str, scheduler: str | None, jobs: int | None, *, quiet: bool) -> Iterator[Runner | None]:
    """What simulates, for the length of a block; None is processes of this machine."""
    gc.freeze()  # what a command has loaded by now stays to its end: nobody need look through it time and again
    if executor == LOCAL:
        yield None
        return
    from simulator.experiment.cluster import connected

    with connected(scheduler, jobs) as cluster:
        if not quiet:
            say(f"Cluster: {cluster}")
        yield cluster
