"""The targets of the old hash format, era by era."""

from __future__ import annotations

from archcore.encoding import NumaBit
from archcore.entry import AtLevel, Layer, at_levels, layer
from archcore.hw.mmu import CacheGeometry, Mmu, TlbGeometry
from archcore.layout import Geometry, Level
from archcore.target import Target
from archcore_powerpc.hash_entry import HashEntry, HashHuge
from archcore_powerpc.hash_mmu import LEAF, TABLE, HashPage, HashTables
from archcore_powerpc.layout import (
    HASH_PGD_SHIFT,
    HASH_PMD_SHIFT,
    PAGE_SHIFT_64K,
    V314_PMD,
    V314_PTE,
    V314_SOURCE,
    V314_SWAP,
    V314_SWP,
)
from archcore_powerpc.protection import Protections
from archcore_powerpc.swap import ShiftedSwapEntry, Swap

ENTRY_BYTES = 8
PTE_INDEX, PMD_INDEX, PGD_INDEX = 8, 10, 12  # Linux 3.14 pgtable-ppc64-64k.h

# Linux had three levels here until 4.6. A PTE table has a second half of hash-slot words, a PMD
# table one of deposited PTE tables (PMD_CACHE_INDEX). Entries lie in the kernel's own byte order
# in this era: the target is a big-endian kernel.
GEOMETRY_64K = Geometry(
    (
        Level("pte", PAGE_SHIFT_64K, PTE_INDEX, V314_PTE, spare_bytes=ENTRY_BYTES << PTE_INDEX),
        Level("pmd", HASH_PMD_SHIFT, PMD_INDEX, V314_PMD, spare_bytes=ENTRY_BYTES << PMD_INDEX),
        Level("pgd", HASH_PGD_SHIFT, PGD_INDEX, V314_PMD, leaf=False),
    ),
    pa_bits=46,  # MAX_PHYSADDR_BITS, arch/powerpc/include/asm/sparsemem.h
    byteorder="big",
)
MMU = Mmu(
    HashPage(),
    refill="software",
    tlb=TlbGeometry(entries=2048, ways=4),
    dcache=CacheGeometry(size=1 << 16, ways=8, line=128, indexing="PIPT"),
    source=(
        "Linux 3.14 arch/powerpc/mm/hash_utils_64.c and hash_low_64.S; POWER8: 512 sets in the TLB "
        "(POWER8_TLB_SETS), 64 KB of data cache, 128-byte lines; the ways of the TLB are a choice"
    ),
)
HPTEFLAGS = V314_PTE.mask("BUSY", "HPTE_SUB", "COMBO")
FRAME = V314_PTE["RPN"]
KEPT = FRAME | HPTEFLAGS | V314_PTE.mask("DIRTY", "ACCESSED")

V314_PTE_ENTRY = HashEntry(
    layout=V314_PTE,
    frame=FRAME,
    place=FRAME,
    kept=KEPT | V314_PTE["SPECIAL"],
    writable=V314_PTE["RW"],
    grants=V314_PTE["RW"],
    dirties=V314_PTE["DIRTY"],
    unseen=HPTEFLAGS,
    incomparable=HPTEFLAGS,
    shown_by=V314_PTE.mask("PRESENT", "NUMA"),
)
V314_PMD_ENTRY = HashHuge(
    layout=V314_PMD,
    frame=FRAME,
    place=FRAME,
    kept=KEPT | V314_PMD.mask("SPLITTING", "THP_HUGE"),
    writable=V314_PMD["RW"],
    grants=V314_PMD["RW"],
    dirties=V314_PMD["DIRTY"],
    marks=V314_PMD["THP_HUGE"],
    incomparable=HPTEFLAGS,
    leaf_bits=LEAF,
    address=TABLE["KERNEL"],
    aligned=TABLE["ALIGNED"],
)
BASE = V314_PTE.mask("PRESENT", "ACCESSED")
V314_PROTECTIONS = Protections(
    none=BASE,
    read=BASE | V314_PTE["USER"],
    write=V314_PTE["RW"],
    execute=V314_PTE["EXEC"],
    execute_only=BASE | V314_PTE.mask("USER", "EXEC"),
    strong_order=V314_PTE.mask("WRITETHRU", "NO_CACHE"),
)


def _v314_architecture() -> Layer:
    return layer(
        AtLevel("pte", V314_PTE_ENTRY),
        AtLevel("pmd", V314_PMD_ENTRY),
        V314_PROTECTIONS,
        Swap(V314_SWP),
        AtLevel("pte", ShiftedSwapEntry(FRAME)),
        HashTables(),
    )


# The hash table itself is not modelled, so nothing here overrides ptep_modify_prot_start and its
# like: the generic layer empties the slot and flushes, where the kernel clears PRESENT and takes
# the page out of the hash table.
HASH_64K_V314 = Target(
    id="powerpc-hash-64k-v3.14",
    arch="powerpc",
    era="v3.14",
    summary="powerpc hash, 64K pages, 3 levels, Linux 3.14: _PAGE_NUMA is the old coherence bit",
    geometry=GEOMETRY_64K,
    architecture=_v314_architecture(),
    encoding=at_levels(
        NumaBit(V314_PTE["NUMA"], V314_PTE["PRESENT"], V314_PTE["ACCESSED"]), "pte", "pmd"
    ),
    mmu=MMU,
    swap=V314_SWAP,
    sources=(
        V314_SOURCE,
        "c34a51ce49b4, posted as powerpc: mm: book3s: Enable _PAGE_NUMA for book3s",
        "56eecdb912b5 mm: Use ptep/pmdp_set_numa() for updating _PAGE_NUMA bit",
    ),
    engine="v3.8",
)
