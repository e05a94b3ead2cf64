from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from archcore.cli.options import complete_target

BASH = shutil.which("bash")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_a_script_that_asks_archcore(call, shell):
    """The script calls the command with the variable that the command answers to."""
    answer = call("completion", shell)

    assert answer.code == 0
    assert f"_ARCHCORE_COMPLETE={shell}_complete" in answer.out


@pytest.mark.skipif(BASH is None, reason="no bash here")
def test_the_script_for_bash_is_bash(call):
    """The shell itself finds no error in it."""
    script = call("completion", "bash").out

    subprocess.run([BASH, "-n"], input=script, text=True, check=True, timeout=30)


def test_another_shell_is_a_usage_error(call):
    """The known ones are named."""
    answer = call("completion", "csh")

    assert answer.code == 2
    assert "fish" in answer.err


def test_a_command_is_completed():
    """What the shell asks, the command answers."""
    asked = {"_ARCHCORE_COMPLETE": "bash_complete", "COMP_WORDS": "archcore ex", "COMP_CWORD": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "archcore"],
        env=os.environ | asked,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.stdout == "plain,explain\n"


def test_targets_are_completed(installed):
    """By their ids."""
    assert complete_target(None, None, "toy") == ["toy-32bit-v1"]
    assert complete_target(None, None, "ninety") == []
