"""Migration entries at each level: what stands for a page on its way to another frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archcore.binding import Hooks

# include/linux/swap.h with MAX_SWAPFILES_SHIFT 5: the last two types stand for migration.
SWP_MIGRATION_READ = 30
SWP_MIGRATION_WRITE = 31


def migration_pte(hooks: Hooks, pfn: int, *, write: bool) -> int:
    """Return the migration entry of a base page."""
    kind = SWP_MIGRATION_WRITE if write else SWP_MIGRATION_READ
    pte: int = hooks.arch_swp_entry_to_pte(hooks.arch_swp_entry(kind, pfn))
    return pte


def migration_pmd(hooks: Hooks, pfn: int, *, write: bool) -> int:
    """Return the migration entry of a huge page."""
    kind = SWP_MIGRATION_WRITE if write else SWP_MIGRATION_READ
    pmd: int = hooks.arch_swp_entry_to_pmd(hooks.arch_swp_entry(kind, pfn))
    return pmd


def waits_for(hooks: Hooks, swp: int) -> int | None:
    """Return the frame that a swap value waits for, None if it is no migration entry."""
    if hooks.arch_swp_type(swp) not in {SWP_MIGRATION_READ, SWP_MIGRATION_WRITE}:
        return None
    pfn: int = hooks.arch_swp_offset(swp)
    return pfn


def writable(hooks: Hooks, swp: int) -> bool:
    """Say whether the page of a migration entry may be written once it has arrived."""
    return bool(hooks.arch_swp_type(swp) == SWP_MIGRATION_WRITE)
