"""What docs/needs.md shows can be done."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("archcore_x86")

PAGE = (Path(__file__).parents[2] / "docs" / "needs.md").read_text(encoding="utf-8")


def test_the_story_of_the_page_can_be_told(capsys):
    """It is clean, and ends in a stale right without the flush."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)

    exec(code.replace("TARGET", "x86-v6.1"), {})  # noqa: S102 - the page's own example

    whole, without = capsys.readouterr().out.splitlines()
    assert "CLEAN" in whole
    assert "STALE_RIGHT" in without
