"""get_user_pages: when a hint has to be settled first, and what a pin keeps in place."""

from __future__ import annotations

import pytest
from attrs import evolve
from bench_machine import BASE, PAGE, entry, process
from huge_machine import BASE as HUGE_BASE
from huge_machine import HUGE, LOSES_WRITE, NR, stage
from turns import Turns, before

from archcore.hw.seam import Step
from archcore.machine import Machine
from archcore.mm.fault import Outcome
from archcore.mm.gup import Foll, can_follow, get_user_pages, get_user_pages_fast, put_user_page
from archcore.mm.knobs import GupRule
from archcore.mm.profile import PROFILES
from archcore.mm.protect import change_prot_numa
from archcore.mm.syscalls import mprotect
from archcore.vmflags import VM_NONE, VM_READ, VM_WRITE

ENGINES = sorted(PROFILES)
ASKED, FORCED, NONE = Foll.HONOR_NUMA_FAULT, Foll.FORCE, Foll.NONE
FOLLOWED = {
    GupRule.FOLLOWS: {NONE, ASKED, FORCED, ASKED | FORCED},
    GupRule.FOLL_NUMA: {NONE, FORCED},
    GupRule.NOT_FORCED: {FORCED, ASKED | FORCED},
    GupRule.HONORED: {NONE, FORCED},
}


@pytest.mark.parametrize("rule", GupRule)
@pytest.mark.parametrize("flags", [NONE, ASKED, FORCED, ASKED | FORCED])
def test_which_hints_are_followed(rule, flags):
    """B46: flag x hinted x accessible, rule by rule, as the kernels' functions have it."""
    assert can_follow(rule, flags, hinted=False, accessible=True)
    assert can_follow(rule, flags, hinted=True, accessible=True) is (flags in FOLLOWED[rule])
    closed = can_follow(rule, flags, hinted=True, accessible=False)
    assert closed is (rule is GupRule.HONORED or flags in FOLLOWED[rule])


def armed(engine, **options):
    """Return a process with a hinted, written page on node 0, and its task on node 1."""
    built, task, vma = process(engine, **options)
    built.task(task.mm, pid=2)
    built.store(task, BASE, 1)
    built.run_on(task, 1)
    change_prot_numa(built.engine, task, vma, BASE, BASE + PAGE)
    return built, task, vma


@pytest.mark.parametrize(
    ("engine", "flags", "settled"),
    [
        ("v3.8", NONE, True),
        ("v3.8", FORCED, False),
        ("v6.1", NONE, True),
        ("v6.1", FORCED, False),
        ("v7.0", ASKED, True),
        ("v7.0", NONE, False),
    ],
)
def test_a_hint_is_settled_before_its_page_is_taken(engine, flags, settled):
    """A caller that honours hints counts a hint fault; one that does not leaves the hint alone."""
    built, task, vma = armed(engine)

    pfn = get_user_pages(built.engine, task, BASE, flags)

    assert built.engine.hooks.pte_pfn(entry(built, vma)) == pfn
    assert built.vmstat.numa_hint_faults == settled
    assert bool(built.engine.hooks.pte_numa(vma, entry(built, vma))) is not settled


@pytest.mark.parametrize("engine", ENGINES)
def test_force_reads_what_is_genuinely_inaccessible(engine):
    """B42: FOLL_FORCE in a PROT_NONE VMA returns the page, moves nothing and does not loop."""
    built, task, vma = process(engine)
    built.task(task.mm, pid=2)
    built.store(task, BASE, 1)
    pfn = built.engine.hooks.pte_pfn(entry(built, vma))
    mprotect(built.engine, task, BASE, BASE + PAGE, VM_NONE)
    built.run_on(task, 1)

    assert get_user_pages(built.engine, task, BASE, FORCED) == pfn
    assert get_user_pages(built.engine, task, BASE, NONE) is Outcome.SIGSEGV
    assert built.vmstat.numa_hint_faults == 0


@pytest.mark.parametrize("engine", ["v6.1", "v7.0"])
def test_force_writes_to_a_read_only_private_page_through_a_copy(engine):
    """A debugger's store to shared, read-only memory gets a page of the process's own."""
    built, task, vma = process(engine)
    built.store(task, BASE, 1)
    built.fork(task, pid=9)
    shared = built.engine.hooks.pte_pfn(entry(built, vma))
    mprotect(built.engine, task, BASE, BASE + PAGE, VM_READ)

    pfn = get_user_pages(built.engine, task, BASE, Foll.WRITE | FORCED)

    assert pfn not in (shared, Outcome.RETRY)
    assert not built.engine.hooks.pte_write(entry(built, vma))


