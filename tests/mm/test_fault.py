"""Page faults of the modelled kernel."""

from __future__ import annotations

import pytest
import toy
from attrs import evolve
from bench_machine import ANON, BASE, PAGE, entry, process

from archcore.errors import MachineError
from archcore.hw.mmu import Access
from archcore.machine import Machine
from archcore.mm.fault import Outcome, handle_mm_fault
from archcore.vmflags import VM_EXEC, VM_NONE, VM_READ, VM_WRITE


def test_the_first_store_maps_a_page_of_the_nearest_node():
    """Anonymous memory comes from the node the task runs on."""
    built, task, vma = process()
    built.run_on(task, 1)

    built.touch(task, BASE, Access.WRITE)

    pfn = built.engine.hooks.pte_pfn(entry(built, vma))
    assert built.engine.frames.nid(pfn) == 1


def test_a_read_of_untouched_memory_maps_the_zero_page_and_a_store_then_copies():
    """Reading costs no frame; the first store gets one of its own, full of zeros."""
    built, task, vma = process()
    hooks = built.engine.hooks

    built.touch(task, BASE, Access.READ)
    read = entry(built, vma)
    built.touch(task, BASE, Access.WRITE)

    assert hooks.pte_pfn(read) == built.engine.zero_page
    assert hooks.pte_special(read)
    assert not hooks.pte_write(read)
    assert built.outcomes[Outcome.COPIED] == 1
    assert hooks.pte_pfn(entry(built, vma)) != built.engine.zero_page


@pytest.mark.parametrize(
    ("flags", "access"),
    [(VM_NONE, Access.READ), (VM_READ, Access.WRITE), (ANON, Access.EXECUTE)],
)
def test_what_the_vma_refuses_is_a_segfault(flags, access):
    """The VMA is asked before any entry is looked at."""
    built, task, vma = process(flags=flags)

    assert built.touch(task, BASE, access) is Outcome.SIGSEGV
    assert entry(built, vma) is None


@pytest.mark.parametrize(("reads", "refused"), [(VM_READ, True), (VM_READ | VM_WRITE, False)])
def test_what_may_be_written_may_be_read_where_the_target_says_so(reads, refused):
    """Some hardware can inhibit reads, and the fault handlers of its kernels know."""
    built = Machine(evolve(toy.module().TARGET, reads=reads), frames_per_node=1 << 4)
    mm = built.mm()
    mm.mmap(BASE, BASE + PAGE, VM_WRITE)
    outcome = built.touch(built.task(mm), BASE, Access.READ)

    assert (outcome is Outcome.SIGSEGV) == refused


def test_an_address_outside_every_vma_is_a_segfault():
    """There is no mapping to consult."""
    built, task, _ = process()

    assert built.touch(task, BASE - PAGE, Access.READ) is Outcome.SIGSEGV


def test_an_executable_mapping_lets_fetches_through():
    """A fetch needs VM_EXEC and then goes through like a read."""
    built, task, _ = process(flags=VM_READ | VM_EXEC)

    assert built.touch(task, BASE, Access.EXECUTE) is None


def test_a_machine_without_frames_says_so():
    """Running out of memory is an error that tells what to do, not a wrong answer."""
    built, task, _ = process(pages=4096)

    def fill():
        for page in range(4096):
            built.touch(task, BASE + page * PAGE, Access.WRITE)

    with pytest.raises(MachineError, match="give the machine more"):
        fill()


def test_every_fault_is_counted_once():
    """Four first stores are four faults, and hits are none."""
    built, task, _ = process()

    for _ in range(3):
        for page in range(4):
            built.touch(task, BASE + page * PAGE, Access.WRITE)

    assert built.vmstat.pgfault == 4
    assert built.engine.costs.paid("faults") == {"the faulting task": 4}


def test_a_store_that_faults_for_nothing_leaves_the_tlb():
    """flush_tlb_fix_spurious_fault: the CPU may have used what the entry was before."""
    built, task, _ = process()
    built.store(task, BASE, 1)
    page = BASE // PAGE
    assert task.cpu.tlb.lookup(page)

    assert handle_mm_fault(built.engine, task, BASE, Access.WRITE) is Outcome.SPURIOUS

    assert not task.cpu.tlb.lookup(page)
