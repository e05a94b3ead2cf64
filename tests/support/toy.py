"""The toy architecture of docs/new-architecture.md, built by running that page."""

from __future__ import annotations

import re
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

PAGE = Path(__file__).parents[2] / "docs" / "new-architecture.md"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
USE = "## 7."


def blocks(text: str) -> list[str]:
    """Return the Python blocks of a page, in order."""
    return BLOCK.findall(text)


@cache
def module() -> ModuleType:
    """Return the page up to its last section, run as one module."""
    toy = ModuleType("archcore_toy_from_docs")
    sys.modules[toy.__name__] = toy
    for block in blocks(PAGE.read_text(encoding="utf-8").split(USE)[0]):
        exec(compile(block, str(PAGE), "exec"), toy.__dict__)  # noqa: S102 - the page is ours
    return toy
