"""The file of recorded answers that comes with a target."""

from __future__ import annotations

from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from archcore.vectors.read import read

if TYPE_CHECKING:
    from archcore.target import Target
    from archcore.vectors.group import VectorFile


def recorded(target: Target) -> VectorFile:
    """Read the answers that a target's ``golden`` names.

    Raises ModuleNotFoundError for a package that is not there, TraceError for a file that cannot be
    read and InputError for one that is malformed.
    """
    package, _, path = target.golden.partition(":")
    with as_file(files(package).joinpath(path)) as place:
        return read(place)
