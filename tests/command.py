"""The command as a user calls it, in this process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


Crisis = Callable[..., Ended]


def called(capsys: pytest.CaptureFixture[str], *words: object) -> Ended:
    """Call ``crisis`` with these words: how it ended, and what it printed since somebody last looked. Never a traceback."""
    from simulator.cli import main  # not before it is known on which engine the suite runs

    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    return Ended(int(ended.value.code or 0), out, err)
