"""The sparc64 targets: sun4u and sun4v, each with its places of the bits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.encoding import Protnone, Write
from archcore.entry import AtLevel, at_levels, layer
from archcore.hw.mmu import CacheGeometry, Mmu, TlbGeometry
from archcore.swapformat import Swap, SwapEntry
from archcore.swaptypes import SwapTypes
from archcore.target import Target
from archcore_sparc64 import hardware, layout
from archcore_sparc64.dcache import Sun4uCache, Sun4vCache
from archcore_sparc64.entry import Entry, HugeEntry, Hugetlb
from archcore_sparc64.hardware import Tables, Tte
from archcore_sparc64.protection import Protections
from archcore_sparc64.stores import HugeStores, Stores
from archcore_sparc64.tsb import Buffers

if TYPE_CHECKING:
    from archcore.layout import EntryLayout

# include/linux/swap.h and swapops.h of Linux 6.1 with MIGRATION; MAX_PHYSMEM_BITS is 53.
SWAP_TYPES = SwapTypes(
    max_swapfiles=27,
    hwpoison=None,
    migration_read=27,
    migration_read_exclusive=28,
    migration_write=29,
    pte_marker=30,
    swapin_error=31,
    pfn_bits=40,
    migration_ad=True,
    type_bits=5,
)


def target(
    name: str,
    summary: str,
    entry: EntryLayout,
    tte: EntryLayout,
    pa_bits: int,
    cache: CacheGeometry,
) -> Target:
    """Return a target over one placement of the bits."""
    swap = layout.swap(entry["PRESENT"].positions[0])
    return Target(
        id=name,
        arch="sparc64",
        era="v6.1",
        summary=f"{summary}, 4 levels of 8 KB pages, a TSB; hint: neither READ nor VALID",
        geometry=layout.geometry(entry, pa_bits),
        architecture=layer(
            AtLevel("pte", Entry(entry)),
            AtLevel("pte", SwapEntry()),
            AtLevel("pte", Hugetlb(HugeEntry(entry))),
            AtLevel("pmd", HugeEntry(entry)),
            Protections(entry),
            Swap(swap),
            Tables(entry),
            Stores(entry),
            HugeStores(entry),
            Buffers(entry),
            Sun4uCache() if cache.indexing == "VIPT" else Sun4vCache(),
        ),
        encoding=at_levels(Protnone(Write.KEPT), "pte", "pmd"),
        mmu=Mmu(
            Tte(tte, entry),
            sets_accessed=False,
            sets_dirty=False,
            refill="software",
            walks="TSB misses",
            tlb=TlbGeometry(entries=64, ways=64),
            dcache=cache,
            source=tte.source,
        ),
        swap=swap,
        sources=(layout.SOURCE, hardware.HANDLER, tte.source),
        swap_types=SWAP_TYPES,
        proposal=True,
    )


SUN4U = target(
    "sparc64-v6.1",
    "UltraSPARC, sun4u",
    layout.ENTRY_4U,
    hardware.TTE_4U,
    layout.PA_BITS_4U,
    CacheGeometry(size=1 << 14, ways=1, line=32, indexing="VIPT", writes="through"),
)
SUN4V = target(
    "sparc64-sun4v-v6.1",
    "UltraSPARC, sun4v",
    layout.ENTRY_4V,
    hardware.TTE_4V,
    layout.PA_BITS_4V,
    CacheGeometry(size=1 << 13, ways=4, line=16, indexing="PIPT", writes="through"),
)
TARGETS = (SUN4U, SUN4V)
