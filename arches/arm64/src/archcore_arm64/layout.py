"""arm64 entries, era by era: each bit under its kernel name, with the manual's in the note.

Hardware bits: Arm ARM (DDI 0487), chapter D8, translation table descriptor formats, and
arch/arm64/include/asm/pgtable-hwdef.h. Software bits: arch/arm64/include/asm/pgtable-prot.h of the
kernels named at each table. A page and a block differ in TABLE_BIT and in where the frame begins.
"""

from __future__ import annotations

from functools import cache

from archcore.layout import Bit, Bits, EntryLayout, Field

HARDWARE: tuple[Field, ...] = (
    Bit("VALID", 0, "clear: the walk stops and faults; every other bit is then software's"),
    Bit("TABLE_BIT", 1, "set in a page and in a table, clear in a block"),
    Bits("ATTRINDX", 2, 4, "memory type, an index into MAIR_EL1"),
    Bit("USER", 6, "AP[1]: EL0 may load and store"),
    Bit("RDONLY", 7, "AP[2]: stores fault; with DBM they clear this bit instead"),
    Bit("AF", 10, "access flag, set by the walker on first use"),
    Bit("GP", 50, "guarded page: branches must land on BTI"),
    Bit("WRITE", 51, "DBM: the hardware keeps the dirty state; to the kernel, writable"),
    Bit("CONT", 52, "one of a run of entries that share a TLB entry"),
    Bit("PXN", 53, "instruction fetches of EL1 are refused"),
    Bit("UXN", 54, "instruction fetches of EL0 are refused"),
)
SOFTWARE: tuple[Field, ...] = (
    Bit("DIRTY", 55, "written; the hardware's own record is WRITE without RDONLY"),
    Bit("DEVMAP", 57, "device memory with struct pages"),
)
SPECIAL = Bit("SPECIAL", 56, "no struct page behind the mapping")
SHARED = Bits("SHARED", 8, 9, "SH[1:0]; both set: inner shareable")
LPA = (12, 15, "address bits 51:48")
LPA2 = (8, 9, "address bits 51:50, where shareability is without FEAT_LPA2")
ENTRY_SHIFT = 3
"""The logarithm of the bytes of an entry."""
ADDRESS_TOP, LPA2_ADDRESS_TOP = 47, 49
"""The highest bit of an address that stands where it is, without and with FEAT_LPA2."""


@cache
def table(page_shift: int, *, wide: bool) -> EntryLayout:
    """Return the layout of a table descriptor; ``wide`` says that addresses have 52 bits."""
    apart, top = _apart(page_shift, wide=wide)
    return EntryLayout(
        "arm64 table descriptor",
        (
            Bit("valid", 0),
            Bit("table", 1),
            Bits("address", page_shift, top, "of the next table"),
            *(Bits("address_high", *where) for where in apart),
            Bit("PXNTable", 59, "no entry below lets EL1 execute"),
            Bit("UXNTable", 60, "no entry below lets EL0 execute"),
            Bit("APTable[0]", 61, "no entry below lets EL0 load or store"),
            Bit("APTable[1]", 62, "no entry below lets anyone store"),
            Bit("NSTable", 63),
        ),
        source="Arm ARM (DDI 0487), chapter D8: table descriptor, stage 1",
    )


def _apart(page_shift: int, *, wide: bool) -> tuple[tuple[tuple[int, int, str], ...], int]:
    """Return where address bits stand that do not fit their own place, and the top of the rest."""
    if not wide:
        return (), ADDRESS_TOP
    small = page_shift < LPA[1]
    return ((LPA2,), LPA2_ADDRESS_TOP) if small else ((LPA,), ADDRESS_TOP)


# Indices into MAIR_EL1 as Linux programs it: arch/arm64/include/asm/memory.h, Linux 6.1 and 6.12.
MT_NORMAL, MT_NORMAL_TAGGED, MT_NORMAL_NC, MT_DEVICE_nGnRnE, MT_DEVICE_nGnRE = range(5)


def placed(shift: int, page_shift: int, top: int, *, wide: bool) -> tuple[Field, ...]:
    """Return shareability and frame of a leaf of ``2**shift`` bytes.

    ``top`` is the highest address bit that the kernel reads in its place.
    """
    apart, _ = _apart(page_shift, wide=wide)
    shared = () if LPA2 in apart else (SHARED,)
    return (*shared, Bits("PFN", shift, top), *(Bits("PFN_HIGH", *where) for where in apart))


# Linux 6.1: PROT_NONE has a bit of its own, and so has a PMD that is closed for a moment.
V61_SOURCE = "Linux 6.1 arch/arm64/include/asm/pgtable-prot.h"
V61_EVERY: tuple[Field, ...] = (
    Bit("NG", 11, "not global: a TLB entry holds for one ASID"),
    Bit("PROT_NONE", 58, "present to the kernel, closed to the hardware", when="invalid"),
)
V61_OWN: dict[str, tuple[Field, ...]] = {
    "pte": (*V61_EVERY, SPECIAL),
    "pmd": (
        *V61_EVERY,
        Bit("PRESENT_INVALID", 59, "PMD_PRESENT_INVALID, set by pmd_mkinvalid", when="invalid"),
    ),
    "pud": V61_EVERY,
}
V61_PFN_TOP = 47
"""PTE_ADDR_LOW, arch/arm64/include/asm/pgtable-hwdef.h."""
V61_SWAP = EntryLayout(
    "arm64 swap entry, Linux 6.1",
    (
        Bits("PRESENT", 0, 1, "clear"),
        Bit("EXCLUSIVE", 2, "the only reference to an anonymous page"),
        Bits("TYPE", 3, 7, "swap area"),
        Bits("OFFSET", 8, 57, "offset in the area"),
        Bit("PROT_NONE", 58, "clear, so that no swap entry looks hinted"),
        Bit("PRESENT_INVALID", 59, "clear, so that no migrating huge page looks present"),
    ),
    source="Linux 6.1 arch/arm64/include/asm/pgtable.h",
)

# Linux 6.12: one mark for every level, on a bit that an invalid entry has to spare.
V612_SOURCE = "Linux 6.12 arch/arm64/include/asm/pgtable-prot.h"
V612_EVERY: tuple[Field, ...] = (
    SPECIAL,
    Bit("NG", 11, "not global: a TLB entry holds for one ASID", when="valid"),
    Bit("PRESENT_INVALID", 11, "present to the kernel, closed to the hardware", when="invalid"),
    Bit("UFFD_WP", 58, "write-protected by userfaultfd"),
    Bits("PO_IDX", 60, 62, "POIndex: permission overlay, the protection key"),
)
V612_OWN: dict[str, tuple[Field, ...]] = dict.fromkeys(("pte", "pmd", "pud"), V612_EVERY)
V612_PFN_TOP = 49
"""PTE_ADDR_LOW, which reaches so far with every granule since FEAT_LPA2 is known (Linux 6.9).

With 64K pages the kernel therefore writes address bits 49:48 twice, here and in bits 13:12.
"""
V612_SWAP = EntryLayout(
    "arm64 swap entry, Linux 6.12",
    (
        Bits("PRESENT", 0, 1, "clear"),
        Bit("EXCLUSIVE", 2, "the only reference to an anonymous page"),
        Bit("UFFD_WP", 3, "write-protected by userfaultfd"),
        Bits("TYPE", 6, 10, "swap area"),
        Bit("PRESENT_INVALID", 11, "clear, so that no swap entry looks hinted"),
        Bits("OFFSET", 12, 61, "offset in the area"),
    ),
    source="Linux 6.12 arch/arm64/include/asm/pgtable.h",
)
