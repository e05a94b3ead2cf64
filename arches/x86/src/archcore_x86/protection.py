"""x86-64 protections: vm_get_page_prot for the sixteen kinds of VMA, and what else makes one.

Source: arch/x86/mm/pgprot.c, pgtable_types.h and pgtable.h of Linux 6.1; Linux 3.8 has the same
sixteen values. Protection keys came with Linux 4.6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.entry import helper
from archcore.hookspecs import hookimpl
from archcore.vmflags import VM_ACCESS_FLAGS, VM_EXEC, VM_SHARED, VM_WRITE
from archcore.words import Mask, bits, clear, has_all, has_any, put, where, with_bits
from archcore_x86.inversion import EVERYTHING
from archcore_x86.layout import VMA

if TYPE_CHECKING:
    from archcore.layout import EntryLayout
    from archcore.words.types import Word

OPEN = ("PRESENT", "USER", "ACCESSED")
CLOSED = ("PROTNONE", "ACCESSED")
STORES, FETCHES = Mask(int(VM_WRITE | VM_SHARED)), Mask(int(VM_EXEC))
ANY_RIGHT = Mask(int(VM_ACCESS_FLAGS))
COMBINATIONS = range((VM_ACCESS_FLAGS | VM_SHARED) + 1)


@frozen
class Protections:
    """Protections over one layout.

    pgprot_modify keeps ``kept`` of the old one; until 6db73f17c5f1 it took all of the new one, not
    ``added`` only. ``supported`` are the bits the CPU knows (__supported_pte_mask).
    """

    layout: EntryLayout
    kept: Mask
    added: Mask
    supported: Mask = EVERYTHING
    table: tuple[int, ...] = field(init=False, repr=False)

    @table.default
    def _table(self) -> tuple[int, ...]:
        return tuple(self._combined(flags) for flags in COMBINATIONS)

    @hookimpl
    def vm_get_page_prot(self, vm_flags: Word) -> Word:
        """Give a private mapping no RW at first; a key goes where the era has one."""
        if isinstance(vm_flags, int):
            vm_flags = int(vm_flags)
            rights = self.table[vm_flags & COMBINATIONS[-1]]
        else:
            rights = self._combined(vm_flags)
        if "PKEY" not in self.layout.masks:
            return rights
        return with_bits(rights, self.layout["PKEY"], bits(vm_flags, VMA["PKEY"]))

    @hookimpl
    def page_none(self) -> int:
        """Return PROTNONE and ACCESSED, without any key."""
        return self.layout.mask(*CLOSED).value

    @hookimpl
    def pgprot_modify(self, oldprot: Word, newprot: Word) -> Word:
        """Keep what pte_modify would keep, above all the memory type."""
        return put(clear(oldprot, ~self.kept), clear(newprot, ~self.added))

    @helper("canon_pgprot")
    def canon_pgprot(self, pgprot: Word) -> Word:
        """Drop what the CPU does not support from a protection that is PRESENT."""
        present = has_all(pgprot, self.layout["PRESENT"])
        return where(present, clear(pgprot, ~self.supported), pgprot)

    def _combined(self, vm_flags: Word) -> Word:
        """Return the protection of the four flags, in any number system."""
        stores = has_all(vm_flags, STORES)
        prot = where(stores, self.layout.mask(*OPEN, "RW"), self.layout.mask(*OPEN))
        prot = where(has_all(vm_flags, FETCHES), prot, put(prot, self.layout["NX"]))
        return where(has_any(vm_flags, ANY_RIGHT), prot, self.layout.mask(*CLOSED))


@frozen
class Keys:
    """Protection keys in an entry (Linux 4.6)."""

    layout: EntryLayout

    @helper("pte_flags_pkey")
    def pte_flags_pkey(self, flags: Word) -> Word:
        """Read the key."""
        return bits(flags, self.layout["PKEY"])
