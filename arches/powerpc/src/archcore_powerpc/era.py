"""What a kernel version decides about the format that hash and radix share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore_powerpc.layout import (
    PAGE_SHIFT_4K,
    PAGE_SHIFT_64K,
    huge_layout,
    page_layout,
    pfn_layout,
    swap_layout,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archcore.encoding import Write
    from archcore.layout import EntryLayout, Field
    from archcore.swaptypes import SwapTypes
    from archcore.words import Mask

UNITS = "BKMGTP"
PAGES = {"4k": PAGE_SHIFT_4K, "64k": PAGE_SHIFT_64K}


@frozen(kw_only=True)
class Era:
    """One kernel version; mappings are by PAGE_SHIFT.

    ``flags`` are the bits besides the frame, ``hpteflags`` the names of _PAGE_HPTEFLAGS. ``marked``
    says that pfn_pmd marks a leaf (mkhuge did before), ``masked`` that pfn_pte cuts frames off.
    ``privileged_none`` and ``executes_only`` are about PAGE_NONE and PAGE_EXECONLY, ``write`` is
    what becomes of write permission in a hint. ``names`` are groups of helpers that came or went.
    ``hash_pud`` are the index bits of the hash PUD with 64K pages, ``hash_valid`` says that hash
    marks pointers to tables as valid.
    """

    name: str
    source: str
    flags: Mapping[int, tuple[Field, ...]]
    hpteflags: Mapping[int, tuple[str, ...]]
    swap_marks: tuple[Field, ...]
    swap_types: Mapping[int, SwapTypes]
    marked: bool
    masked: bool
    privileged_none: bool
    executes_only: bool
    judges_flushes: bool
    write: Write
    names: frozenset[str]
    hash_pud: int
    hash_valid: bool
    pa_bits: int
    meaning: str
    sources: tuple[str, ...]

    def page(self, shift: int) -> EntryLayout:
        """Return the layout of the lowest level."""
        name = f"powerpc PTE, {_size(shift)}, Linux {self.name[1:]}"
        return page_layout(name, self.flags[shift], shift, self.source)

    def huge(self, level: str, page_shift: int, shift: int) -> EntryLayout:
        """Return the layout of leaves of an upper level, which map ``2**shift`` bytes."""
        title = f"powerpc {level.upper()} leaf of {_size(shift)}, {_size(page_shift)} pages"
        name = f"{title}, Linux {self.name[1:]}"
        return huge_layout(name, self.flags[page_shift], page_shift, shift, self.source)

    def swap(self, shift: int) -> EntryLayout:
        """Return the layout of swap entries."""
        name = f"powerpc swap entry, {_size(shift)} pages, Linux {self.name[1:]}"
        return swap_layout(name, self.swap_marks, shift, self.source)

    def place(self, shift: int) -> Mask:
        """Return where pfn_pte puts a frame."""
        return self.page(shift)["RPN"] if self.masked else pfn_layout(shift)["PFN"]


def _size(shift: int) -> str:
    return f"{1 << shift % 10}{UNITS[shift // 10]}"
