"""What the README shows is what the commands print."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("archcore_x86")
pytest.importorskip("z3")

PAGE = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_the_refuted_law_is_told_as_the_readme_shows():
    """Word for word, after the line with the command, in a process of its own as for a reader.

    Of several smallest words, which one z3 leads to depends on what it was asked before.
    """
    (block,) = re.findall(r"^```text\n(\$ archcore check .*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    line, shown = block.removeprefix("$ archcore ").split("\n", 1)
    call = [sys.executable, "-m", "archcore", *shlex.split(line)]
    done = subprocess.run(call, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (1, shown)
