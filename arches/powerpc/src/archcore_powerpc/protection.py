"""powerpc protections: vm_get_page_prot for the sixteen kinds of VMA.

Sources: arch/powerpc/include/asm/pte-common.h, Linux 3.14 (the tables __P000 to __S111);
arch/powerpc/mm/pgtable.c and mm/book3s64/pgtable.c, Linux 6.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.hookspecs import hookimpl
from archcore.vmflags import VM_EXEC, VM_READ, VM_SHARED, VM_WRITE
from archcore.words import Mask, clear, has_all, put, where

if TYPE_CHECKING:
    from archcore.layout import EntryLayout
    from archcore.words.types import Word

RIGHTS = VM_READ | VM_WRITE | VM_EXEC
COMBINATIONS = range((RIGHTS | VM_SHARED) + 1)
VM_SAO = 1 << 24  # VM_ARCH_1, include/linux/mm.h: strong access ordering


@frozen(kw_only=True)
class Protections:
    """Protections by the bits they are made of.

    ``none`` and ``execute_only`` are whole; ``write`` and ``execute`` are added to ``read``, which
    a mapping with any other right has. ``strong_order`` is what VM_SAO adds.
    """

    none: Mask
    read: Mask
    write: Mask
    execute: Mask
    execute_only: Mask
    strong_order: Mask
    table: tuple[int, ...] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Compute the sixteen protections once."""
        table = tuple(self._protection(flags).value for flags in COMBINATIONS)
        object.__setattr__(self, "table", table)

    def _protection(self, flags: int) -> Mask:
        if not flags & RIGHTS:
            return self.none
        if flags & RIGHTS == VM_EXEC:
            return self.execute_only
        mask = self.read
        if flags & VM_WRITE and flags & VM_SHARED:
            mask |= self.write
        return mask | self.execute if flags & VM_EXEC else mask

    @hookimpl
    def vm_get_page_prot(self, vm_flags: int) -> int:
        """Look the combination up; a private mapping is never writable at first."""
        prot = self.table[vm_flags & COMBINATIONS[-1]]
        return prot | self.strong_order.value if vm_flags & VM_SAO else prot

    @hookimpl
    def page_none(self) -> int:
        """Return PAGE_NONE."""
        return self.none.value


@frozen
class MemoryType:
    """What a protection keeps of an older one (Linux 6.1 include/linux/pgtable.h)."""

    layout: EntryLayout

    @hookimpl
    def pgprot_modify(self, oldprot: Word, newprot: Word) -> Word:
        """Keep the memory type if the old protection is cache inhibited."""
        kind = self.layout.mask("SAO", "NON_IDEMPOTENT")
        inherited = put(clear(newprot, kind), clear(oldprot, ~kind))
        return where(has_all(oldprot, self.layout["NON_IDEMPOTENT"]), inherited, newprot)
