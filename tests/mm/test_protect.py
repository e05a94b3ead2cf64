"""Arming ranges: the same by entry and by array, and honest about what it owes."""

from __future__ import annotations

from bench_machine import BASE, PAGE, entries, process
from hypothesis import given
from hypothesis import strategies as st

from archcore.hw.mmu import Access
from archcore.mm.ledger import Ledger
from archcore.mm.profile import PROFILES
from archcore.mm.protect import change_prot_numa
from archcore.vmflags import VM_READ, VM_SHARED, VM_WRITE

PAGES = 40
STATES = ("none", "read", "written", "moved", "shared", "hinted")


def build(engine, states, *, arrays, flags, threads):
    """Return a process whose pages are in the given states, page by page."""
    ledger = Ledger()
    built, task, vma = process(engine, pages=PAGES, flags=flags, arrays=arrays, observers=(ledger,))
    for other in range(threads - 1):
        built.task(task.mm, cpu=0, pid=2 + other)
    for page, state in enumerate(states):
        put(built, task, vma, page, state)
    return built, task, vma, ledger


def put(built, task, vma, page, state):
    """Bring one page into a state."""
    address = BASE + page * PAGE
    if state == "none":
        return
    built.run_on(task, 1 if state == "moved" else 0)
    built.touch(task, address, Access.READ if state == "read" else Access.WRITE)
    slot = task.mm.tables.slot(address)
    pfn = built.engine.hooks.pte_pfn(slot.load())
    if state == "shared":
        built.engine.frames.refcount[pfn] += 1
        built.engine.frames.mapcount[pfn] += 1
    if state == "hinted":
        slot.store(built.engine.hooks.pte_mknuma(vma, slot.load()))
    built.run_on(task, 0)


@given(
    engine=st.sampled_from(sorted(PROFILES)),
    states=st.lists(st.sampled_from(STATES), min_size=PAGES, max_size=PAGES),
    flags=st.sampled_from([VM_READ | VM_WRITE, VM_READ | VM_WRITE | VM_SHARED]),
    threads=st.integers(1, 2),
    window=st.tuples(st.integers(0, PAGES - 1), st.integers(1, PAGES)),
    node=st.integers(0, 1),
)
def test_arrays_and_single_entries_arm_alike(engine, states, flags, threads, window, node):
    """Tables, counters, costs and maintenance calls are the same, whatever the pages are."""
    start = BASE + window[0] * PAGE
    end = min(start + window[1] * PAGE, BASE + PAGES * PAGE)
    seen = []
    for arrays in (False, True):
        built, task, vma, ledger = build(
            engine, states, arrays=arrays, flags=flags, threads=threads
        )
        built.run_on(task, node)
        changed = change_prot_numa(built.engine, task, vma, start, end)
        costs = built.engine.costs.units
        seen.append((changed, entries(built, vma), built.vmstat, costs, ledger.entries()))

    assert seen[0] == seen[1]


def test_arming_reports_how_many_entries_changed():
    """The count is what numa_pte_updates grows by, in base pages."""
    states = ["written"] * 7 + ["none"] * (PAGES - 7)
    built, task, vma, _ = build("v3.8", states, arrays=True, flags=VM_READ | VM_WRITE, threads=2)

    assert change_prot_numa(built.engine, task, vma, BASE, vma.vm_end) == 7
    assert built.vmstat.numa_pte_updates == 7


def test_arming_twice_changes_nothing_the_second_time():
    """Entries that are hinted already are passed over from 3.8 on."""
    built, task, vma, _ = build(
        "v3.8", ["written"] * PAGES, arrays=True, flags=VM_READ | VM_WRITE, threads=2
    )
    change_prot_numa(built.engine, task, vma, BASE, vma.vm_end)
    before = entries(built, vma)

    assert change_prot_numa(built.engine, task, vma, BASE, vma.vm_end) == 0
    assert entries(built, vma) == before


def test_nothing_armed_means_no_tlb_flush_from_3_8_on():
    """A flush happens iff something changed (B18)."""
    for engine, flushes in (("seed", 1), ("v3.8", 0), ("v6.1", 0)):
        built, task, vma, ledger = build(
            engine, ["none"] * PAGES, arrays=True, flags=VM_READ | VM_WRITE, threads=1
        )
        change_prot_numa(built.engine, task, vma, BASE, vma.vm_end)

        assert ledger.total("flush_tlb") == flushes, engine


def test_the_flush_comes_after_the_entries_and_the_cache_flush_before():
    """Cache flush, entries, TLB flush: the order of Documentation/core-api/cachetlb.rst."""
    from archcore.hookspecs import hookimpl

    order = []

    class Watch:
        @hookimpl(wrapper=True)
        def flush_cache_range(self):
            order.append("cache")
            return (yield)

        @hookimpl(wrapper=True)
        def pte_mknuma(self):
            order.append("entry")
            return (yield)

        @hookimpl(wrapper=True)
        def flush_tlb_range(self):
            order.append("tlb")
            return (yield)

    built, task, vma = process("v6.1", observers=(Watch(),))
    built.touch(task, BASE, Access.WRITE)
    built.run_on(task, 1)
    change_prot_numa(built.engine, task, vma, BASE, vma.vm_end)

    assert order == ["cache", "entry", "tlb"]
    assert task.mm.tlb_flush_pending == 0


def test_a_single_thread_keeps_its_local_pages_unhinted_in_6_1():
    """A private page on the only thread's node cannot be misplaced, so 6.1 passes it over."""
    built, task, vma, _ = build(
        "v6.1", ["written"] * PAGES, arrays=True, flags=VM_READ | VM_WRITE, threads=1
    )

    assert change_prot_numa(built.engine, task, vma, BASE, vma.vm_end) == 0
    built.run_on(task, 1)
    assert change_prot_numa(built.engine, task, vma, BASE, vma.vm_end) == PAGES
