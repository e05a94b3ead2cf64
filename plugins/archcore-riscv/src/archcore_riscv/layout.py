"""riscv entries: each bit under its kernel name, and the levels of Sv39, Sv48 and Sv57.

Bits: arch/riscv/include/asm/pgtable-bits.h and pgtable-64.h of the kernels named at each table. A
kernel with Svpbmt, Svnapot or T-Head memory types uses bits 59 to 63, too; those here run where the
CPU has none of these, as the recorded kernels did.
"""

from __future__ import annotations

from archcore.layout import Bit, Bits, EntryLayout, Field, Geometry, Level

FILE = "src/archcore_riscv/layout.py"
SOURCE = "Linux 6.1.192 arch/riscv/include/asm/pgtable-bits.h and pgtable-64.h"
V612_SOURCE = "Linux 6.12 arch/riscv/include/asm/pgtable-bits.h and pgtable.h"

PAGE_SHIFT, INDEX_BITS, PA_BITS = 12, 9, 56
PFN_SHIFT, PFN_TOP = 10, 53
SHIFTS = {"pte": 12, "pmd": 21, "pud": 30, "p4d": 39, "pgd": 48}

PRESENT: Field = Bit("PRESENT", 0, "V: clear, the walk stops and faults; the rest is software's")
READ: Field = Bit("READ", 1, "loads are allowed; also set in PAGE_NONE, so that it is a leaf")
WRITE: Field = Bit("WRITE", 2, "stores are allowed")
EXEC: Field = Bit("EXEC", 3, "instruction fetches are allowed")
PROT_NONE: Field = Bit("PROT_NONE", 5, "present to the kernel, closed to hardware", when="invalid")
RIGHTS: tuple[Field, ...] = (
    PRESENT,
    READ,
    WRITE,
    EXEC,
    Bit("USER", 4, "user mode may use it"),
    Bit("GLOBAL", 5, "in every address space", when="valid"),
    PROT_NONE,
    Bit("ACCESSED", 6, "the page was used"),
    Bit("DIRTY", 7, "the page was written"),
    Bit("SPECIAL", 8, "software: no struct page behind the mapping"),
)
DEVMAP: Field = Bit("DEVMAP", 9, "software: device memory with struct pages")


def leaf(level: str, kernel: str, source: str, *own: Field) -> EntryLayout:
    """Return the layout of a page of a level; a huge one begins at a multiple of its size."""
    frame = Bits("PFN", PFN_SHIFT + SHIFTS[level] - PAGE_SHIFT, PFN_TOP, "frame number")
    return EntryLayout(f"riscv {level}, {kernel}", (*RIGHTS, *own, frame), source=source, file=FILE)


V61 = {one: leaf(one, "Linux 6.1", SOURCE) for one in ("pte", "pmd", "pud")}
V612 = {one: leaf(one, "Linux 6.12", V612_SOURCE, DEVMAP) for one in ("pte", "pmd", "pud")}
TABLE = EntryLayout(
    "riscv table entry",
    (PRESENT, READ, WRITE, EXEC, Bits("FRAME", PFN_SHIFT, PFN_TOP, "frame of the next table")),
    source=SOURCE,
    file=FILE,
)

# Bits that must be clear in a swap entry stand here again, so that no field can take them.
V61_SWAP = EntryLayout(
    "riscv swap entry, Linux 6.1",
    (
        PRESENT,
        READ,
        WRITE,
        EXEC,
        Bit("PROT_NONE", 5, "clear, so that no swap entry looks hinted"),
        Bits("TYPE", 6, 10, "swap area"),
        Bits("OFFSET", 11, 63, "offset in the area"),
    ),
    source="Linux 6.1.192 arch/riscv/include/asm/pgtable.h",
    file=FILE,
)
V612_SWAP = EntryLayout(
    "riscv swap entry, Linux 6.12",
    (
        PRESENT,
        READ,
        WRITE,
        EXEC,
        Bit("PROT_NONE", 5, "clear, so that no swap entry looks hinted"),
        Bit("EXCLUSIVE", 6, "the only reference to an anonymous page (since 51a1007d4113, 6.3)"),
        Bits("TYPE", 7, 11, "swap area"),
        Bits("OFFSET", 12, 63, "offset in the area"),
    ),
    source="Linux 6.12 arch/riscv/include/asm/pgtable.h",
    file=FILE,
)

# Linux folds the levels that a mode lacks into the one below them: the root of Sv39 holds puds.
LEVELS = {
    "sv39": ("pte", "pmd", "pud"),
    "sv48": ("pte", "pmd", "pud", "pgd"),
    "sv57": ("pte", "pmd", "pud", "p4d", "pgd"),
}


def geometry(mode: str, leaves: dict[str, EntryLayout]) -> Geometry:
    """Return the levels of a mode of satp."""
    shifts = range(PAGE_SHIFT, 64, INDEX_BITS)
    levels = (
        Level(name, shift, INDEX_BITS, leaves.get(name, TABLE), leaf=name in leaves)
        for name, shift in zip(LEVELS[mode], shifts, strict=False)
    )
    return Geometry(tuple(levels), PA_BITS, byteorder="little", sign_extended=True)


# A physical address in its place, whatever place its frame has in an entry.
ADDRESS = EntryLayout("physical address", (Bits("FRAME", PAGE_SHIFT, PA_BITS - 1),))
