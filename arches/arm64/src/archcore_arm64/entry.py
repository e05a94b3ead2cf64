"""arm64 entry helpers: one format for every level, granule and era, differing in masks only.

Sources: arch/arm64/include/asm/pgtable.h of Linux 6.1.192, and for Linux 6.12 as of 3e509c9b03f9
with the permission overlays merged beside it. Both follow their stable trees: pte_modify makes a
software-dirty writable entry hardware-dirty again (6.1.69), and pte_mkwrite clears RDONLY only on
a software-dirty one (6.1.158; 6.12.56, cb974263ba15).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.words import (
    Mask,
    add_bits,
    both,
    clear,
    either,
    has_all,
    has_any,
    has_none,
    negate,
    put,
    same,
    where,
)
from archcore_arm64.placement import span

if TYPE_CHECKING:
    from archcore.entry import LevelHooks
    from archcore.layout import EntryLayout
    from archcore.words.types import Operand, Truth, Word
    from archcore_arm64.placement import Placement


@frozen(kw_only=True)
class Arm64Entry:
    """Entries of one level: ``layout`` names the bits, ``frame`` places the frame number.

    ``replaced`` are the bits pte_modify takes from the protection. An entry is present with any of
    ``shown_by``, and protnone with all of ``marks`` and none of ``lacks``; ``devmaps`` are the bits
    of device memory.
    """

    layout: EntryLayout
    frame: Placement
    replaced: Mask
    shown_by: Mask
    marks: Mask
    lacks: Mask
    devmaps: Mask
    kept: Mask = field(init=False, repr=False)

    @kept.default
    def _kept(self) -> Mask:
        return ~self.replaced

    # -- reading ------------------------------------------------------------------------------

    def none(self, entry: Word) -> Truth:
        """Ask for the empty word."""
        return same(entry, 0)

    def present(self, entry: Word) -> Truth:
        """Count an entry closed to the hardware on purpose as present."""
        return has_any(entry, self.shown_by)

    def write(self, entry: Word) -> Truth:
        """Read WRITE, in a hint too."""
        return has_all(entry, self.layout["WRITE"])

    def dirty(self, entry: Word) -> Truth:
        """Ask for the software's record, or the hardware's."""
        return either(has_all(entry, self.layout["DIRTY"]), self._hw_dirty(entry))

    def young(self, entry: Word) -> Truth:
        """Read AF."""
        return has_all(entry, self.layout["AF"])

    def devmap(self, entry: Word) -> Truth:
        """Read DEVMAP."""
        return has_all(entry, self.layout["DEVMAP"])

    def protnone(self, entry: Word) -> Truth:
        """Ask for the mark of PROT_NONE in an entry that is not valid."""
        return both(has_all(entry, self.marks), has_none(entry, self.lacks))

    def pfn(self, entry: Word) -> Word:
        """Read the frame in base pages, also of a closed entry."""
        return self.frame.read(entry)

    def accessible(self, entry: Word, flush_pending: Truth) -> Truth:
        """Count a present entry while a TLB flush is pending."""
        return either(
            has_all(entry, self.layout["VALID"]), both(self.present(entry), flush_pending)
        )

    # -- making -------------------------------------------------------------------------------

    def pfn_entry(self, pfn: Operand, pgprot: Operand) -> Word:
        """Place the frame and add the protection."""
        return put(self.frame.place(pfn), pgprot)

    def modify(self, entry: Word, newprot: Operand) -> Word:
        """Save hardware dirtiness, take the protection's bits, and give dirtiness back."""
        saved = self._saved(entry)
        result = put(clear(saved, self.replaced), clear(newprot, self.kept))
        return where(has_all(result, self.layout["DIRTY"]), self.mkdirty(result), result)

    def mkwrite(self, entry: Word) -> Word:
        """Set WRITE; only a software-dirty page needs no write fault to be recorded any more."""
        writable = put(entry, self.layout["WRITE"])
        dirty = has_all(entry, self.layout["DIRTY"])
        return where(dirty, clear(writable, self.layout["RDONLY"]), writable)

    def wrprotect(self, entry: Word) -> Word:
        """Save hardware dirtiness, clear WRITE and set RDONLY."""
        return put(clear(self._saved(entry), self.layout["WRITE"]), self.layout["RDONLY"])

    def mkdirty(self, entry: Word) -> Word:
        """Set DIRTY, and clear RDONLY if the entry is writable."""
        dirty = put(entry, self.layout["DIRTY"])
        return where(self.write(entry), clear(dirty, self.layout["RDONLY"]), dirty)

    def mkclean(self, entry: Word) -> Word:
        """Clear DIRTY and set RDONLY, so that the next store is noticed."""
        return put(clear(entry, self.layout["DIRTY"]), self.layout["RDONLY"])

    def mkyoung(self, entry: Word) -> Word:
        """Set AF."""
        return put(entry, self.layout["AF"])

    def mkold(self, entry: Word) -> Word:
        """Clear AF."""
        return clear(entry, self.layout["AF"])

    def mkdevmap(self, entry: Word) -> Word:
        """Set DEVMAP, and on a PTE also SPECIAL."""
        return put(entry, self.devmaps)

    def mkhuge(self, entry: Word) -> Word:
        """Clear TABLE_BIT, which turns a page into a block."""
        return clear(entry, self.layout["TABLE_BIT"])

    def advance_pfn(self, entry: Word, nr: int) -> Word:
        """Move the frame on."""
        return self.frame.replace(entry, add_bits(self.frame.read(entry), span(0), nr))

    def _hw_dirty(self, entry: Word) -> Truth:
        return both(self.write(entry), has_none(entry, self.layout["RDONLY"]))

    def _saved(self, entry: Word) -> Word:
        return where(self._hw_dirty(entry), put(entry, self.layout["DIRTY"]), entry)


