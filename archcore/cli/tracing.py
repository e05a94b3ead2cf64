"""Where a command's trace comes from: the packaged one, a file, or standard input."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archcore.trace.reading import Reading

PACKAGED = "packaged"


def read_trace(name: str, skip_bad: int = 0) -> Reading:
    """Return the trace of that name; raises TraceError if it cannot be read."""
    from archcore.trace import packaged
    from archcore.trace.open import read
    from archcore.trace.reading import Reading

    if name == PACKAGED:
        return Reading(packaged.load(), lines=0)
    return read(name, skip_bad=skip_bad)
