"""Scenarios to begin with: ``crisis init`` copies one of these folders. Each is a small centre with a crisis of one kind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
SCHEMA = "crisis.schema.json"
MODELINE = f"# yaml-language-server: $schema={SCHEMA}\n"


@dataclass(frozen=True)
class Template:
    """A folder of files, one of which is the scenario."""

    name: str
    title: str
    folder: Path

    def files(self, called: str) -> Mapping[str, str]:
        """The text of each file by its path, for a scenario of this name."""
        made: dict[str, str] = {}
        for file in sorted(self.folder.rglob("*")):
            if file.suffix in (".yaml", ".csv"):
                name, text = file.relative_to(self.folder).as_posix(), file.read_text(encoding="utf-8")
                if name == "scenario.yaml":
                    name, text = f"{called}.yaml", MODELINE + re.sub(r"^name: .*$", f"name: {called}", text, count=1, flags=re.MULTILINE)
                made[name] = text
        return made


def templates() -> tuple[Template, ...]:
    """The templates that ship, by name."""
    return tuple(_template(folder) for folder in sorted(HERE.iterdir()) if (folder / "scenario.yaml").is_file())


def _template(folder: Path) -> Template:
    text = (folder / "scenario.yaml").read_text(encoding="utf-8")
    title = re.search(r"^title: (.*)$", text, re.MULTILINE)
    return Template(folder.name, title.group(1) if title else folder.name, folder)
