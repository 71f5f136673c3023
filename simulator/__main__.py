"""``python -m simulator`` is the command ``crisis``."""

import os
import sys

# Python looks for modules in the current folder first, which may hold files `numpy.py` that somebody else sent.
HERE = os.getcwd()  # noqa: PTH109  # pathlib would be looked for there
if not sys.flags.safe_path and sys.path[:1] == [HERE] and os.path.dirname(os.path.dirname(__file__)) != HERE:  # noqa: PTH120  # the same
    del sys.path[0]

if __name__ == "__main__":
    from simulator.cli import main

    main()
