"""A bit, or several side by side, under one name."""

from __future__ import annotations

from typing import Literal, NoReturn

from attrs import frozen

from archcore.errors import LayoutError
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


@frozen
class Blank:
    """A name whose position nobody has looked up yet, in an architecture that is being written.

    Its layout loads, so that everything else can be tried; whatever asks for the position gets a
    LayoutError that says which name lacks one.
    """

    name: str
    note: str = ""
    when: When = "always"
    overlays: tuple[str, ...] = ()

    @property
    def low(self) -> int:
        """Raises LayoutError: there is no position."""
        return self._missing()

    @property
    def high(self) -> int:
        """Raises LayoutError: there is no position."""
        return self._missing()

    @property
    def value(self) -> int:
        """Raises LayoutError: there is no position."""
        return self._missing()

    @property
    def lack(self) -> str:
        """What is missing, and what the name is for."""
        meaning = f" ({self.note})" if self.note else ""
        return f"{self.name!r} has no bit yet{meaning}"

    def _missing(self) -> NoReturn:
        raise LayoutError(f"{self.lack}; write a Bit or Bits in the place of the Blank")


Field = Bit | Bits | Blank
