"""The eras of x86-64, each by what it changed in the one before.

Configuration, where it matters: NUMA balancing, transparent huge pages, memory failure and
soft-dirty tracking on; device-private memory off, as in Debian 12.
"""

from __future__ import annotations

from attrs import evolve

from archcore.encoding import Protnone, VmaRelative, Write
from archcore.swaptypes import SwapTypes
from archcore_x86 import layout as bits
from archcore_x86 import swap_layout
from archcore_x86.era import Era

# Linux 3.8 include/linux/swap.h: the last two of 32 types are migration, the one below is hwpoison.
# A frame then took the whole offset, and migration entries kept neither young nor dirty.
SWAP_TYPES = SwapTypes(
    max_swapfiles=29,
    hwpoison=29,
    migration_read=30,
    migration_read_exclusive=None,
    migration_write=31,
    pte_marker=None,
    swapin_error=None,
    pfn_bits=55,
    migration_ad=False,
    type_bits=7,
)
# Linux 6.1 include/linux/swap.h and swapops.h.
SWAP_TYPES_V61 = SwapTypes(
    max_swapfiles=26,
    hwpoison=26,
    migration_read=27,
    migration_read_exclusive=28,
    migration_write=29,
    pte_marker=30,
    swapin_error=31,
    pfn_bits=34,
    migration_ad=True,
    type_bits=6,
)
# Linux 6.12 include/linux/swap.h: 15520a3f0469 (6.2) made swapin errors markers, so that every type
# moved up by one.
SWAP_TYPES_V612 = evolve(
    SWAP_TYPES_V61,
    max_swapfiles=27,
    hwpoison=27,
    migration_read=28,
    migration_read_exclusive=29,
    migration_write=30,
    pte_marker=31,
    swapin_error=None,
)

V38 = Era(
    name="v3.8",
    kernel="Linux 3.8",
    hint="_PAGE_NUMA shares bit 8 with _PAGE_PROTNONE",
    source=bits.V38_SOURCE,
    sources=("dbe4d2035a5b mm: numa: define _PAGE_NUMA",),
    engine="v3.8",
    own=bits.V38_OWN,
    kept=("SPECIAL",),
    table_hints=True,
    may_be_stale=(),
    swap=swap_layout.V38,
    swap_types=SWAP_TYPES,
)

# AutoNUMA's own engine has no profile; like 3.8 it disarms by a bit and without the VMA.
V2012_06 = evolve(
    V38,
    name="2012-06",
    kernel="AutoNUMA, June 2012",
    hint="AutoNUMA, never merged: bit 7 of a PTE, bit 10 of a PMD, present cleared",
    source=bits.V2012_06_SOURCE,
    sources=("[PATCH 04/39] autonuma: x86 pte_numa() and pmd_numa() (March 2012)",),
    own=bits.V2012_06_OWN,
    numa="NUMA",
    shown_by=("PRESENT", "PROTNONE", "NUMA"),
    huge_shown_by=(),
    may_be_stale=None,
)

V2012_10 = evolve(
    V38,
    name="2012-10",
    hint="PROT_NONE recognised relative to the VMA",
    sources=("[PATCH 14/31] mm/mpol: Create special PROT_NONE infrastructure",),
    engine="seed",
    encoding=VmaRelative(),
    table_hints=False,
)

# 3.16 asks for PRESENT in pte_special, so a PROT_NONE page looks ordinary (mended by b38af4721f59).
V316 = evolve(
    V38,
    name="v3.16",
    kernel="Linux 3.16",
    hint="_PAGE_NUMA is bit 9, which is SPECIAL in an entry that is present",
    source=bits.V316_SOURCE,
    sources=(
        "c46a7c817e66 x86: define _PAGE_NUMA by reusing software bits on the PMD and PTE levels",
        "3.16.0: pte_special needs PRESENT; b38af4721f59 (3.17) lets PROTNONE do",
    ),
    own=bits.V316_OWN,
    kept=("SPECIAL", "NUMA", "SOFT_DIRTY"),
    numa="NUMA",
    unhinted=("PROTNONE",),
    shown_by=("PRESENT", "PROTNONE", "NUMA"),
    special_within=("PRESENT",),
    may_be_stale=("PROTNONE", "NUMA"),
    swap=swap_layout.V316,
    swap_types=evolve(SWAP_TYPES, pfn_bits=54),
)

