"""Counterexamples with as few bits set as can be, so that a person can check one by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def shrunk(
    words: Mapping[str, int], width: int, fails: Callable[[Mapping[str, int]], bool]
) -> dict[str, int]:
    """Return words that still fail, from which no single bit can be taken away.

    Bits go from the highest down, so that what is left is small.
    """
    found = dict(words)
    again = True
    while again:
        again = False
        for name in words:
            for at in reversed(range(width)):
                fewer = {**found, name: found[name] & ~(1 << at)}
                if fewer != found and fails(fewer):
                    found, again = fewer, True
    return found
