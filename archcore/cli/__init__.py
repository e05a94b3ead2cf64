"""The command ``archcore``: one file a command, found by name when it is called.

What is asked most often, the help and the version, is answered without loading anything.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NoReturn

ASKED_BY_SHELL = "_ARCHCORE_COMPLETE"


def main() -> NoReturn:
    """Run the command line of this process and end it with an exit code of ExitCode."""
    from archcore.cli.ending import finish

    finish(_answer)


def _answer() -> None:
    from archcore.cli.pages import PAGES

    page = PAGES.get(tuple(sys.argv[1:]))
    if page is not None and ASKED_BY_SHELL not in os.environ:
        sys.stdout.write(f"{page()}\n")
        return
    from archcore.cli.group import archcore

    archcore(prog_name="archcore")
