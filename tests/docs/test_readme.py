"""What the README shows is what the commands print."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("archcore_x86")
pytest.importorskip("archcore_powerpc")
pytest.importorskip("z3")

PAGE = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"^```text\n\$ archcore (.*?)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
ENDS = {"check": 1, "compare": 0}


@pytest.mark.parametrize(("line", "shown"), SHOWN, ids=[line for line, _ in SHOWN])
def test_a_command_prints_what_the_readme_shows(line, shown):
    """Word for word, after the line with the command, in a process of its own as for a reader.

    Of several smallest words, which one z3 leads to depends on what it was asked before.
    """
    call = [sys.executable, "-m", "archcore", *shlex.split(line)]
    done = subprocess.run(call, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stdout) == (ENDS[shlex.split(line)[0]], shown)


def test_the_readme_shows_both_main_commands():
    """The comparison and the refuted law are among what is tried here."""
    assert {line.split()[0] for line, _ in SHOWN} == set(ENDS)
