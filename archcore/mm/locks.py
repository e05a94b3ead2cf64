"""The locks of memory management, in the order in which they nest (mm/rmap.c, mm/filemap.c).

This module is what an unwatched machine uses: one actor needs no lock, so taking one only counts
the round trips of page-table locks. ``watched_locks`` has the locks that block.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Protocol

from archcore.mm.snapshot import Snapshot

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from types import TracebackType

    from archcore.mm.costs import Costs
    from archcore.mm.mm import Mm
    from archcore.mm.slot import Slot
    from archcore.mm.vma import Vma

ROUND_TRIPS = "lock_round_trips"


class Rank(IntEnum):
    """The classes of locks, outermost first."""

    MMAP_LOCK = 0
    PAGE_LOCK = 1
    ANON_VMA = 2
    PMD_LOCK = 3
    PTL = 4


class Locks(Protocol):
    """What the engine asks for; each lock is held for the time of a ``with`` block.

    A ``nested`` lock is taken while another of its class is held, which may be the same one. The
    ``trylock`` methods give a block that is told whether it has the lock. ``snapshot`` reads
    nothing: it wraps a word that was read without the lock of its slot.
    """

    def mmap_read(self, mm: Mm) -> AbstractContextManager[object]:
        """Return the mmap lock of an mm, for readers."""

    def mmap_read_trylock(self, mm: Mm) -> AbstractContextManager[bool]:
        """Return the mmap lock for readers, if no writer has it."""

    def mmap_write(self, mm: Mm) -> AbstractContextManager[object]:
        """Return the mmap lock of an mm, for one writer."""

    def page(self, pfn: int) -> AbstractContextManager[object]:
        """Return the lock of a page, by its head."""

    def page_trylock(self, pfn: int) -> AbstractContextManager[bool]:
        """Return the lock of a page, if nobody has it."""

    def wait_on_page(self, pfn: int) -> None:
        """Wait until nobody has the lock of a page."""

    def anon_vma(self, vma: Vma) -> AbstractContextManager[object]:
        """Return the lock of the reverse map of a VMA, for one writer."""

    def pmd(self, mm: Mm, slot: Slot, *, nested: bool = False) -> AbstractContextManager[object]:
        """Return the lock of an upper-level slot (pmd_lock)."""

    def pte(self, mm: Mm, slot: Slot, *, nested: bool = False) -> AbstractContextManager[object]:
        """Return the lock of a lowest-level slot (pte_lockptr)."""

    def pmd_snapshot(self, mm: Mm, slot: Slot, word: int, *, splitting: bool = False) -> Snapshot:
        """Wrap what an upper-level slot held."""

    def pte_snapshot(self, mm: Mm, slot: Slot, word: int) -> Snapshot:
        """Wrap what a lowest-level slot held."""


class _Held:
    """A lock that is always free."""

    __slots__ = ()

    def __enter__(self) -> bool:
        return True

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        return None


HELD = _Held()


class FreeLocks:
    """The locks of a machine with one actor."""

    __slots__ = ("_costs",)

    def __init__(self, costs: Costs) -> None:
        """Remember who counts."""
        self._costs = costs

    def mmap_read(self, mm: Mm) -> _Held:  # noqa: ARG002 - the signature of Locks, here and below
        """Count nothing."""
        return HELD

    mmap_read_trylock = mmap_write = mmap_read

    def page(self, pfn: int) -> _Held:  # noqa: ARG002
        """Count nothing."""
        return HELD

    page_trylock = page

    def wait_on_page(self, pfn: int) -> None:
        """Return: nobody has it."""

    def anon_vma(self, vma: Vma) -> _Held:  # noqa: ARG002
        """Count nothing."""
        return HELD

    def pmd(self, mm: Mm, slot: Slot, *, nested: bool = False) -> _Held:  # noqa: ARG002
        """Count a round trip."""
        self._costs.charge(ROUND_TRIPS)
        return HELD

    pte = pmd

    def pmd_snapshot(self, mm: Mm, slot: Slot, word: int, *, splitting: bool = False) -> Snapshot:  # noqa: ARG002
        """Wrap the word."""
        return Snapshot(word, splitting=splitting)

    def pte_snapshot(self, mm: Mm, slot: Slot, word: int) -> Snapshot:  # noqa: ARG002
        """Wrap the word."""
        return Snapshot(word)
