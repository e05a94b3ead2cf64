"""What a target says about its hardware: how it reads an entry, and what it caches."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from attrs import field, frozen

from archcore.errors import LayoutError

if TYPE_CHECKING:
    from collections.abc import Callable

    from archcore.layout import Geometry, Level
    from archcore.words.types import Truth, Word


class Access(Enum):
    """What a user-mode reference does."""

    READ = "read"
    WRITE = "write"
    EXECUTE = "execute"


class HardwareFormat(Protocol):
    """How the MMU reads an entry: only bits that the architecture manual gives to hardware.

    Written with ``archcore.words``, so that laws about it can be proved.
    """

    def valid(self, level: Level, entry: Word) -> Truth:
        """Say whether a walk may go on from the entry, as a leaf or a table."""

    def leaf(self, level: Level, entry: Word) -> Truth:
        """Say whether a valid entry maps memory itself."""

    def reserved(self, level: Level, entry: Word) -> Truth:
        """Say whether a valid entry has bits set that must be clear."""

    def allows(self, level: Level, entry: Word, access: Access) -> Truth:
        """Say whether a valid entry, leaf or table, lets user mode do this."""

    def address(self, level: Level, entry: Word) -> Word:
        """Return the physical address a valid entry holds: of the page, or of the next table."""

    def accessed(self, entry: Word) -> Truth:
        """Say whether the hardware's accessed flag is set in a leaf."""

    def dirty(self, entry: Word) -> Truth:
        """Say whether the hardware considers a leaf written."""

    def mkaccessed(self, entry: Word) -> Word:
        """Return the leaf as the hardware leaves it after a use."""

    def mkdirty(self, entry: Word) -> Word:
        """Return the leaf as the hardware leaves it after a store."""


Keeps: TypeAlias = Literal["none", "invalid", "rights", "all"]
Question: TypeAlias = "Callable[[Level, Word], Truth]"


@frozen
class HardwareTables:
    """Tables as the hardware walks them, where the kernel's helpers speak of other words.

    That is so where hardware entries lie beside the kernel's, in tables of another shape, and
    where the kernel changes an entry as it stores it. Both begin at the same root, and an entry of
    the upper levels says where the next table of the hardware is.
    """

    geometry: Geometry
    format: HardwareFormat


def _power_of_two(_: object, attribute: object, value: int) -> None:
    if value < 1 or value & (value - 1):
        msg = f"{getattr(attribute, 'name', 'size')} must be a power of two, not {value}"
        raise LayoutError(msg)


@frozen
class TlbGeometry:
    """A set-associative TLB with true LRU: ``entries`` in sets of ``ways``.

    With ``pairs`` an even page and the odd one after it come and go together, each half with what
    the tables say of it; ``entries`` and ``ways`` count halves, which stand in neighbouring sets.
    """

    entries: int = field(default=1024, validator=_power_of_two)
    ways: int = field(default=8, validator=_power_of_two)
    pairs: bool = False

    @property
    def sets(self) -> int:
        """The number of sets."""
        return self.entries // self.ways


@frozen
class CacheGeometry:
    """A data cache: sizes in bytes; ``indexing`` says which address picks the set and the tag.

    Where ``writes`` go "through", a store reaches memory at once, and fills no line.
    """

    size: int = field(default=1 << 15, validator=_power_of_two)
    ways: int = field(default=8, validator=_power_of_two)
    line: int = field(default=64, validator=_power_of_two)
    indexing: Literal["PIPT", "VIPT", "VIVT"] = "PIPT"
    writes: Literal["back", "through"] = "back"

    @property
    def sets(self) -> int:
        """The number of sets."""
        return self.size // (self.ways * self.line)


@frozen
class Mmu:
    """The hardware of a target: its entry format, who sets accessed and dirty, and its caches.

    Where ``sets_accessed`` is False a use of an entry without the flag faults; where ``sets_dirty``
    is False the hardware leaves the dirty flag to software. ``refill`` says who loads the TLB from
    the tables: a hardware walker, or the kernel's miss handler (which then sees the same entries).
    Where translations are ``hashed`` the MMU looks in a hashed page table instead, and the handler
    fills that. ``walks`` are what the architecture calls it when the tables are walked.
    ``speculates`` says that a load may be served, in speculation, from the address that stands in
    an entry that is not valid (the L1 terminal fault), ``strays`` that accessed and dirty may be
    set in such an entry. ``keeps`` says which refusals the TLB keeps until it is told or loaded
    again, so that references fault without a walk: "none", those of "invalid" entries, the missing
    "rights" of valid ones, or "all". Where flags are set by the MMU, or by a miss handler in its
    place, an entry that lacks one refuses nothing: whoever sets it looks into the tables again; a
    handler does so for each store that is refused, hardware where the flag is all that lacks.
    ``tables`` are what the hardware walks if that is not what the kernel's helpers speak of;
    ``format`` then says how the MMU finds an entry once the kernel has stored it. ``uncached`` says
    of a leaf, as hardware has it, that its data go past the cache.
    """

    format: HardwareFormat
    sets_accessed: bool = True
    sets_dirty: bool = True
    refill: Literal["hardware", "software"] = "hardware"
    hashed: bool = False
    walks: str = "table walks"
    speculates: bool = False
    strays: bool = False
    keeps: Keeps = "none"
    tables: HardwareTables | None = None
    uncached: Question | None = None
    tlb: TlbGeometry = TlbGeometry()
    dcache: CacheGeometry = CacheGeometry()
    source: str = ""
