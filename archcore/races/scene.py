"""A scene: a machine with two nodes, one process on both of them, and one page they all want."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.machine import Machine
from archcore.mm.huge_protect import arm_huge_pmd
from archcore.mm.huge_split import split_huge_page
from archcore.mm.hugepages import Pmd, huge_of, pmd_kind, splitting
from archcore.mm.outcome import Outcome
from archcore.mm.protect import change_prot_numa
from archcore.mm.swapentry import waits_for
from archcore.races.trouble import KINDS, Lookout, Trouble
from archcore.vmflags import VM_READ, VM_WRITE

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator
    from typing import Any

    from archcore.hw.seam import Seam
    from archcore.mm.engine import Engine
    from archcore.mm.profile import EngineProfile
    from archcore.mm.slot import Slot
    from archcore.mm.task import Task
    from archcore.mm.vma import Vma
    from archcore.target import Target

WORD, SWAP_SLOTS = 8, 4


class Scene:
    """What a scenario's threads act on.

    ``page`` is the address that everything is about: a huge page of the VMA if ``huge``, written
    once by T1 on node 0. T1 runs on CPU 0 of node 0 and T2 on CPU 1 of node 1. ``notes`` has what
    threads came to, ``kept`` what they want to find again. ``told`` are the addresses whose entries
    are described and looked after, the page's if nobody adds others.
    """

    def __init__(
        self,
        target: Target,
        engine: str | EngineProfile,
        seam: Seam,
        *,
        huge: bool = True,
        written: bool = True,
        swap: bool = False,
        cached_data: bool = False,
    ) -> None:
        """Build it; what happens here is no part of any interleaving."""
        level = target.geometry.levels[1]
        order = level.shift - target.geometry.page_shift
        frames = (6 << order) + 256
        self.machine = Machine(
            target,
            engine,
            frames_per_node=frames,
            thp=huge,
            swap_slots=SWAP_SLOTS if swap else 0,
            seam=seam,
            cached_data=cached_data,
        )
        self.engine: Engine = self.machine.engine
        self.mm = self.machine.mm()
        self.size = level.size if huge else target.geometry.page_size
        self.page = 8 * level.size
        self.vma = self.mm.mmap(self.page, self.page + 2 * self.size, VM_READ | VM_WRITE)
        self.t1: Task = self.machine.task(self.mm, 0, 1)
        self.t2: Task = self.machine.task(self.mm, 1, 2)
        self.notes: dict[str, object] = {}
        self.kept: dict[str, object] = {}
        self.told: tuple[int, ...] = (self.page,)
        self.lookout = Lookout(self.engine)
        if written:
            self.store(self.t1, 1)

    @property
    def huge(self) -> bool:
        """Whether the page is a huge one in this machine."""
        return self.engine.huge is not None

    @property
    def pmd_slot(self) -> Slot:
        """The upper-level slot of the page."""
        slot = self.mm.tables.pmd(self.page, allocate=True)
        assert slot is not None  # noqa: S101 - it was just allocated
        return slot

    @property
    def pte_slot(self) -> Slot | None:
        """The lowest-level slot of the page, None where a huge page stands in its place."""
        return self.mm.tables.slot(self.page)

    def store(self, task: Task, value: int, at: int = WORD) -> Outcome | None:
        """Store a word into the page, faults and all."""
        return self.machine.store(task, self.page + at, value)

    def load(self, task: Task, at: int = WORD) -> int | Outcome:
        """Load a word of the page, faults and all."""
        return self.machine.load(task, self.page + at)

    def store_if_mapped(self, task: Task, value: int, at: int = WORD) -> str:
        """Store a word if TLB and tables let the CPU; a fault is not taken."""
        if task.cpu.store(self.page + at, value) is not None:
            return "faulted"
        self.mm.stored[self.page + at] = (value, 8)
        return "stored"

    def arm(self) -> None:
        """Make a hint of the page at once, with no translation left behind."""
        slot = self.pte_slot
        if slot is None:
            arm_huge_pmd(self.engine, self.vma, self.pmd_slot)
        else:
            slot.store(self.engine.hooks.pte_mknuma(self.vma, slot.load()))
        self.flush_tlbs()

    def flush_tlbs(self) -> None:
        """Let all CPUs forget everything, and what the kernel keeps where they look."""
        for cpu in self.machine.cpus:
            cpu.forget()

    def scan(self, task: Task) -> int:
        """Arm the page as the scanner does."""
        return change_prot_numa(self.engine, task, self.vma, self.page, self.page + self.size)

    def scan_of(self, task: Task, vma: Vma) -> int:
        """Arm another VMA."""
        return change_prot_numa(self.engine, task, vma, vma.vm_start, vma.vm_end)

    def split(self) -> None:
        """Split the huge page."""
        split_huge_page(self.engine, self.vma, self.page, self.pmd_slot)

    def mark_splitting(self) -> None:
        """Mark the huge page as being split, as kernels until Linux 4.5 do."""
        if huge_of(self.engine).marks:
            self.engine.hooks.pmdp_splitting_flush(self.vma, self.page, self.pmd_slot)
        else:
            self.engine.splitting.add(self.pmd_slot.address)

    def used_by(self, task: Task) -> None:
        """Let what is told of be known as used by a task, so that the filter lets it move there."""
        for pfn in map(self.frame, self.told):
            if pfn is not None:
                self.engine.frames.last_nid[pfn] = task.nid
                self.engine.frames.last_pid[pfn] = task.pid

    def hinted(self, at: int | None = None) -> bool:
        """Say whether the page's entry is a hint, or that of another address."""
        hooks, slot = self.engine.hooks, self.mm.tables.slot(self.page if at is None else at)
        if slot is None:
            return bool(hooks.pmd_numa(self.vma, self.pmd_slot.load()))
        return bool(hooks.pte_numa(self.vma, slot.load()))

    def table_hinted(self) -> bool:
        """Say whether the table that maps the page is a hint as a whole."""
        hinted = self.engine.table_hints and not self.huge
        return hinted and bool(self.engine.hooks.pmd_numa(self.vma, self.pmd_slot.load()))

    def frame(self, at: int | None = None) -> int | None:
        """Return the frame the page is in, or that of another address; None if it is in none."""
        hooks, pmd = self.engine.hooks, self.pmd_slot.load()
        if self.huge and pmd_kind(hooks, pmd) is Pmd.HUGE:
            return int(hooks.pmd_pfn(pmd))
        slot = self.mm.tables.slot(self.page if at is None else at)
        pte = 0 if slot is None else slot.load()
        if hooks.pte_none(pte) or not hooks.pte_present(pte):
            return None
        return int(hooks.pte_pfn(pte))

    def state(self) -> str:
        """Describe what stands in the page's slot, and what threads came to."""
        return "; ".join([self.entry(), *(f"{who} {what}" for who, what in self._said())])

    def troubles(self) -> Iterator[tuple[Trouble, str]]:
        """Yield what went wrong, as far as anyone can tell without knowing the scenario."""
        yield from self.lookout.seen
        for finding in self.engine.findings.all():
            yield KINDS[finding.kind], finding.place
        if self.machine.lost_stores(self.mm):
            yield Trouble.LOST_STORE, f"{self.vma.vm_start:#x}"
        for at in self.told:
            pfn = self.frame(at)
            if pfn is not None and pfn < self.engine.frames.total:
                yield from self._of_page(at)

    def left_over(self) -> Iterator[tuple[Trouble, str]]:
        """Yield pages with references that nothing explains, once all actors are at their end."""
        frames, swap, huge = self.engine.frames, self.engine.swap, self.engine.huge
        exempt = {0, self.engine.zero_page, huge.zero if huge else None, *frames.tables}
        exempt |= set() if swap is None else set(swap.cache.values())
        if not exempt.issuperset(frames.unexplained()):
            yield Trouble.REFERENCES, "struct page"
        if swap is not None and sum(swap.counts.values()) != self._swapped():
            yield Trouble.REFERENCES, "swap_map"

    def miscounted(self, books: Counter[Any]) -> Iterator[tuple[Trouble, str]]:
        """Yield counters that break their contract (Documentation/admin-guide/mm, vmstat)."""
        look, nr = self.lookout, 1 if self.engine.huge is None else self.engine.huge.nr
        wrong = {
            "numa_hint_faults": books["numa_hint_faults"] != look.hint_faults,
            "numa_hint_faults_local": books["numa_hint_faults_local"] != look.local,
            "numa_pages_migrated": books["numa_pages_migrated"] > books["pgmigrate_success"]
            or books["numa_pages_migrated"] < nr * books["thp_migration_success"],
            "pgmigrate_fail": books["pgmigrate_fail"] < nr * books["thp_migration_fail"],
            "total_numa_faults": self._told_too_often(),
        }
        yield from ((Trouble.UNITS, name) for name, is_so in wrong.items() if is_so)

    def _told_too_often(self) -> bool:
        """Say whether tasks heard of more base pages than there were hint faults."""
        told = sum(task.total_numa_faults for task in self.mm.tasks)
        return not self.huge and told > self.lookout.hint_faults and len(self.told) == 1

    def _swapped(self) -> int:
        """Return how many entries of what is told of refer to swap slots, in all processes."""
        hooks, count = self.engine.hooks, 0
        family = self.vma.anon_vma
        for mm in [self.mm] if family is None else family.mms:
            for slot in map(mm.tables.slot, self.told):
                pte = 0 if slot is None else slot.load()
                if not hooks.pte_none(pte) and not hooks.pte_present(pte):
                    count += waits_for(hooks, hooks.arch_pte_to_swp_entry(pte)) is None
        return count

    def _of_page(self, at: int) -> Iterator[tuple[Trouble, str]]:
        hooks, slot = self.engine.hooks, self.mm.tables.slot(at)
        pte = self.pmd_slot.load() if slot is None else slot.load()
        write = hooks.pmd_write if slot is None else hooks.pte_write
        numa = hooks.pmd_numa if slot is None else hooks.pte_numa
        if not self.vma.writable and self.vma.accessible and write(pte) and not numa(self.vma, pte):
            yield Trouble.RIGHTS_EXCEEDED, "write"

    def _said(self) -> list[tuple[str, str]]:
        return [
            (who, what.name if isinstance(what, Outcome) else str(what))
            for who, what in self.notes.items()
            if what is not None
        ]

    def entry(self) -> str:
        """Describe what stands in the page's slot, and that its table is hinted."""
        hooks, pmd = self.engine.hooks, self.pmd_slot.load()
        kind = pmd_kind(hooks, pmd) if self.huge else Pmd.TABLE
        if kind is Pmd.NONE:
            return "empty"
        if kind is Pmd.MIGRATION:
            return "huge page on its way"
        if kind is Pmd.HUGE:
            words = ["huge page", "hinted" if hooks.pmd_numa(self.vma, pmd) else ""]
            words += ["" if hooks.pmd_write(pmd) else "read-only"]
            words += ["splitting" if splitting(self.engine, self.pmd_slot, pmd) else ""]
            return " ".join(filter(None, [*words, self._node(hooks.pmd_pfn(pmd))]))
        table = "hinted table: " if self.table_hinted() else ""
        return table + ", ".join(map(self._small, self.told))

    def _small(self, at: int) -> str:
        """Describe what stands in the lowest-level slot of an address."""
        hooks, slot = self.engine.hooks, self.mm.tables.slot(at)
        pte = None if slot is None else slot.load()
        if pte is None or hooks.pte_none(pte):
            return "empty"
        if not hooks.pte_present(pte):
            return "page on its way"
        words = ["page", "hinted" if hooks.pte_numa(self.vma, pte) else ""]
        words += ["" if hooks.pte_write(pte) else "read-only"]
        return " ".join(filter(None, [*words, self._node(hooks.pte_pfn(pte))]))

    def _node(self, pfn: int) -> str:
        frames = self.engine.frames
        zero = {self.engine.zero_page, self.engine.huge.zero if self.engine.huge else None}
        if pfn in zero:
            return "of zeros"
        return f"on node {frames.nid(pfn)}" if pfn < frames.total else "out of memory"