@pytest.mark.parametrize("engine", ["v6.1", "v7.0"])
def test_a_pinned_page_is_neither_hinted_nor_moved(engine):
    """B43: who else uses a private page would not follow it to another frame."""
    built, task, vma = process(engine)
    built.task(task.mm, pid=2)
    pfn = get_user_pages(built.engine, task, BASE, Foll.WRITE | Foll.PIN)
    built.run_on(task, 1)

    assert change_prot_numa(built.engine, task, vma, BASE, BASE + PAGE) == 0
    built.store(task, BASE, 5)

    assert built.engine.memory.load(pfn * PAGE, 64) == 5
    put_user_page(built.engine, pfn, Foll.WRITE | Foll.PIN)
    assert change_prot_numa(built.engine, task, vma, BASE, BASE + PAGE) == 1


@pytest.mark.parametrize("target", ["keeps", "loses"])
def test_a_pinned_huge_page_that_cannot_move_keeps_its_frame(target):
    """B44: hint, failed migration, store: what a device sees is what the process stores."""
    options = {} if target == "keeps" else {"target": LOSES_WRITE}
    found = stage("v6.1", **options)
    pfn = get_user_pages(found.engine, found.t1, HUGE_BASE, Foll.WRITE | Foll.PIN)
    found.built.run_on(found.t1, 1)
    change_prot_numa(found.engine, found.t1, found.vma, HUGE_BASE, HUGE_BASE + HUGE)
    assert found.hinted

    found.built.store(found.t1, HUGE_BASE, 6)

    assert found.engine.memory.load(pfn * PAGE, 64) == 6
    assert found.built.vmstat.pgmigrate_fail == NR


@pytest.mark.parametrize("follows", [False, True])
def test_a_walk_without_locks_takes_no_hinted_huge_page(follows):
    """B12: a page that is copied under its hint must not gain a user meanwhile."""
    turns = Turns()
    profile = evolve(PROFILES["v3.8"], gup_fast_follows=follows, reads_emptied=False)
    found = stage(profile, seam=turns)
    built = found.built
    built.store(found.t1, HUGE_BASE, 1)
    found.engine.frames.last_nid[found.hooks.pmd_pfn(found.pmd)] = 1
    found.arm()
    got = []

    turns.tell(
        [("T2", before(Step.COPY)), ("device", None), ("T2", None)],
        T2=lambda: found.read(found.t2),
        device=lambda: got.append(
            get_user_pages_fast(found.engine, found.t1, HUGE_BASE, Foll.PIN | ASKED)
        ),
    )

    assert (got == [found.hooks.pmd_pfn(found.pmd)]) is not follows


@pytest.mark.parametrize("rechecks", [True, False])
def test_a_walk_without_locks_looks_twice(rechecks):
    """S8: read, armed and moved by others, then the reference: it must be the new frame's."""
    turns = Turns()
    profile = evolve(PROFILES["v6.1"], gup_rechecks=rechecks)
    built = Machine(LOSES_WRITE, profile, frames_per_node=1 << 8, seam=turns)
    mm = built.mm()
    vma = mm.mmap(HUGE_BASE, HUGE_BASE + HUGE, VM_READ | VM_WRITE)
    t1, t2 = built.task(mm), built.task(mm, cpu=1, pid=2)
    built.store(t1, HUGE_BASE, 1)
    old = built.engine.hooks.pte_pfn(mm.tables.slot(HUGE_BASE).load())
    keeper = built.engine.frames.get(old)
    got = []

    def move():
        built.engine.frames.put(old)
        change_prot_numa(built.engine, t2, vma, HUGE_BASE, HUGE_BASE + HUGE)
        built.load(t2, HUGE_BASE)
        built.engine.frames.allocate(0)

    turns.tell(
        [("gup", before(Step.GRAB)), ("mover", None), ("gup", None)],
        gup=lambda: got.append(get_user_pages_fast(built.engine, t1, HUGE_BASE, Foll.PIN)),
        mover=move,
    )

    assert keeper is None
    assert built.vmstat.numa_pages_migrated == 1
    now = built.engine.hooks.pte_pfn(mm.tables.slot(HUGE_BASE).load())
    assert (got == [now]) is rechecks
