"""mremap, hugetlb and large folios: pages at unusual places keep their contents and their hints."""

from __future__ import annotations

import pytest
from attrs import evolve
from bench_machine import BASE, PAGE, entry, process
from huge_machine import BASE as HUGE_BASE
from huge_machine import HUGE, NR, stage

from archcore.errors import MachineError
from archcore.hookspecs import hookimpl
from archcore.hw.mmu import Access
from archcore.hw.seam import Seam
from archcore.mm.fault import Outcome
from archcore.mm.huge_split import split_huge_pmd
from archcore.mm.hugepages import Pmd, pmd_kind
from archcore.mm.knobs import Rebuild
from archcore.mm.migrate import move_page
from archcore.mm.mremap import mremap
from archcore.mm.profile import PROFILES
from archcore.mm.protect import change_prot_numa
from archcore.mm.scan import ScanSettings, task_numa_work
from archcore.mm.syscalls import mprotect
from archcore.vmflags import VM_READ, VM_WRITE

ENGINES = sorted(PROFILES)
RW = VM_READ | VM_WRITE


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("seam", [None, Seam()])
def test_a_range_moves_with_its_hints_and_contents(engine, seam):
    """Old addresses are gone, new ones have the pages; a hinted entry is hinted there."""
    built, task, vma = process(engine, seam=seam)
    built.task(task.mm, pid=2)
    for page in range(4):
        built.store(task, BASE + page * PAGE, page + 1)
    built.run_on(task, 1)
    change_prot_numa(built.engine, task, vma, BASE, BASE + 2 * PAGE)
    to = BASE + 64 * PAGE

    mremap(built.engine, task, BASE + PAGE, BASE + 3 * PAGE, to)

    moved = task.mm.vmas.find(to)
    assert [bool(built.engine.hooks.pte_numa(moved, entry(built, moved, at))) for at in (0, 1)] == [
        True,
        False,
    ]
    assert built.touch(task, BASE + PAGE, Access.READ) is Outcome.SIGSEGV
    assert [built.load(task, at) for at in (BASE, to, to + PAGE, BASE + 3 * PAGE)] == [1, 2, 3, 4]
    assert built.lost_stores(task.mm) == ()
    assert built.engine.findings.all() == ()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_huge_page_moves_whole_if_it_can(engine):
    """Aligned at both ends its entry moves; otherwise it is split and moves page by page."""
    found = stage(engine)
    built, mm = found.built, found.t1.mm
    for at in range(0, 2 * NR, 3):
        built.store(found.t1, HUGE_BASE + at * PAGE, at + 1)

    mremap(found.engine, found.t1, HUGE_BASE, HUGE_BASE + HUGE, HUGE_BASE + 8 * HUGE)
    mremap(
        found.engine, found.t1, HUGE_BASE + HUGE, HUGE_BASE + 2 * HUGE, HUGE_BASE + 9 * HUGE + PAGE
    )

    assert pmd_kind(found.hooks, mm.tables.pmd(HUGE_BASE + 8 * HUGE).load()) is Pmd.HUGE
    assert built.lost_stores(mm) == ()
    assert built.load(found.t1, HUGE_BASE + 8 * HUGE) == 1


def test_a_taken_place_is_refused():
    """Nothing moves onto another mapping, nor onto itself."""
    built, task, _ = process("v6.1")

    with pytest.raises(MachineError, match="cannot move"):
        mremap(built.engine, task, BASE, BASE + 2 * PAGE, BASE + PAGE)


def test_a_moved_page_is_found_by_the_reverse_map():
    """Migration after mremap and fork moves the page for parent and child, at both addresses."""
    built, parent, _ = process("v6.1")
    built.store(parent, BASE, 1)
    child = built.fork(parent, cpu=1, pid=9)
    to = BASE + 64 * PAGE
    mremap(built.engine, parent, BASE, BASE + PAGE, to)

    assert move_page(built.engine, parent.mm.vmas.find(to), to, 1) is None

    words = [entry(built, child.mm.vmas.find(BASE)), entry(built, parent.mm.vmas.find(to))]
    assert len({built.engine.hooks.pte_pfn(word) for word in words}) == 1
    assert (built.load(parent, to), built.load(child, BASE)) == (1, 1)


def folio(engine, **options):
    """Return a stage whose first huge page is mapped by a table and stays one large page."""
    found = stage(engine, **options)
    for at in range(NR):
        found.built.store(found.t1, HUGE_BASE + at * PAGE, at + 1)
    split_huge_pmd(found.engine, found.vma, HUGE_BASE, found.slot)
    return found


def hints(found, *vmas):
    """Return which pages of VMAs are hinted."""
    return [
        bool(found.hooks.pte_numa(vma, slot.load()))
        for vma in vmas
        for at in range(vma.vm_start, vma.vm_end, PAGE)
        if (slot := vma.vm_mm.tables.slot(at)) is not None
    ]


