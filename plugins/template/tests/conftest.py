"""The command line in this process, and distributions made with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from attrs import frozen

from archcore.cli.group import archcore
from archcore_template.making import make

if TYPE_CHECKING:
    from pathlib import Path


@frozen
class Answer:
    """What a call of the command left behind."""

    code: int
    out: str
    err: str


@pytest.fixture
def call(capsys, monkeypatch, tmp_path):
    """Call the command in an empty directory."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            archcore([str(one) for one in arguments], prog_name="archcore")
        said = capsys.readouterr()
        return Answer(int(ended.value.code or 0), said.out, said.err)

    return run


@pytest.fixture
def made(tmp_path):
    """Return a function that makes a distribution with answers and returns its directory."""

    def run(name="demo", **answers) -> Path:
        directory = tmp_path / f"archcore-{name}"
        make(directory, {"name": name, **answers})
        return directory

    return run
