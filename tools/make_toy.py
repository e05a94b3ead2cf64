"""Follow docs/new-architecture.md, and renew what it shows and the toy of the tests.

``make_toy.py`` needs archcore[prove,test], copier, hatchling and plugins/template installed. What a
command prints now takes the place of what the page shows, with ``...`` where the page had it. Read
the changes before you keep them: the text explains what it shows.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from following import Reader, differences  # noqa: E402 - found by the line above

PAGE = ROOT / "docs" / "new-architecture.md"
PACKAGE = "archcore_toy"


def main() -> None:
    """Write the page and the package, and say what changed."""
    text = PAGE.read_text(encoding="utf-8")
    with TemporaryDirectory() as made:
        reader = Reader(Path(made), "archcore-toy")
        reader.arrive()
        for one in differences(reader, text):
            print(f"{PAGE}:{one.line}: {one.said}")
            text = text.replace(one.old, one.new) if one.old else text
        PAGE.write_text(text, encoding="utf-8")
        place = ROOT / "tests" / "support" / PACKAGE
        shutil.rmtree(place)
        leave = shutil.ignore_patterns("__pycache__")
        shutil.copytree(reader.place / "archcore-toy" / "src" / PACKAGE, place, ignore=leave)


if __name__ == "__main__":
    main()
