"""x86-64 protections: vm_get_page_prot for the sixteen kinds of VMA.

Source: arch/x86/mm/pgprot.c and pgtable_types.h of Linux 6.1; Linux 3.8 has the same values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.hookspecs import hookimpl
from archcore.vmflags import VM_EXEC, VM_READ, VM_SHARED, VM_WRITE
from archcore.words import Mask, clear, put

if TYPE_CHECKING:
    from archcore.layout import EntryLayout
    from archcore.words.types import Word

OPEN = ("PRESENT", "USER", "ACCESSED")
CLOSED = ("PROTNONE", "ACCESSED")
COMBINATIONS = range((VM_READ | VM_WRITE | VM_EXEC | VM_SHARED) + 1)


def _fields(flags: int) -> tuple[str, ...]:
    if not flags & (VM_READ | VM_WRITE | VM_EXEC):
        return CLOSED
    stores = ("RW",) if flags & VM_WRITE and flags & VM_SHARED else ()
    return (*OPEN, *stores, *(() if flags & VM_EXEC else ("NX",)))


@frozen
class Protections:
    """Protections over one layout; ``kept`` are the bits pgprot_modify keeps of the old one."""

    layout: EntryLayout
    kept: Mask
    table: tuple[int, ...] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Compute the sixteen protections once."""
        table = tuple(self.layout.mask(*_fields(flags)).value for flags in COMBINATIONS)
        object.__setattr__(self, "table", table)

    @hookimpl
    def vm_get_page_prot(self, vm_flags: int) -> int:
        """Look the combination up; a private mapping is never writable at first."""
        return self.table[vm_flags & COMBINATIONS[-1]]

    @hookimpl
    def page_none(self) -> int:
        """Return PROTNONE and ACCESSED."""
        return self.layout.mask(*CLOSED).value

    @hookimpl
    def pgprot_modify(self, oldprot: Word, newprot: Word) -> Word:
        """Keep what pte_modify would keep, above all the memory type."""
        return put(clear(oldprot, ~self.kept), clear(newprot, self.kept))
