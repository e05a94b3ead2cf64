"""The s390x targets: formats, geometry and the encoding of the hint under one id each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from archcore.encoding import Protnone, Write
from archcore.entry import AtLevel, at_levels, layer
from archcore.hw.mmu import Mmu
from archcore.swapformat import SwapEntry, swap_marks
from archcore.swaptypes import SwapTypes
from archcore.target import Target
from archcore_s390x import protection
from archcore_s390x.entry import Entry
from archcore_s390x.hardware import MANUAL, Hardware, Tables
from archcore_s390x.layout import ENTRY, GEOMETRY, LEAVES, REGION, SEGMENT, SOURCE, SWAP
from archcore_s390x.segment import Region, Segment
from archcore_s390x.stores import (
    Maintenance,
    PageStores,
    ResettingMaintenance,
    ResettingStores,
    SegmentStores,
    Unflushed,
)
from archcore_s390x.swap import Swap

if TYPE_CHECKING:
    from archcore.entry import Layer

PAGE = Entry(ENTRY, protection.KERNEL, protection.KERNEL_RO)
HUGE = Segment(SEGMENT, protection.SEGMENTS, protection.SEGMENT_RWX)
# include/linux/swap.h without CONFIG_MEMORY_FAILURE, DEVICE_PRIVATE and PTE_MARKER.
SWAP_TYPES = SwapTypes(
    max_swapfiles=28,
    hwpoison=None,
    migration_read=28,
    migration_read_exclusive=29,
    migration_write=30,
    pte_marker=None,
    swapin_error=31,
    pfn_bits=34,
    migration_ad=True,
)


def architecture(pages: PageStores, maintenance: Unflushed) -> Layer:
    """Return what every target has, with the stores of pages and the flushes of one."""
    return layer(
        AtLevel("pte", PAGE),
        AtLevel("pte", SwapEntry()),
        *(AtLevel("pte", mark) for mark in swap_marks(SWAP)),
        AtLevel("pmd", HUGE),
        AtLevel("pud", Region(REGION)),
        protection.Protections(ENTRY),
        Swap(SWAP),
        Tables(),
        pages,
        SegmentStores(HUGE),
        maintenance,
    )


TARGET = Target(
    id="s390x-v6.1",
    arch="s390x",
    era="v6.1",
    summary="s390x, 5 levels, Linux 6.1: no READ, which keeps INVALID set",
    geometry=GEOMETRY,
    architecture=architecture(PageStores(PAGE), Maintenance()),
    encoding=at_levels(Protnone(Write.STASHED), *LEAVES),
    # The accessed flag is nobody's: it is never set, and no use faults for it.
    mmu=Mmu(Hardware(), sets_dirty=False, source=MANUAL),
    swap=SWAP,
    swap_types=SWAP_TYPES,
    sources=(SOURCE, "Linux 6.1.192 (Debian) arch/s390/mm/mmap.c and pgtable.c", MANUAL),
    golden=f"{__package__}:golden/v6.1.jsonl.gz",
)
RDP = evolve(
    TARGET,
    id="s390x-rdp-v6.3",
    era="v6.3",
    summary="the same on a machine with RDP, Linux 6.3: raised rights reach other CPUs late",
    architecture=architecture(ResettingStores(PAGE), ResettingMaintenance()),
    # What a TLB holds is asked until it is told, which only here somebody leaves out.
    mmu=evolve(TARGET.mmu, keeps="rights"),
    # A marker since Linux 6.2 for what could not be read from swap.
    swap_types=evolve(SWAP_TYPES, pte_marker=31, swapin_error=None),
    sources=(SOURCE, "Linux 6.3 arch/s390/include/asm/pgtable.h and mm/pgtable.c: RDP", MANUAL),
    golden="",
)
TARGETS = (TARGET, RDP)
