"""How a NUMA hint is written into an entry: the three answers the kernel gave since 2012.

Each is a value of masks and policies, free of any format: it reaches the format's own helpers
through ``own``. A plugin may bring another answer as any object with the same three methods.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from attrs import frozen

from archcore.vmflags import VM_ACCESS_FLAGS
from archcore.words import Mask, both, clear, has_all, has_none, negate, put, same, where

if TYPE_CHECKING:
    from archcore.entry import LevelHooks
    from archcore.hookspecs import Vma
    from archcore.words.types import Truth, Word


class Write(Enum):
    """What becomes of write permission while an entry is hinted."""

    LOST = "lost"
    KEPT = "kept"
    STASHED = "stashed"


@frozen
class NumaBit:
    """A hint trades ``present`` for ``numa``; every other bit stays where it is.

    Disarming also marks the page used (Linux v3.8 to v3.19, include/asm-generic/pgtable.h).
    """

    numa_bit: Mask
    present: Mask
    accessed: Mask
    absent: Mask | None = None

    def mknuma(self, entry: Word) -> Word:
        """Set the hint bit, clear the present bit."""
        return put(clear(entry, self.present), self.numa_bit)

    def mknonnuma(self, entry: Word) -> Word:
        """Clear the hint bit, set the present bit and mark the page used."""
        return put(clear(entry, self.numa_bit), self.present | self.accessed)

    def numa(self, entry: Word) -> Truth:
        """Ask for the hint bit without the present bit, and without ``absent`` if that is given."""
        closed = self.present if self.absent is None else self.present | self.absent
        return both(has_all(entry, self.numa_bit), has_none(entry, closed))


@frozen
class Protnone:
    """A hint is an entry with the protection PAGE_NONE in a VMA that is accessible.

    ``write`` says what becomes of write permission: lost (rebuilt by the engine, if at all), kept
    as the ordinary write bit inside the hint, or stashed with the architecture's savedwrite
    (Linux v4.0 on; include/linux/pgtable.h, mm/mprotect.c, mm/memory.c).
    """

    write: Write

    def mknuma(self, own: LevelHooks, vma: Vma, entry: Word) -> Word:
        """Give the entry the none protection, and remember write permission if the era does."""
        hinted = own.modify(entry, own.page_none())
        if self.write is Write.LOST:
            return hinted
        keep = (
            own.mk_savedwrite(hinted) if self.write is Write.STASHED else own.mkwrite(hinted, vma)
        )
        return where(own.write(entry), keep, hinted)

    def mknonnuma(self, own: LevelHooks, vma: Vma, entry: Word) -> Word:
        """Give the entry the VMA's protection back, and write permission if it was remembered."""
        ordinary = own.mkyoung(own.modify(entry, vma.vm_page_prot))
        if self.write is Write.LOST:
            return ordinary
        kept = own.savedwrite(entry) if self.write is Write.STASHED else own.write(entry)
        return where(kept, own.mkwrite(ordinary, vma), ordinary)

    def numa(self, own: LevelHooks, vma: Vma, entry: Word) -> Truth:
        """Ask the entry for the none protection and the VMA for accessibility."""
        return both(own.protnone(entry), vma.accessible)


@frozen
class VmaRelative:
    """A hint is an entry that equals itself under the VMA's none protection, but not under its own.

    The form of the patch under review in 2012: "mm/mpol: Create special PROT_NONE infrastructure".
    """

    def mknuma(self, own: LevelHooks, vma: Vma, entry: Word) -> Word:
        """Give the entry the none protection derived from the VMA's."""
        return own.modify(entry, _vma_prot_none(own, vma))

    def mknonnuma(self, own: LevelHooks, vma: Vma, entry: Word) -> Word:
        """Give the entry the VMA's protection; a private write permission does not come back."""
        return own.modify(entry, vma.vm_page_prot)

    def numa(self, own: LevelHooks, vma: Vma, entry: Word) -> Truth:
        """Compare the entry with itself under both protections."""
        ordinary = same(entry, own.modify(entry, vma.vm_page_prot))
        none = same(entry, own.modify(entry, _vma_prot_none(own, vma)))
        return both(negate(ordinary), none)


def _vma_prot_none(own: LevelHooks, vma: Vma) -> Word:
    none = own.vm_get_page_prot(vma.vm_flags & ~VM_ACCESS_FLAGS)
    return own.pgprot_modify(vma.vm_page_prot, none)
