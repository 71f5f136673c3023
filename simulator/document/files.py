"""A document as files in a folder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.document.markdown import markdown
from simulator.document.page import html
from simulator.document.word import docx

if TYPE_CHECKING:
    from simulator.document.blocks import Document, Picture


def write(document: Document, folder: Path, forms: Sequence[str], began: datetime, *, figures: bool = True) -> None:
    """Write a document in those of ``forms`` that it has, with its ``figures`` beside it. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    if "html" in forms:
        save(folder / f"{document.name}.html", html(document, began))
    if "md" in forms:
        save(folder / f"{document.name}.md", markdown(document, began))
    if "docx" in forms:
        (folder / f"{document.name}.docx").write_bytes(docx(document, began))
    if figures and {"html", "md"} & set(forms):
        save_figures(document.pictures(), folder)


def save_figures(pictures: Iterable[Picture], folder: Path) -> None:
    """Write figures into the folder ``figures``, if there are any."""
    for picture in pictures:
        (folder / "figures").mkdir(exist_ok=True)
        (folder / "figures" / f"{picture.name}.png").write_bytes(picture.png)


def save(path: Path, text: str) -> None:
    """Write a text in UTF-8 with one kind of line end."""
    path.write_text(text, encoding="utf-8", newline="\n")


def save_rows(path: Path, head: Sequence[object], rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV file: UTF-8, one header line, one kind of line end."""
    import csv

    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)
