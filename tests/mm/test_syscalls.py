"""mprotect, madvise and munmap: VMAs cut and joined, entries changed, pages given back."""

from __future__ import annotations

import hugetoy
import pytest
from attrs import evolve
from bench_machine import BASE, PAGE, entries, entry, process
from huge_machine import BASE as HUGE_BASE
from huge_machine import HUGE, NR, stage
from turns import Turns, before

from archcore.entry import at_levels, layer
from archcore.errors import MachineError
from archcore.hw.mmu import Access
from archcore.hw.seam import Step
from archcore.machine import Machine
from archcore.mm.costs import Payer
from archcore.mm.fault import Outcome
from archcore.mm.knobs import TakeOut
from archcore.mm.profile import PROFILES
from archcore.mm.protect import change_prot_numa
from archcore.mm.syscalls import madvise_dontneed, mprotect, munmap
from archcore.vmflags import VM_NONE, VM_READ, VM_WRITE

ENGINES = sorted(PROFILES)
RW = VM_READ | VM_WRITE


class KeepsHint(hugetoy.Entry):
    """Entries of which pte_modify keeps the hint, as it keeps what belongs to the page."""

    def modify(self, entry, newprot):
        """Keep HINT too."""
        kept = hugetoy.KEPT | hugetoy.ENTRY["HINT"]
        return hugetoy.put(hugetoy.clear(entry, ~kept), newprot)


KEEPS_HINT = evolve(
    hugetoy.TARGET,
    architecture=layer(at_levels(KeepsHint(), "pte", "pmd"), hugetoy.Tables()),
)


