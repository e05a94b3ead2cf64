"""The kernels: one era each, as names of fields and numbers."""

from __future__ import annotations

from archcore.encoding import Write
from archcore.swaptypes import SwapTypes
from archcore_arm64 import layout as bits
from archcore_arm64 import protection
from archcore_arm64.era import Era

NO_FRAME_BITS = 0
"""Stands in the swap types of an era, which do not know the granule yet."""

V61 = Era(
    name="v6.1",
    kernel="Linux 6.1",
    marking="PTE_PROT_NONE in bit 58, write stashed",
    source=bits.V61_SOURCE,
    sources=(
        bits.V61_SOURCE,
        "Linux 6.1.192 (Debian) arch/arm64/include/asm/pgtable.h",
        "6.1.69: pte_modify makes a software-dirty writable entry hardware-dirty again",
        "6.1.158: pte_mkwrite leaves a clean entry clean (143937ca51cc)",
    ),
    own=bits.V61_OWN,
    pfn_top=bits.V61_PFN_TOP,
    none="PROT_NONE",
    lacks=("VALID",),
    shown_by=("VALID", "PROT_NONE", "PRESENT_INVALID"),
    replaced=("PROT_NONE",),
    write=Write.STASHED,
    swap=bits.V61_SWAP,
    # include/linux/swap.h without CONFIG_DEVICE_PRIVATE and CONFIG_PTE_MARKER, as Debian builds.
    swap_types=SwapTypes(
        max_swapfiles=27,
        hwpoison=27,
        migration_read=28,
        migration_read_exclusive=29,
        migration_write=30,
        pte_marker=None,
        swapin_error=31,
        pfn_bits=NO_FRAME_BITS,
        migration_ad=True,
    ),
    vm_mte=protection.VM_MTE_V61,
)

# pmd_mkinvalid leaves the same mark, so what PAGE_NONE takes away is part of the test.
V612 = Era(
    name="v6.12",
    kernel="Linux 6.12",
    marking="present-invalid in bit 11, write recomputed",
    source=bits.V612_SOURCE,
    sources=(
        bits.V612_SOURCE,
        "Linux 6.12.117 (Debian), whose own page tables are the test data",
        "3e509c9b03f9 mm/arm64: support large pfn mappings, for arch/arm64/include/asm/pgtable.h",
        "b66db4f3ccde arm64: add POIndex defines",
        "6.12.56: pte_mkwrite leaves a clean entry clean (cb974263ba15)",
        "f0f5863a0fb0 arm64/mm: Remove PTE_PROT_NONE bit",
        "55564814a838 arm64/mm: Move PTE_PRESENT_INVALID to overlay PTE_NG",
    ),
    own=bits.V612_OWN,
    pfn_top=bits.V612_PFN_TOP,
    none="PRESENT_INVALID",
    marks=("UXN",),
    lacks=("VALID", "USER"),
    shown_by=("VALID", "PRESENT_INVALID"),
    opened=("VALID",),
    replaced=("PRESENT_INVALID", "PO_IDX"),
    write=Write.LOST,
    swap=bits.V612_SWAP,
    # include/linux/swap.h of Linux 6.12 without CONFIG_DEVICE_PRIVATE.
    swap_types=SwapTypes(
        max_swapfiles=27,
        hwpoison=27,
        migration_read=28,
        migration_read_exclusive=29,
        migration_write=30,
        pte_marker=31,
        swapin_error=None,
        pfn_bits=NO_FRAME_BITS,
        migration_ad=True,
    ),
    vm_mte=protection.VM_MTE_V612,
)
