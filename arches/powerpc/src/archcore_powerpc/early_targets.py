"""The targets of the hash format of Linux 3.14 and 4.0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.swaptypes import SwapTypes
from archcore.target import Target
from archcore_powerpc import hardware
from archcore_powerpc.early_assembly import EarlyAssembly
from archcore_powerpc.early_eras import V40, V314
from archcore_powerpc.era import PAGES
from archcore_powerpc.geometry import EARLY

if TYPE_CHECKING:
    from archcore_powerpc.early_eras import EarlyEra


def target(era: EarlyEra, pages: str) -> Target:
    """Return one target; ``pages`` is ``4k`` or ``64k``."""
    shift = PAGES[pages]
    made, swap = EarlyAssembly(era, shift), era.swap(shift)
    levels = len(EARLY[shift].index_bits)
    what = f"powerpc hash, {pages.upper()} pages, {levels} levels, Linux {era.name[1:]}"
    return Target(
        id=f"powerpc-hash-{pages}-{era.name}",
        arch="powerpc",
        era=era.name,
        summary=f"{what}: {era.meaning}",
        geometry=made.geometry,
        architecture=made.architecture(),
        encoding=made.encoding(),
        mmu=hardware.power8_hash(made.handler()),
        swap=swap,
        sources=(era.source, *era.sources),
        engine=era.engine,
        golden=f"{__package__}:golden/hash-{pages}-{era.name}.jsonl.gz",
        swap_types=_swap_types(len(swap["OFFSET"].positions)),
    )


def _swap_types(offset_bits: int) -> SwapTypes:
    """Return the types of include/linux/swap.h without CONFIG_MEMORY_FAILURE."""
    return SwapTypes(
        max_swapfiles=30,
        hwpoison=None,
        migration_read=30,
        migration_read_exclusive=None,
        migration_write=31,
        pte_marker=None,
        swapin_error=None,
        pfn_bits=offset_bits,
        migration_ad=False,
        type_bits=7,
    )


TARGETS = (target(V314, "4k"), target(V314, "64k"), target(V40, "64k"))
