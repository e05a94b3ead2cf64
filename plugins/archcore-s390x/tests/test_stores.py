"""A change of a valid entry flushes at once (IPTE, IDTE), and nothing is left for later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archcore.hw.mmu import Access
from archcore.machine import Machine
from archcore.mm.outcome import Outcome
from archcore.mm.protect import change_prot_numa
from archcore.needs import CALLS, Call, Ending, Story, stories_of, tell
from archcore.vmflags import VM_READ, VM_WRITE
from archcore_s390x.targets import RDP, TARGET

if TYPE_CHECKING:
    from archcore.mm.mm import Mm
    from archcore.mm.slot import Slot
    from archcore.mm.vma import Vma
    from archcore.target import Target

PAGE, SIZE = 0x40_0000, 1 << 12
STORIES = stories_of(TARGET)
# Notifiers speak to devices and not to the CPU; a switch of tables is one on s390x as well.
NOT_OURS = {
    "switch_mm",
    "mmu_notifier_invalidate_range_start",
    "mmu_notifier_invalidate_range_end",
}


class Process:
    """A process with one page, which the TLBs of both CPUs hold."""

    def __init__(self, *, arrays: bool = True) -> None:
        """Map the page, store to it on one CPU and load from it on the other."""
        self.built = Machine(TARGET, frames_per_node=1 << 10, zero_page=False, arrays=arrays)
        self.mm: Mm = self.built.mm()
        first, second = self.built.task(self.mm, cpu=0), self.built.task(self.mm, cpu=1, pid=2)
        self.vma: Vma = self.mm.mmap(PAGE, PAGE + SIZE, VM_READ | VM_WRITE)
        self.built.store(first, PAGE, 7)
        self.built.load(second, PAGE)
        assert None not in self.held()

    @property
    def slot(self) -> Slot:
        """The slot of the page."""
        found = self.mm.tables.slot(PAGE)
        assert found is not None
        return found

    def held(self) -> list[int | None]:
        """Return what the TLBs hold of the page."""
        return [cpu.tlb.lookup(PAGE // SIZE) for cpu in self.built.cpus]


@pytest.mark.parametrize("arrays", [True, False])
def test_marking_flushes_every_cpu_before_flush_tlb_range(arrays: bool) -> None:
    """The scanner's own flush finds nothing to do, whether it marks one by one or in a batch."""
    process, held = Process(arrays=arrays), list[int | None]()
    engine = process.built.engine
    engine.hooks.flush_tlb_range = lambda *_: held.extend(process.held())

    change_prot_numa(engine, process.mm.tasks[0], process.vma, PAGE, PAGE + SIZE)

    assert held == [None, None]
    assert engine.hooks.pte_numa(process.vma, process.slot.load())


def test_a_transaction_leaves_the_entry_where_it_is() -> None:
    """Between start and commit the slot holds the entry with INVALID, and no CPU uses the page."""
    process = Process()
    before = process.slot.load()

    old = process.built.engine.hooks.ptep_modify_prot_start(process.vma, PAGE, process.slot)

    assert (old, process.slot.load()) == (before, before | 0x400)
    assert process.held() == [None, None]
    assert process.mm.tasks[0].cpu.touch(PAGE, Access.READ) is not None


def test_a_page_that_is_there_is_not_unused() -> None:
    """set_pte_at takes UNUSED away from a present entry, and from no other."""
    process = Process()
    hooks, slot = process.built.engine.hooks, process.slot
    for stored, kept in ((slot.load(), 0), (hooks.arch_swp_entry(0, 5), 0x80)):
        hooks.set_pte_at(process.mm, PAGE, slot, stored | 0x80)
        assert slot.load() == stored | kept


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_no_story_needs_a_call_of_generic_code(story: Story) -> None:
    """Whatever is left out, caches and TLBs are right: update_mmu_cache is an empty macro here."""
    assert tell(story, TARGET).told.clean
    for hook in set(CALLS) - NOT_OURS:
        assert tell(story, TARGET, left_out=Call(hook)).told.clean, hook


class TestRdp:
    """RDP lets stores to a page without IPTE, and other CPUs learn of it when they fault."""

    def test_every_story_is_clean(self) -> None:
        """With all calls made no CPU goes on refusing what its entry allows."""
        ends = {story.name: tell(story, RDP).told.detail for story in stories_of(RDP)}
        assert ends == dict.fromkeys(ends, "")

    def test_a_store_that_faults_for_nothing_has_to_flush(self) -> None:
        """flush_tlb_fix_spurious_fault: without it the CPU that was not told faults for ever."""
        (story,) = (one for one in STORIES if one.name == "reused")
        left_out = Call("flush_tlb_page", "STALE_TRANSLATION")
        assert tell(story, RDP, left_out=left_out).told.ending is Ending.ENDLESS_FAULT
        assert tell(story, TARGET, left_out=left_out).told.clean

    def test_nothing_else_is_needed(self) -> None:
        """The rest of the flushes comes with the stores, as on machines without RDP."""
        for story in stories_of(RDP):
            for hook in set(CALLS) - NOT_OURS - {"flush_tlb_page"}:
                assert tell(story, RDP, left_out=Call(hook)).told.clean, (story.name, hook)

    @pytest.mark.parametrize(("target", "outcome"), [(TARGET, None), (RDP, Outcome.SPURIOUS)])
    def test_the_first_store_reaches_other_cpus_late(
        self, target: Target, outcome: Outcome | None
    ) -> None:
        """A clean page has PROTECT; one CPU stores, and another that has read it stores, too."""
        built = Machine(target, frames_per_node=1 << 10, zero_page=False)
        mm = built.mm()
        first, second = built.task(mm, cpu=0), built.task(mm, cpu=1, pid=2)
        vma = mm.mmap(PAGE, PAGE + SIZE, VM_READ | VM_WRITE)
        built.store(first, PAGE, 7)
        slot, hooks = mm.tables.slot(PAGE), mm.hooks
        assert slot is not None
        entry = hooks.ptep_get_and_clear(mm, PAGE, slot)
        hooks.set_pte_at(mm, PAGE, slot, hooks.pte_mkclean(entry))
        for task in (first, second):
            assert built.load(task, PAGE) == 7
        built.outcomes.clear()

        built.store(first, PAGE, 8)
        built.store(second, PAGE, 9)

        assert vma.writable
        assert dict(built.outcomes) == {Outcome.FLAGS: 1, **({outcome: 1} if outcome else {})}
