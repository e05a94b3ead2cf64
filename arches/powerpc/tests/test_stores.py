"""Slots and the hash table behind them: arming, disarming, and stores that would leave an HPTE."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
from attrs import evolve

from archcore.entry import layer
from archcore.errors import MachineError
from archcore.hookspecs import hookimpl
from archcore.hw.mmu import Access
from archcore.machine import Machine
from archcore.mm.protect import change_prot_numa
from archcore.replay.scalar import replay
from archcore.replay.settings import Settings
from archcore.trace.record import Op, Trace
from archcore.vmflags import VM_READ, VM_WRITE
from archcore_powerpc.targets import TARGETS

HASHED = [target for target in TARGETS if "hash" in target.id]
RADIX = [target for target in TARGETS if "radix" in target.id]
BASE, PAGES = 1 << 40, 24
each_hash = pytest.mark.parametrize("target", HASHED, ids=lambda target: target.id)
each_radix = pytest.mark.parametrize("target", RADIX, ids=lambda target: target.id)
both_ways = pytest.mark.parametrize("arrays", [True, False], ids=["arrays", "singly"])


def _machine(target, *, arrays=True, engine=None):
    """Return a machine in which two CPUs have used every page of a mapping, one after the other."""
    machine = Machine(target, engine or target.engine, frames_per_node=1 << 12, arrays=arrays)
    mm = machine.mm()
    page = target.geometry.page_size
    vma = mm.mmap(BASE, BASE + PAGES * page, VM_READ | VM_WRITE)
    tasks = [machine.task(mm, cpu=cpu, pid=cpu + 1) for cpu in (0, 1)]
    made = SimpleNamespace(
        machine=machine, mm=mm, vma=vma, tasks=tasks, hooks=machine.engine.hooks, page=page
    )
    for task in tasks:
        for at in range(PAGES):
            assert machine.touch(task, BASE + at * page, Access.WRITE) is None
    made.slots = [mm.tables.slot(BASE + at * page) for at in range(PAGES)]
    return made


def _arm(made):
    return change_prot_numa(made.machine.engine, made.tasks[0], made.vma, BASE, made.vma.vm_end)


def _held(made, at):
    page = made.vma.vm_start // made.page + at
    return [cpu.tlb.lookup(page) is not None for cpu in made.machine.cpus]


def _hashpte(target):
    layout = target.geometry.level("pte").layout
    return layout["HPTE_SUB" if "HPTE_SUB" in layout.masks else "HASHPTE"].value


@each_hash
def test_using_a_page_says_that_it_is_hashed(target):
    """Every page that a CPU may use without a miss has HASHPTE in its entry."""
    made = _machine(target)
    assert all(slot.load() & _hashpte(target) for slot in made.slots)
    assert all(_held(made, at)[1] for at in range(PAGES))


@each_hash
@both_ways
def test_arming_leaves_no_page_in_the_hash_table(target, arrays):
    """A hinted page is out of the hash table and its entry does not claim the opposite."""
    made = _machine(target, arrays=arrays)
    assert _arm(made) == PAGES
    assert not any(slot.load() & _hashpte(target) for slot in made.slots)
    assert not any(any(_held(made, at)) for at in range(PAGES))
    assert all(made.hooks.pte_numa(made.vma, slot.load()) for slot in made.slots)


@each_hash
def test_a_hint_fault_brings_the_page_back(target):
    """The next reference disarms the hint, and the page goes into the hash table again."""
    made = _machine(target)
    _arm(made)
    for at in range(PAGES):
        assert made.machine.touch(made.tasks[1], BASE + at * made.page, Access.READ) is None
    assert all(slot.load() & _hashpte(target) for slot in made.slots)
    assert made.machine.vmstat.numa_hint_faults == PAGES


@each_hash
def test_flushing_a_tlb_is_not_what_takes_a_page_out(target):
    """flush_tlb_page and flush_tlb_range do nothing: pte_update has done it by then."""
    made = _machine(target)
    made.hooks.flush_tlb_range(made.vma, BASE, made.vma.vm_end, None)
    made.hooks.flush_tlb_page(made.vma, BASE, None)
    assert _held(made, 0)[1]


@each_hash
def test_a_plain_store_over_a_live_entry_is_refused(target):
    """set_pte_at names the entry and the address at which an HPTE would stay behind."""
    made = _machine(target)
    live = made.slots[0].load()
    hint = made.hooks.pte_mknuma(made.vma, live)
    with pytest.raises(MachineError, match=rf"live entry {live:#018x} at {BASE:#x}"):
        made.hooks.set_pte_at(made.mm, BASE, made.slots[0], hint)
    assert made.slots[0].load() == live


class _PlainArming:
    """The scanner of Linux 3.13: it stores the hint over the live entry, in no transaction."""

    @hookimpl
    def ptep_modify_prot_start(self, ptep):
        """Read the entry and leave it."""
        return ptep.load()

    @hookimpl
    def modify_prot_start_ptes(self, ptep, nr):
        """Read the entries and leave them."""
        return ptep.load_many(nr)


class _SilentArming(_PlainArming):
    """One that does not even say so, but writes to the slot itself."""

    @hookimpl
    def ptep_modify_prot_commit(self, ptep, pte):
        """Store the entry."""
        ptep.store(pte)

    @hookimpl
    def modify_prot_commit_ptes(self, ptep, pte):
        """Store the entries."""
        ptep.store_many(pte)


def _mutant(target, plain):
    """Return the target with the stores of ``plain`` over its own."""
    return evolve(target, encoding=layer(target.encoding, plain))


@each_hash
@both_ways
def test_an_engine_that_arms_by_plain_stores_is_caught(target, arrays):
    """The mutant of "mm: Use ptep/pmdp_set_numa() for updating _PAGE_NUMA bit" fails at once."""
    made = _machine(_mutant(target, _PlainArming()), arrays=arrays)
    with pytest.raises(MachineError, match="over the live entry"):
        _arm(made)


@each_hash
@both_ways
def test_an_engine_that_bypasses_the_hooks_is_caught_later(target, arrays):
    """A page that nobody took out is found in the hash table by the next store to its slot."""
    made = _machine(_mutant(target, _SilentArming()), arrays=arrays)
    _arm(made)
    hint = made.slots[0].load()
    with pytest.raises(MachineError, match=f"still has the page at {BASE:#x}"):
        made.hooks.set_pte_at(made.mm, BASE, made.slots[0], hint)


@each_hash
def test_another_address_space_is_none_of_its_business(target):
    """A CPU that runs another mm may well hold a page at the same address."""
    made = _machine(target)
    other = made.machine.mm()
    other.mmap(BASE, BASE + made.page, VM_READ | VM_WRITE)
    task = made.machine.task(other, cpu=1, pid=9)
    assert made.machine.touch(task, BASE, Access.WRITE) is None
    old = made.hooks.ptep_get_and_clear(made.mm, BASE, made.slots[0])
    assert made.machine.touch(task, BASE, Access.WRITE) is None
    made.hooks.set_pte_at(made.mm, BASE, made.slots[0], old)
    assert made.hooks.pte_same(made.slots[0].load(), old)


@each_hash
def test_flags_are_raised_without_taking_the_page_out(target):
    """ptep_set_access_flags only adds, so the page stays hashed, and says if nothing changed."""
    made = _machine(target)
    entry, slot = made.slots[0].load(), made.slots[0]
    raise_to = partial(made.hooks.ptep_set_access_flags, made.vma, BASE, slot)
    assert not raise_to(made.hooks.pte_mkold(entry) | made.hooks.pte_mkyoung(0), 0)
    slot.store(made.hooks.pte_mkclean(made.hooks.pte_wrprotect(entry)))
    assert raise_to(entry, 1)
    assert made.hooks.pte_same(slot.load(), entry)
    assert _held(made, 0)[1]


@each_radix
@both_ways
def test_radix_closes_an_entry_for_the_time_of_a_change(target, arrays):
    """In a transaction the walker finds nothing; since Linux 5.0 the kernel still sees a page."""
    made = _machine(target, arrays=arrays)
    hooks, slot, old = made.hooks, made.slots[0], made.slots[0].load()
    if arrays:
        started = hooks.modify_prot_start_ptes(made.vma, BASE, slot, 1).tolist()
    else:
        started = [hooks.ptep_modify_prot_start(made.vma, BASE, slot)]
    assert started == [old]
    level = target.geometry.level("pte")
    assert not target.mmu.format.valid(level, slot.load())
    assert hooks.pte_present(slot.load()) == (not target.id.endswith("v4.12"))


@each_radix
def test_a_stored_entry_is_a_leaf(target):
    """set_pte_at adds PTE, which Linux 4.12 leaves to it."""
    made = _machine(target)
    slot = made.slots[0]
    made.hooks.set_pte_at(made.mm, BASE, slot, slot.load() & ~(1 << 62))
    assert target.mmu.format.valid(target.geometry.level("pte"), slot.load())


def _trace(page, pages):
    """Return loads and stores of one thread that come back to each page."""
    at = np.arange(4 * pages)
    return Trace(
        vaddr=(BASE + at * 7 % pages * page).astype(np.uint64),
        size=np.full(len(at), 8, np.uint32),
        op=np.where(at % 3 == 0, Op.READ, Op.WRITE).astype(np.uint8),
        tid=np.zeros(len(at), np.uint32),
        origin="made for a test",
    )


def _replayed(target, engine, pages):
    trace = _trace(target.geometry.page_size, pages)
    singly, arrays = (
        replay(target, trace, Settings(engine=engine, scan_period=2 * pages, arrays=arrays))
        for arrays in (False, True)
    )
    assert (singly.counters, singly.tlb) == (arrays.counters, arrays.tlb)
    return arrays.counters


@pytest.mark.parametrize("engine", ["seed", "v6.1"])
def test_a_replay_breaks_no_rule(target, engine):
    """These engines never store over a live entry, whole tables at once or entry by entry."""
    assert _replayed(target, engine, 30)["numa_hint_faults"] > 0


@pytest.mark.parametrize("name", ["hash-4k-v3.14", "hash-64k-v3.14"], indirect=True)
def test_a_replay_under_the_engine_of_its_time_breaks_no_rule(target):
    """Nor does that of Linux 3.8, which passes over mappings smaller than a huge page."""
    pages = target.geometry.level("pmd").size // target.geometry.page_size
    assert _replayed(target, "v3.8", pages + 1)["numa_pte_updates"] > 0
