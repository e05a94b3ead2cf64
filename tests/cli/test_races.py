from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

pytest.importorskip("archcore_x86")

KEYS = ["scenario", "engine", "target", "exhaustive", "interleavings", "outcomes"]
OUTCOME = (
    *("count", "state", "faults", "lock_round_trips", "discarded", "counters", "lost_stores"),
    "findings",
)


def races(*arguments):
    """Run the command."""
    line = [sys.executable, "-m", "archcore", "races", *arguments]
    return subprocess.run(line, text=True, check=False, capture_output=True)


def test_a_scenario_is_told_in_every_order():
    """With the shape that scripts rely on, the counts adding up."""
    answer = races("S5", "--engine", "v6.1", "--target", "x86-v6.1", "--format", "json")

    said = json.loads(answer.stdout)
    assert answer.returncode == 0
    assert [key for key in said if key in KEYS] == KEYS
    assert (said["scenario"], said["engine"], said["target"]) == ("S5", "v6.1", "x86-v6.1")
    assert said["exhaustive"] is True
    assert sum(one["count"] for one in said["outcomes"]) == said["interleavings"] > 1
    assert all(set(OUTCOME) <= set(one) for one in said["outcomes"])


def test_two_runs_say_the_same():
    """Word for word."""
    assert races("S5", "--engine", "seed").stdout == races("S5", "--engine", "seed").stdout


def test_one_interleaving_is_told_in_columns():
    """By its id, in the very steps that the id names."""
    answer = races("S5", "--engine", "seed", "--trace", "A6B5A4")

    lines = answer.stdout.splitlines()
    assert answer.returncode == 0
    assert re.split(r"\s{2,}", lines[0].strip()) == ["scanner", "madvise", "ENTRY"]
    assert sum(line[:2].strip().isdigit() for line in lines) == 15
    assert "LEFT_MAPPED" in lines[-1]


def test_all_profiles_are_a_table_of_markdown():
    """A row for each, and each is clean as far as is known."""
    answer = races("S0", "--engine", "all", "--format", "markdown")

    rows = answer.stdout.splitlines()
    assert answer.returncode == 0
    assert len(rows) == 2 + 7
    assert {row.count("|") for row in rows} == {11}


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["S99"], 2, "no scenario is called 'S99'"),
        (["S1", "--engine", "v9"], 2, "no engine profile is called 'v9'"),
        (["S1", "--trace", "Z9"], 2, "actor Z"),
        (["S1", "--trace", "A999"], 2, "no such interleaving"),
        (["--trace", "1"], 2, "name one SCENARIO"),
        (["S1", "--target", "x86-v9"], 2, "x86-v9"),
        (["S1", "--preemptions", "-1"], 2, "preemptions"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(arguments, code, words):
    """With the exit code of its kind."""
    answer = races(*arguments)

    assert (answer.returncode, answer.stdout) == (code, "")
    assert words in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_without_greenlet_it_says_what_to_install():
    """The extra of the distribution."""
    program = (
        "import sys; sys.modules['greenlet'] = None; sys.argv = ['archcore', 'races', 'S0'];"
        "from archcore.cli import main; main()"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], text=True, check=False, capture_output=True
    )

    assert answer.returncode == 2
    assert "pip install 'archcore[races]'" in answer.stderr
