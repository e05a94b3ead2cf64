"""Slots handled as the kernel handles them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from changed_toy import ENTRY, TARGET, otherwise

from archcore.conformance.place import PAGES, process
from archcore.conformance.subject import subject
from archcore.errors import MachineError
from archcore.hookspecs import hookimpl
from archcore.hw.mmu import Access
from archcore.hw.outcome import Fault
from archcore.mm.generic import Stores
from archcore.words import put

ON = subject(TARGET, "pte")


def _writable(on):
    return next(one for one in on.mappings if one.grants_write)


def _page(on, vma, frame=7):
    return on.own.mkyoung(on.own.pfn_entry(frame, vma.vm_page_prot))


def test_places_are_neighbours_in_one_table():
    """A VMA's slots lie side by side, and each VMA has its own."""
    run = process(ON)
    first, second = run.places(_writable(ON)), run.places(_writable(ON))
    steps = {b.slot.address - a.slot.address for a, b in pairwise(first)}
    assert steps == {ON.width // 8}
    assert len(first) == PAGES
    assert not {one.slot.address for one in first} & {one.slot.address for one in second}


def test_a_walk_reaches_what_was_put():
    """The hardware goes to the frame of the entry, until it is cleared."""
    place = process(ON).places(_writable(ON))[0]
    place.put(_page(ON, place.mapping))
    assert place.walk(Access.READ)[-1].verdict.physical == 7 << TARGET.geometry.page_shift
    assert place.clear() == _page(ON, place.mapping)
    assert isinstance(place.walk(Access.READ)[-1].verdict, Fault)


def test_a_change_is_seen_by_the_next_reference():
    """A transaction ends with a flush, so that no TLB keeps the old entry."""
    run = process(ON)
    place = run.places(_writable(ON))[0]
    place.put(_page(ON, place.mapping))
    assert run.tasks[0].cpu.touch(place.address, Access.WRITE) is None
    place.change(ON.own.wrprotect)
    assert run.tasks[0].cpu.touch(place.address, Access.WRITE) is not None


class Fussy(Stores):
    """Stores that refuse a plain store over an entry, as a hash table makes some kernels do."""

    @hookimpl
    def set_pte_at(self, ptep, pte):
        """Store into an empty slot only."""
        if ptep.load():
            msg = "there is an entry"
            raise MachineError(msg)
        ptep.store(pte)


def test_no_plain_store_goes_over_an_entry():
    """Put empties the slot before, and a transaction does, too."""
    on = subject(otherwise(Fussy()), "pte")
    place = process(on).places(_writable(on))[0]
    for frame in (7, 8):
        place.put(_page(on, place.mapping, frame))
    place.change(lambda old: put(old, ENTRY["SPECIAL"]))
    assert on.own.pfn(place.load()) == 8
    with pytest.raises(MachineError, match="there is an entry"):
        place.process.hooks.set_pte_at(place.process.mm, place.address, place.slot, 1)
