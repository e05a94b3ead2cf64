"""A bit, or several side by side, under one name."""

from __future__ import annotations

from typing import Literal

from attrs import frozen

from archcore.words.mask import full

When = Literal["always", "valid", "invalid"]


@frozen
class Bits:
    """The positions ``low`` to ``high`` (both included) of an entry, under one name.

    ``when`` says for which entries the name holds: for those the hardware may use ("valid"), for
    the others ("invalid"), or for all. ``overlays`` names fields it shares positions with on
    purpose.
    """

    name: str
    low: int
    high: int
    note: str = ""
    when: When = "always"
    overlays: tuple[str, ...] = ()

    @property
    def value(self) -> int:
        """The set positions as a number."""
        return full(self.high + 1) & ~full(self.low)


@frozen
class Bit:
    """One position of an entry, under one name; see Bits for ``when`` and ``overlays``."""

    name: str
    low: int
    note: str = ""
    when: When = "always"
    overlays: tuple[str, ...] = ()

    @property
    def high(self) -> int:
        """The same position."""
        return self.low

    @property
    def value(self) -> int:
        """The set position as a number."""
        return 1 << self.low


Field = Bit | Bits
