"""Errors as a person reads them: a block per diagnostic, a sentence for the rest, never a traceback."""

from __future__ import annotations

import os
import re
import sys
import tempfile
import traceback
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from simulator import disk
from simulator.errors import Diagnostic, ExitCode, Interrupted, OutputError, ScenarioError, UsageError, printable

if TYPE_CHECKING:
    from simulator.experiment.task import Failure

MOST_UNREADABLE = 20
"""Bytes that make no character, above which a file is no text."""
MOST_SHOWN = 2_000_000
"""Bytes of a file in which a line is looked for."""
_STYLE = re.compile(r"((?:\x1b\[3[1-3]m)?\x1b\[1m|\x1b\[0m)")
"""Where bold print begins, plain or in one of our colours, and where it ends: what others wrote has no colour of its own."""
COLOURS = {"error": "red", "warning": "yellow"}


def explain(error: BaseException) -> ExitCode:
    """Tell the user on stderr what went wrong, with the notes that were added on its way, and return the exit code for it."""
    if isinstance(error, click.Abort) and error.__cause__ is not None:
        error = error.__cause__  # click's word for a KeyboardInterrupt, which has the notes
    code = _told(error)
    for note in getattr(error, "__notes__", ()):
        say(note)
    return code


def _told(error: BaseException) -> ExitCode:
    if isinstance(error, click.exceptions.Exit):
        return ExitCode(error.exit_code)
    if isinstance(error, SystemExit):
        return ExitCode(error.code) if isinstance(error.code, int) else ExitCode.BUG
    if isinstance(error, (KeyboardInterrupt, click.Abort, Interrupted)):
        kept = bool(getattr(error, "__notes__", ()))
        say(str(error) or ("Interrupted." if kept else "Interrupted: nothing was written."))
        return ExitCode.INTERRUPTED
    if isinstance(error, click.ClickException):
        say(_usage(error))
        return ExitCode.BAD_INPUT
    if isinstance(error, ScenarioError):
        say(blocks(error.diagnostics))
        say(count(error.diagnostics))
        return ExitCode.BAD_INPUT
    if isinstance(error, (UsageError, OutputError)):
        say(failed(str(error)))
        return ExitCode.BAD_INPUT
    if isinstance(error, OSError) and error.filename is not None:  # a question to the file system that failed
        say(failed(disk.why(error, disk.shown(os.fsdecode(error.filename)))))
        return ExitCode.BAD_INPUT
    say(failed(_short(error), "internal error"))
    saved = _save("".join(traceback.format_exception(error)))
    say(f"This is our fault, not yours. Please report it{f' with the details in {saved}' if saved else ''}.")
    return ExitCode.BUG


def blamed(failures: Sequence[Failure]) -> ExitCode:
    """The exit code where replications failed: bad input, if a user's own strategy is to blame for all of them, else our bug."""
    return ExitCode.BAD_INPUT if all(failure.of_strategy for failure in failures) else ExitCode.BUG


class Styled(str):
    """A text with colours of ours, in which what others wrote is escaped already."""

    __slots__ = ()


def say(text: str) -> None:
    """Print ``text`` on stderr; colour goes away where it cannot be shown, and control characters that others wrote are escaped."""
    click.echo(text if isinstance(text, Styled) else printable(text), err=True, color=colour())


def tell(text: str) -> None:
    """Print ``text`` on stdout, which ends with its own line end; what a terminal would obey is escaped, but bold print and our colours."""
    click.echo("".join(part if i % 2 else printable(part) for i, part in enumerate(_STYLE.split(text))), nl=False, color=colour())


def colour() -> bool | None:
    """False where the user wants none (https://no-color.org), else None: colour only on a terminal."""
    return False if os.environ.get("NO_COLOR") else None


def failed(why: str, what: str = "error") -> Styled:
    """The sentence that says why something failed."""
    return Styled(f"{click.style(what, fg='red', bold=True)}: {printable(why)}")


def blocks(diagnostics: Iterable[Diagnostic]) -> Styled:
    """Return each diagnostic with its place, the line it stands on, a caret and the help."""
    lines: dict[str, list[str]] = {}
    return Styled("\n\n".join(_block(d, lines) for d in diagnostics) + "\n")


def count(diagnostics: Sequence[Diagnostic]) -> str:
    """Return the closing line: ``Found 4 errors, 1 warning in 1 file.`` and the like."""
    errors = sum(d.severity == "error" for d in diagnostics)
    warnings = len(diagnostics) - errors
    files = len({d.file for d in diagnostics})
    found = [_plural(n, word) for n, word in ((errors, "error"), (warnings, "warning")) if n]
    return f"Found {', '.join(found) or 'no problem'} in {_plural(files, 'file')}."


def _block(diagnostic: Diagnostic, sources: dict[str, list[str]]) -> str:
    d = replace(diagnostic, message=printable(diagnostic.message), help=printable(diagnostic.help))
    text = [click.style(f"{d.severity}[{d.code}]", fg=COLOURS.get(d.severity), bold=True) + f": {d.message}"]
    margin = len(str(d.line))
    if d.file:
        place = printable(f"{d.file}:{d.line}:{d.column}" if d.line else d.file)
        text.append(f"{' ' * margin}--> {place}")
    source = _line(d, sources)
    if source is not None:
        bar = f"{' ' * margin} |"
        carets = "^" * max(1, min(d.length, len(source) - d.column + 1))
        text += [
            bar,
            f"{d.line} | {source}",
            f"{bar} {' ' * (d.column - 1)}{click.style(carets, fg=COLOURS.get(d.severity), bold=True)}",
            bar,
        ]
    if d.help:
        text.append(f"{' ' * margin} = help: {d.help}")
    return "\n".join(text)


def _line(diagnostic: Diagnostic, sources: dict[str, list[str]]) -> str | None:
    """The line that a diagnostic points at, or None where it cannot be shown or the file is no text. Control characters become spaces."""
    if not diagnostic.file or diagnostic.line < 1 or diagnostic.column < 1:
        return None
    if diagnostic.file not in sources:
        try:
            text = disk.content(diagnostic.file, MOST_SHOWN).decode("utf-8-sig", errors="replace")
            sources[diagnostic.file] = [] if "\0" in text or text.count("\ufffd") > MOST_UNREADABLE else text.split("\n")
        except disk.Unreadable:
            sources[diagnostic.file] = []
    lines = sources[diagnostic.file]
    if diagnostic.line > len(lines):
        return None
    return "".join(c if c.isprintable() else " " for c in lines[diagnostic.line - 1].rstrip("\r"))[:300]


def _usage(error: click.ClickException) -> Styled:
    """The message, with the usage line and where to find help, as click words them."""
    context = getattr(error, "ctx", None)
    lines = [] if context is None else [context.get_usage(), f"Try '{context.command_path} --help' for help.", ""]
    return Styled("\n".join([*lines, failed(error.format_message())]))


def _short(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:300]}" if text else type(error).__name__


def _save(text: str) -> str:
    """Save a traceback where the user can find it; an empty text where even that is impossible."""
    try:
        with tempfile.NamedTemporaryFile("w", prefix="crisis-", suffix=".txt", delete=False, encoding="utf-8") as file:
            file.write(f"{' '.join(sys.argv)}\nPython {sys.version}\n\n{text}")
            return file.name
    except OSError:
        return ""


def _plural(n: int, word: str) -> str:
    return f"{n:,} {word}" + ("" if n == 1 else "s")
