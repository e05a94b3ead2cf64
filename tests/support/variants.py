"""A package of an architecture under another name, with passages changed: what mistakes do."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from importlib import import_module, invalidate_caches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from types import ModuleType


def copy(package: Path, directory: Path, name: str, texts: Mapping[str, str]) -> None:
    """Write a package under a name; ``texts`` are the new contents of some of its files."""
    place = directory / name
    place.mkdir(parents=True)
    for path in package.iterdir():
        if path.is_file():
            text = texts.get(path.name) or path.read_text(encoding="utf-8")
            renamed = text.replace(package.name, name)
            (place / path.name).write_text(renamed, encoding="utf-8")


@contextmanager
def loaded(directory: Path, name: str) -> Iterator[ModuleType]:
    """Yield the module ``targets`` of a package in a directory; forget the package afterwards."""
    sys.path.insert(0, str(directory))
    invalidate_caches()
    try:
        yield import_module(f"{name}.targets")
    finally:
        sys.path.remove(str(directory))
        for module in [one for one in sys.modules if one.partition(".")[0] == name]:
            del sys.modules[module]
