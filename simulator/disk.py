"""Questions to the file system, each of which can fail: the answer is a value, or a sentence that says why there is none.

A name may be too long, a folder closed to us, a link lead round in a circle, a file be a pipe that nobody writes to: whoever asks about a
file that a person named asks here.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from simulator.errors import UsageError

LONGEST = 80
"""Characters of a path that a sentence shows."""
KINDS = {
    stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device",
}  # fmt: skip
REASONS = {
    errno.ENOENT: "does not exist",
    errno.ENOTDIR: "does not exist",
    errno.EISDIR: "is a folder",
    errno.ENAMETOOLONG: "has a name that is too long for this system",
    errno.ELOOP: "is a link that leads round in a circle",
    errno.EACCES: "may not be read by you",
}


class Unreadable(UsageError):
    """A file or folder cannot be had; says which and why."""


def shown(path: str | os.PathLike[str]) -> str:
    """A path as a sentence shows it."""
    text = os.fspath(path)
    return f"`{text if len(text) <= LONGEST else text[: LONGEST // 2] + '...' + text[-LONGEST // 2 :]}`"


def why(error: Exception, what: str) -> str:
    """The sentence for what the system said of ``what``."""
    reason = REASONS.get(error.errno or 0) if isinstance(error, OSError) else None
    return f"{what} {reason}" if reason else f"{what} cannot be read: {getattr(error, 'strerror', None) or error}"


def content(path: str | os.PathLike[str], most: int, what: str = "") -> bytes:
    """The bytes of an ordinary file, up to one more than ``most``; it is called ``what``. Raises Unreadable."""
    what = what or shown(path)
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116  # as open() does, of a name that need not be one
        if not stat.S_ISREG(mode):
            raise Unreadable(f"{what} is {KINDS.get(stat.S_IFMT(mode), 'something else')}, not a file")
        with open(path, "rb", opener=_at_once) as stream:  # the same
            return stream.read(most + 1)
    except (OSError, ValueError) as error:
        raise Unreadable(why(error, what)) from None


def _at_once(path: str, flags: int) -> int:
    """Open a file without waiting for anybody, should it have become a pipe meanwhile."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def exists(path: str | os.PathLike[str]) -> bool:
    """Whether something is there, as far as the system tells us."""
    return os.path.exists(path)  # noqa: PTH110  # which never raises, as Path does of some names


def is_file(path: str | os.PathLike[str]) -> bool:
    """Whether an ordinary file is there, as far as the system tells us."""
    return os.path.isfile(path)  # noqa: PTH113  # the same


def is_folder(path: str | os.PathLike[str]) -> bool:
    """Whether a folder is there, as far as the system tells us."""
    return os.path.isdir(path)  # noqa: PTH112  # the same


def real(path: str | os.PathLike[str]) -> Path:
    """Where a path leads, links followed as far as they lead anywhere. Raises Unreadable where the current folder is gone."""
    try:
        return Path(os.path.realpath(path))
    except (OSError, ValueError) as error:
        raise Unreadable(why(error, shown(path))) from None


def names(folder: str | os.PathLike[str], ends: tuple[str, ...]) -> list[str]:
    """The names in a folder with one of these endings, in order; none where it cannot be looked into."""
    try:
        return sorted(name for name in os.listdir(folder) if name.endswith(ends))  # noqa: PTH208  # the same
    except (OSError, ValueError):
        return []
