"""Cache and TLB maintenance: each call says why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.hookspecs.marks import ask

if TYPE_CHECKING:
    from archcore.hookspecs.marks import DataCache, Mm, Reason, Slot, Task, Vma


@ask
def flush_cache_page(vma: Vma, addr: int, pfn: int, reason: Reason) -> None:
    """Write back and drop what virtually indexed caches hold of a page."""


@ask
def flush_cache_range(vma: Vma, start: int, end: int, reason: Reason) -> None:
    """Write back and drop what virtually indexed caches hold of a range."""


@ask
def flush_dcache_page(dcache: DataCache, pfn: int, mapping: bool, reason: Reason) -> None:  # noqa: FBT001 - what the kernel asks the page
    """Let user space see what the kernel has written to a page through its own address.

    It may be put off until update_mmu_cache if the page has a ``mapping``: is of a shared object.
    """


@ask
def flush_tlb_page(vma: Vma, addr: int, reason: Reason) -> None:
    """Drop what the TLBs hold of a page."""


@ask
def flush_tlb_range(vma: Vma, start: int, end: int, reason: Reason) -> None:
    """Drop what the TLBs hold of a range."""


@ask
def update_mmu_cache(vma: Vma, addr: int, ptep: Slot, reason: Reason) -> None:
    """Tell the architecture that a slot was made accessible."""


@ask
def update_mmu_cache_pmd(vma: Vma, addr: int, pmdp: Slot, reason: Reason) -> None:
    """Tell the architecture that an upper-level slot was made accessible."""


@ask
def flush_tlb_batched_pending(mm: Mm, reason: Reason) -> None:
    """Drop what reclaim unmapped and has yet to flush, before entries change again."""


@ask
def mmu_notifier_invalidate_range_start(mm: Mm, start: int, end: int, reason: Reason) -> None:
    """Tell secondary MMUs to drop a range, and to take nothing of it until its end."""


@ask
def mmu_notifier_invalidate_range_end(mm: Mm, start: int, end: int, reason: Reason) -> None:
    """Tell secondary MMUs that they may use a range again."""


@ask
def switch_mm(prev: Mm | None, next: Mm, tsk: Task) -> None:  # noqa: A002 - the kernel's name
    """Let the CPU of a task go on with another address space, which its caches may not mix up."""


MAINTENANCE = (
    "flush_cache_page",
    "flush_cache_range",
    "flush_tlb_batched_pending",
    "flush_tlb_page",
    "flush_tlb_range",
    "mmu_notifier_invalidate_range_end",
    "mmu_notifier_invalidate_range_start",
    "update_mmu_cache",
    "update_mmu_cache_pmd",
)
