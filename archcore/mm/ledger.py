"""The ledger: which maintenance calls were made, and why."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.hookspecs import hookimpl
from archcore.mm.reason import Reason

if TYPE_CHECKING:
    from collections.abc import Generator


@frozen
class Entry:
    """``count`` calls of ``call`` for one reason."""

    call: str
    reason: str
    count: int


@frozen(eq=False)
class Ledger:
    """An observer that counts maintenance calls by reason; it changes nothing."""

    counts: Counter[tuple[str, Reason]] = field(factory=Counter)

    @hookimpl(wrapper=True)
    def flush_cache_page(self, reason: Reason) -> Generator[None, object, object]:
        """Count the call."""
        self.counts["flush_cache_page", reason] += 1
        return (yield)

    @hookimpl(wrapper=True)
    def flush_cache_range(self, reason: Reason) -> Generator[None, object, object]:
        """Count the call."""
        self.counts["flush_cache_range", reason] += 1
        return (yield)

    @hookimpl(wrapper=True)
    def flush_tlb_page(self, reason: Reason) -> Generator[None, object, object]:
        """Count the call."""
        self.counts["flush_tlb_page", reason] += 1
        return (yield)

    @hookimpl(wrapper=True)
    def flush_tlb_range(self, reason: Reason) -> Generator[None, object, object]:
        """Count the call."""
        self.counts["flush_tlb_range", reason] += 1
        return (yield)

    @hookimpl(wrapper=True)
    def update_mmu_cache(self, reason: Reason) -> Generator[None, object, object]:
        """Count the call."""
        self.counts["update_mmu_cache", reason] += 1
        return (yield)

    @hookimpl(wrapper=True)
    def update_mmu_cache_pmd(self, reason: Reason) -> Generator[None, object, object]:
        """Count the call."""
        self.counts["update_mmu_cache_pmd", reason] += 1
        return (yield)

    @hookimpl(wrapper=True)
    def flush_tlb_batched_pending(self, reason: Reason) -> Generator[None, object, object]:
        """Count the call."""
        self.counts["flush_tlb_batched_pending", reason] += 1
        return (yield)

    def entries(self) -> tuple[Entry, ...]:
        """Return the counts, by call and then by reason."""
        rows = sorted(self.counts.items(), key=lambda row: (row[0][0], row[0][1].name))
        return tuple(Entry(call, reason.value, count) for (call, reason), count in rows)

    def total(self, prefix: str, *, stated: bool | None = None) -> int:
        """Return how many calls begin with ``prefix``, all or only those with(out) a reason."""
        return sum(
            count
            for (call, reason), count in self.counts.items()
            if call.startswith(prefix)
            and (stated is None or (reason is not Reason.UNSTATED) is stated)
        )
