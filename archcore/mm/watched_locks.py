"""Locks that block, of a machine somebody watches; every boundary is a point of its seam."""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import contextmanager
from typing import TYPE_CHECKING

from archcore.hw.seam import Place, Step, Use
from archcore.mm.findings import Kind
from archcore.mm.knobs import Scope
from archcore.mm.locks import ROUND_TRIPS, Rank
from archcore.mm.snapshot import WatchedSnapshot

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator
    from contextlib import AbstractContextManager

    from archcore.hw.seam import Seam
    from archcore.mm.costs import Costs
    from archcore.mm.findings import Findings
    from archcore.mm.mm import Mm
    from archcore.mm.profile import EngineProfile
    from archcore.mm.slot import Slot
    from archcore.mm.vma import Vma


class WatchedLock:
    """One lock: a writer or any number of readers hold it.

    ``epoch`` counts how often the actor who asks has dropped it, so that a snapshot read before
    can be told from one read after.
    """

    def __init__(self, rank: Rank, place: Place, seam: Seam) -> None:
        """Start free."""
        self.rank, self.place, self._seam = rank, place, seam
        self.writer: Hashable | None = None
        self.readers: Counter[Hashable] = Counter()
        self._drops: Counter[Hashable] = Counter()

    def epoch(self) -> int:
        """Return how often the actor has dropped the lock."""
        return self._drops[self._seam.actor()]

    def free(self, *, write: bool) -> bool:
        """Say whether the lock can be taken so at once."""
        return self.writer is None and not (write and +self.readers)

    def held(self) -> bool:
        """Say whether the actor has it, in any way."""
        actor = self._seam.actor()
        return self.writer == actor or self.readers[actor] > 0

    def take(self, *, write: bool) -> None:
        """Give the lock, which must be free, to the actor."""
        self._seam.uses(self.place, Use.ACQUIRE if write else Use.SHARE)
        if write:
            self.writer = self._seam.actor()
        else:
            self.readers[self._seam.actor()] += 1

    def drop(self, *, write: bool) -> None:
        """Take the lock from the actor."""
        actor = self._seam.actor()
        self._seam.uses(self.place, Use.RELEASE if write else Use.UNSHARE)
        self._drops[actor] += 1
        if write:
            self.writer = None
        else:
            self.readers[actor] -= 1


