"""The s390x target: formats, geometry and the encoding of the hint under one id."""

from __future__ import annotations

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
from archcore_s390x.stores import Maintenance, PageStores, SegmentStores
from archcore_s390x.swap import Swap

PAGE = Entry(ENTRY, protection.KERNEL, protection.KERNEL_RO)
HUGE = Segment(SEGMENT, protection.SEGMENTS, protection.SEGMENT_RWX)

TARGET = Target(
    id="s390x-v6.1",
    arch="s390x",
    era="v6.1",
    summary="s390x, 5 levels, Linux 6.1: no READ, which keeps INVALID set",
    geometry=GEOMETRY,
    architecture=layer(
        AtLevel("pte", PAGE),
        AtLevel("pte", SwapEntry()),
        *(AtLevel("pte", mark) for mark in swap_marks(SWAP)),
        AtLevel("pmd", HUGE),
        AtLevel("pud", Region(REGION)),
        protection.Protections(ENTRY),
        Swap(SWAP),
        Tables(),
        PageStores(PAGE),
        SegmentStores(HUGE),
        Maintenance(),
    ),
    encoding=at_levels(Protnone(Write.STASHED), *LEAVES),
    # The accessed flag is nobody's: it is never set, and no use faults for it.
    mmu=Mmu(Hardware(), sets_dirty=False, source=MANUAL),
    swap=SWAP,
    # include/linux/swap.h without CONFIG_MEMORY_FAILURE, DEVICE_PRIVATE and PTE_MARKER.
    swap_types=SwapTypes(
        max_swapfiles=28,
        hwpoison=None,
        migration_read=28,
        migration_read_exclusive=29,
        migration_write=30,
        pte_marker=None,
        swapin_error=31,
        pfn_bits=34,
        migration_ad=True,
    ),
    sources=(SOURCE, "Linux 6.1.192 (Debian) arch/s390/mm/mmap.c and pgtable.c", MANUAL),
    golden=f"{__package__}:golden/v6.1.jsonl.gz",
)
TARGETS = (TARGET,)
