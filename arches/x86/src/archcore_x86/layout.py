"""x86-64 entries, era by era: each bit under its kernel name, with the manual's meaning.

Hardware bits: Intel SDM volume 3A, section 4.5 (4-level and 5-level paging). Software bits and
their history: arch/x86/include/asm/pgtable_types.h of the kernels named at each table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.layout import Bit, Bits, EntryLayout, Field

if TYPE_CHECKING:
    from collections.abc import Mapping

SHIFTS = {"pte": 12, "pmd": 21, "pud": 30}
"""Where the frame of a leaf begins, which is also what it maps: 4K, 2M and 1G."""

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
PAGE: tuple[Field, ...] = (Bit("PAT", 7, "page attribute table index"),)
HUGE: tuple[Field, ...] = (
    Bit("PSE", 7, "the entry maps memory, not a table"),
    Bit("PAT_LARGE", 12, "page attribute table index of a large page"),
)
TABLE = EntryLayout(
    "x86-64 table entry",
    (
        *(one for one in HARDWARE if one.name not in ("GLOBAL", "PROTNONE")),
        Bit("PSE", 7, "clear"),
        Bits("PFN", 12, 51, "frame of the next table"),
    ),
    source="Intel SDM volume 3A, section 4.5",
)
VMA = EntryLayout(
    "x86-64 flags of a VMA",
    (Bits("PKEY", 32, 35, "protection key"), Bit("SHADOW_STACK", 37, "return addresses only")),
    source="Linux 6.12 include/linux/mm.h: VM_PKEY_BIT0 to VM_PKEY_BIT3, VM_SHADOW_STACK",
)
SHIFTED = EntryLayout("x86-64 frame number in its place", (Bits("PFN", 12, 63),))["PFN"]
"""Where pfn_pte puts a frame number before it is cut to what an entry holds."""

SPECIAL = Bit("SPECIAL", 9, "no struct page behind the mapping")
IOMAP = Bit("IOMAP", 10, "device mapping")
HIDDEN = Bit("HIDDEN", 11, "not present on behalf of kmemcheck")
SOFT_DIRTY = Bit("SOFT_DIRTY", 11, "written since the tracker last cleared it")
UFFD_WP = Bit("UFFD_WP", 10, "write-protected by userfaultfd")
DEVMAP = Bit("DEVMAP", 58, "device memory with struct pages")
PKEY = Bits("PKEY", 59, 62, "protection key")
SPLITTING = "the huge page is being split"


def leaves(
    kernel: str, pfn_top: int, own: Mapping[str, tuple[Field, ...]], source: str
) -> dict[str, EntryLayout]:
    """Return the layouts of the leaves of one kernel by level; ``own`` are its software bits.

    A field of ``own`` replaces the common one of its name. ``pfn_top`` is the last frame bit
    (``__PHYSICAL_MASK_SHIFT`` - 1).
    """
    found = {}
    for level, shift in SHIFTS.items():
        named = {one.name: one for one in (*HARDWARE, *(PAGE if level == "pte" else HUGE))}
        named |= {one.name: one for one in (Bits("PFN", shift, pfn_top), *own[level])}
        fields = tuple(named.values())
        found[level] = EntryLayout(f"x86-64 {level}, {kernel}", fields, source=source)
    return found


# The frame ended at bit 45 until b83ce5ee9147 x86/mm/64: Make __PHYSICAL_MASK_SHIFT always 52.
V3_PFN_TOP = 45
PFN_TOP = 51

# AutoNUMA was never merged. Its bits are clear in every live entry, PAT being unused then.
V2012_06_SOURCE = (
    "[PATCH 03/36] autonuma: define _PAGE_NUMA_PTE and _PAGE_NUMA_PMD (June to August 2012)"
)
_NUMA_PMD = (
    Bit("IOMAP", 10, "device mapping; unused in upper levels", when="valid"),
    Bit("NUMA", 10, "the entry is a hint", when="invalid"),
)
V2012_06_OWN: dict[str, tuple[Field, ...]] = {
    "pte": (
        Bit("PAT", 7, "page attribute table index", when="valid"),
        Bit("NUMA", 7, "the entry is a hint", when="invalid"),
        *(SPECIAL, IOMAP, HIDDEN),
    ),
    "pmd": (Bit("SPLITTING", 9, SPLITTING), *_NUMA_PMD),
    "pud": _NUMA_PMD,
}

# Linux 3.8: _PAGE_NUMA is another name of _PAGE_PROTNONE.
V38_SOURCE = "Linux 3.8 arch/x86/include/asm/pgtable_types.h"
V38_OWN: dict[str, tuple[Field, ...]] = {
    "pte": (SPECIAL, IOMAP, HIDDEN),
    "pmd": (Bit("SPLITTING", 9, SPLITTING),),
    "pud": (),
}

# Linux 3.16: a hint takes the bit of SPECIAL; SPLITTING makes room in a PMD.
V316_SOURCE = "Linux 3.16 arch/x86/include/asm/pgtable_types.h (c46a7c817e66)"
_NUMA = Bit("NUMA", 9, "the entry is a hint", when="invalid", overlays=("SPECIAL",))
V316_OWN: dict[str, tuple[Field, ...]] = {
    "pte": (SPECIAL, _NUMA, IOMAP, SOFT_DIRTY),
    "pmd": (SPECIAL, _NUMA, Bit("SPLITTING", 10, SPLITTING), SOFT_DIRTY),
    "pud": (SPECIAL, _NUMA, SOFT_DIRTY),
}

V40_SOURCE = "Linux 4.0 arch/x86/include/asm/pgtable_types.h (21d9ee3eda77)"
V40_OWN: dict[str, tuple[Field, ...]] = {
    "pte": (SPECIAL, SOFT_DIRTY),
    "pmd": (SPECIAL, Bit("SPLITTING", 10, SPLITTING), SOFT_DIRTY),
    "pud": (SPECIAL, SOFT_DIRTY),
}


def _everywhere(*own: Field) -> dict[str, tuple[Field, ...]]:
    return dict.fromkeys(SHIFTS, own)


V48_SOURCE = "Linux 4.8 arch/x86/include/asm/pgtable_types.h"
V48_OWN = _everywhere(SPECIAL, SOFT_DIRTY, DEVMAP, PKEY)

V418_SOURCE = (
    "Linux 4.18.1 arch/x86/include/asm/pgtable_types.h and pgtable-invert.h (6b28baca9b1f)"
)
V418_OWN = V48_OWN

V61_SOURCE = "Linux 6.1 arch/x86/include/asm/pgtable_types.h"
V61_OWN = _everywhere(SPECIAL, UFFD_WP, SOFT_DIRTY, DEVMAP, PKEY)

# Since Linux 6.6 an entry without RW keeps its dirtiness apart, for RW clear with DIRTY set is a
# shadow stack; DEVMAP moved down to make room.
V612_SOURCE = "Linux 6.12 arch/x86/include/asm/pgtable_types.h (bb3aadf7d446, Linux 6.6)"
V612_OWN = _everywhere(
    SPECIAL,
    UFFD_WP,
    SOFT_DIRTY,
    Bit("DEVMAP", 57, "device memory with struct pages"),
    Bit("SAVED_DIRTY", 58, "written, in an entry that does not allow stores"),
    PKEY,
)
