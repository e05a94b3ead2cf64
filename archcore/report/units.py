"""Sizes as people write them."""

from __future__ import annotations

UNITS = ("B", "K", "M", "G", "T", "P", "E")
STEP = 1024


def size(count: int) -> str:
    """Return a number of bytes in the largest binary unit that divides it: 65536 is ``64K``."""
    at = 0
    while at < len(UNITS) - 1 and count and count % STEP == 0:
        count, at = count // STEP, at + 1
    return f"{count}{UNITS[at]}"
