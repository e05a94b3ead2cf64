"""Migration entries at each level: what stands for a page on its way to another frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archcore.binding import Hooks

# include/linux/swap.h with MAX_SWAPFILES_SHIFT 5: the last two types stand for migration, where a
# target does not say what its kernel's configuration makes of them.
SWP_MIGRATION_READ = 30
SWP_MIGRATION_WRITE = 31


def _type(hooks: Hooks, *, write: bool, exclusive: bool) -> int:
    types = hooks.swap_types
    if types is None:
        return SWP_MIGRATION_WRITE if write else SWP_MIGRATION_READ
    if write:
        return types.migration_write
    known = types.migration_read_exclusive
    return known if exclusive and known is not None else types.migration_read


def migration_pte(hooks: Hooks, pfn: int, *, write: bool, exclusive: bool = False) -> int:
    """Return the migration entry of a base page; ``exclusive`` if it is one process's own."""
    kind = _type(hooks, write=write, exclusive=exclusive)
    pte: int = hooks.arch_swp_entry_to_pte(hooks.arch_swp_entry(kind, pfn))
    return pte


def migration_pmd(hooks: Hooks, pfn: int, *, write: bool, exclusive: bool = False) -> int:
    """Return the migration entry of a huge page."""
    kind = _type(hooks, write=write, exclusive=exclusive)
    pmd: int = hooks.arch_swp_entry_to_pmd(hooks.arch_swp_entry(kind, pfn))
    return pmd


def waits_for(hooks: Hooks, swp: int) -> int | None:
    """Return the frame that a swap value waits for, None if it is no migration entry."""
    types = hooks.swap_types
    known = (
        (SWP_MIGRATION_READ, SWP_MIGRATION_WRITE)
        if types is None
        else (types.migration_read, types.migration_write, types.migration_read_exclusive)
    )
    if hooks.arch_swp_type(swp) not in known:
        return None
    pfn: int = hooks.arch_swp_offset(swp)
    return pfn


def writable(hooks: Hooks, swp: int) -> bool:
    """Say whether the page of a migration entry may be written once it has arrived."""
    return bool(hooks.arch_swp_type(swp) == _type(hooks, write=True, exclusive=False))
