from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("archcore_x86")

DOCS = Path(__file__).parents[2] / "docs"


def blocks(page, language):
    """Return the blocks of a page in a language."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def ran(command):
    """Return what a command line of a page prints."""
    line = [sys.executable, "-m", *command.removeprefix("$ ").split()]
    return subprocess.run(line, text=True, check=False, capture_output=True).stdout


@pytest.mark.parametrize(("page", "shown"), [("races.md", 2), ("review.md", 1)])
def test_what_the_pages_show_is_what_the_commands_print(page, shown):
    """Word for word."""
    commands = blocks(page, "console")[:shown]

    assert [ran(one.strip()) for one in commands] == blocks(page, "text")


@pytest.mark.slow
def test_the_table_of_the_review_s_lesson_is_the_command_s():
    """S1 under all profiles."""
    table = ran("archcore races S1 --engine all --format markdown")

    assert table in (DOCS / "races.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_table_of_bugs_is_made_by_running_them():
    """Each row with what really caught it."""
    from race_mutants import table

    assert table() in (DOCS / "races.md").read_text(encoding="utf-8")


def test_the_scenario_of_the_page_runs(capsys):
    """With stores that all arrive."""
    (program,) = blocks("races.md", "python")
    exec(compile(program, "races.md", "exec"), {})  # noqa: S102 - the page is ours
    lines = capsys.readouterr().out.splitlines()
    assert lines
    assert all(line.split()[-2] == "0" for line in lines)
