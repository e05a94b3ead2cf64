"""powerpc book3s64 entries since Linux 4.7, when hash and radix came to share one format.

Each bit stands under its kernel name, bit 0 the lowest. What is fixed in the Power ISA's radix
entries is fixed here; the hash format keeps its bookkeeping in what the ISA leaves to software, and
in frame number bits that no machine uses.

Sources: arch/powerpc/include/asm/book3s/64/pgtable.h, hash.h, hash-4k.h and hash-64k.h, Linux 6.1
and 6.12. For Linux 4.12 the same files, with the bits that "[RFC v6 01/62] powerpc: Free up four
64K PTE bits in 4K backed HPTE pages" (July 2017) shows it took away.
"""

from __future__ import annotations

from archcore.layout import Bit, Bits, EntryLayout, Field

PAGE_SHIFT_4K, PAGE_SHIFT_64K = 12, 16
RPN_TOP = 52  # _PAGE_PA_MAX 53

EVERY_ERA: tuple[Field, ...] = (
    Bit("EXEC", 0, "instruction fetches are allowed"),
    Bit("WRITE", 1, "loads and stores are allowed"),
    Bit("READ", 2, "loads are allowed"),
    Bit("PRIVILEGED", 3, "closed to user mode"),
    Bit("SAO", 4, "strong access order; with NON_IDEMPOTENT: tolerant of cache inhibition"),
    Bit("NON_IDEMPOTENT", 5, "cache inhibited and guarded"),
    Bit("DIRTY", 7, "C: set by the walker on the first store"),
    Bit("ACCESSED", 8, "R: set by the walker on the first use"),
    Bit("SOFT_DIRTY", 9, "written since the tracker last cleared it"),
    Bit("SPECIAL", 10, "no struct page behind the mapping"),
    Bit("PTE", 62, "leaf: the entry maps memory, not a table"),
    Bit("PRESENT", 63, "valid"),
)
V412_FLAGS: tuple[Field, ...] = (
    *EVERY_ERA,
    Bit("HASHPTE", 55, "hash: the page is in the hash table"),
    Bits("F_GIX", 56, 58, "hash: slot in the hash group"),
    Bit("F_SECOND", 59, "hash: in the secondary hash group"),
    Bit("BUSY", 60, "hash: hash_page is at work on the entry"),
)
V61_FLAGS: tuple[Field, ...] = (
    *EVERY_ERA,
    Bit("BUSY", 6, "hash: hash_page is at work on the entry"),
    Bit("DEVMAP", 11, "device memory with struct pages"),
    Bit("INVALID", 61, "PRESENT is taken away for a moment only"),
)
V61_FLAGS_4K: tuple[Field, ...] = (
    *V61_FLAGS,
    Bits("F_GIX", 53, 55, "hash: slot in the hash group"),
    Bit("F_SECOND", 56, "hash: in the secondary hash group"),
    Bits("PKEY", 57, 59, "hash: memory protection key"),
    Bit("HASHPTE", 60, "hash: the page is in the hash table"),
)
V61_FLAGS_64K: tuple[Field, ...] = (
    *V61_FLAGS,
    Bit("HASHPTE", 55, "hash: the page is in the hash table"),
    Bits("PKEY", 56, 60, "hash: memory protection key"),
)
COMBO = Bit("COMBO", 12, "hash: in the hash table as 4K pages")
SINGLE_4K = Bit("4K_PFN", 13, "hash: the frame number counts 4K pages")
THP_HUGE = Bit("THP_HUGE", 13, "hash: transparent huge page")

V412_SWAP_MARKS: tuple[Field, ...] = (Bit("SOFT_DIRTY", 5),)
V61_SWAP_MARKS: tuple[Field, ...] = (
    Bit("EXCLUSIVE", 5, "the only reference to an anonymous page"),
    Bit("SOFT_DIRTY", 9),
    Bit("INVALID", 61, "clear"),
)


def page_layout(name: str, flags: tuple[Field, ...], shift: int, source: str) -> EntryLayout:
    """Return the layout of the lowest level; 64K pages leave room below the frame number."""
    within = (COMBO, SINGLE_4K) if shift > PAGE_SHIFT_4K else ()
    return _layout(name, (*flags, *within), shift, source)


def huge_layout(
    name: str, flags: tuple[Field, ...], page_shift: int, shift: int, source: str
) -> EntryLayout:
    """Return the layout of leaves of an upper level, which map ``2**shift`` bytes."""
    within = (COMBO, THP_HUGE) if page_shift > PAGE_SHIFT_4K else ()
    return _layout(name, (*flags, *within), shift, source)


def _layout(name: str, fields: tuple[Field, ...], shift: int, source: str) -> EntryLayout:
    rpn = Bits("RPN", shift, RPN_TOP, "frame number")
    return EntryLayout(name, (*fields, rpn), source=source)


def swap_layout(name: str, marks: tuple[Field, ...], shift: int, source: str) -> EntryLayout:
    """Return the layout of swap entries, whose offset stands where the frame number stood."""
    fields: tuple[Field, ...] = (
        Bits("TYPE", 0, 4, "swap area"),
        Bits("OFFSET", shift, RPN_TOP, "offset in the area"),
        Bit("PTE", 62, "set, so that no swap entry looks like a table"),
        Bit("PRESENT", 63, "clear, so that no swap entry looks hinted"),
    )
    return EntryLayout(name, (*fields, *marks), source=source)


def pfn_layout(shift: int) -> EntryLayout:
    """Return where pfn_pte shifts a frame number to, without asking whether it fits."""
    return EntryLayout("powerpc frame number, as pfn_pte shifts it in", (Bits("PFN", shift, 63),))


BYTES = EntryLayout(
    "the bytes of an entry", tuple(Bits(f"byte {at}", 8 * at, 8 * at + 7) for at in range(8))
)
INT = EntryLayout("what an int holds of an entry", (Bits("int", 0, 31),))
VM_FLAGS = EntryLayout(
    "powerpc VMA flags",
    (
        Bit("VM_SAO", 24, "VM_ARCH_1: strong access ordering"),
        Bits("VM_PKEY", 32, 36, "VM_PKEY_BIT0 to VM_PKEY_BIT4, VM_HIGH_ARCH_BIT_0 and on"),
    ),
    source="Linux 6.1 include/linux/mm.h",
)
