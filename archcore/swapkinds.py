"""What a swap entry stands for: a page in a swap area, or one of the kernel's other uses.

The numbers are the target's swap types; without them an entry is a type and an offset, no more.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from attrs import frozen

from archcore.entry import LevelHooks
from archcore.layout import Bit, EntryLayout

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.binding import Hooks
    from archcore.swaptypes import SwapTypes

MARKERS = EntryLayout(
    "what a PTE marker says, in the place of the offset",
    (
        Bit("uffd-wp", 0, "write-protected by userfaultfd before there was a page"),
        Bit("poisoned", 1, "a use is a memory error; until Linux 6.5 a failed swap-in only"),
    ),
    source="PTE_MARKER_* in include/linux/swapops.h of Linux 6.1 (the first), 6.6 and 6.12",
)


class SwapKind(StrEnum):
    """What the type of a swap entry says; ``UNASSIGNED`` means nothing in this configuration."""

    AREA = "swap area"
    READABLE = "readable migration"
    READABLE_EXCLUSIVE = "readable-exclusive migration"
    WRITABLE = "writable migration"
    HWPOISON = "hwpoison"
    MARKER = "pte marker"
    SWAPIN_ERROR = "swapin error"
    DEVICE_PRIVATE_WRITABLE = "device private, writable"
    DEVICE_PRIVATE_READABLE = "device private, readable"
    DEVICE_EXCLUSIVE_WRITABLE = "device exclusive, writable"
    DEVICE_EXCLUSIVE_READABLE = "device exclusive, readable"
    UNASSIGNED = "unassigned type"


MIGRATION = (SwapKind.READABLE, SwapKind.READABLE_EXCLUSIVE, SwapKind.WRITABLE)


@frozen
class SwapEntry:
    """A swap entry taken apart.

    ``pfn`` is the frame that the offset holds, if it holds one. ``marks`` are what else the offset
    says, in the kernel's words: young and dirty of a migration entry, the marks of a marker.
    """

    type: int
    offset: int
    kind: SwapKind | None = None
    pfn: int | None = None
    marks: tuple[str, ...] = ()


def swap_kind(types: SwapTypes, number: int) -> SwapKind:
    """Return what a swap type stands for in a configuration."""
    if number < types.max_swapfiles:
        return SwapKind.AREA
    assigned = (
        (types.migration_read, SwapKind.READABLE),
        (types.migration_read_exclusive, SwapKind.READABLE_EXCLUSIVE),
        (types.migration_write, SwapKind.WRITABLE),
        (types.hwpoison, SwapKind.HWPOISON),
        (types.pte_marker, SwapKind.MARKER),
        (types.swapin_error, SwapKind.SWAPIN_ERROR),
        (types.device_write, SwapKind.DEVICE_PRIVATE_WRITABLE),
        (types.device_read, SwapKind.DEVICE_PRIVATE_READABLE),
        (types.device_exclusive_write, SwapKind.DEVICE_EXCLUSIVE_WRITABLE),
        (types.device_exclusive_read, SwapKind.DEVICE_EXCLUSIVE_READABLE),
    )
    return next((kind for known, kind in assigned if known == number), SwapKind.UNASSIGNED)


def swap_entry(types: SwapTypes | None, hooks: Hooks, level: str, word: int) -> SwapEntry:
    """Take a word apart that is stored as a swap entry at a level; ``types`` are the target's."""
    own = LevelHooks(hooks, level)
    stored = own.to_swp_entry(word)
    number, offset = hooks.arch_swp_type(stored), hooks.arch_swp_offset(stored)
    if types is None:
        return SwapEntry(number, offset)
    kind, value = swap_kind(types, number), own.swp_entry(number, offset)
    pfn = own.swp_offset_pfn(value) if own.is_pfn_swap_entry(value) else None
    return SwapEntry(number, offset, kind, pfn, tuple(_marks(own, kind, value)))


def _marks(own: LevelHooks, kind: SwapKind, value: int) -> Iterator[str]:
    if kind in MIGRATION:
        if own.is_migration_entry_young(value):
            yield "young"
        if own.is_migration_entry_dirty(value):
            yield "dirty"
    elif kind is SwapKind.MARKER:
        offset = own.swp_offset(value)
        yield from (one.name for one, said in MARKERS.named(offset, valid=False) if said)
