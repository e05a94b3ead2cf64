"""The eras of the format that hash and radix share: Linux 4.12, 6.1 and 6.12.

Adding another one takes a value here and its name in ``ERAS``.
"""

from __future__ import annotations

from attrs import evolve

from archcore.encoding import Write
from archcore.swaptypes import SwapTypes
from archcore_powerpc.era import PAGES, Era
from archcore_powerpc.layout import (
    V61_FLAGS_4K,
    V61_FLAGS_64K,
    V61_SWAP_MARKS,
    V412_FLAGS,
    V412_SWAP_MARKS,
)

FOUR, SIXTY_FOUR = PAGES.values()
V412_OFFSET_BITS = {FOUR: 41, SIXTY_FOUR: 37}
PA_BITS = 51  # MAX_PHYSMEM_BITS, Linux 6.1 arch/powerpc/include/asm/book3s/64/radix.h

# Without CONFIG_MEMORY_FAILURE, which powerpc did not have yet.
V412 = Era(
    name="v4.12",
    source="Linux 4.12 arch/powerpc/include/asm/book3s/64/pgtable.h, hash.h, radix.h",
    flags={FOUR: V412_FLAGS, SIXTY_FOUR: V412_FLAGS},
    hpteflags={
        FOUR: ("BUSY", "HASHPTE", "F_SECOND", "F_GIX"),
        SIXTY_FOUR: ("BUSY", "HASHPTE", "F_SECOND", "F_GIX", "COMBO"),
    },
    swap_marks=V412_SWAP_MARKS,
    swap_types={
        shift: SwapTypes(
            max_swapfiles=30,
            hwpoison=None,
            migration_read=30,
            migration_read_exclusive=None,
            migration_write=31,
            pte_marker=None,
            swapin_error=None,
            pfn_bits=V412_OFFSET_BITS[shift],
            migration_ad=False,
            type_bits=7,
        )
        for shift in PAGES.values()
    },
    marked=False,
    masked=True,
    privileged_none=True,
    executes_only=False,
    judges_flushes=False,
    write=Write.STASHED,
    names=frozenset(("real_write", "large")),
    hash_pud=7,
    hash_valid=False,
    pa_bits=46,  # arch/powerpc/include/asm/sparsemem.h
    meaning="a valid leaf without rights; a saved write permission clears PRIVILEGED",
    sources=(
        "c137a2757b88 powerpc/mm/autonuma: switch ppc64 to its own implementation of saved write",
    ),
)

# As Debian configures it: CONFIG_MEMORY_FAILURE, but neither ZONE_DEVICE nor PTE_MARKER.
V61 = evolve(
    V412,
    name="v6.1",
    source="Linux 6.1 arch/powerpc/include/asm/book3s/64/pgtable.h, hash-4k.h, hash-64k.h, radix.h",
    flags={FOUR: V61_FLAGS_4K, SIXTY_FOUR: V61_FLAGS_64K},
    hpteflags={
        FOUR: ("BUSY", "HASHPTE", "F_SECOND", "F_GIX"),
        SIXTY_FOUR: ("BUSY", "HASHPTE", "COMBO"),
    },
    swap_marks=V61_SWAP_MARKS,
    swap_types={
        shift: SwapTypes(
            max_swapfiles=27,
            hwpoison=27,
            migration_read=28,
            migration_read_exclusive=29,
            migration_write=30,
            pte_marker=None,
            swapin_error=31,
            pfn_bits=PA_BITS - shift,
            migration_ad=True,
        )
        for shift in PAGES.values()
    },
    marked=True,
    masked=False,
    executes_only=True,
    judges_flushes=True,
    names=frozenset(("real_write", "large", "access", "privilege")),
    hash_pud=10,
    hash_valid=True,
    pa_bits=PA_BITS,
    sources=(*V412.sources, "Linux 6.1.192 (Debian): nothing here differs from 6.1"),
)

V612 = evolve(
    V61,
    name="v6.12",
    source="Linux 6.12 arch/powerpc/include/asm/pgtable-masks.h, book3s/64/pgtable.h",
    swap_types={
        shift: evolve(types, pte_marker=31, swapin_error=None)
        for shift, types in V61.swap_types.items()
    },
    privileged_none=False,
    write=Write.LOST,
    names=frozenset(("access", "huge_pud")),
    meaning="a valid leaf without rights; write permission is worked out again",
    sources=(
        "6a56ccbcf6c6 mm/autonuma: use can_change_(pte|pmd)_writable() to replace savedwrite",
        "[PATCH] powerpc/book3s/hash: Drop _PAGE_PRIVILEGED from PAGE_NONE, November 2023",
    ),
)

ERAS = (V412, V61, V612)
