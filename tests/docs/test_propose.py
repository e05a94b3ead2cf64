from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("archcore_x86")

PAGE = (Path(__file__).parents[2] / "docs" / "propose.md").read_text(encoding="utf-8")


def blocks(language):
    """Return the blocks of the page in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def said(*options):
    """Return what the command prints of the target that the page shows."""
    line = [sys.executable, "-m", "archcore", "propose", "x86-v6.1", *options]
    return subprocess.run(line, text=True, check=False, capture_output=True).stdout


@pytest.mark.slow
def test_the_search_of_the_page_is_that_of_the_command():
    """Word for word, every candidate."""
    assert said() == blocks("text")[0]


@pytest.mark.slow
def test_the_explanation_of_the_page_is_that_of_the_command():
    """With each law and each call."""
    assert said("--explain", "9") == blocks("text")[1]


@pytest.mark.slow
def test_the_program_of_the_page_runs(capsys):
    """One candidate, then all of one level."""
    (program,) = blocks("python")
    exec(compile(program, "propose.md", "exec"), {})  # noqa: S102 - the page is ours
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("legal Costs(")
    assert lines[1] == "permission-kept legal None"


def test_the_page_explains_the_keys_of_the_document():
    """Each key that the report writes at the top or of a candidate stands in the table."""
    from archcore.report import propose

    source = Path(propose.__file__).read_text(encoding="utf-8")
    written = source[source.index("def document(") : source.index("def _form(")]
    explained = set(re.findall(r"`(\w+)(?:\[\])?`", PAGE))
    assert set(re.findall(r'^ {8}"(\w+)":', written, re.MULTILINE)) <= explained