@frozen(kw_only=True)
class Arm64Block(Arm64Entry):
    """Entries of an upper level: a block, or a table where VALID and TABLE_BIT are both set."""

    table: Mask = field(init=False, repr=False)

    @table.default
    def _table(self) -> Mask:
        return self.layout.mask("VALID", "TABLE_BIT")

    def leaf(self, entry: Word) -> Truth:
        """Ask for a present entry that is no table."""
        return both(self.present(entry), self.bad(entry))

    def bad(self, entry: Word) -> Truth:
        """Take everything for bad that is no table."""
        return negate(has_all(entry, self.table))

    def trans_huge(self, entry: Word) -> Truth:
        """Ask for a present entry without TABLE_BIT, closed or not."""
        return both(self.present(entry), has_none(entry, self.layout["TABLE_BIT"]))


@frozen
class Invalidation:
    """Closing an entry for a moment: ``mark`` keeps it present."""

    layout: EntryLayout
    mark: Mask

    def mkinvalid(self, entry: Word) -> Word:
        """Set the mark, clear VALID."""
        return clear(put(entry, self.mark), self.layout["VALID"])


@frozen
class Special:
    """The bit for mappings without a struct page, where a level has it."""

    layout: EntryLayout

    def special(self, entry: Word) -> Truth:
        """Read SPECIAL."""
        return has_all(entry, self.layout["SPECIAL"])

    def mkspecial(self, entry: Word) -> Word:
        """Set SPECIAL."""
        return put(entry, self.layout["SPECIAL"])


@frozen
class UffdWp:
    """Write protection by userfaultfd (Linux 6.12)."""

    layout: EntryLayout

    def uffd_wp(self, entry: Word) -> Truth:
        """Read UFFD_WP."""
        return has_all(entry, self.layout["UFFD_WP"])

    def mkuffd_wp(self, own: LevelHooks, entry: Word) -> Word:
        """Set UFFD_WP and take write permission away."""
        return own.wrprotect(put(entry, self.layout["UFFD_WP"]))

    def clear_uffd_wp(self, entry: Word) -> Word:
        """Clear UFFD_WP."""
        return clear(entry, self.layout["UFFD_WP"])