class WatchedLocks:
    """The locks of a watched machine; see Locks for the calls.

    The profile says whether a page-table lock belongs to a table or to the whole mm. Taking a lock
    out of order, or twice, is a finding; who takes it twice goes on, since waiting would be for
    ever. ``trylock`` never waits and is therefore exempt from the order, as in lockdep.
    """

    def __init__(
        self, seam: Seam, findings: Findings, profile: EngineProfile, costs: Costs
    ) -> None:
        """Start with no lock taken."""
        self._seam, self._findings, self._costs = seam, findings, costs
        self._scopes = {Rank.PMD_LOCK: profile.pmd_lock, Rank.PTL: profile.pte_lock}
        self._locks: dict[Place, WatchedLock] = {}
        self._held: defaultdict[Hashable, list[WatchedLock]] = defaultdict(list)

    def held(self) -> tuple[WatchedLock, ...]:
        """Return what the actor holds, in the order of taking."""
        return tuple(self._held[self._seam.actor()])

    def mmap_read(self, mm: Mm) -> AbstractContextManager[bool]:
        """Return the mmap lock, for readers."""
        return self._section(Rank.MMAP_LOCK, mm.tables.root, write=False)

    def mmap_read_trylock(self, mm: Mm) -> AbstractContextManager[bool]:
        """Return the mmap lock for readers, unless a writer has it."""
        return self._attempt(Rank.MMAP_LOCK, mm.tables.root, write=False)

    def mmap_write(self, mm: Mm) -> AbstractContextManager[bool]:
        """Return the mmap lock, for one writer."""
        return self._section(Rank.MMAP_LOCK, mm.tables.root)

    def page(self, pfn: int) -> AbstractContextManager[bool]:
        """Return the lock of a page."""
        return self._section(Rank.PAGE_LOCK, pfn)

    def page_trylock(self, pfn: int) -> AbstractContextManager[bool]:
        """Return the lock of a page, unless somebody has it."""
        return self._attempt(Rank.PAGE_LOCK, pfn)

    def wait_on_page(self, pfn: int) -> None:
        """Let others run until nobody has the lock of a page."""
        lock = self._lock(Rank.PAGE_LOCK, pfn)
        while not lock.free(write=True):
            self._seam.blocked(lock.place)
        self._seam.uses(lock.place, Use.TRY)

    def anon_vma(self, vma: Vma) -> AbstractContextManager[bool]:
        """Return the lock of the reverse map of a VMA."""
        family = vma.anon_vma
        return self._section(Rank.ANON_VMA, vma.vm_start if family is None else family.number)

    def pmd(self, mm: Mm, slot: Slot, *, nested: bool = False) -> AbstractContextManager[bool]:
        """Return the lock of an upper-level slot."""
        self._costs.charge(ROUND_TRIPS)
        return self._section(*self._of_slot(Rank.PMD_LOCK, mm, slot), nested=nested)

    def pte(self, mm: Mm, slot: Slot, *, nested: bool = False) -> AbstractContextManager[bool]:
        """Return the lock of a lowest-level slot."""
        self._costs.charge(ROUND_TRIPS)
        return self._section(*self._of_slot(Rank.PTL, mm, slot), nested=nested)

    def pmd_snapshot(
        self, mm: Mm, slot: Slot, word: int, *, splitting: bool = False
    ) -> WatchedSnapshot:
        """Wrap a word with the epoch of its lock."""
        lock = self._lock(*self._of_slot(Rank.PMD_LOCK, mm, slot))
        return WatchedSnapshot(word, lock, self._findings, splitting=splitting)

    def pte_snapshot(self, mm: Mm, slot: Slot, word: int) -> WatchedSnapshot:
        """Wrap a word with the epoch of its lock."""
        lock = self._lock(*self._of_slot(Rank.PTL, mm, slot))
        return WatchedSnapshot(word, lock, self._findings)

    def _of_slot(self, rank: Rank, mm: Mm, slot: Slot) -> tuple[Rank, int]:
        if self._scopes[rank] is Scope.MM:
            return rank, mm.tables.root
        level = mm.geometry.levels[rank is Rank.PMD_LOCK]
        return rank, slot.address // level.table_bytes * level.table_bytes

    def _lock(self, rank: Rank, number: int) -> WatchedLock:
        place = Place(rank.name.lower(), number)
        if place not in self._locks:
            self._locks[place] = WatchedLock(rank, place, self._seam)
        return self._locks[place]

    @contextmanager
    def _section(
        self, rank: Rank, number: int, *, write: bool = True, nested: bool = False
    ) -> Iterator[bool]:
        lock = self._lock(rank, number)
        self._seam.point(Step.LOCK, lock.place)
        twice = lock.held()
        if not nested:
            self._check(lock, twice=twice)
        if twice:
            yield True
            return
        while not lock.free(write=write):
            self._seam.blocked(lock.place)
        with self._holding(lock, write=write):
            yield True

    @contextmanager
    def _attempt(self, rank: Rank, number: int, *, write: bool = True) -> Iterator[bool]:
        lock = self._lock(rank, number)
        self._seam.point(Step.LOCK, lock.place)
        self._seam.uses(lock.place, Use.TRY if write else Use.TRY_SHARE)
        if not lock.free(write=write):
            yield False
            return
        with self._holding(lock, write=write):
            yield True

    @contextmanager
    def _holding(self, lock: WatchedLock, *, write: bool) -> Iterator[None]:
        held = self._held[self._seam.actor()]
        lock.take(write=write)
        held.append(lock)
        try:
            yield
        finally:
            held.remove(lock)
            lock.drop(write=write)
        # Not when an error passes through: whoever threw it wants no one else to run.
        self._seam.point(Step.UNLOCK, lock.place)

    def _check(self, lock: WatchedLock, *, twice: bool) -> None:
        if twice:
            self._findings.add(Kind.LOCK_TWICE, lock.place.kind)
        for other in self.held():
            if other.rank > lock.rank or (other.rank == lock.rank and other is not lock):
                detail = f"{other.place.kind} was held"
                self._findings.add(Kind.LOCK_ORDER, lock.place.kind, detail)
