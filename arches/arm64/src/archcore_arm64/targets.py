"""The arm64 targets: every era on every regime that can be selected for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.encoding import Write
from archcore.hw.mmu import CacheGeometry, Mmu, TlbGeometry
from archcore.target import Target
from archcore_arm64.eras import V61, V612
from archcore_arm64.granule import K4_SHIFT, K16_SHIFT, K64_SHIFT, Granule
from archcore_arm64.mmu import Arm64Mmu

if TYPE_CHECKING:
    from archcore_arm64.era import Era

# arch/arm64/Kconfig: ARM64_VA_BITS_36 asks for EXPERT, 52 bits for FEAT_LPA or FEAT_LPA2.
V61_GRANULES = (
    Granule(K4_SHIFT, 48, 48),
    Granule(K4_SHIFT, 39, 48),
    Granule(K16_SHIFT, 47, 48),
    Granule(K16_SHIFT, 36, 48),
    Granule(K16_SHIFT, 48, 48),
    Granule(K64_SHIFT, 48, 48),
    Granule(K64_SHIFT, 42, 48),
    Granule(K64_SHIFT, 52, 52),
)
V612_GRANULES = (*V61_GRANULES, Granule(K4_SHIFT, 52, 52), Granule(K16_SHIFT, 52, 52))
RECORDED = (
    "4k-v6.1",
    "64k-va52-v6.1",
    "4k-v6.12",
    "4k-va52-v6.12",
    "16k-va52-v6.12",
    "64k-va52-v6.12",
)
LPA2_SOURCES = (
    "Linux 6.9: arm64: mm: Add LPA2 support to phys<->pte conversion routines",
    "Linux 6.9: arm64: mm: Wire up TCR.DS bit to PTE shareability fields",
)


def _mmu(granule: Granule) -> Mmu:
    return Mmu(
        Arm64Mmu(
            page_shift=granule.page_shift,
            largest_block=granule.largest_hardware_block,
            output=granule.output,
            pa_bits=granule.pa_bits,
            table=granule.table,
        ),
        tlb=TlbGeometry(entries=1024, ways=8),
        dcache=CacheGeometry(size=1 << 15, ways=4, line=64, indexing="PIPT"),
        source=(
            "Arm ARM (DDI 0487), chapter D8, with FEAT_HAFDBS; data caches behave as PIPT by the "
            "same manual; the sizes of TLB and cache are a generic choice and no one CPU's"
        ),
    )


def _summary(era: Era, granule: Granule, levels: int) -> str:
    size = f"{1 << granule.page_shift - 10}K pages"
    widths = f"{granule.va_bits}-bit virtual and {granule.pa_bits}-bit physical addresses"
    return f"arm64, {size}, {levels} levels, {widths}, {era.kernel}: {era.marking}"


def target(era: Era, granule: Granule) -> Target:
    """Return the target of a kernel built for a regime."""
    leaves = era.leaves(granule)
    geometry = granule.geometry(leaves)
    name = f"{granule.name}-{era.name}"
    return Target(
        id=f"arm64-{name}",
        arch="arm64",
        era=era.name,
        summary=_summary(era, granule, len(geometry.levels)),
        geometry=geometry,
        architecture=era.architecture(granule, leaves),
        encoding=era.encoding(granule),
        mmu=_mmu(granule),
        swap=era.swap,
        sources=(*era.sources, *(() if granule.shares else LPA2_SOURCES)),
        # Since 6.2 the engine computes write permission anew; v7.0 is the first profile to do so.
        engine="v7.0" if era.write is Write.LOST else "v6.1",
        golden=f"{__package__}:golden/{name}.jsonl.gz" if name in RECORDED else "",
        swap_types=era.types(granule),
    )


TARGETS = (
    *(target(V61, granule) for granule in V61_GRANULES),
    *(target(V612, granule) for granule in V612_GRANULES),
)
