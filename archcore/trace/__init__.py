"""Readers of real traces: whatever the file, one record type comes out.

Names are loaded when first used, so that a command which reads no trace never loads numpy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archcore.trace.open import FORMATS, read
    from archcore.trace.reading import BadLine, Reading
    from archcore.trace.record import Op, PageReferences, Trace, concatenate
    from archcore.trace.schedule import DEFAULT_SCHEDULE, Schedule

__all__ = [
    "DEFAULT_SCHEDULE",
    "FORMATS",
    "BadLine",
    "Op",
    "PageReferences",
    "Reading",
    "Schedule",
    "Trace",
    "concatenate",
    "read",
]

_HOME = {
    "BadLine": "reading",
    "DEFAULT_SCHEDULE": "schedule",
    "FORMATS": "open",
    "Op": "record",
    "PageReferences": "record",
    "Reading": "reading",
    "Schedule": "schedule",
    "Trace": "record",
    "concatenate": "record",
    "read": "open",
}


def __getattr__(name: str) -> object:
    """Load the module a public name lives in."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
