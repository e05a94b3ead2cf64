"""The x86-64 targets: an era on a page table of four or five levels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from archcore.hw.mmu import CacheGeometry, Mmu, TlbGeometry
from archcore.layout import Geometry, Level
from archcore.target import Target
from archcore_x86 import eras
from archcore_x86.assembly import architecture, hints
from archcore_x86.layout import SHIFTS, TABLE
from archcore_x86.mmu import X86Mmu

if TYPE_CHECKING:
    from archcore_x86.era import Era

INDEX_BITS = 9
FOUR = ("pte", "pmd", "pud", "pgd")
FIVE = ("pte", "pmd", "pud", "p4d", "pgd")
# MAX_PHYSMEM_BITS, Linux 6.1 arch/x86/include/asm/sparsemem.h.
PA_BITS = {FOUR: 46, FIVE: 52}


def target(era: Era, levels: tuple[str, ...] = FOUR) -> Target:
    """Return an era as a target, with page tables of these levels."""
    la57 = levels == FIVE
    name = f"la57-{era.name}" if la57 else era.name
    return Target(
        id=f"x86-{name}",
        arch="x86",
        era=era.name,
        summary=f"x86-64, {len(levels)} levels, {era.kernel}: {era.hint}",
        geometry=_geometry(era, levels),
        architecture=architecture(era),
        encoding=hints(era),
        mmu=_mmu(PA_BITS[levels]),
        swap=era.swap,
        sources=(era.source, *era.sources),
        engine=era.engine,
        golden=f"{__package__}:golden/{name}.jsonl.gz",
        # SWP_PFN_BITS follows MAX_PHYSMEM_BITS where the era knows it.
        swap_types=evolve(era.swap_types, pfn_bits=PA_BITS[levels] - SHIFTS["pte"])
        if la57
        else era.swap_types,
    )


def _geometry(era: Era, levels: tuple[str, ...]) -> Geometry:
    leaves = era.layouts()
    lowest = SHIFTS["pte"]
    stacked = (
        Level(
            name,
            lowest + INDEX_BITS * at,
            INDEX_BITS,
            leaves.get(name, TABLE),
            leaf=name in leaves,
        )
        for at, name in enumerate(levels)
    )
    return Geometry(tuple(stacked), pa_bits=PA_BITS[levels], sign_extended=True)


def _mmu(pa_bits: int) -> Mmu:
    return Mmu(
        X86Mmu(pa_bits),
        tlb=TlbGeometry(entries=1024, ways=8),
        dcache=CacheGeometry(size=1 << 15, ways=8, line=64, indexing="PIPT"),
        # CVE-2018-3620, Documentation/admin-guide/hw-vuln/l1tf.rst
        speculates=True,
        # Knights Landing, 00839ee3b299: Move swap offset/type up in PTE to work around erratum
        strays=True,
        source="Intel SDM volume 3A, chapter 4",
    )


ERAS = (
    eras.V2012_06,
    eras.V2012_10,
    eras.V38,
    eras.V316,
    eras.V40,
    eras.V48,
    eras.V418,
    eras.V61,
    eras.V66,
    eras.V612,
)
LA57_ERAS = (eras.V61, eras.V612)
TARGETS = (*map(target, ERAS), *(target(era, FIVE) for era in LA57_ERAS))
