"""The radix targets, era by era."""

from __future__ import annotations

from itertools import pairwise

from archcore.encoding import Protnone, Write
from archcore.entry import AtLevel, Layer, at_levels, layer
from archcore.hw.mmu import CacheGeometry, Mmu, TlbGeometry
from archcore.layout import Geometry, Level
from archcore.target import Target
from archcore_powerpc.layout import (
    PAGE_SHIFT_64K,
    PFN_64K,
    RADIX_PGD_SHIFT,
    RADIX_PMD_SHIFT,
    RADIX_PUD_SHIFT,
    V61_PMD,
    V61_PTE,
    V61_SOURCE,
    V61_SWAP,
)
from archcore_powerpc.protection import MemoryType, Protections
from archcore_powerpc.radix_mmu import DIRECTORY, RadixMmu, RadixTables
from archcore_powerpc.shared_entry import RadixFlush, SavedWrite, SharedEntry, SharedHuge
from archcore_powerpc.swap import MarkedSwapEntry, Swap

GEOMETRY_64K = Geometry(
    (
        Level("pte", PAGE_SHIFT_64K, 5, V61_PTE),
        Level("pmd", RADIX_PMD_SHIFT, 9, V61_PMD),
        Level("pud", RADIX_PUD_SHIFT, 9, V61_PMD, leaf=False),
        Level("pgd", RADIX_PGD_SHIFT, 13, V61_PMD, leaf=False),
    ),
    pa_bits=51,  # MAX_PHYSMEM_BITS, Linux 6.1 arch/powerpc/include/asm/book3s/64/mmu.h
    byteorder="big",  # on a little-endian kernel too: pgtable-be-types.h
)
SIZES_64K = {upper.name: lower.index_bits for lower, upper in pairwise(GEOMETRY_64K.levels)}
MMU_64K = Mmu(
    RadixMmu(SIZES_64K),
    tlb=TlbGeometry(entries=1024, ways=8),
    dcache=CacheGeometry(size=1 << 15, ways=8, line=128, indexing="PIPT"),
    source=(
        "Power ISA 3.0B Book III, radix tree translation; POWER9: 128 sets in the TLB "
        "(POWER9_TLB_SETS_RADIX), 32 KB of data cache, 128-byte lines; the ways are a choice"
    ),
)

# _PAGE_HPTEFLAGS is kept on radix too: BUSY, COMBO and HASHPTE of a hash entry.
HPTEFLAGS = V61_PTE.mask("RSV1", "RPN0", "RPN43")
FRAME = V61_PTE["RPN"]
SHOWN_BY = V61_PTE.mask("PRESENT", "INVALID")
LIVE = V61_PTE.mask("PRESENT", "PTE")
RIGHTS = V61_PTE.mask("READ", "WRITE", "EXEC")
STASH = RIGHTS | V61_PTE["PRIVILEGED"]
KEPT = FRAME | HPTEFLAGS | V61_PTE.mask("DIRTY", "ACCESSED", "PTE", "SOFT_DIRTY", "DEVMAP")

V61_PTE_ENTRY = SharedEntry(
    layout=V61_PTE,
    frame=FRAME,
    place=PFN_64K["PFN"],
    kept=KEPT | V61_PTE["SPECIAL"],
    writable=V61_PTE["WRITE"],
    grants=V61_PTE.mask("READ", "WRITE"),
    dirties=V61_PTE.mask("DIRTY", "SOFT_DIRTY"),
    marks=V61_PTE["PTE"],
    unseen=V61_PTE.mask("DIRTY", "ACCESSED"),
    shown_by=SHOWN_BY,
    live=LIVE,
    rights=RIGHTS,
    devmaps=V61_PTE.mask("SPECIAL", "DEVMAP"),
    stash=STASH,
)
V61_PMD_ENTRY = SharedHuge(
    layout=V61_PMD,
    frame=FRAME,
    place=FRAME,
    kept=KEPT | V61_PMD["RPN1"],
    writable=V61_PMD["WRITE"],
    grants=V61_PMD.mask("READ", "WRITE"),
    dirties=V61_PMD.mask("DIRTY", "SOFT_DIRTY"),
    marks=V61_PMD["PTE"],
    shown_by=SHOWN_BY,
    live=LIVE,
    rights=RIGHTS,
    devmaps=V61_PMD.mask("PTE", "DEVMAP"),
    stash=STASH,
    huge=V61_PMD["PTE"],
    not_table=DIRECTORY.mask("L", "reserved 2", "reserved 56:58"),
)
BASE = V61_PTE.mask("PRESENT", "ACCESSED")
V61_PROTECTIONS = Protections(
    none=BASE | V61_PTE["PRIVILEGED"],
    read=BASE | V61_PTE["READ"],
    write=V61_PTE["WRITE"],
    execute=V61_PTE["EXEC"],
    execute_only=BASE | V61_PTE["EXEC"],
    strong_order=V61_PTE["SAO"],
)


def _v61_architecture() -> Layer:
    return layer(
        AtLevel("pte", V61_PTE_ENTRY),
        AtLevel("pmd", V61_PMD_ENTRY),
        at_levels(SavedWrite(layout=V61_PTE, stash=STASH), "pte", "pmd"),
        at_levels(
            RadixFlush(grown=RIGHTS | V61_PTE["DIRTY"], accessed=V61_PTE["ACCESSED"]), "pte", "pmd"
        ),
        V61_PROTECTIONS,
        MemoryType(V61_PTE),
        Swap(V61_SWAP),
        at_levels(MarkedSwapEntry(V61_SWAP), "pte", "pmd"),
        RadixTables(SIZES_64K),
    )


RADIX_64K_V61 = Target(
    id="powerpc-radix-64k-v6.1",
    arch="powerpc",
    era="v6.1",
    summary="powerpc radix, 64K pages, 4 levels, Linux 6.1: a valid leaf without rights",
    geometry=GEOMETRY_64K,
    architecture=_v61_architecture(),
    encoding=at_levels(Protnone(Write.STASHED), "pte", "pmd"),
    mmu=MMU_64K,
    swap=V61_SWAP,
    sources=(
        V61_SOURCE,
        "c137a2757b88 powerpc/mm/autonuma: switch ppc64 to its own implementation of saved write",
    ),
    engine="v6.1",
)
