"""x86-64 swap entries, era by era: fields of words that map nothing.

Source: arch/x86/include/asm/pgtable_64.h and, for the software bits, pgtable_types.h of the kernels
named at each table. What must be clear is named too, with the reason.
"""

from __future__ import annotations

from archcore.layout import Bit, Bits, EntryLayout, Field

ABSENT = Bit("PRESENT", 0, "clear")
UNHINTED = Bit("PROTNONE", 8, "clear, so that no swap entry looks closed on purpose")
SMALL = Bit("PSE", 7, "clear, so that no swap entry looks like a huge page")
LINEAR = Bit("FILE", 6, "clear; set in a nonlinear file entry")
TYPE = "swap area"
OFFSET = "offset in the area"
SOFT_DIRTY = "soft-dirty"


def _layout(kernel: str, *fields: Field) -> EntryLayout:
    source = f"{kernel} arch/x86/include/asm/pgtable_64.h"
    return EntryLayout(f"x86-64 swap entry, {kernel}", (ABSENT, UNHINTED, *fields), source=source)


V38 = _layout("Linux 3.8", Bits("TYPE", 1, 5, TYPE), LINEAR, Bits("OFFSET", 9, 63, OFFSET))
V316 = _layout(
    "Linux 3.16",
    Bits("TYPE", 1, 5, TYPE),
    LINEAR,
    Bit("SOFT_DIRTY", 7, SOFT_DIRTY),
    Bit("NUMA", 9, "clear, so that no swap entry looks hinted"),
    Bits("OFFSET", 10, 63, OFFSET),
)
V40 = _layout(
    "Linux 4.0",
    Bits("TYPE", 1, 5, TYPE),
    Bit("SOFT_DIRTY", 7, SOFT_DIRTY),
    Bits("OFFSET", 9, 63, OFFSET),
)
# Bits 5 and 6 are left out, because Knights Landing may set them. 00839ee3b299 began the offset at
# bit 15; this is the form that ace7fab7a6cd corrected it to.
V48 = _layout(
    "Linux 4.8",
    Bit("SOFT_DIRTY", 7, SOFT_DIRTY),
    Bits("TYPE", 9, 13, TYPE),
    Bits("OFFSET", 14, 63, OFFSET),
)
_L1TF = (Bits("OFFSET", 9, 58, f"{OFFSET}, inverted"), Bits("TYPE", 59, 63, TYPE))
V418 = _layout("Linux 4.18.1", Bit("SOFT_DIRTY", 1, SOFT_DIRTY), SMALL, *_L1TF)
_TRACKED = (
    Bit("SOFT_DIRTY", 1, SOFT_DIRTY),
    Bit("UFFD_WP", 2, "write-protected by userfaultfd"),
    Bit("EXCLUSIVE", 3, "the only reference to an anonymous page"),
)
V61 = _layout("Linux 6.1", *_TRACKED, SMALL, *_L1TF)
V612 = _layout("Linux 6.12", *_TRACKED, SMALL, *_L1TF)
