"""The question on the page for developers is one: it asks, stops by itself, and is judged again from its folder."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from simulator.api import ask
from simulator.asking import open_folder
from simulator.experiment.question import questions
from simulator.scenario import load

FENCE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_question_on_the_page_is_asked_and_judged_again(root: Path, tmp_path: Path) -> None:
    (block,) = FENCE.findall((root / "docs/how-to/add-a-question.md").read_text(encoding="utf-8"))
    module: Any = ModuleType("question_of_the_page")
    sys.modules[module.__name__] = module
    try:
        exec(compile(block, "add-a-question.md", "exec"), module.__dict__)  # noqa: S102  # the page is ours
        small = load(root / "tests/scenario_language/small.yaml")
        found = ask(module.HowManyAreMissed(replications=3), small, jobs=1, out=tmp_path)
        assert found.replications % 3 == 0
        assert found.mean > 0
        assert (found.folder / "missed.json").is_file()
        assert open_folder(found.folder).mean == found.mean
    finally:
        questions.withdraw("missed")
        del sys.modules[module.__name__]
