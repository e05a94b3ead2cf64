from __future__ import annotations

import re
from pathlib import Path

from archcore_toy.targets import TARGET

from archcore.binding import bind
from archcore.report.vectors import Checked, text
from archcore.vectors.check import check
from archcore.vectors.read import read
from archcore.vectors.signature import LETTERS

PAGE = (Path(__file__).parents[2] / "docs" / "vectors.md").read_text(encoding="utf-8")


def block(language):
    """Return the one block of the page in a language."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return found


def test_the_file_of_the_page_gives_the_output_of_the_page(tmp_path, monkeypatch):
    """Word for word, on the toy architecture."""
    monkeypatch.chdir(tmp_path)
    Path("toy.jsonl").write_text(block("json"), encoding="utf-8")
    vectors, hooks = read("toy.jsonl"), bind(TARGET)

    said = text(Checked(TARGET, hooks, vectors, check(TARGET, hooks, vectors)))

    assert said == block("text").rstrip("\n")


def test_the_page_explains_every_letter():
    """And no letter that signatures do not have."""
    rows = [line for line in PAGE.splitlines() if line.startswith("| `") and line.count("|") == 5]
    explained = re.findall(r"`(\w)`", "\n".join(rows))

    assert sorted(explained) == sorted(LETTERS)
