"""An era of the shared format put together for one MMU and page size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.encoding import Protnone, Write
from archcore.entry import AtLevel, Layer, at_levels, layer
from archcore.hw.mmu import Access
from archcore.swapformat import TrustingSwap, swap_marks
from archcore_powerpc import helpers, quirks
from archcore_powerpc.entry import EVERYTHING, NOTHING
from archcore_powerpc.hash_mmu import TABLE, HashPage, HashTables
from archcore_powerpc.hash_table import HashMaintenance
from archcore_powerpc.protection import CacheControl, Keys, Protections
from archcore_powerpc.radix_mmu import RadixTables, table_sizes
from archcore_powerpc.shared_entry import Devmap, MakingDevmap, RadixFlush, SavedWrite
from archcore_powerpc.stores import AtomicStores, HashStores
from archcore_powerpc.swap import MarkedSwapEntry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.layout import EntryLayout
    from archcore.words import Mask
    from archcore_powerpc.format import Format

UPPER = ("pmd", "pud")


@frozen
class Assembly:
    """The parts of the architecture that speaks a format."""

    format: Format

    # -- the layers -----------------------------------------------------------------------------

    def architecture(self) -> Layer:
        """Return everything but the encoding of the hint."""
        if not self.format.hashes:
            return self._parts()
        return quirks.SideBySide((self._parts(), at_levels(quirks.Unsized(), *UPPER)))

    def _parts(self) -> Layer:
        swap = self.format.era.swap(self.format.shift)
        return layer(
            AtLevel("pte", self.format.pte()),
            AtLevel("pte", self.format.making("pte")),
            *self._upper_parts(),
            *self._era_parts(),
            *self._helper_parts(),
            self._protections(),
            CacheControl(self.format.page),
            TrustingSwap(swap),
            *self._swap_parts(swap),
            *(self._hash_parts() if self.format.hashes else self._radix_parts()),
        )

    def encoding(self) -> Layer:
        """Return the encoding of the hint, at the levels that have leaves."""
        return at_levels(Protnone(self.format.era.write), *self.format.shape.leaves)

    def _upper_parts(self) -> Iterator[AtLevel]:
        for level in UPPER:
            yield AtLevel(level, self.format.upper(level))
            if self.format.has_thp:
                yield AtLevel(level, self.format.making(level))
        if not self.format.has_thp:
            yield AtLevel("pmd", quirks.NoHugePages())

    def _era_parts(self) -> Iterator[AtLevel | Layer]:
        page = self.format.page
        if self.format.era.write is Write.STASHED:
            yield at_levels(SavedWrite(layout=page, stash=self.format.stash))
        if "DEVMAP" in page.masks:
            yield at_levels(Devmap(page), "pte", "pmd", *self.format.huge_levels[1:])
            yield AtLevel("pte", MakingDevmap(page.mask("SPECIAL", "DEVMAP")))
            for level in self.format.huge_levels:
                layout = self.format.geometry.level(level).layout
                huge = self.format.marks_of_huge(level, layout)
                yield AtLevel(level, MakingDevmap(huge | layout["DEVMAP"]))
        if self.format.era.judges_flushes and not self.format.hashes:
            grown = self.format.rights | page["DIRTY"]
            yield at_levels(RadixFlush(grown=grown, accessed=page["ACCESSED"]), "pte", "pmd")

    def _helper_parts(self) -> Iterator[object]:
        page, names = self.format.page, self.format.era.names
        yield at_levels(helpers.Stored(), "pte", "pmd")
        yield AtLevel("pte", helpers.Pointed(layout=page, raised=self.format.raised))
        yield AtLevel("pte", helpers.Asking(layout=page, frame=page["RPN"]))
        if "access" in names:
            yield AtLevel("pte", helpers.Paused(layout=page))
            yield AtLevel("pte", helpers.Access(layout=page, live=self.format.live))
            yield AtLevel("pmd", helpers.HugeAccess(layout=page))
        if "privilege" in names:
            yield AtLevel("pte", helpers.Privilege(layout=page))
        if "real_write" in names:
            yield at_levels(helpers.RealWrite(layout=page), "pte", "pmd")
        if "large" in names:
            yield AtLevel("pmd", helpers.Large())
        if "PKEY" in page.masks:
            yield Keys(page)

    def _protections(self) -> Protections:
        page = self.format.page
        base = page.mask("PRESENT", "ACCESSED")
        executes_only = self.format.era.executes_only and not self.format.hashes
        return Protections(
            none=base | page["PRIVILEGED"] if self.format.era.privileged_none else base,
            read=base | page["READ"],
            write=page["WRITE"],
            execute=page["EXEC"],
            execute_only=base | (page["EXEC"] if executes_only else page.mask("READ", "EXEC")),
            strong_order=page["SAO"],
            keys=self.format.named("PKEY") if self.format.hashes else NOTHING,
        )

    def _swap_parts(self, swap: EntryLayout) -> Iterator[Layer]:
        # Huge pages could not be swapped or migrated yet in Linux 4.12.
        levels = ("pte", "pmd") if self.format.era.marked else ("pte",)
        yield at_levels(MarkedSwapEntry(swap), *levels)
        for mark in swap_marks(swap):
            yield at_levels(mark, *levels)

    # -- radix and hash -------------------------------------------------------------------------

    def _slots(self) -> AtomicStores:
        page = self.format.page
        pauses = "INVALID" in page.masks
        return AtomicStores(
            marks=page["PTE"],
            closing=page["PRESENT"] if pauses else EVERYTHING,
            pausing=self.format.named("INVALID"),
            raised=self.format.raised,
            incomparable=self.format.hpteflags if self.format.hashes else NOTHING,
        )

    def _radix_parts(self) -> Iterator[object]:
        yield RadixTables(table_sizes(self.format.geometry))
        yield self._slots()

    def _hash_parts(self) -> Iterator[object]:
        yield HashTables(self._table_marks())
        yield HashMaintenance(self.format.page["ACCESSED"])
        yield HashStores(
            slots=self._slots(),
            hashed=self.format.page["HASHPTE"],
            bookkeeping=self.format.hpteflags,
            live=self.format.live,
            rights=self.format.rights,
        )

    def _table_marks(self) -> Mask:
        return TABLE["VALID"] if self.format.era.hash_valid else NOTHING

    def handler(self) -> HashPage:
        """Return hash_page's view of the tables."""
        page = self.format.page
        return HashPage(
            page_shift=self.format.shift,
            largest=self.format.geometry.level("pud").shift,
            leaf_bits=page["PTE"],
            live=self.format.live,
            needed={
                Access.READ: self.format.live | page["READ"],
                Access.WRITE: self.format.live | page.mask("READ", "WRITE"),
                Access.EXECUTE: self.format.live | page.mask("READ", "EXEC"),
            },
            refused=page["PRIVILEGED"],
            marks=self._table_marks(),
            address_bits=TABLE["ADDRESS"],
            rpn=page["RPN"],
            real=page["RPN"],
            accessed_bit=page["ACCESSED"],
            dirty_bit=page["DIRTY"],
            hashed=page["HASHPTE"],
        )
