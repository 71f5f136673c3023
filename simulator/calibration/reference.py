"""The reference page of imports, out of the declarations: meanings, and what each system's headings are taken for.

``python -m simulator.calibration.reference`` writes it again.
"""

from __future__ import annotations

from pathlib import Path

from simulator.calibration.meanings import MEANINGS
from simulator.calibration.systems import systems

PAGE = "imports.md"
BEGIN, END = "<!-- generated: python -m simulator.calibration.reference -->", "<!-- end of what is generated -->"


def generated() -> str:
    """The tables of the page."""
    lines = ["## Meanings", "", "| meaning | a column with |", "| --- | --- |"]
    lines += [f"| `{name}` | {found.says} |" for name, found in MEANINGS.items()]
    lines += [
        "| `answered_bin 1`, `abandoned_bin 1`, `edge 1` and so on | waits by bin, and where each bin ends in seconds |",
        "",
        "## Systems",
    ]
    for system in systems().values():
        lines += ["", f"### `{system.name}`: {system.title}", ""]
        lines += [f"- {note[0].upper()}{note[1:]}." for note in system.notes]
        if system.rows != "events":
            lines += [f"- Bare numbers of durations are in {system.unit}."]
        if system.columns:
            lines += ["", "| meaning | headings, without case, accents and punctuation |", "| --- | --- |"]
            by_meaning: dict[str, list[str]] = {}
            for heading, use in system.columns:
                by_meaning.setdefault(use.meaning, []).append(heading)
            by_meaning |= {f"{family} 1, 2, ...": [f"{stem}1, {stem}2, ..."] for family, stem in system.families.items()}
            lines += [f"| `{meaning}` | {', '.join(headings)} |" for meaning, headings in by_meaning.items()]
        if system.not_used:
            lines += ["", "Not used: " + "; ".join(f"{heading} ({why})" for heading, why in system.not_used.items()) + "."]
    return "\n".join(lines) + "\n"


def renewed(text: str) -> str:
    """The page with its tables made anew."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{generated()}\n{END}{rest.partition(END)[2]}"


def main() -> None:
    """Write the page again."""
    path = Path(__file__).parents[2] / "docs" / "reference" / PAGE
    path.write_text(renewed(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
