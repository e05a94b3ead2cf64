from __future__ import annotations

import json
import re
import sys

import pytest

from archcore.cli.pages import BROUGHT
from archcore_template import source


def test_the_core_lists_the_command_of_this_distribution(call):
    """Its help has examples, as that of any command."""
    answer = call("new-arch", "--help")

    assert "new-arch" in BROUGHT
    assert answer.code == 0
    assert "archcore new-arch toy" in answer.out.split("Examples:")[1]


def test_a_name_is_all_it_takes(call, tmp_path):
    """It asks nothing, and says in three commands what to do next."""
    answer = call("new-arch", "toy")
    after = answer.out.split("next:\n")[1].splitlines()

    assert (answer.code, answer.err) == (0, "")
    assert (tmp_path / "archcore-toy" / "src" / "archcore_toy" / "layout.py").is_file()
    assert [line.split()[0] for line in after] == ["pip", "pytest", "archcore"]


def test_the_document_names_every_file(call, tmp_path):
    """Files stand relative to the directory."""
    found = json.loads(call("new-arch", "toy", "--output", "new/place", "--format", "json").out)

    assert found["directory"] == "new/place"
    assert "src/archcore_toy/layout.py" in found["files"]
    assert all((tmp_path / "new" / "place" / one).is_file() for one in found["files"])


def test_an_empty_directory_will_do(call, tmp_path):
    """Only what would be overwritten is refused."""
    (tmp_path / "mine").mkdir()

    assert call("new-arch", "toy", "--output", "mine").code == 0


@pytest.mark.parametrize("output", ["mine", "mine/file"])
def test_what_is_there_is_left_alone(call, tmp_path, output):
    """A directory with something in it, or a file, is refused with what to do instead."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").write_text("mine", encoding="utf-8")
    answer = call("new-arch", "toy", "--output", output)

    assert answer.code == 2
    assert answer.err.count("\n") == 1
    assert "--output" in answer.err
    assert [one.name for one in (tmp_path / "mine").iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["Toy"], "lower-case letters and digits, a letter first"),
        (["6502"], "a letter first"),
        (["my-arch"], "'my-arch' cannot name an architecture"),
        (["my_arch"], "lower-case letters and digits"),
        (["x" * 17], "up to 16"),
        ([""], "'' cannot name an architecture"),
        (["template"], "archcore-template .* is installed already; choose another name"),
        (["toy", "--era", "v6 1"], "--era 'v6 1' cannot stand in a target id"),
        (["toy", "--geometry", "SV39"], "such as sv39 or v6.1"),
        (["toy", "--pa-bits", "12"], "more bits than --page-shift"),
        (["toy", "--levels", "6"], "--levels"),
        (["toy", "--width", "16"], "--width"),
        ([], "needs a NAME"),
        (["toy", "--update", "there"], "--update goes with nothing else"),
    ],
)
def test_what_cannot_be_is_a_usage_error(call, tmp_path, arguments, said):
    """One line that says what to write instead; nothing is made."""
    answer = call("new-arch", *arguments)

    assert answer.code == 2
    assert answer.err.count("\n") == 1
    assert re.search(said, answer.err)
    assert list(tmp_path.iterdir()) == []


def test_without_copier_it_says_what_to_install(call, monkeypatch):
    """A distribution installed with --no-deps may lack it."""
    monkeypatch.setitem(sys.modules, "copier", None)
    answer = call("new-arch", "toy")

    assert answer.code == 4
    assert "new-arch needs copier, which is not installed; pip install" in answer.err


def test_without_git_it_says_what_to_install(call, monkeypatch):
    """Copier cannot do without it."""
    monkeypatch.setattr(source, "GIT", "no-such-git-anywhere")
    answer = call("new-arch", "toy")

    assert answer.code == 4
    assert "new-arch needs git, which is not there; install git" in answer.err
