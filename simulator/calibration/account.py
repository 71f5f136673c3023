"""The books of reading: calls in = used + set aside, each with its reason and line."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

UNKNOWN = -1.0
"""A row of which nobody can read how many calls it has."""


@dataclass
class Account:
    """What became of the calls of one file. ``lines`` has for each reason the lines and their calls."""

    file: str
    rows: int = 0  #: below the heading, empty ones left out
    calls: float = 0.0  #: in the rows whose number of calls can be read
    lines: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    no_calls: set[str] = field(default_factory=set)  #: reasons that set rows aside which hold no calls of their own

    def aside(self, reason: str, line: int, calls: float, *, holds: bool = True) -> None:
        """Set ``calls`` of ``line`` aside; they are among ``self.calls`` already if ``holds``."""
        self.lines.setdefault(reason, []).append((line, calls))
        if not holds:
            self.no_calls.add(reason)

    @property
    def set_aside(self) -> float:
        """Calls set aside, of rows whose number of calls can be read."""
        return sum(sum(calls for _, calls in lines if calls > 0) for reason, lines in self.lines.items() if reason not in self.no_calls)

    @property
    def used(self) -> float:
        """Calls that are used."""
        return self.calls - self.set_aside

    @property
    def unread(self) -> int:
        """Rows set aside of which nobody knows how many calls they hold."""
        return sum(1 for reason, lines in self.lines.items() if reason not in self.no_calls for _, calls in lines if calls == UNKNOWN)

    def reasons(self) -> Mapping[str, tuple[int, float]]:
        """By reason: how many lines, and how many calls."""
        return {reason: (len(lines), sum(max(calls, 0.0) for _, calls in lines)) for reason, lines in self.lines.items()}


def write(accounts: list[Account], path: Path) -> None:
    """Write every line that was set aside: file, line, calls (empty where unknown) and reason."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("file", "line", "calls", "reason"))
        writer.writerows(_rows(accounts))


def _rows(accounts: list[Account]) -> Iterator[tuple[str, int, str, str]]:
    for account in accounts:
        found = [(line, calls, reason) for reason, lines in account.lines.items() for line, calls in lines]
        for line, calls, reason in sorted(found):
            yield account.file, line, "" if calls == UNKNOWN or reason in account.no_calls else f"{calls:g}", reason
