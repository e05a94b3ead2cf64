"""The MMU, TLB and caches of the machines that the eras ran on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.hw.mmu import CacheGeometry, Mmu, TlbGeometry
from archcore_powerpc.radix_mmu import RadixMmu, table_sizes

if TYPE_CHECKING:
    from archcore.layout import Geometry
    from archcore_powerpc.hash_mmu import HashPage

POWER8_CACHE = CacheGeometry(size=1 << 16, ways=8, line=128, indexing="PIPT")
POWER9_CACHE = CacheGeometry(size=1 << 15, ways=8, line=128, indexing="PIPT")

HASH_FAULTS = "hash faults"  # trace_hash_fault, arch/powerpc/include/asm/trace.h


def radix(geometry: Geometry) -> Mmu:
    """Return a POWER9 that walks a radix tree of this shape."""
    return Mmu(
        RadixMmu(table_sizes(geometry)),
        tlb=TlbGeometry(entries=1024, ways=8),
        dcache=POWER9_CACHE,
        source=(
            "Power ISA 3.0B Book III, radix tree translation; POWER9: 128 sets in the TLB "
            "(POWER9_TLB_SETS_RADIX), 32 KB of data cache, 128-byte lines; the ways are a choice"
        ),
    )


def power8_hash(handler: HashPage) -> Mmu:
    """Return a POWER8 whose hash table the handler fills."""
    return Mmu(
        handler,
        refill="software",
        hashed=True,
        walks=HASH_FAULTS,
        tlb=TlbGeometry(entries=2048, ways=4),
        dcache=POWER8_CACHE,
        source=(
            "Linux 3.14 arch/powerpc/mm/hash_utils_64.c and hash_low_64.S; POWER8: 512 sets in the "
            "TLB (POWER8_TLB_SETS), 64 KB of data cache, 128-byte lines; the ways of the TLB are a "
            "choice"
        ),
    )


def power9_hash(handler: HashPage) -> Mmu:
    """Return a POWER9 whose hash table the handler fills."""
    return Mmu(
        handler,
        refill="software",
        hashed=True,
        walks=HASH_FAULTS,
        tlb=TlbGeometry(entries=1024, ways=4),
        dcache=POWER9_CACHE,
        source=(
            "Linux 6.1 arch/powerpc/mm/book3s64/hash_utils.c; POWER9: 256 sets in the TLB "
            "(POWER9_TLB_SETS_HASH), 32 KB of data cache, 128-byte lines; the ways are a choice"
        ),
    )
