"""How a command that simulated ends: what was found is printed, what went wrong is told, and the exit code says both."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.cli.trouble import blamed, failed, say, tell
from simulator.errors import ExitCode, OutputError

if TYPE_CHECKING:
    from simulator.cli.options import How


def asked_anew(how: How, ask: Callable[..., Any], worlds: int | None, *, full: bool = False, **more: Any) -> Any:
    """The answer to a question: of a new one by ``ask``, or of one that is resumed, or extended with ``more`` in mind."""
    from simulator import api

    with how.at_work(None if how.interrupted is not None else worlds) as work, shown_at_least(how, full=full):
        if how.interrupted is not None:
            return api.resume(how.interrupted, **work)
        if how.earlier is not None:
            return api.extend(how.earlier, replications=how.replications or 30, out=how.out, **more, **work)
        return ask(out=how.out, **work)


@contextmanager
def shown_at_least(how: How, *, full: bool = False) -> Iterator[None]:
    """Show what was found even where it could not be written."""
    try:
        yield
    except OutputError as error:
        result = getattr(error, "result", None)
        if result is not None:
            show(result, as_json=how.as_json, full=full)
        raise


def show(answer: Any, *, as_json: bool, full: bool = False) -> None:
    """Print the findings on stdout, ``full`` with every table."""
    from simulator.asking import page_of
    from simulator.document.program import json_text
    from simulator.document.terminal import ascii_text

    page = page_of(answer.question)
    if as_json:
        click.echo(json_text(page.program(answer)), nl=False)
        return
    told = page.text(answer, full=full)
    tell(told if _speaks_unicode() else ascii_text(told))


def _speaks_unicode() -> bool:
    return "utf" in (sys.stdout.encoding or "").lower()


def finish(
    answer: Any,
    how: How,
    code: Callable[[], ExitCode] = lambda: ExitCode.OK,
    *,
    full: bool = False,
    talk: str = "",
    files: Mapping[str, Path] | None = None,
) -> ExitCode:
    """Print the findings, what went wrong and where the ``files`` are; ``code`` is how it ends if nothing went wrong."""
    show(answer, as_json=how.as_json, full=full)
    for failure in answer.failures:
        say(f"failed: {failure}")
    if answer.spoilt:
        entries = "1 entry of what was kept was" if answer.spoilt == 1 else f"{answer.spoilt} entries of what was kept were"
        say(f"{entries} damaged and left out: their worlds were simulated again.")
    if answer.interrupted:
        said = f"Interrupted: {answer.replications} of {answer.asked} replications were finished"
        if answer.folder is None:
            say(f"{said}.")
        else:
            verb = answer.question.name.partition("-")[0]
            say(f"{said} and written. The others: crisis {verb} --resume {shlex.quote(str(answer.folder))}")
    if not how.quiet and answer.folder is not None:
        if talk:
            say(talk)
        for name, file in (files or {"Report": answer.folder / "report.html"}).items():
            say(f"{f'{name}:':<7} {file}")
    if answer.interrupted:
        return ExitCode.INTERRUPTED
    return blamed(answer.failures) if answer.failures else code()


def code_of(answer: Any, *, fail_on: str = "error", strict: bool = False) -> ExitCode:
    """How a run or a comparison ends by what was found; other questions have no thresholds to breach."""
    if getattr(answer, "contest", None) is not None:
        selection = answer.contest.selection
        decided = selection is None or selection.decided
        return ExitCode.OK if not strict or (answer.precise and decided) else ExitCode.IMPRECISE
    if not hasattr(answer, "statuses"):
        return ExitCode.OK
    statuses = answer.statuses
    for mark, status in zip(answer.summary.thresholds, statuses, strict=True):
        if status == "empty":
            say(failed(f"threshold {mark.text} has no data: nothing was measured there in any world"))
    if "empty" in statuses:
        return ExitCode.BAD_INPUT
    close = fail_on != "error" and "inconclusive" in statuses
    warned = fail_on == "warn" and bool(answer.scenario.warnings)
    if "fail" in statuses or close or warned:
        return ExitCode.BREACHED
    return ExitCode.IMPRECISE if strict and not answer.precise else ExitCode.OK
