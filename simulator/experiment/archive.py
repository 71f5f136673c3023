"""``worlds.npz``: the tallies of every world and the scenario, so that a finished run can be rendered again or extended.

A ZIP of NumPy arrays and one JSON text. Nothing in it is executed when it is read: no pickle.
"""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.errors import Diagnostic, UsageError
from simulator.experiment.request import Request
from simulator.experiment.task import Failure
from simulator.scenario import Scenario

if TYPE_CHECKING:
    from simulator.experiment.result import Result
    from simulator.model.world import Model
    from simulator.statistics.tally import Tally

NAME = "worlds.npz"
FORMAT = 1
ABOUT = "about.json"
ARRAYS = ("contacts", "at_site", "customers", "elapsed", "queue_time", "online_time", "agent_time", "wait_quantiles", "constraint")
NAMES = ("needs", "channels", "sites", "links")
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of every member: equal runs, equal bytes."""


@dataclass(frozen=True)
class Archive:
    """A finished run as it was kept."""

    scenario: Scenario
    request: Request
    version: str  #: of the simulator that ran it
    tallies: Mapping[str, tuple[Tally, ...]]  #: by variant, in order of replication
    asked: int
    failures: tuple[Failure, ...] = ()
    interrupted: bool = False


def write(result: Result, path: Path) -> None:
    """Keep ``result``. Raises OSError where that is impossible."""
    scenario = result.scenario
    about = {
        "format": FORMAT,
        "version": running(),
        "scenario": {f.name: getattr(scenario, f.name) for f in fields(Scenario) if f.name not in ("positions", "warnings")},
        "warnings": [asdict(d) for d in scenario.warnings],
        "request": asdict(result.request),
        "asked": result.asked,
        "failures": [asdict(failure) | {"traceback": ""} for failure in result.failures],
        "interrupted": result.interrupted,
        "variants": {name: _about(tallies) for name, tallies in result.tallies.items()},
    }
    with zipfile.ZipFile(path, "w") as file:
        _put(file, ABOUT, json.dumps(about, ensure_ascii=False).encode())
        for number, tallies in enumerate(result.tallies.values()):
            for name, array in _arrays(tallies).items():
                _put(file, f"{number}/{name}.npy", array)


def read(folder: Path) -> Archive:
    """The run kept in ``folder``. Raises UsageError where there is none, or none that this version can read."""
    from simulator.experiment.variants import variants_of

    path = folder / NAME
    try:
        with zipfile.ZipFile(path) as file:
            about = json.loads(file.read(ABOUT))
            if about["format"] != FORMAT:
                raise UsageError(f"{path} was written by another version of the simulator ({about['version']}); run the scenario again.")
            scenario = _scenario(about)
            request = Request(**_frozen(about["request"]))
            models = variants_of(scenario, request.variant)
            tallies = {}
            for number, (name, said) in enumerate(about["variants"].items()):
                arrays = _read_arrays(file, f"{number}/")
                tallies[name] = tuple(_tally(models[name], said, arrays, r) for r in range(len(said["replication"])))
    except FileNotFoundError:
        raise UsageError(f"{folder} is not the folder of a finished run: it holds no {NAME}.") from None
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, TypeError, IndexError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    failures = tuple(Failure(**failure) for failure in about["failures"])
    return Archive(scenario, request, about["version"], tallies, about["asked"], failures, about["interrupted"])


def running() -> str:
    """The version of the simulator that is running."""
    try:
        return version("crisis-simulator")
    except PackageNotFoundError:  # a source tree that is not installed
        return "not installed"


def _put(file: zipfile.ZipFile, name: str, content: Any) -> None:
    import numpy as np

    member = zipfile.ZipInfo(name, LONG_AGO)
    if not isinstance(content, bytes):
        buffer = io.BytesIO()
        np.lib.format.write_array(buffer, np.ascontiguousarray(content), allow_pickle=False)
        content = buffer.getvalue()
    file.writestr(member, content, zipfile.ZIP_DEFLATED, 1)


def _read_arrays(file: zipfile.ZipFile, start: str) -> dict[str, Any]:
    import numpy as np

    found = {}
    for member in file.namelist():
        if member.startswith(start):
            array = np.lib.format.read_array(io.BytesIO(file.read(member)), allow_pickle=False)
            found[member.removeprefix(start).removesuffix(".npy")] = array
    return found


def _about(tallies: Sequence[Tally]) -> dict[str, Any]:
    first = tallies[0]
    return {
        **{name: getattr(first, name) for name in NAMES},
        "replication": [t.replication for t in tallies],
        "ended_at": [t.ended_at for t in tallies],
        "values": sorted({key for t in tallies for key in t.values}),
        "ceilings": [dict(t.ceilings) for t in tallies],
        "costs": [dict(t.costs) for t in tallies],
        "log": [[[e.instant, e.kind, e.id, e.what, e.detail] for e in t.log] for t in tallies],
    }


def _arrays(tallies: Sequence[Tally]) -> dict[str, Any]:
    import numpy as np

    keys = sorted({key for t in tallies for key in t.values})
    made: dict[str, Any] = {name: np.stack([getattr(t, name) for t in tallies]) for name in ARRAYS}
    made["values"] = np.array([[t.values.get(key, np.nan) for key in keys] for t in tallies])
    for name in tallies[0].observed:
        made[f"observed/{name}"] = np.stack([t.observed[name] for t in tallies])
    return made


def _frozen(said: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of a declaration: JSON has lists where it has tuples."""
    return {key: tuple(value) if isinstance(value, list) else value for key, value in said.items()}


def _scenario(about: Mapping[str, Any]) -> Scenario:
    return Scenario(**_frozen(about["scenario"]), positions={}, warnings=tuple(Diagnostic(**d) for d in about["warnings"]))


def _tally(model: Model, said: Mapping[str, Any], arrays: Mapping[str, Any], row: int) -> Tally:
    from simulator.records import LogEntry
    from simulator.statistics.frame import frame_of
    from simulator.statistics.tally import Tally

    named: dict[str, Any] = {name: tuple(said[name]) for name in NAMES} | {name: arrays[name][row] for name in ARRAYS}
    values = zip(map(tuple, said["values"]), arrays["values"][row].tolist(), strict=True)
    return Tally(
        variant=model.variant,
        replication=said["replication"][row],
        frame=frame_of(model.clock),
        ended_at=said["ended_at"][row],
        observed={name.removeprefix("observed/"): a[row] for name, a in arrays.items() if name.startswith("observed/")},
        values={key: value for key, value in values if not math.isnan(value)},
        ceilings=said["ceilings"][row],
        log=tuple(LogEntry(*entry) for entry in said["log"][row]),
        costs=said["costs"][row],
        **named,
    )
