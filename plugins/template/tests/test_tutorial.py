"""The tutorial, followed to the letter in a fresh environment without a network."""

from __future__ import annotations

from pathlib import Path

import pytest
from following import Reader, differences

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "new-architecture.md"
TOY = ROOT / "tests" / "support" / "archcore_toy"


@pytest.mark.slow
def test_who_follows_the_page_gets_what_it_shows(tmp_path):
    """Every command prints what stands there, every diff fits, and the toy is the one of the tests.

    Where that is no longer so and ought not to be, ``python tools/make_toy.py`` renews both.
    """
    reader = Reader(tmp_path, "archcore-toy")
    reader.arrive()

    found = differences(reader, PAGE.read_text(encoding="utf-8"))

    assert [f"line {one.line}: {one.said}" for one in found] == []
    followed = reader.place / "archcore-toy" / "src" / "archcore_toy"
    assert texts(followed) == texts(TOY)


def texts(package):
    """Return the files of a package by name."""
    return {
        path.name: path.read_text(encoding="utf-8") for path in package.iterdir() if path.is_file()
    }
