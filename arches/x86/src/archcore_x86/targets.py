"""The x86-64 targets: eras as data over one format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from archcore.encoding import NumaBit, Protnone, VmaRelative, Write
from archcore.entry import AtLevel, Layer, at_levels, layer
from archcore.hw.mmu import CacheGeometry, Mmu, TlbGeometry
from archcore.layout import Geometry, Level
from archcore.target import Target
from archcore_x86 import layout as bits
from archcore_x86.entry import KEPT, Tracking, X86Entry, X86Huge
from archcore_x86.mmu import Tables, X86Mmu
from archcore_x86.protection import Protections
from archcore_x86.swap import Swap, SwapEntry, TrackedSwapEntry

if TYPE_CHECKING:
    from archcore.layout import EntryLayout

LEVELS_PER_TABLE = 9


def _geometry(pte: EntryLayout, pmd: EntryLayout, pa_bits: int) -> Geometry:
    named = (("pte", pte), ("pmd", pmd), ("pud", pmd), ("pgd", pmd))
    levels = (
        Level(
            name,
            bits.PAGE_SHIFT + LEVELS_PER_TABLE * at,
            LEVELS_PER_TABLE,
            layout,
            leaf=name in ("pte", "pmd"),
        )
        for at, (name, layout) in enumerate(named)
    )
    return Geometry(tuple(levels), pa_bits=pa_bits)


MMU = Mmu(
    X86Mmu(),
    tlb=TlbGeometry(entries=1024, ways=8),
    dcache=CacheGeometry(size=1 << 15, ways=8, line=64, indexing="PIPT"),
    source="Intel SDM volume 3A, chapter 4",
)


def _v38_entries() -> tuple[X86Entry, X86Huge]:
    shown = ("PRESENT", "PROTNONE")
    pte = X86Entry(
        layout=bits.V3_PTE,
        frame=bits.V3_PTE["PFN"],
        kept=bits.V3_PTE.mask(*KEPT),
        shown_by=bits.V3_PTE.mask(*shown),
        dirties=bits.V3_PTE["DIRTY"],
    )
    pmd = X86Huge(
        layout=bits.V3_PMD,
        frame=bits.V3_PTE["PFN"],
        kept=bits.V3_PMD.mask(*KEPT, "PSE"),
        shown_by=bits.V3_PMD.mask(*shown, "PSE"),
        dirties=bits.V3_PMD["DIRTY"],
    )
    return pte, pmd


def _v38_architecture() -> Layer:
    pte, pmd = _v38_entries()
    return layer(
        AtLevel("pte", pte),
        AtLevel("pmd", pmd),
        Protections(bits.V3_PTE, pte.kept),
        Swap(bits.V3_SWAP),
        at_levels(SwapEntry(bits.V3_SWAP), "pte", "pmd"),
        Tables(),
    )


def _v61_architecture() -> Layer:
    fields = (*KEPT, "SOFT_DIRTY", "DEVMAP", "UFFD_WP")
    pte = X86Entry(
        layout=bits.V61_PTE,
        frame=bits.V61_PTE["PFN"],
        kept=bits.V61_PTE.mask(*fields, "PAT"),
        shown_by=bits.V61_PTE.mask("PRESENT", "PROTNONE"),
        dirties=bits.V61_PTE.mask("DIRTY", "SOFT_DIRTY"),
        ignored=bits.V61_PTE.mask("ACCESSED", "DIRTY"),
        inverts=True,
    )
    pmd = X86Huge(
        layout=bits.V61_PMD,
        frame=bits.V61_PTE["PFN"],
        kept=bits.V61_PMD.mask(*fields, "PSE", "PAT_LARGE") | bits.V61_PTE["PFN"],
        shown_by=bits.V61_PMD.mask("PRESENT", "PROTNONE", "PSE"),
        dirties=bits.V61_PMD.mask("DIRTY", "SOFT_DIRTY"),
        ignored=bits.V61_PMD.mask("ACCESSED", "DIRTY"),
        inverts=True,
    )
    return layer(
        AtLevel("pte", pte),
        AtLevel("pmd", pmd),
        AtLevel("pte", Tracking(layout=bits.V61_PTE, devmaps=bits.V61_PTE.mask("SPECIAL", "DEVMAP"))),
        AtLevel("pmd", Tracking(layout=bits.V61_PMD, devmaps=bits.V61_PMD["DEVMAP"])),
        Protections(bits.V61_PTE, pte.kept),
        Swap(bits.V61_SWAP, inverted=True),
        at_levels(TrackedSwapEntry(bits.V61_SWAP), "pte", "pmd"),
        Tables(),
    )


V38 = Target(
    id="x86-v3.8",
    arch="x86",
    era="v3.8",
    summary="x86-64, 4 levels, Linux 3.8: _PAGE_NUMA shares bit 8 with _PAGE_PROTNONE",
    geometry=_geometry(bits.V3_PTE, bits.V3_PMD, pa_bits=46),
    architecture=_v38_architecture(),
    encoding=at_levels(
        NumaBit(bits.V3_PTE["PROTNONE"], bits.V3_PTE["PRESENT"], bits.V3_PTE["ACCESSED"]),
        "pte",
        "pmd",
    ),
    mmu=MMU,
    swap=bits.V3_SWAP,
    sources=(bits.V3_SOURCE, "dbe4d2035a5b mm: numa: define _PAGE_NUMA"),
    engine="v3.8",
)

V2012_10 = evolve(
    V38,
    id="x86-2012-10",
    era="2012-10",
    summary="x86-64, 4 levels, October 2012: PROT_NONE recognised relative to the VMA",
    encoding=at_levels(VmaRelative(), "pte", "pmd"),
    sources=(bits.V3_SOURCE, "[PATCH 14/31] mm/mpol: Create special PROT_NONE infrastructure"),
    engine="seed",
)

V61 = Target(
    id="x86-v6.1",
    arch="x86",
    era="v6.1",
    summary="x86-64, 4 levels, Linux 6.1: pte_protnone, frame inverted, write stashed",
    geometry=_geometry(bits.V61_PTE, bits.V61_PMD, pa_bits=46),
    architecture=_v61_architecture(),
    encoding=at_levels(Protnone(Write.STASHED), "pte", "pmd"),
    mmu=MMU,
    swap=bits.V61_SWAP,
    sources=(bits.V61_SOURCE, "Linux 6.1.192 (Debian): _PAGE_CHG_MASK has _PAGE_PAT since 6.1.53"),
    engine="v6.1",
)

TARGETS = (V2012_10, V38, V61)
