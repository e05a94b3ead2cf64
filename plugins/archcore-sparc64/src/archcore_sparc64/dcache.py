"""The data cache of sun4u: found by bit 13 of the virtual address, tagged by the physical one.

It writes through, so memory never lacks a store; but a page has lines of two colours, and a store
through one leaves those of the other stale. Linux 6.1 arch/sparc/mm/init_64.c, ultra.S.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.hookspecs import hookimpl
from archcore_sparc64.layout import PAGE_SHIFT

if TYPE_CHECKING:
    from archcore.hw.cache import DataCache


class Sun4uCache:
    """Lines of both colours go whenever the kernel has written a page."""

    @hookimpl
    def flush_dcache_page(self, dcache: DataCache, pfn: int) -> None:
        """Drop every line of the page, wherever it stands (__flush_dcache_page)."""
        for colour in range(dcache.colours):
            dcache.flush_page(colour << PAGE_SHIFT, pfn << PAGE_SHIFT)


class Sun4vCache:
    """Under a hypervisor caches go by physical addresses."""

    @hookimpl
    def flush_dcache_page(self) -> None:
        """Do nothing."""
