"""Plug-ins as the command line takes them: from within the project, their parameters such as a scenario can write them."""

from __future__ import annotations

from pathlib import Path

from simulator.errors import Diagnostic, ScenarioError
from simulator.routing.declared import strategies
from simulator.routing.plugin import CODE, Plugin, load_plugin, unload
from simulator.scenario.declared import form_of
from simulator.scenario.files import PROJECT, project_of


def plug_in(file: str | Path, within: Path | None = None) -> Plugin:
    """Load a user's strategies (:func:`simulator.routing.plugin.load_plugin`), from within the project of a folder, if one is given.

    Raises ScenarioError with every problem of the file.
    """
    if within is not None and not Path(file).resolve().is_relative_to(project_of(within)):
        raise ScenarioError((Diagnostic(CODE, "the plug-in lies outside the project of the current folder", str(file), help=PROJECT),))
    plugin = load_plugin(file)
    found = []
    for name in plugin.strategies:
        try:
            form_of(strategies[name])
        except Exception as error:  # noqa: BLE001  # annotations are the user's code
            message = f"the parameters of `{name}` cannot be written in a scenario: {' '.join(str(error).split())}"
            hint = "annotate them with float, int, str, or the units of simulator.model.units"
            found.append(Diagnostic(CODE, message, str(file), help=hint))
    if found:
        unload(plugin)
        raise ScenarioError(tuple(found))
    return plugin
