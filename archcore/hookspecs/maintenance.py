"""Cache and TLB maintenance: each call says why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.hookspecs.marks import ask

if TYPE_CHECKING:
    from archcore.hookspecs.marks import Reason, Slot, Vma


@ask
def flush_cache_page(vma: Vma, addr: int, pfn: int, reason: Reason) -> None:
    """Write back and drop what virtually indexed caches hold of a page."""


@ask
def flush_cache_range(vma: Vma, start: int, end: int, reason: Reason) -> None:
    """Write back and drop what virtually indexed caches hold of a range."""


@ask
def flush_tlb_page(vma: Vma, addr: int, reason: Reason) -> None:
    """Drop what the TLBs hold of a page."""


@ask
def flush_tlb_range(vma: Vma, start: int, end: int, reason: Reason) -> None:
    """Drop what the TLBs hold of a range."""


@ask
def update_mmu_cache(vma: Vma, addr: int, ptep: Slot, reason: Reason) -> None:
    """Tell the architecture that a slot was made accessible."""


MAINTENANCE = (
    "flush_cache_page",
    "flush_cache_range",
    "flush_tlb_page",
    "flush_tlb_range",
    "update_mmu_cache",
)
