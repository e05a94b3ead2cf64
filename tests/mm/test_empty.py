"""Levels whose empty entry is not 0: tables are born full of it, and slots go back to it."""

from __future__ import annotations

import numpy as np
import pytest
from emptytoy import EMPTY, TARGET, target

from archcore.binding import bind
from archcore.conformance.specimen import specimen
from archcore.conformance.suite import hold, select
from archcore.conformance.verdict import Status
from archcore.decode import State, decode
from archcore.image.batch import CODE
from archcore.image.memory import Extent, PhysicalImage
from archcore.image.walk import Walk
from archcore.machine import Machine
from archcore.mm.profile import PROFILES
from archcore.mm.syscalls import madvise_dontneed
from archcore.vmflags import VM_READ, VM_WRITE

PAGE = TARGET.geometry.page_size
BASE = 0x40_0000
FRAMES = 1 << 12


def process(engine="v6.1", **options):
    """Return a machine, a task and its one VMA of 16 pages."""
    built = Machine(TARGET, engine, frames_per_node=FRAMES, **options)
    mm = built.mm()
    vma = mm.mmap(BASE, BASE + 16 * PAGE, VM_READ | VM_WRITE)
    return built, built.task(mm, cpu=0), vma


def stored(vma):
    """Return the entries of the VMA's table."""
    first = vma.vm_mm.tables.slot(BASE)
    return first.load_many(TARGET.geometry.levels[0].entries).tolist()


def image(built):
    """Return all memory of a machine as an image."""
    data = np.frombuffer(built.memory.read(0, 2 * FRAMES * PAGE), np.uint8)
    return PhysicalImage("machine", data, (Extent(0, len(data), 0),))


def test_a_fresh_table_is_full_of_empty_entries():
    """Entries nobody used hold the empty word of their level, in upper tables too."""
    built, task, vma = process()
    built.store(task, BASE, 7)

    words = stored(vma)
    root = vma.vm_mm.tables.pmd(0).load_many(TARGET.geometry.levels[1].entries).tolist()

    assert set(words[1:]) == {EMPTY["pte"]}
    assert words[0] != EMPTY["pte"]
    assert [word for word in root if word != EMPTY["pmd"]] == [root[BASE >> 22]]


@pytest.mark.parametrize("arrays", [True, False])
@pytest.mark.parametrize("engine", sorted(PROFILES))
def test_a_page_given_up_leaves_an_empty_entry(engine, arrays):
    """An unmapped page's slot is as before, and the next reference finds a page of zeros."""
    built, task, vma = process(engine, arrays=arrays)
    built.store(task, BASE, 7)
    madvise_dontneed(built.engine, task, BASE, BASE + PAGE)

    assert set(stored(vma)) == {EMPTY["pte"]}
    assert built.load(task, BASE) == 0


def test_a_huge_page_split_into_a_table_fills_it_whole():
    """The table that takes a huge page's place has an entry for each of its pages."""
    built, task, vma = process(thp=True)
    huge = TARGET.geometry.levels[1].size
    vma = vma.vm_mm.mmap(8 * huge, 9 * huge, VM_READ | VM_WRITE)
    built.store(task, 8 * huge, 7)
    madvise_dontneed(built.engine, task, 8 * huge + PAGE, 8 * huge + 2 * PAGE)

    words = vma.vm_mm.tables.slot(8 * huge).load_many(TARGET.geometry.levels[0].entries).tolist()

    assert [at for at, word in enumerate(words) if word == EMPTY["pte"]] == [1]
    assert built.load(task, 8 * huge) == 7


def test_a_walk_of_memory_finds_the_pages_and_nothing_else():
    """An image of the machine's memory has one mapping for each page that was touched."""
    built, task, vma = process(zero_page=False)
    for at in (0, 3, 5):
        built.store(task, BASE + at * PAGE, at)

    batches = list(Walk(TARGET, image(built), vma.vm_mm.tables.root))

    assert [va for batch in batches for va in batch.va.tolist()] == [
        BASE + at * PAGE for at in (0, 3, 5)
    ]
    assert {state for batch in batches for state in batch.state.tolist()} == {CODE[State.MAPPED]}


@pytest.mark.parametrize("level", EMPTY)
def test_the_empty_word_is_explained_as_nothing(level):
    """It has no flags, while the word 0 is something to that kernel."""
    hooks = bind(TARGET)
    empty = decode(TARGET, hooks, EMPTY[level], level)
    assert (empty.state, empty.flags) == (State.NONE, ())
    assert decode(TARGET, hooks, 0, level).state is not State.NONE


def test_the_helper_that_empties_a_slot_leaves_the_empty_word():
    """So vectors and recordings know it."""
    left = bind(TARGET).helpers["ptep_get_and_clear:after"]
    assert left(0x500B) == EMPTY["pte"]


def test_specimens_lie_in_tables_full_of_empty_entries():
    """A hardware model and a witness walk tables of which nobody filled the most."""
    built = specimen(TARGET, 1, frames=64, top=4)
    root = [built.memory.load(built.root + at * 4, 32) for at in range(1024)]
    assert root.count(EMPTY["pmd"]) > 900
    assert 0 not in root


def test_every_law_holds():
    """The suite asks nothing of the word 0."""
    results = [one for one in hold(TARGET, select()) if one.status is not Status.PROVED]
    assert {one.status for one in results} == {Status.SAMPLED}


def test_a_level_that_calls_another_word_empty_than_its_kernel_is_caught():
    """A fresh table would be full of entries that are something."""
    wrong = target(pte=0)
    (found,) = hold(wrong, select(("nothing-is-none",), ("pte",)))
    assert found.status is Status.REFUTED
