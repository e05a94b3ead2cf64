"""The arm targets: a format, a geometry, an MMU and an encoding of the hint under one id."""

from __future__ import annotations

from attrs import evolve

from archcore.encoding import Protnone, Write
from archcore.entry import AtLevel, layer
from archcore.hw.mmu import CacheGeometry, HardwareTables, Mmu, TlbGeometry
from archcore.swapformat import Swap, SwapEntry
from archcore.swaptypes import SwapTypes
from archcore.target import Target
from archcore_arm.entry import Entry
from archcore_arm.protection import Protections
from archcore_arm.three_level import hardware as long
from archcore_arm.three_level import layout as lpae
from archcore_arm.three_level.stores import Special
from archcore_arm.three_level.stores import Stores as LongStores
from archcore_arm.three_level.stores import Tables as LongTables
from archcore_arm.two_level import hardware, layout
from archcore_arm.two_level.maintenance import Caches
from archcore_arm.two_level.stores import Stores, Tables

# include/linux/swap.h and swapops.h of Linux 6.1 with MIGRATION; arm has neither MEMORY_FAILURE nor
# device-private memory.
SWAP_TYPES = SwapTypes(
    max_swapfiles=27,
    hwpoison=None,
    migration_read=27,
    migration_read_exclusive=28,
    migration_write=29,
    pte_marker=30,
    swapin_error=31,
    pfn_bits=20,
    migration_ad=False,
    type_bits=5,
)

V5 = Target(
    id="arm-v5-v6.1",
    arch="arm",
    era="v6.1",
    summary="ARMv5, 2 levels of 32-bit entries beside the hardware's, a VIVT cache; hint: NONE",
    geometry=layout.GEOMETRY,
    architecture=layer(
        AtLevel("pte", Entry(layout.ENTRY, ("PRESENT",))),
        AtLevel("pte", SwapEntry()),
        Protections(layout.ENTRY, ("PRESENT",), layout.user_memory(layout.WRITEBACK)),
        Swap(layout.SWAP),
        Stores(),
        Tables(),
        Caches(),
    ),
    encoding=AtLevel("pte", Protnone(Write.KEPT)),
    mmu=Mmu(
        hardware.Stored(),
        sets_accessed=False,
        sets_dirty=False,
        tables=HardwareTables(hardware.GEOMETRY, hardware.DESCRIPTORS),
        uncached=hardware.uncached,
        # ARM926EJ-S: a unified TLB of 64 entries in two ways, here without the 8 lockdown entries;
        # caches are configurable, 16 KB in four ways is what most chips have.
        tlb=TlbGeometry(entries=64, ways=2),
        dcache=CacheGeometry(size=1 << 14, ways=4, line=32, indexing="VIVT"),
        source=hardware.MANUAL,
    ),
    swap=layout.SWAP,
    sources=(layout.SOURCE, hardware.SET_PTE_EXT, hardware.MANUAL),
    swap_types=SWAP_TYPES,
    proposal=True,
)
V7_LPAE = Target(
    id="arm-v7-lpae-v6.1",
    arch="arm",
    era="v6.1",
    summary="ARMv7 with LPAE, 3 levels of 64-bit entries; hint: NONE, and stored without VALID",
    geometry=lpae.GEOMETRY,
    architecture=layer(
        AtLevel("pte", Entry(lpae.ENTRY, ("VALID", "PAGE"))),
        AtLevel("pte", Special()),
        AtLevel("pte", SwapEntry()),
        Protections(lpae.ENTRY, ("VALID", "PAGE"), lpae.user_memory()),
        Swap(lpae.SWAP),
        LongStores(),
        LongTables(),
    ),
    encoding=AtLevel("pte", Protnone(Write.KEPT)),
    mmu=Mmu(
        long.Stored(),
        sets_accessed=False,
        sets_dirty=False,
        tables=HardwareTables(lpae.GEOMETRY, long.DESCRIPTORS),
        # Cortex-A15: a second-level TLB of 512 entries in four ways, 32 KB of data cache in two.
        tlb=TlbGeometry(entries=512, ways=4),
        dcache=CacheGeometry(size=1 << 15, ways=2, line=64, indexing="PIPT"),
        source=long.MANUAL,
    ),
    swap=lpae.SWAP,
    sources=(lpae.SOURCE, long.SET_PTE_EXT, long.MANUAL),
    # MAX_PHYSMEM_BITS is 36 with SPARSEMEM (arch/arm/include/asm/sparsemem.h).
    swap_types=evolve(SWAP_TYPES, pfn_bits=24),
    proposal=True,
)
TARGETS = (V5, V7_LPAE)
