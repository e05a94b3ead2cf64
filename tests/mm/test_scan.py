"""The scanner: when it runs, how far it gets, where it goes on."""

from __future__ import annotations

import pytest
from bench_machine import BASE, PAGE, process

from archcore.errors import UsageError
from archcore.hw.mmu import Access
from archcore.mm.scan import ScanSettings, task_numa_work

HUGE = 1 << 22


def touched(engine, pages):
    """Return a process with two threads that wrote every page."""
    built, task, vma = process(engine, pages=pages)
    built.task(task.mm, cpu=0, pid=9)
    for page in range(pages):
        built.touch(task, BASE + page * PAGE, Access.WRITE)
    return built, task, vma


def test_a_scan_waits_for_its_period():
    """Nothing is armed again before a period has passed."""
    built, task, _ = touched("v6.1", 4)
    settings = ScanSettings(period=100, size=1 << 20)

    assert task_numa_work(built.engine, task, 0, settings) == 4
    built.touch(task, BASE, Access.WRITE)
    assert task_numa_work(built.engine, task, 99, settings) == 0
    assert task_numa_work(built.engine, task, 100, settings) == 1


def test_a_scan_waits_for_its_delay():
    """The first scan of an mm comes after the delay."""
    built, task, _ = touched("v6.1", 4)
    settings = ScanSettings(period=100, size=1 << 20, delay=50)

    assert task_numa_work(built.engine, task, 0, settings) == 0
    assert task_numa_work(built.engine, task, 50, settings) == 4


def test_a_scan_stops_at_its_size_and_goes_on_at_its_offset():
    """Each scan covers its size, rounded up to what an upper entry maps, and then wraps."""
    pages = 2 * HUGE // PAGE
    built, task, vma = process("v6.1", pages=pages)
    built.task(task.mm, cpu=0, pid=9)
    for page in range(0, pages, 64):
        built.touch(task, BASE + page * PAGE, Access.WRITE)
    settings = ScanSettings(period=1, size=PAGE)

    first = task_numa_work(built.engine, task, 0, settings)
    offset = task.mm.numa_scan_offset
    second = task_numa_work(built.engine, task, 1, settings)

    assert offset == -(-(BASE + PAGE) // HUGE) * HUGE
    assert (first, second) == (HUGE // PAGE // 64, HUGE // PAGE // 64)
    assert task.mm.numa_scan_offset == vma.vm_end


def test_reaching_the_end_starts_the_next_sequence():
    """numa_scan_seq counts completed passes."""
    built, task, _ = touched("v6.1", 4)

    task_numa_work(built.engine, task, 0, ScanSettings(period=1, size=1 << 24))

    assert task.mm.numa_scan_offset == 0
    assert task.mm.numa_scan_seq == 1


def test_3_8_scans_only_once_a_task_has_left_the_first_node():
    """The first-node gate: memory of a task that never moved is never hinted."""
    built, task, _vma = touched("v3.8", HUGE // PAGE)
    settings = ScanSettings(period=1, size=1 << 24)

    assert task_numa_work(built.engine, task, 0, settings) == 0
    built.run_on(task, 1)
    assert task_numa_work(built.engine, task, 1, settings) == HUGE // PAGE


def test_3_8_passes_over_vmas_smaller_than_a_huge_page():
    """VMAs below HPAGE_SIZE are skipped in 3.8 and scanned in 6.1."""
    for engine, armed in (("v3.8", 0), ("v6.1", 8)):
        built, task, _ = touched(engine, 8)
        task_numa_work(built.engine, task, 0, ScanSettings())
        built.run_on(task, 1)

        assert task_numa_work(built.engine, task, 10**6, ScanSettings()) in (armed, 0), engine


@pytest.mark.parametrize("field", ["period", "size"])
def test_a_scan_needs_a_positive_period_and_size(field):
    """A scanner that never rests, or never does anything, is a usage error."""
    with pytest.raises(UsageError, match=field):
        ScanSettings(**{field: 0})
