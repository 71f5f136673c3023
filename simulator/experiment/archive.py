"""``worlds.npz``: the tallies of every world and the scenario, so that a finished run can be rendered again or extended.

A ZIP of NumPy arrays and one JSON text. Nothing in it is executed when it is read: no pickle.
"""

from __future__ import annotations

import io
import json
import shlex
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.errors import Diagnostic, UsageError
from simulator.experiment.packing import Tallies, about, arrays_of, tally_of
from simulator.experiment.request import Comparing, Request
from simulator.experiment.task import Failure
from simulator.model.plugin import require
from simulator.scenario import Scenario

if TYPE_CHECKING:
    from simulator.experiment.result import Result
    from simulator.experiment.stability import Condition
    from simulator.statistics.tally import Tally

NAME = "worlds.npz"
FORMAT = 5
UNFINISHED = ".unfinished"
"""How the name of a folder ends in which a run is not finished."""
ABOUT = "about.json"
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of every member: equal runs, equal bytes."""


@dataclass(frozen=True)
class Archive:
    """A finished run as it was kept."""

    scenario: Scenario
    request: Request
    version: str  #: of the simulator that ran it
    tallies: Tallies  #: by variant, in order of replication
    replications: tuple[int, ...]  #: the numbers of the worlds
    asked: int
    failures: tuple[Failure, ...] = ()
    interrupted: bool = False
    earlier: tuple[int, ...] = ()  #: worlds of the run that it extended
    stability: tuple[Condition, ...] = ()  #: of a comparison, how it went under other conditions


def write(result: Result, path: Path) -> None:
    """Keep ``result``. Raises OSError where that is impossible."""
    said = {}
    with zipfile.ZipFile(path, "w") as file:
        for number, (name, tallies) in enumerate(result.tallies.items()):
            said[name] = about(tallies)
            for array_name, array in arrays_of(tallies).items():
                _put(file, f"{number}/{array_name}.npy", array)
        ended = {
            "asked": result.asked,
            "failures": [asdict(failure) | {"traceback": ""} for failure in result.failures],
            "interrupted": result.interrupted,
            "earlier": sorted(result.earlier) if result.partial else [],  # else they are no different from the others
            "stability": [asdict(condition) for condition in result.contest.stability] if result.contest else [],
            "variants": said,
        }
        _put(file, ABOUT, json.dumps(asking(result.scenario, result.request) | ended, ensure_ascii=False).encode())


def read(folder: Path) -> Archive:
    """The run kept in ``folder``. Raises UsageError where there is none, or none that this version can read."""
    from simulator.experiment.variants import variants_of
    from simulator.statistics.frame import frame_of

    path = folder / NAME
    with _readable(path), zipfile.ZipFile(path) as file:
        said = json.loads(file.read(ABOUT))
        scenario, request = asked(said, path)
        models = variants_of(scenario, request.variant)
        failures = tuple(Failure(**failure) for failure in said["failures"])
        numbers = {name: number for number, name in enumerate(said["variants"])}
        replications = max((tuple(of_one["replication"]) for of_one in said["variants"].values()), key=len)
        ended = said["asked"], failures, said["interrupted"], tuple(said.get("earlier", ())), tuple(_conditions(said.get("stability", ())))

    def tallies_of(variant: str) -> list[Tally]:
        model, about_it = models[variant], said["variants"][variant]
        with _readable(path), zipfile.ZipFile(path) as file:
            arrays = _read_arrays(file, f"{numbers[variant]}/")
            frame = frame_of(model)
            return [tally_of(model, about_it, arrays, row, frame) for row in range(len(about_it["replication"]))]

    return Archive(scenario, request, said["version"], Tallies(tuple(numbers), tallies_of), replications, *ended)


def asking(scenario: Scenario, request: Request) -> dict[str, Any]:
    """What is run, for JSON: enough to run it where its files are no more."""
    return {
        "format": FORMAT,
        "version": running(),
        "scenario": {f.name: getattr(scenario, f.name) for f in fields(Scenario) if f.name not in ("positions", "warnings")},
        "warnings": [asdict(d) for d in scenario.warnings],
        "request": asdict(request),
    }


def asked(said: Mapping[str, Any], path: Path) -> tuple[Scenario, Request]:
    """What :func:`asking` told of, as it was read from ``path``. Raises UsageError where another version wrote it."""
    if said["format"] != FORMAT:
        raise UsageError(f"{path} was written by another version of the simulator ({said['version']}); run the scenario again.")
    require(said["request"].get("plugins", ()))
    scenario = Scenario(**_frozen(said["scenario"]), positions={}, warnings=tuple(Diagnostic(**d) for d in said["warnings"]))
    request = _frozen(said["request"])
    if request.get("comparing"):
        request["comparing"] = Comparing(**_frozen(request["comparing"]))
    return scenario, Request(**request)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        if path.parent.name.endswith(UNFINISHED):
            raise UsageError(f"{path.parent} was interrupted: crisis run --resume {shlex.quote(str(path.parent))} finishes it.") from None
        raise UsageError(f"{path.parent} is not the folder of a finished run: it holds no {path.name}.") from None
    except (OSError, zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, IndexError, StopIteration) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error


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


def _conditions(said: Sequence[Mapping[str, Any]]) -> Iterator[Condition]:
    from simulator.experiment.stability import Condition, Standing

    for condition in said:
        standings = tuple(Standing(**standing) for standing in condition["standings"])
        yield Condition(condition["name"], condition["worlds"], standings)


def _frozen(said: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of a declaration: JSON has lists where it has tuples."""
    return {key: tuple(value) if isinstance(value, list) else value for key, value in said.items()}
