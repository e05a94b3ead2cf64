from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

PAGE = (Path(__file__).parents[3] / "docs" / "suite.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^pytest (--pyargs .*)$", PAGE, re.MULTILINE)

pytestmark = pytest.mark.usefixtures("architectures")


def block(language, start):
    """Return the block of the page in a language that begins with some text."""
    (found,) = re.findall(
        rf"^```{language}\n({re.escape(start)}.*?)^```$", PAGE, re.MULTILINE | re.DOTALL
    )
    return found


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_of_the_page_run(pytester, command):
    """Each command collects laws as it stands."""
    result = pytester.runpytest_subprocess(*shlex.split(command), "--collect-only", "-q")
    assert result.ret == pytest.ExitCode.OK
    assert any("[toy-32bit-v1-" in line for line in result.outlines)


def test_the_story_of_the_page_is_what_the_suite_tells(suite):
    """The broken promise of the toy is shown as it comes."""
    result = suite("--arch", "toy", "--law", "genuine-none-is-no-hint")
    assert block("text", "genuine-none") in result.stdout.str()


def test_the_id_of_the_page_is_collected(suite):
    """The id is written as pytest writes it."""
    result = suite("--arch", "toy", "--collect-only", "-q")
    assert block("text", "archcore/").strip() in result.outlines


def test_the_claim_of_the_page_is_true(suite, pytester):
    """Copied into a file, it excuses what the story told."""
    text = block("toml", "[[claim]]")
    assert tomllib.loads(text)
    (pytester.path / "mine.toml").write_text(text, encoding="utf-8")
    more = ("--arch", "toy", "--law", "genuine-none-is-no-hint", "--claims", "mine.toml")
    suite(*more).assert_outcomes(xfailed=1)
