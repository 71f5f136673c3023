"""What the server from which workers fork loads first: it takes the folder of its sockets along when it ends.

Its parent removes that folder as well, unless somebody kills it.
"""

from __future__ import annotations

import atexit
import os
import shutil

FORK_SERVER = __name__
SOCKETS = "CRISIS_SOCKETS"
"""Environment variable: the folder, for the server alone."""

if os.environ.get(SOCKETS):
    atexit.register(shutil.rmtree, os.environ.pop(SOCKETS), ignore_errors=True)