def test_7_0_settles_the_hints_of_a_large_folio_at_once():
    """One fault, counted once, tells the task of all its pages; 6.1 skips such pages."""
    found = folio("v7.0")
    change_prot_numa(found.engine, found.t1, found.vma, HUGE_BASE, HUGE_BASE + HUGE)
    assert hints(found, found.vma) == [True] * NR
    faults = found.built.vmstat.numa_hint_faults

    found.read()

    assert hints(found, found.vma) == [False] * NR
    assert found.built.vmstat.numa_hint_faults == faults + 1
    assert found.t1.total_numa_faults == NR


def test_7_0_moves_a_large_folio_as_one():
    """All entries follow to the other node, contents and all."""
    found = folio("v7.0")
    change_prot_numa(found.engine, found.t1, found.vma, HUGE_BASE, HUGE_BASE + HUGE)

    found.read(found.t2)

    pfns = [
        found.hooks.pte_pfn(found.t1.mm.tables.slot(HUGE_BASE + at * PAGE).load())
        for at in range(NR)
    ]
    assert pfns == list(range(pfns[0], pfns[0] + NR))
    assert found.engine.frames.nid(pfns[0]) == 1
    vmstat = found.built.vmstat
    assert (vmstat.numa_pages_migrated, vmstat.pgmigrate_success) == (NR, NR)
    assert found.built.lost_stores(found.t1.mm) == ()


class Reads:
    """An observer that takes down which slots are read."""

    def __init__(self):
        """Start without any."""
        self.slots = set()

    @hookimpl(wrapper=True)
    def ptep_get(self, ptep):
        """Take one down."""
        self.slots.add(ptep.address)
        return (yield)


@pytest.mark.parametrize("rebuild", Rebuild)
def test_settling_a_folio_stays_within_its_table_and_vma(rebuild):
    """S11, B47: after mremap the folio's first pages would lie before the page table."""
    reads = Reads()
    profile = evolve(PROFILES["v7.0"], rebuild=rebuild)
    found = folio(profile, observers=(reads,))
    to = HUGE_BASE + 8 * HUGE
    mremap(found.engine, found.t1, HUGE_BASE + 4 * PAGE, HUGE_BASE + 12 * PAGE, to)
    moved, rest = found.t1.mm.vmas.find(to), found.t1.mm.vmas.find(HUGE_BASE)
    for vma in found.t1.mm.vmas:
        change_prot_numa(found.engine, found.t1, vma, vma.vm_start, vma.vm_end)
    reads.slots.clear()

    found.read(address=to)

    first = found.t1.mm.tables.slot(to).address
    width = found.built.target.geometry.width // 8
    outside = {slot for slot in reads.slots if not first <= slot < first + 8 * width}
    assert bool(outside) is (rebuild is Rebuild.FOLIO)
    assert hints(found, moved) == [False] * 8
    assert hints(found, rest) == [True] * 4


def hugetlb(engine):
    """Return a stage with a second VMA of two hugetlb pages."""
    found = stage(engine)
    start = HUGE_BASE + 16 * HUGE
    vma = found.t1.mm.mmap(start, start + 2 * HUGE, RW, hugetlb=True)
    found.built.store(found.t1, start, 5)
    return found, vma, start


@pytest.mark.parametrize("engine", ENGINES)
def test_hugetlb_pages_are_never_hinted(engine):
    """P3: the scanner passes them by, and who asks all the same changes nothing."""
    found, vma, start = hugetlb(engine)
    pmd = found.t1.mm.tables.pmd(start).load()
    found.built.run_on(found.t1, 1)

    assert change_prot_numa(found.engine, found.t1, vma, start, vma.vm_end) == 0
    found.t1.mm.first_nid = -1
    task_numa_work(found.engine, found.t1, 0, ScanSettings(size=1 << 30))

    assert found.t1.mm.tables.pmd(start).load() == pmd


@pytest.mark.parametrize("engine", ENGINES)
def test_hugetlb_pages_obey_mprotect_and_fork(engine):
    """Their own road leads to the same rights and the same isolation."""
    found, vma, start = hugetlb(engine)
    built = found.built

    changed = mprotect(found.engine, found.t1, start, vma.vm_end, VM_READ)
    refused = built.store(found.t1, start, 6)
    mprotect(found.engine, found.t1, start, vma.vm_end, RW)
    child = built.fork(found.t1, cpu=1, pid=9)
    built.store(child, start, 7)

    assert (changed, refused) == (NR, Outcome.SIGSEGV)
    assert (built.load(found.t1, start), built.load(child, start)) == (5, 7)
    assert built.store(found.t1, start, 8) is None


def test_hugetlb_takes_whole_pages():
    """A mapping that is no multiple is refused."""
    found = stage("v6.1")

    with pytest.raises(MachineError, match="hugetlb"):
        found.t1.mm.mmap(BASE, BASE + PAGE, RW, hugetlb=True)
