"""The command line in this process, over the toy architecture of the documentation."""

from __future__ import annotations

import io
import sys

import pytest
import toy
from attrs import frozen

from archcore import registry


@frozen
class Answer:
    """What a call of the command left behind."""

    code: int
    out: str
    err: str


@pytest.fixture
def call(capsys, monkeypatch):
    """Call the command with arguments, and bytes on its standard input."""
    from archcore.cli.group import archcore

    def run(*arguments, stdin=b""):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as ended:
            archcore(list(arguments), prog_name="archcore")
        said = capsys.readouterr()
        return Answer(int(ended.value.code or 0), said.out, said.err)

    return run


@pytest.fixture
def installed(monkeypatch):
    """Make the toy the only registered target; return the registry."""
    only = registry.Registry()
    only.register(toy.module().TARGET, origin="archcore-toy 0.1.0")
    monkeypatch.setattr(registry, "_installed", [only])
    return only
