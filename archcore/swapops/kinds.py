"""What a swap type stands for when it is no swap area."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.entry import helper
from archcore.words import either, same

if TYPE_CHECKING:
    from archcore.entry import LevelHooks
    from archcore.swaptypes import SwapTypes
    from archcore.words.types import Truth, Word


def has_type(own: LevelHooks, entry: Word, *types: int | None) -> Truth:
    """Say whether the entry is of one of the types; one a configuration lacks is never met."""
    found: Truth = False
    for number in types:
        if number is not None:
            found = either(found, same(own.swp_type(entry), number))
    return found


@frozen
class Kinds:
    """Questions about a swp_entry_t other than of migration."""

    types: SwapTypes

    @helper("is_hwpoison_entry")
    def is_hwpoison(self, own: LevelHooks, entry: Word) -> Truth:
        """Ask for the type of a page lost to a memory error."""
        return has_type(own, entry, self.types.hwpoison)

    @helper("is_pte_marker_entry")
    def is_marker(self, own: LevelHooks, entry: Word) -> Truth:
        """Ask for the type of markers (CONFIG_PTE_MARKER until Linux 6.1, always since 6.2)."""
        return has_type(own, entry, self.types.pte_marker)

    @helper("is_swapin_error_entry")
    def is_swapin_error(self, own: LevelHooks, entry: Word) -> Truth:
        """Ask for the type of a failed swap-in; since Linux 6.2 that is a marker."""
        return has_type(own, entry, self.types.swapin_error)

    @helper("is_device_private_entry")
    def is_device_private(self, own: LevelHooks, entry: Word) -> Truth:
        """Ask for the types of device memory that the CPU cannot reach."""
        return has_type(own, entry, self.types.device_write, self.types.device_read)

    @helper("is_device_exclusive_entry")
    def is_device_exclusive(self, own: LevelHooks, entry: Word) -> Truth:
        """Ask for the types of memory that a device uses alone."""
        exclusive = (self.types.device_exclusive_write, self.types.device_exclusive_read)
        return has_type(own, entry, *exclusive)

    @helper("is_pfn_swap_entry")
    def is_pfn(self, own: LevelHooks, entry: Word) -> Truth:
        """Ask for a type whose offset is a frame.

        Poisoned pages count since 07a57a338adb, which is in Linux 6.9 and 6.1.91.
        """
        memory = either(own.is_migration_entry(entry), own.is_device_private_entry(entry))
        device = either(own.is_device_exclusive_entry(entry), own.is_hwpoison_entry(entry))
        return either(memory, device)
