"""The sound architecture with an MMU that looks in a hashed table, and who keeps that."""

from __future__ import annotations

from attrs import evolve
from sound import SOUND

from archcore.entry import layer
from archcore.hookspecs import hookimpl


class Hashes:
    """Flushes reach the table before the TLBs."""

    @hookimpl
    def flush_tlb_page(self, vma, addr):
        """Take out a page."""
        self.flush_tlb_range(vma, addr, addr + 1)

    @hookimpl
    def flush_tlb_range(self, vma, start, end):
        """Take out a range."""
        mm = vma.vm_mm
        first, last = (at >> mm.geometry.page_shift for at in (start, end - 1))
        for page in range(first, last + 1):
            mm.cpus[0].hpt.remove(mm.tables.root, page)
        for cpu in mm.cpus:
            cpu.tlb.invalidate_range(first, last)

    @hookimpl
    def flush_tlb_batched_pending(self, mm):
        """Take out everything."""
        for cpu in mm.cpus:
            cpu.forget()


class Preloads:
    """What was mapped is put there at once."""

    @hookimpl
    def update_mmu_cache(self, vma, addr):
        """Preload it."""
        for cpu in vma.vm_mm.here:
            cpu.preload(vma.vm_mm.tables.root, addr, vma.vm_mm.trap)


HASHED = evolve(
    SOUND,
    architecture=layer(SOUND.architecture, Hashes(), Preloads()),
    mmu=evolve(SOUND.mmu, hashed=True, refill="software", walks="trips to the clerk"),
)
