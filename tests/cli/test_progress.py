from __future__ import annotations

import io
import sys

import pytest

from archcore.cli import progress
from archcore.cli.progress import increments, late_bar


class Terminal(io.StringIO):
    """A terminal to write to."""

    def isatty(self):
        """Say so."""
        return True


@pytest.fixture
def shown(monkeypatch):
    """Do work for so many seconds a step, and return what a terminal shows of it."""

    def work(seconds, *, steps=4, length=4, stream=None):
        clock = [0.0]
        paper = Terminal() if stream is None else stream
        monkeypatch.setattr(sys, "stderr", paper)
        monkeypatch.setattr(progress.time, "monotonic", lambda: clock[0])
        with late_bar("reading", length) as step:
            for _ in range(steps):
                clock[0] += seconds
                step(1)
        return paper.getvalue()

    return work


def test_long_work_shows_a_bar(shown):
    """With everything done before it appeared."""
    said = shown(1.0)

    assert "reading" in said
    assert "75%" in said
    assert "100%" in said


def test_quick_work_shows_nothing(shown):
    """A bar that flickers tells nobody anything."""
    assert shown(0.1) == ""


def test_a_file_gets_no_bar(shown):
    """What is not a terminal is read by programs."""
    assert shown(1.0, stream=io.StringIO()) == ""


def test_work_of_unknown_length_shows_no_bar(shown):
    """A pipe does not say how much will come."""
    assert shown(1.0, length=None) == ""


def test_totals_become_amounts():
    """Who counts all that is done so far moves a bar by what is new each time."""
    amounts = []
    told = increments(amounts.append)

    for done in (3, 3, 10):
        told(done)

    assert amounts == [3, 0, 7]
