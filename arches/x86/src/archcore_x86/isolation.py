"""Page-table isolation: a second root for user mode, in the page after the kernel's.

The two tables differ in what the kernel adds for itself and in NX, which its copy has on all that
belongs to user mode. Sources: Linux 6.1 arch/x86/include/asm/pgtable.h (pti_set_user_pgtbl, kernel
part in arch/x86/mm/pti.c), pgtable_64.h and processor-flags.h; merged in Linux 4.15.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.entry import helper
from archcore.layout import Bit, Bits, EntryLayout
from archcore.words import clear, has_all, put, where
from archcore_x86.layout import TABLE

if TYPE_CHECKING:
    from archcore.words.types import Word

ROOT = EntryLayout(
    "x86-64 CR3",
    (
        Bits("PCID", 0, 11, "process-context identifier; bit 11 marks user mode's"),
        Bit("PTI_SWITCH", 12, "the root of user mode", overlays=("ADDRESS",)),
        Bits("ADDRESS", 12, 51, "frame of the root"),
        Bit("LAM_U57", 61, "tags in bits 57 to 62 of user addresses are ignored"),
        Bit("LAM_U48", 62, "tags in bits 48 to 62 of user addresses are ignored"),
        Bit("NOFLUSH", 63, "a load keeps what the TLB holds of this PCID"),
    ),
    source="Intel SDM volume 3A, section 4.5; Linux 6.1 arch/x86/include/asm/pgtable_64.h",
)


@frozen
class Isolation:
    """The pair of roots, and what stands in each."""

    @helper("read_cr3_pa")
    def read_cr3_pa(self, cr3: Word) -> Word:
        """Return the address of the root that CR3 names."""
        return clear(cr3, ~ROOT["ADDRESS"])

    @helper("kernel_to_user_pgdp")
    def kernel_to_user_pgdp(self, root: Word) -> Word:
        """Return the user root that belongs to a kernel root, or the same for a slot in it."""
        return put(root, ROOT["PTI_SWITCH"])

    @helper("user_to_kernel_pgdp")
    def user_to_kernel_pgdp(self, root: Word) -> Word:
        """Return the kernel root that belongs to a user root, or the same for a slot in it."""
        return clear(root, ROOT["PTI_SWITCH"])

    @helper("pti_set_user_pgtbl")
    def pti_set_user_pgtbl(self, pgd: Word) -> Word:
        """Return what the kernel's copy of a user table's entry is; user mode has it as it is."""
        user = has_all(pgd, TABLE.mask("PRESENT", "USER"))
        return where(user, put(pgd, TABLE["NX"]), pgd)
