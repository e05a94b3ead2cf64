"""What the README shows is what the commands print."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

pytest.importorskip("archcore_x86")
pytest.importorskip("z3")

PAGE = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_the_refuted_law_is_told_as_the_readme_shows(capsys):
    """Word for word, after the line with the command."""
    from archcore.cli.group import archcore

    (block,) = re.findall(r"^```text\n(\$ archcore check .*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    line, shown = block.removeprefix("$ archcore ").split("\n", 1)
    with pytest.raises(SystemExit) as ended:
        archcore(shlex.split(line), prog_name="archcore")
    assert ended.value.code == 1
    assert capsys.readouterr().out == shown
