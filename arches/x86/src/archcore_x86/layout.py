"""x86-64 entries, era by era: each bit under its kernel name, with the manual's meaning.

Hardware bits: Intel SDM volume 3A, section 4.5 (4-level paging). Software bits and their history:
arch/x86/include/asm/pgtable_types.h of the kernels named at each table.
"""

from __future__ import annotations

from archcore.layout import Bit, Bits, EntryLayout, Field

HARDWARE: tuple[Field, ...] = (
    Bit("PRESENT", 0, "clear: the walk stops and faults; every other bit is then software's"),
    Bit("RW", 1, "stores are allowed"),
    Bit("USER", 2, "user mode may use the page"),
    Bit("PWT", 3, "write-through"),
    Bit("PCD", 4, "cache disabled"),
    Bit("ACCESSED", 5, "set by the walker on first use"),
    Bit("DIRTY", 6, "set by the walker on first store"),
    Bit("GLOBAL", 8, "survives a CR3 load", when="valid"),
    Bit("PROTNONE", 8, "present to the kernel, closed to the hardware", when="invalid"),
    Bit("NX", 63, "instruction fetches are refused"),
)
PTE_ONLY: tuple[Field, ...] = (Bit("PAT", 7, "page attribute table index"),)
PMD_ONLY: tuple[Field, ...] = (
    Bit("PSE", 7, "the entry maps memory, not a table"),
    Bit("PAT_LARGE", 12, "page attribute table index of a large page"),
)


def _layout(name: str, pfn: Field, own: tuple[Field, ...], source: str) -> EntryLayout:
    special = PTE_ONLY if pfn.low == PAGE_SHIFT else PMD_ONLY
    return EntryLayout(name, (*HARDWARE, *special, pfn, *own), source=source)


PAGE_SHIFT = 12
PMD_SHIFT = 21
PUD_SHIFT = 30

# Linux 3.8 to 3.15: SOFTW1 is SPECIAL; the physical mask has 46 bits (__PHYSICAL_MASK_SHIFT).
V3_PFN_TOP = 45
V3_SOFTWARE: tuple[Field, ...] = (
    Bit("SPECIAL", 9, "no struct page behind the mapping"),
    Bit("IOMAP", 10, "device mapping"),
    Bit("HIDDEN", 11, "kmemcheck; soft-dirty from 3.11 on"),
)
V3_SOURCE = "Linux 3.8 arch/x86/include/asm/pgtable_types.h"
V3_PTE = _layout("x86-64 PTE, Linux 3.8", Bits("PFN", 12, V3_PFN_TOP), V3_SOFTWARE, V3_SOURCE)
V3_PMD = _layout("x86-64 PMD leaf, Linux 3.8", Bits("PFN", 21, V3_PFN_TOP), V3_SOFTWARE, V3_SOURCE)
V3_SWAP = EntryLayout(
    "x86-64 swap entry, Linux 3.8",
    (
        Bit("PRESENT", 0, "clear"),
        Bits("TYPE", 1, 5, "swap area"),
        Bit("FILE", 6, "clear; set in a nonlinear file entry"),
        Bit("PROTNONE", 8, "clear, so that no swap entry looks hinted"),
        Bits("OFFSET", 9, 63, "offset in the area"),
    ),
    source="Linux 3.8 arch/x86/include/asm/pgtable_64.h",
)

# Linux 6.1: the frame of an entry that is not PRESENT is stored inverted (L1TF).
V61_PFN_TOP = 51
V61_SOFTWARE: tuple[Field, ...] = (
    Bit("SPECIAL", 9, "no struct page behind the mapping"),
    Bit("UFFD_WP", 10, "write-protected by userfaultfd"),
    Bit("SOFT_DIRTY", 11, "written since the tracker last cleared it"),
    Bit("DEVMAP", 58, "device memory with struct pages"),
    Bits("PKEY", 59, 62, "protection key"),
)
V61_SOURCE = "Linux 6.1 arch/x86/include/asm/pgtable_types.h"
V61_PTE = _layout("x86-64 PTE, Linux 6.1", Bits("PFN", 12, V61_PFN_TOP), V61_SOFTWARE, V61_SOURCE)
V61_PMD = _layout(
    "x86-64 PMD leaf, Linux 6.1", Bits("PFN", 21, V61_PFN_TOP), V61_SOFTWARE, V61_SOURCE
)
V61_SWAP = EntryLayout(
    "x86-64 swap entry, Linux 6.1",
    (
        Bit("PRESENT", 0, "clear"),
        Bit("SOFT_DIRTY", 1),
        Bit("UFFD_WP", 2),
        Bit("EXCLUSIVE", 3, "the only reference to an anonymous page"),
        Bit("PSE", 7, "clear, so that no swap entry looks like a huge page"),
        Bit("PROTNONE", 8, "clear, so that no swap entry looks hinted"),
        Bits("OFFSET", 9, 58, "offset in the area, inverted"),
        Bits("TYPE", 59, 63, "swap area"),
    ),
    source="Linux 6.1 arch/x86/include/asm/pgtable_64.h",
)
FRAME_4K = EntryLayout("x86-64 frame field", (Bits("PFN", 12, V61_PFN_TOP),))
