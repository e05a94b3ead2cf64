"""How a walk ends: with a translation, or with a fault. Both are values."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from attrs import frozen

from archcore.hw.rights import EXECUTE, READ, WRITE

if TYPE_CHECKING:
    from archcore.hw.mmu import Access


class FaultKind(Enum):
    """Why the MMU refuses, in the order in which it looks."""

    ADDRESS_RANGE = "address-range"
    NOT_VALID = "not-valid"
    RESERVED = "reserved"
    OUTSIDE_MEMORY = "outside-memory"
    ACCESS_FLAG = "access-flag"
    PERMISSION = "permission"


@frozen
class Fault:
    """A refused reference; ``level``, ``entry`` and ``entry_address`` say where the walk ended.

    They are None where it did not begin, because the table does not translate the address.
    """

    kind: FaultKind
    access: Access
    address: int
    level: str | None = None
    entry: int | None = None
    entry_address: int | None = None


@frozen
class Translation:
    """An allowed reference to the byte at the virtual ``address``, which lies at ``physical``.

    ``level`` is where the leaf stands, ``2**shift`` the number of bytes it maps. ``rights`` is the
    sum of those that all levels leave. ``entry`` and ``dirty`` are the leaf's after the walk.
    """

    address: int
    physical: int
    level: str
    shift: int
    rights: int
    dirty: bool
    entry: int
    entry_address: int

    @property
    def readable(self) -> bool:
        """Whether user mode may load here."""
        return self.rights & READ != 0

    @property
    def writable(self) -> bool:
        """Whether user mode may store here."""
        return self.rights & WRITE != 0

    @property
    def executable(self) -> bool:
        """Whether user mode may fetch instructions here."""
        return self.rights & EXECUTE != 0
