from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("archcore_x86")

HERE = Path(__file__)
PAGE = (HERE.parents[2] / "docs" / "walk.md").read_text(encoding="utf-8")
CAPTURE = HERE.parents[1] / "data" / "captures" / "x86_64-4level-6.1"


def blocks(language):
    """Return the blocks of the page in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def walked(*options):
    """Walk the capture that the page shows."""
    line = [sys.executable, "-m", "archcore", "walk", str(CAPTURE), "--target", "x86-v6.1"]
    return subprocess.run([*line, *options], text=True, check=False, capture_output=True)


def test_the_lines_of_the_page_are_those_of_the_command():
    """Word for word, on a capture."""
    assert walked("--range", "10000000-10002000").stdout == blocks("text")[0]


def test_the_object_of_the_page_is_that_of_the_command():
    """With every key that the page explains."""
    said = walked("--range", "10000000-10001000", "--format", "ndjson").stdout
    assert (said,) == tuple(blocks("json"))
    explained = re.findall(r"^\| (`.*?`) \|", PAGE, re.MULTILINE)
    keys = re.findall(r"`(\w+)`", "".join(explained))
    assert keys == re.findall(r'"(\w+)":', said)


def test_the_problem_of_the_page_is_that_of_the_command():
    """The kernel half of a capture is not in it."""
    answer = walked("--range", "ffff888000000000-ffff889000000000")
    assert answer.returncode == 3
    assert answer.stderr == blocks("text")[1]


def test_the_program_of_the_page_runs(monkeypatch, capsys):
    """From anywhere, given the folder."""
    monkeypatch.chdir(CAPTURE.parent)
    (program,) = blocks("python")
    exec(compile(program.replace("capture-folder", CAPTURE.name), "walk.md", "exec"), {})  # noqa: S102 - the page is ours
    assert capsys.readouterr().out.endswith("\n")
