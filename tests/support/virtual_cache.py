"""The sound architecture with a data cache that goes by virtual addresses, and who flushes it."""

from __future__ import annotations

from attrs import evolve
from sound import SOUND

from archcore.entry import layer
from archcore.hookspecs import hookimpl
from archcore.hw.mmu import CacheGeometry


class Flushes:
    """Cache maintenance by address."""

    @hookimpl
    def flush_cache_page(self, vma, addr, pfn):
        """Write back and forget the lines of a page."""
        cache = vma.vm_mm.cpus[0].dcache
        if cache is not None:
            cache.flush_page(addr, pfn << vma.vm_mm.geometry.page_shift)

    @hookimpl
    def flush_cache_range(self, vma, start, end):
        """Write back and forget the lines of a range."""
        cache = vma.vm_mm.cpus[0].dcache
        if cache is not None:
            cache.flush_range(start, end)


class Switches:
    """A cache with virtual tags knows nothing of processes: it is emptied between them."""

    @hookimpl
    def switch_mm(self, next, tsk):  # noqa: A002 - the kernel's name
        """Flush, then switch."""
        if tsk.cpu.dcache is not None:
            tsk.cpu.dcache.flush_all()
        tsk.cpu.switch(next.tables.root)


def cached(indexing, *parts, ways=1):
    """Return the sound architecture with such a cache and these parts more."""
    cache = CacheGeometry(size=1 << 15, ways=ways, line=64, indexing=indexing)
    return evolve(
        SOUND,
        architecture=layer(SOUND.architecture, *parts),
        mmu=evolve(SOUND.mmu, dcache=cache),
    )


VIVT = cached("VIVT", Flushes(), Switches())
VIPT = cached("VIPT", Flushes())
