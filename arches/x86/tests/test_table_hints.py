"""Tables that are hints: Linux 3.8 to 3.12 made such, and helpers knew of them until 3.19."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcore.binding import bind
from archcore.hw.mmu import Access
from archcore.machine import Machine
from archcore.mm.generic import GENERIC
from archcore.mm.mremap import mremap
from archcore.mm.outcome import Outcome
from archcore.mm.protect import change_prot_numa
from archcore.mm.syscalls import mprotect
from archcore.races import SCENARIOS, explore
from archcore.registry import installed
from archcore.replay.scalar import replay
from archcore.replay.settings import Settings
from archcore.specimens import VmaView
from archcore.trace.record import Op, Trace
from archcore.trace.schedule import Schedule
from archcore.vmflags import VM_NONE, VM_READ, VM_WRITE

CAN = ("x86-2012-06", "x86-v3.8", "x86-v3.16")
RW = VM_READ | VM_WRITE
BASE, PAGE = 1 << 30, 1 << 12


def test_eras_say_whether_a_table_can_be_a_hint():
    """pmd_bad let such pass until 21d9ee3eda77 (Linux 4.0), and the patch of 2012-10 had none."""
    ours = [one.id for one in installed() if one.arch == "x86"]

    assert {one for one in ours if _hooks(one).pmd_hints_tables()} == set(CAN)


def _hooks(target_id):
    return bind(installed().get(target_id), GENERIC)


@pytest.mark.parametrize("target_id", CAN)
@given(pfn=st.integers(1, (1 << 34) - 1))
def test_a_hinted_table_is_a_table_to_the_kernel_and_nothing_to_the_hardware(target_id, pfn):
    """Present, not bad, no huge page, at the same address; and it comes back as it was."""
    target, hooks = installed().get(target_id), _hooks(target_id)
    vma, level = VmaView(RW, hooks.vm_get_page_prot(RW)), target.geometry.level("pmd")
    table = hooks.pxd_populate("pmd", pfn << 12)

    hint = hooks.pmd_mknuma(vma, table)

    assert hooks.pmd_numa(vma, hint)
    assert not hooks.pmd_numa(vma, table)
    assert hooks.pmd_present(hint)
    assert not any((hooks.pmd_bad(hint), hooks.pmd_none(hint), hooks.pmd_trans_huge(hint)))
    assert hooks.pxd_page_paddr("pmd", hint) == pfn << 12
    assert not target.mmu.format.valid(level, hint)
    assert hooks.pmd_mknonnuma(vma, hint) == table


def test_the_bits_are_those_of_linux_3_8():
    """_PAGE_TABLE without PRESENT, with bit 8 (arch/x86/include/asm/pgtable_types.h)."""
    hooks = _hooks("x86-v3.8")
    vma = VmaView(RW, hooks.vm_get_page_prot(RW))

    assert hooks.pmd_mknuma(vma, 0x12345067) == 0x12345166


@pytest.mark.parametrize("thp", [False, True])
@pytest.mark.parametrize("target_id", CAN)
def test_one_fault_settles_a_whole_table(target_id, thp):
    """Of 512 pages on another node, with huge pages or without; then stores go through."""
    built = Machine(installed().get(target_id), "v3.8", frames_per_node=1 << 12, thp=thp)
    mm = built.mm()
    start = BASE + PAGE  # no huge page fits
    vma = mm.mmap(start, BASE + 512 * PAGE, RW)
    near, far = built.task(mm, 0, 1), built.task(mm, 1, 2)
    for address in range(start, vma.vm_end, PAGE):
        built.store(near, address, address)
        pfn = built.engine.hooks.pte_pfn(mm.tables.slot(address).load())
        built.engine.frames.last_nid[pfn] = 1
    assert change_prot_numa(built.engine, near, vma, start, vma.vm_end) == 511
    before = built.vmstat.pgfault

    for address in range(start, vma.vm_end, PAGE):
        assert built.touch(far, address, Access.WRITE) is None

    assert built.vmstat.pgfault == before + 1
    assert (built.vmstat.numa_hint_faults, built.vmstat.numa_pages_migrated) == (511, 511)
    assert built.lost_stores(mm) == ()


def test_a_page_without_rights_becomes_present_if_a_neighbour_is_settled():
    """3.8 encodes both alike and asks only the VMA that faulted; USER stays clear, so nobody sees.

    The page may even move: it counts as a hint fault (see B42).
    """
    built = Machine(installed().get("x86-v3.8"), "v3.8", frames_per_node=1 << 12)
    mm, hooks = built.mm(), built.engine.hooks
    vma = mm.mmap(BASE, BASE + 4 * PAGE, RW)
    task = built.task(mm, 0, 1)
    for page in range(4):
        built.store(task, BASE + page * PAGE, page + 1)
    mprotect(built.engine, task, BASE + 2 * PAGE, BASE + 4 * PAGE, VM_NONE)
    change_prot_numa(built.engine, task, vma, BASE, BASE + 2 * PAGE)
    assert hooks.pte_numa(vma, mm.tables.slot(BASE + 3 * PAGE).load())

    built.load(task, BASE)

    assert built.vmstat.numa_hint_faults == 4
    assert not hooks.pte_numa(vma, mm.tables.slot(BASE + 3 * PAGE).load())
    assert built.touch(task, BASE + 3 * PAGE, Access.READ) is Outcome.SIGSEGV
    mprotect(built.engine, task, BASE + 2 * PAGE, BASE + 4 * PAGE, RW)
    assert built.load(task, BASE + 3 * PAGE) == 4


def test_pages_move_into_a_table_that_is_a_hint():
    """An mremap goes through at both ends; the pages cost one fault for their new table."""
    built = Machine(installed().get("x86-v3.8"), "v3.8", frames_per_node=1 << 12)
    mm = built.mm()
    to = BASE + (1 << 21)
    for start in (BASE, to):
        vma = mm.mmap(start, start + 4 * PAGE, RW)
        task = built.task(mm, 0, 1)
        built.store(task, start, 7)
        change_prot_numa(built.engine, task, vma, start, vma.vm_end)

    mremap(built.engine, task, BASE, BASE + 4 * PAGE, to + 4 * PAGE)

    before = built.vmstat.pgfault
    assert [built.load(task, at) for at in (to, to + 4 * PAGE)] == [7, 7]
    assert built.vmstat.pgfault == before + 1


@pytest.mark.slow
@pytest.mark.parametrize("name", ["S12", "S12b"])
def test_nothing_goes_wrong_while_a_table_is_settled(name):
    """Under the engine of Linux 3.8, in its own encoding."""
    result = explore(SCENARIOS[name], installed().get("x86-v3.8"), "v3.8")

    assert result.interleavings > 20
    assert any("hinted table" in one.ending.state for one in result.outcomes)
    assert result.troubles == frozenset()


@pytest.mark.parametrize("thp", [False, True])
def test_replays_arm_alike_by_entry_and_by_array_and_folded_or_not(thp):
    """Of Linux 3.8, with tables that are hinted: every counter, cost and TLB figure."""
    # 3.8 scans no VMA below the size of a huge page; here one fits between two tables.
    pages = np.arange(128, 1150, 7, dtype=np.uint64)
    rounds = np.tile(pages << np.uint64(12), 100)
    trace = Trace(
        vaddr=rounds,
        size=np.full(len(rounds), 8, np.uint32),
        op=np.full(len(rounds), Op.WRITE, np.uint8),
        tid=np.zeros(len(rounds), np.uint32),
        origin="made for a test",
    )
    results = [
        replay(
            installed().get("x86-v3.8"),
            trace,
            Settings(
                engine="v3.8",
                scan_period=300,
                schedule=Schedule.parse("0:30%,1:70%"),
                arrays=arrays,
                fold=fold,
                thp=thp,
            ),
        )
        for arrays, fold in ((False, False), (True, False), (True, True))
    ]

    assert results[0] == results[1] == results[2]
    counters = results[0].counters
    assert counters["numa_pages_migrated"] >= (60 if thp else len(pages))
    assert thp or counters["pgfault"] - len(pages) < counters["numa_hint_faults"] // 10
