"""What has to be the same wherever the worlds of one run are simulated, so that they are the same worlds."""

from __future__ import annotations

import platform
from functools import cache
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

LIBRARIES = ("numpy", "scipy", "simpy")
"""Those that take part in a world."""
PACKAGE = Path(__file__).resolve().parent.parent
PARTS = ("crisis", "engine", "experiment", "model", "records", "routing", "statistics", "workload")


@cache
def kin() -> dict[str, str]:
    """Versions of Python, the libraries and the simulator, whose sources count: a version number says too little of a checkout."""
    found = {"Python": ".".join(platform.python_version_tuple()[:2])}
    for name in LIBRARIES:
        found[name] = version(name)
    try:
        number = version("crisis-simulator")
    except PackageNotFoundError:  # a source tree that is not installed
        number = ""
    digest = blake2b(digest_size=4)
    for path in sorted(path for part in PARTS for path in (PACKAGE / part).rglob("*.py")):
        digest.update(f"{path.name}\n".encode())
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    found["crisis-simulator"] = f"{number} ({digest.hexdigest()})".strip()
    return found


def strangers(theirs: dict[str, str]) -> str:
    """How ``theirs`` differs from :func:`kin` here, in words; empty where it does not."""
    ours = kin()
    return ", ".join(f"{name} {theirs.get(name, 'missing')} instead of {ours[name]}" for name in ours if theirs.get(name) != ours[name])
