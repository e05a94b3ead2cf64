"""The arm64 targets: an era on a granule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.encoding import Protnone, Write
from archcore.entry import at_levels
from archcore.hw.mmu import CacheGeometry, Mmu, TlbGeometry
from archcore.target import Target
from archcore_arm64.eras import V61, V612
from archcore_arm64.granule import K4
from archcore_arm64.mmu import Arm64Mmu

if TYPE_CHECKING:
    from archcore_arm64.granule import Granule


def _mmu(granule: Granule) -> Mmu:
    return Mmu(
        Arm64Mmu(
            page_shift=granule.page_shift,
            largest_block=granule.largest_block,
            output=granule.output(),
            pa_bits=granule.pa_bits,
        ),
        tlb=TlbGeometry(entries=1024, ways=8),
        dcache=CacheGeometry(size=1 << 15, ways=4, line=64, indexing="PIPT"),
        source=(
            "Arm ARM (DDI 0487), chapter D8, with FEAT_HAFDBS; data caches behave as PIPT by the "
            "same manual; the sizes of TLB and cache are a generic choice and no one CPU's"
        ),
    )


K4_V61 = Target(
    id="arm64-4k-v6.1",
    arch="arm64",
    era="v6.1",
    summary="arm64, 4K pages, 4 levels, Linux 6.1: PTE_PROT_NONE in bit 58, write stashed",
    geometry=K4.geometry(V61.leaves(K4)),
    architecture=V61.architecture(K4),
    encoding=at_levels(Protnone(Write.STASHED), "pte", "pmd"),
    mmu=_mmu(K4),
    swap=V61.swap,
    sources=(
        V61.source,
        "Linux 6.1.192 (Debian) arch/arm64/include/asm/pgtable.h",
        "6.1.69: pte_modify makes a software-dirty writable entry hardware-dirty again",
        "6.1.158: pte_mkwrite leaves a clean entry clean (143937ca51cc)",
    ),
    engine="v6.1",
)

K4_V612 = Target(
    id="arm64-4k-v6.12",
    arch="arm64",
    era="v6.12",
    summary="arm64, 4K pages, 4 levels, Linux 6.12: present-invalid in bit 11, write recomputed",
    geometry=K4.geometry(V612.leaves(K4)),
    architecture=V612.architecture(K4),
    encoding=at_levels(Protnone(Write.LOST), "pte", "pmd"),
    mmu=_mmu(K4),
    swap=V612.swap,
    sources=(
        V612.source,
        "Linux 6.12.117 (Debian), whose own page tables are the test data",
        "3e509c9b03f9 mm/arm64: support large pfn mappings, for arch/arm64/include/asm/pgtable.h",
        "b66db4f3ccde arm64: add POIndex defines",
        "6.12.56: pte_mkwrite leaves a clean entry clean (cb974263ba15)",
        "f0f5863a0fb0 arm64/mm: Remove PTE_PROT_NONE bit",
        "55564814a838 arm64/mm: Move PTE_PRESENT_INVALID to overlay PTE_NG",
    ),
    # The engine that recomputes write permission has no profile yet.
    engine="v6.1",
)

TARGETS = (K4_V61, K4_V612)
