"""Troubles: what must not happen, noticed while actors run or found in what they leave behind."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from archcore.mm.findings import Kind
from archcore.mm.hugepages import Pmd, pmd_kind, splitting
from archcore.mm.reason import Reason
from archcore.mm.slot import Slot
from archcore.races.brackets import START, Brackets

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from archcore.mm.engine import Engine
    from archcore.mm.task import Task
    from archcore.mm.vma import Vma


class Trouble(Enum):
    """What is wrong; the names are what documents and expectations use."""

    LOST_STORE = "a store is not in the memory that is mapped"
    STUCK = "an actor waits for ever"
    BROKEN = "the engine came to a state that no kernel reaches"
    STALE_SNAPSHOT = Kind.STALE_SNAPSHOT.value
    LOCKS = "locks were taken twice, out of order, or kept"
    SPLIT_WRITTEN = "a fault wrote to the entry of a page that was being split"
    HINT_RAISED = "rights were raised in an entry that still was a hint"
    VALUE_PASSED = "update_mmu_cache_pmd was given an entry and not its slot"
    NO_REASON = "maintenance was done without a reason"
    NO_NOTIFIER = "an entry was taken or changed and no secondary MMU was told in time"
    BRACKET_OPEN = "a notifier bracket was begun and not ended"
    TABLE_WRITTEN = "an entry that is a table was written as a huge page's"
    LEFT_MAPPED = "what was to be thrown away is still mapped"
    RIGHTS_EXCEEDED = "an entry allows what its VMA does not"
    REFERENCES = "references to a page are left over"
    WRONG_FRAME = "a device holds a frame that its page has left"
    SHARED_WRITABLE = "two processes may write to one private page"
    ARMED_TWICE = "entries were armed by two scans of one period"
    NOT_ARMED = "entries are counted as armed and are not hinted"
    RIGHTS_IGNORED = "a page without rights was taken for a hint"
    OUTSIDE_TABLE = "settling a hint went beyond its page table"
    UNITS = "a counter does not count what it says"
    NOT_A_HINT = "an entry that is no hint was settled as one"
    MORE_FAULTS = "an access took other faults than for the hints and empty entries in its way"


KINDS = {
    Kind.STALE_SNAPSHOT: Trouble.STALE_SNAPSHOT,
    Kind.LOCK_ORDER: Trouble.LOCKS,
    Kind.LOCK_TWICE: Trouble.LOCKS,
    Kind.LOCK_KEPT: Trouble.LOCKS,
    Kind.NOT_HELD: Trouble.LOCKS,
}


class Lookout:
    """Notices troubles at the hooks of a machine while actors run; ``seen`` has them."""

    def __init__(self, engine: Engine) -> None:
        """Stand behind the hooks."""
        self._engine = engine
        self.on = False
        self.seen: dict[tuple[Trouble, str], None] = {}
        self._brackets = Brackets(
            engine, lambda: self.on, lambda place: self.add(Trouble.NO_NOTIFIER, place)
        )
        self.hint_faults = self.local = 0
        self._wrap("mpol_misplaced", self._asked)
        self._wrap("pte_mknonnuma", self._settled("pte"))
        for name in ("flush_cache_page", "flush_cache_range", "flush_tlb_page", "flush_tlb_range"):
            self._wrap(name, self._reason(name))
        if engine.huge is not None:
            self._wrap("update_mmu_cache_pmd", self._slot)
            self._wrap("pmdp_set_access_flags", self._raised)
            self._wrap("set_pmd_at", self._stored)
            self._wrap("pmd_mknonnuma", self._settled("pmd"))

    def add(self, trouble: Trouble, place: str) -> None:
        """Take one down."""
        if self.on:
            self.seen[trouble, place] = None

    def _wrap(self, name: str, look: Callable[..., None]) -> None:
        hook = getattr(self._engine.hooks, name)

        def looked(*given: Any) -> Any:  # noqa: ANN401 - any hook
            if self.on:
                look(*given)
            return hook(*given)

        setattr(self._engine.hooks, name, looked)

    def end(self) -> None:
        """Look no longer, but for brackets that are open still."""
        if self._brackets.left_open():
            self.add(Trouble.BRACKET_OPEN, START)
        self.on = False

    def _asked(self, engine: Engine, task: Task, _vma: Vma, _address: int, pfn: int) -> None:
        """Count hint faults by whoever asks where a page belongs, which each of them does once."""
        self.hint_faults += 1
        self.local += engine.frames.nid(pfn) == task.nid

    def _settled(self, kind: str) -> Callable[..., None]:
        def look(vma: Vma, entry: int) -> None:
            if not getattr(self._engine.hooks, f"{kind}_numa")(vma, entry):
                self.add(Trouble.NOT_A_HINT, f"{kind}_mknonnuma")

        return look

    def _reason(self, name: str) -> Callable[..., None]:
        def look(*given: object) -> None:
            if given[-1] is Reason.UNSTATED:
                self.add(Trouble.NO_REASON, name)

        return look

    def _slot(self, _vma: Vma, _address: int, given: object, *_: object) -> None:
        if not isinstance(given, Slot):
            self.add(Trouble.VALUE_PASSED, "do_huge_pmd_numa_page")

    def _raised(self, vma: Vma, _address: int, slot: Slot, entry: int, *_: object) -> None:
        hooks, old = self._engine.hooks, slot.load()
        if pmd_kind(hooks, old) is Pmd.TABLE:
            self.add(Trouble.TABLE_WRITTEN, "pmdp_set_access_flags")
        if splitting(self._engine, slot, old):
            self.add(Trouble.SPLIT_WRITTEN, "pmdp_set_access_flags")
        if hooks.pmd_numa(vma, old) and entry != hooks.pmd_mknonnuma(vma, old):
            self.add(Trouble.HINT_RAISED, "pmdp_set_access_flags")

    def _stored(self, _mm: object, _address: int, slot: Slot, _pmd: int) -> None:
        if pmd_kind(self._engine.hooks, slot.load()) is Pmd.TABLE:
            self.add(Trouble.TABLE_WRITTEN, "set_pmd_at")