V40 = evolve(
    V316,
    name="v4.0",
    kernel="Linux 4.0",
    hint="pte_protnone; the write permission stays in RW",
    source=bits.V40_SOURCE,
    sources=(
        "21d9ee3eda77 mm: remove remaining references to NUMA hinting bits and helpers",
        "b191f9b106ea mm: numa: preserve PTE write permissions across a NUMA hinting fault",
    ),
    engine="v6.1",
    own=bits.V40_OWN,
    kept=("SPECIAL", "SOFT_DIRTY"),
    encoding=Protnone(Write.KEPT),
    shown_by=("PRESENT", "PROTNONE"),
    special_within=(),
    table_hints=False,
    may_be_stale=("PROTNONE",),
    mkinvalid_clears=("PRESENT", "PROTNONE"),
    swap=swap_layout.V40,
    swap_types=SWAP_TYPES,
)

# f70abb0fc3da x86/asm: Fix pud/pmd interfaces to handle large PAT bit: attributes left the frame.
V48 = evolve(
    V40,
    name="v4.8",
    kernel="Linux 4.8",
    hint="pte_protnone; swap entries moved up, out of reach of stray accessed and dirty bits",
    source=bits.V48_SOURCE,
    sources=(
        "00839ee3b299 x86/mm: Move swap offset/type up in PTE to work around erratum",
        "ace7fab7a6cd x86/mm: Fix swap entry comment and macro: offset in bits 14 to 63",
    ),
    own=bits.V48_OWN,
    ignored=("ACCESSED", "DIRTY"),
    masks_leaf_frames=True,
    swap=swap_layout.V48,
    swap_types=evolve(SWAP_TYPES, pfn_bits=50),
)

# pte_modify loses DEVMAP until 4628a64591e6 (4.19).
V418 = evolve(
    V48,
    name="v4.18",
    kernel="Linux 4.18.1",
    hint="pte_protnone, frame inverted against L1TF, write stashed",
    source=bits.V418_SOURCE,
    sources=(
        "6b28baca9b1f x86/speculation/l1tf: Protect PROT_NONE PTEs against speculation",
        "Linux 4.18.1, for 4.18.0 came days before these fixes",
    ),
    own=bits.V418_OWN,
    pfn_top=bits.PFN_TOP,
    encoding=Protnone(Write.STASHED),
    inverts=True,
    isolates=True,
    swap=swap_layout.V418,
    swap_levels=("pte", "pmd"),
)

V61 = evolve(
    V418,
    name="v6.1",
    kernel="Linux 6.1",
    hint="pte_protnone, frame inverted, write stashed",
    source=bits.V61_SOURCE,
    sources=(
        "Linux 6.1.192 (Debian): _PAGE_CHG_MASK has _PAGE_PAT since 6.1.53",
        "Helpers as they answer with an all-zero boot_cpu_data: pgprot_noncached changes nothing",
    ),
    own=bits.V61_OWN,
    kept=("SPECIAL", "SOFT_DIRTY", "DEVMAP", "UFFD_WP", "PAT"),
    bad_overlooks=("USER", "ACCESSED"),
    judges_flushes=True,
    pgprot_modify_takes_all=False,
    cpu_family=0,
    swap=swap_layout.V61,
    swap_types=SWAP_TYPES_V61,
)

V612 = evolve(
    V61,
    name="v6.12",
    kernel="Linux 6.12",
    hint="pte_protnone, frame inverted, write recomputed, dirtiness saved in bit 58",
    source=bits.V612_SOURCE,
    sources=(
        "Linux 6.12.117 (Debian): pmd_modify keeps DIRTY (f7491d7c81db)",
        "6a56ccbcf6c6 mm/autonuma: use can_change_(pte|pmd)_writable() to replace savedwrite",
        "On a CPU with shadow stacks (X86_FEATURE_SHSTK)",
    ),
    own=bits.V612_OWN,
    # The profile nearest to these eras that computes write permission anew, as they do since 6.2.
    engine="v7.0",
    kept=(*V61.kept, "SAVED_DIRTY"),
    encoding=Protnone(Write.LOST),
    pud_leaf=("PSE",),
    has_pud_modify=True,
    uffd_wp_protects=True,
    cpu_family=6,
    swap=swap_layout.V612,
    swap_types=SWAP_TYPES_V612,
)

V66 = evolve(
    V612,
    name="v6.6",
    kernel="Linux 6.6",
    hint="as 6.12, but arming a huge page or changing its protection loses its dirtiness",
    sources=("bb3aadf7d446, with the pmd_modify that f7491d7c81db mended",),
    pud_leaf=("PRESENT", "PSE"),
    has_pud_modify=False,
    pmd_modify_loses=("DIRTY",),
)
