"""Architectures that flush while they store, and what becomes of stores that nobody hears of."""

from __future__ import annotations

import pytest
from attrs import evolve
from sound import SOUND

from archcore.entry import layer
from archcore.hookspecs import hookimpl
from archcore.needs import ALL_STORIES, WITHIN_STORES, Call, Ending, needs

STORIES = [story for story in ALL_STORIES if story.name in {"hint", "protected", "thrown-away"}]
WITHIN = Call(WITHIN_STORES)


class Eager:
    """Whatever takes an entry out takes it out of the TLBs, too."""

    @hookimpl
    def ptep_get_and_clear(self, mm, addr, ptep):
        """Empty the slot and flush."""
        word = ptep.load()
        ptep.clear()
        for cpu in mm.cpus:
            cpu.tlb.invalidate_page(addr >> mm.geometry.page_shift)
        return word

    @hookimpl
    def ptep_modify_prot_start(self, vma, addr, ptep):
        """Empty the slot and flush."""
        return self.ptep_get_and_clear(vma.vm_mm, addr, ptep)

    @hookimpl
    def modify_prot_start_ptes(self, vma, addr, ptep, nr):
        """Empty the slots and flush."""
        words = ptep.load_many(nr)
        ptep.stored(nr)[:] = ptep.empty
        first = addr >> vma.vm_mm.geometry.page_shift
        for cpu in vma.vm_mm.cpus:
            cpu.tlb.invalidate_range(first, first + nr - 1)
        return words


class NoFlushes:
    """Nothing is left to flush afterwards."""

    @hookimpl
    def flush_tlb_page(self):
        """Do nothing."""

    @hookimpl
    def flush_tlb_range(self):
        """Do nothing."""


def shown(*parts):
    """Return what the sound architecture needs with these parts more."""
    target = evolve(SOUND, architecture=layer(SOUND.architecture, *parts))
    return needs(target, stories=STORIES, by_reason=False)


@pytest.fixture(scope="module")
def eager():
    """Return what an architecture needs that flushes while it stores, and only then."""
    return shown(Eager(), NoFlushes())


def test_a_flush_within_stores_takes_the_place_of_the_others(eager):
    """All is clean with it, and the flushes of generic code are for nothing."""
    assert eager.enough
    assert not eager.needed("flush_tlb_range")
    assert eager.needed(WITHIN_STORES)


def test_without_it_a_hint_does_not_fault(eager):
    """The store is made, and a TLB still lets the next reference through."""
    ends = {story.name: told.ending for story, told in eager.without[WITHIN].items()}
    assert ends["hint"] is Ending.STALE_RIGHT
    assert ends["protected"] is Ending.STALE_RIGHT
    assert set(ends) == {"hint", "protected", "thrown-away"}


def test_one_that_is_done_again_is_not_needed():
    """It is heard, and the call that follows does the same."""
    both = shown(Eager())
    assert both.without[WITHIN] == {}


def test_plain_stores_are_not_heard():
    """Most architectures flush nothing there, so nothing is left out."""
    assert WITHIN not in shown().without