def ranges(mm):
    """Return the VMAs as pages from BASE on, with their flags."""
    return [
        ((vma.vm_start - BASE) // PAGE, (vma.vm_end - BASE) // PAGE, vma.vm_flags)
        for vma in mm.vmas
    ]


def written(engine="v6.1", pages=8, **options):
    """Return a process with two threads that wrote every page."""
    built, task, vma = process(engine, pages=pages, **options)
    built.task(task.mm, pid=2)
    for page in range(pages):
        built.store(task, BASE + page * PAGE, page + 1)
    return built, task, vma


def test_mprotect_cuts_vmas_at_its_ends_and_joins_them_again():
    """The middle gets other rights; giving the old ones back leaves one VMA."""
    built, task, _ = written()

    mprotect(built.engine, task, BASE + 2 * PAGE, BASE + 5 * PAGE, VM_READ)
    cut = ranges(task.mm)
    mprotect(built.engine, task, BASE + 2 * PAGE, BASE + 5 * PAGE, RW)

    assert cut == [(0, 2, RW), (2, 5, VM_READ), (5, 8, RW)]
    assert ranges(task.mm) == [(0, 8, RW)]


@pytest.mark.parametrize("engine", ENGINES)
def test_mprotect_takes_stores_away_and_gives_them_back(engine):
    """A store to what is read-only is SIGSEGV even if a TLB had the right; contents stay."""
    built, task, _ = written(engine)

    mprotect(built.engine, task, BASE, BASE + PAGE, VM_READ)
    refused = built.store(task, BASE, 9)
    kept = built.load(task, BASE)
    mprotect(built.engine, task, BASE, BASE + PAGE, RW)

    assert (refused, kept) == (Outcome.SIGSEGV, 1)
    assert built.store(task, BASE, 9) is None
    assert built.lost_stores(task.mm) == ()


@pytest.mark.parametrize("engine", ["v6.1", "v7.0"])
def test_mprotect_makes_own_pages_writable_at_once(engine):
    """A page of one process alone costs no write fault after mprotect(RW), from 6.1 on."""
    built, task, _ = written(engine)
    mprotect(built.engine, task, BASE, BASE + PAGE, VM_READ)
    mprotect(built.engine, task, BASE, BASE + PAGE, RW)
    faults = built.vmstat.pgfault

    built.store(task, BASE, 9)

    assert built.vmstat.pgfault == faults


def test_the_caller_pays_for_mprotect():
    """The flush of a system call is on the caller's account, and no NUMA counter moves."""
    built, task, _ = written()

    mprotect(built.engine, task, BASE, BASE + 8 * PAGE, VM_READ)

    assert built.engine.costs.units[Payer.CALLER, "tlb_flushes"] == 1
    assert built.vmstat.numa_pte_updates == 0


def test_a_range_with_a_gap_is_refused_as_a_whole():
    """Nothing changes when a VMA is missing in the range."""
    built, task, _ = written()

    with pytest.raises(MachineError, match="no VMAs cover"):
        mprotect(built.engine, task, BASE, BASE + 9 * PAGE, VM_READ)

    assert ranges(task.mm) == [(0, 8, RW)]


@pytest.mark.parametrize(("disarms", "hinted"), [(True, False), (False, True)])
def test_hints_are_forgotten_on_mprotect(disarms, hinted):
    """B17: where pte_modify keeps its bit, the engine has to settle a hint before."""
    profile = evolve(PROFILES["v6.1"], mprotect_disarms=disarms)
    built = Machine(KEEPS_HINT, profile, frames_per_node=1 << 8)
    mm = built.mm()
    vma = mm.mmap(HUGE_BASE, HUGE_BASE + HUGE, RW)
    task, _ = built.task(mm), built.task(mm, pid=2)
    built.store(task, HUGE_BASE, 1)
    built.run_on(task, 1)
    change_prot_numa(built.engine, task, vma, HUGE_BASE, HUGE_BASE + HUGE)

    mprotect(built.engine, task, HUGE_BASE, HUGE_BASE + HUGE, VM_READ)

    pte = mm.tables.slot(HUGE_BASE).load()
    assert hugetoy.has_all(pte, hugetoy.ENTRY["V"])
    assert hugetoy.has_all(pte, hugetoy.ENTRY["HINT"]) is hinted


@pytest.mark.parametrize("engine", ENGINES)
def test_an_inaccessible_vma_has_no_hints(engine):
    """B42: what mprotect closed is SIGSEGV, never a hint fault, and the scanner passes it by."""
    built, task, _ = written(engine)

    mprotect(built.engine, task, BASE, BASE + PAGE, VM_NONE)

    assert built.load(task, BASE) is Outcome.SIGSEGV
    assert built.vmstat.numa_hint_faults == 0
    mprotect(built.engine, task, BASE, BASE + PAGE, RW)
    assert built.load(task, BASE) == 1
    assert built.vmstat.numa_hint_faults == 0


@pytest.mark.parametrize("engine", ENGINES)
def test_a_hint_in_a_vma_closed_and_opened_again_is_none(engine):
    """S3: mprotect(NONE) gives a hinted value another meaning, mprotect(RW) makes it ordinary."""
    built, task, vma = written(engine)
    built.run_on(task, 1)
    change_prot_numa(built.engine, task, vma, BASE, BASE + 8 * PAGE)

    mprotect(built.engine, task, BASE, BASE + 8 * PAGE, VM_NONE)
    closed = built.store(task, BASE, 7)
    mprotect(built.engine, task, BASE, BASE + 8 * PAGE, RW)

    assert closed is Outcome.SIGSEGV
    assert [built.load(task, BASE + at * PAGE) for at in range(8)] == list(range(1, 9))
    assert built.vmstat.numa_hint_faults == 0


@pytest.mark.parametrize("engine", ENGINES)
def test_dontneed_gives_the_pages_back(engine):
    """Every frame is free again, and the next access finds a page of zeros."""
    built, task, vma = written(engine, zero_page=False)
    frames = [built.engine.hooks.pte_pfn(pte) for pte in entries(built, vma)]

    assert madvise_dontneed(built.engine, task, BASE, BASE + 4 * PAGE) == 4

    assert [built.engine.frames.refcount[pfn] for pfn in frames] == [0] * 4 + [1] * 4
    assert built.load(task, BASE) == 0
    assert built.load(task, BASE + 4 * PAGE) == 5


@pytest.mark.parametrize("engine", ENGINES)
def test_dontneed_takes_huge_pages_whole_and_in_part(engine):
    """All of a huge page frees it; part of it splits it and frees that part."""
    found = stage(engine)
    built, mm = found.built, found.vma.vm_mm
    for at in range(0, 2 * NR, 4):
        built.store(found.t1, HUGE_BASE + at * PAGE, at + 1)
    heads = [found.hooks.pmd_pfn(mm.tables.pmd(HUGE_BASE + one * HUGE).load()) for one in (0, 1)]

    madvise_dontneed(found.engine, found.t1, HUGE_BASE, HUGE_BASE + HUGE)
    madvise_dontneed(found.engine, found.t1, HUGE_BASE + HUGE, HUGE_BASE + HUGE + 4 * PAGE)

    assert found.engine.frames.total_mapcount(heads[0]) == 0
    assert built.load(found.t1, HUGE_BASE) == 0
    assert built.load(found.t1, HUGE_BASE + HUGE) == 0
    assert built.load(found.t1, HUGE_BASE + HUGE + 4 * PAGE) == NR + 5


@pytest.mark.parametrize(("take_out", "kept"), [(TakeOut.EMPTY, True), (TakeOut.CLOSE, False)])
def test_data_survive_dontneed_if_an_entry_is_emptied_to_be_armed(take_out, kept):
    """S5, B09: the scanner holds the entry in its hand while madvise looks for it."""
    turns = Turns()
    profile = evolve(PROFILES["v3.8"], huge_take_out=take_out, reads_emptied=False)
    found = stage(profile, seam=turns)
    found.built.store(found.t1, HUGE_BASE, 5)

    turns.tell(
        [("scanner", before(Step.STORE, "slot", times=2)), ("madvise", None)],
        scanner=lambda: change_prot_numa(
            found.engine, found.t2, found.vma, HUGE_BASE, HUGE_BASE + HUGE
        ),
        madvise=lambda: madvise_dontneed(found.engine, found.t1, HUGE_BASE, HUGE_BASE + HUGE),
    )

    assert (found.built.load(found.t1, HUGE_BASE) == 5) is kept


def test_unmapped_addresses_are_out_of_bounds():
    """Munmap leaves a hole, frees what was in it, and keeps the rest."""
    built, task, vma = written()
    pfn = built.engine.hooks.pte_pfn(entry(built, vma, 2))

    munmap(built.engine, task, BASE + 2 * PAGE, BASE + 3 * PAGE)

    assert ranges(task.mm) == [(0, 2, RW), (3, 8, RW)]
    assert built.touch(task, BASE + 2 * PAGE, Access.READ) is Outcome.SIGSEGV
    assert built.engine.frames.refcount[pfn] == 0
    assert built.load(task, BASE + 3 * PAGE) == 4


def test_a_store_after_dontneed_never_reaches_the_freed_frame():
    """Another CPU's TLB has the old translation; the flush comes before the frame is free."""
    built, task, _ = written(zero_page=False)
    other = built.task(task.mm, cpu=1, pid=3)
    built.store(other, BASE, 8)

    madvise_dontneed(built.engine, task, BASE, BASE + PAGE)
    built.store(other, BASE, 9)

    assert built.load(task, BASE) == 9
    assert built.lost_stores(task.mm) == ()
