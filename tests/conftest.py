"""How the whole suite runs: on the compiled engine, or with ``--pure`` on its sources even beside a compiled one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from simulator.engine import build
from tests.command import Crisis, called

ROOT = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pure", action="store_true", help="run the engine's sources, even beside compiled modules")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--pure"):
        os.environ[build.PURE] = "1"  # inherited by every process that the tests start
        build.choose()


def pytest_report_header(config: pytest.Config) -> str:
    return f"engine: {build.state()}"


@pytest.fixture
def crisis(capsys: pytest.CaptureFixture[str]) -> Crisis:
    """The command."""
    return lambda *words: called(capsys, *words)


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the repository."""
    return ROOT
