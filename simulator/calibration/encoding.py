"""How the text of an export is written, whatever wrote it: byte-order marks, UTF-8, UTF-16, and the code pages of Windows."""

from __future__ import annotations

import codecs
from pathlib import Path

from simulator.scenario.files import BINARY
from simulator.scenario.problem import Wrong, wrong

MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
PAGES = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1254"]
"""What systems write besides Unicode."""
LOOKED_AT = 200_000
CHUNK = 1 << 20


def encoding_of(path: Path, head: bytes) -> str:
    """The encoding of a file that begins with ``head``; every byte of it can be read so. Raises Wrong for what is no text."""
    mark = next((encoding for mark, encoding in MARKS if head.startswith(mark)), "")
    kind = next((kind for magic, kind in BINARY.items() if head.startswith(magic)), "")
    if kind and not mark:
        raise wrong(f"`{path.name}` is {kind}, and no table", "save the sheet as .xlsx or as CSV", "data-file")
    found = mark or _of_zeros(head) or "utf-8"
    place = _first_unreadable(path, found)
    if place is not None and found == "utf-8":
        found = _guessed(path, place)
        place = _first_unreadable(path, found)
    if place is not None:
        raise wrong(f"`{path.name}` is not {found} from byte {place:,} on", "save the table as CSV in UTF-8", "data-file")
    return found


def _of_zeros(head: bytes) -> str:
    """UTF-16 without a mark: every other byte of plain text is zero."""
    odd, even = head[1::2].count(0), head[::2].count(0)
    if max(odd, even) > len(head) // 5:
        return "utf-16-le" if odd > even else "utf-16-be"
    return ""


def _first_unreadable(path: Path, encoding: str) -> int | None:
    """The first byte that does not fit an encoding; None where all do. Raises Wrong where a zero shows that it is no text at all."""
    decoder = codecs.getincrementaldecoder(encoding)()
    done = 0
    with path.open("rb") as file:
        while True:
            chunk = file.read(CHUNK)
            try:
                if "\0" in decoder.decode(chunk, final=not chunk):
                    raise wrong(f"`{path.name}` is not a text", "export it as CSV", "data-file")
            except UnicodeDecodeError as error:
                return max(done + error.start, 0)
            if not chunk:
                return None
            done += len(chunk)


def _guessed(path: Path, odd: int) -> str:
    """The code page of a file whose byte ``odd`` is no UTF-8; raises Wrong."""
    try:
        from charset_normalizer import from_bytes
    except ImportError:
        hint = "install crisis-simulator[calibrate], or save the table as UTF-8"
        raise wrong(f"`{path.name}` is not UTF-8, and the package that knows other encodings is not installed", hint, "data-file") from None
    with path.open("rb") as file:
        file.seek(max(odd - LOOKED_AT // 2, 0))
        sample = file.read(LOOKED_AT)
    likely = [match.encoding for match in from_bytes(sample, cp_isolation=PAGES)]  # the first of equals is by far the commonest
    for encoding in (*sorted(likely, key=lambda name: name != PAGES[0]), PAGES[0], "latin-1"):
        try:
            if _first_unreadable(path, encoding) is None:
                return str(encoding)
        except (LookupError, Wrong):
            continue
    return "latin-1"
