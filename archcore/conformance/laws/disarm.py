"""The NUMA hint afterwards: armed again, changed while it stands, and disarmed.

Laws (a), (f) and (j) that mm/debug_vm_pgtable.c lacks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.conformance.capability import ADVANCE, HINTS, LEAVES, SAVEDWRITE
from archcore.conformance.declare import law
from archcore.conformance.terms import (
    advances,
    every,
    opens_alike,
    says_alike,
    settled,
    shut,
)
from archcore.encoding import Write
from archcore.hw.mmu import Access
from archcore.words import both, either, negate, same, where

if TYPE_CHECKING:
    from archcore.conformance.mapping import Mapping
    from archcore.conformance.subject import Subject
    from archcore.words.types import Truth, Word


@law("arming-twice-is-once", LEAVES, HINTS)
def arming_twice_is_once(on: Subject, vma: Mapping, made: Word) -> Truth:
    """Arming a hint changes nothing."""
    hint = on.own.mknuma(vma, made)
    return on.own.same(on.own.mknuma(vma, hint), hint)


@law("disarming-twice-is-once", LEAVES, HINTS)
def disarming_twice_is_once(on: Subject, vma: Mapping, made: Word) -> Truth:
    """Disarming what was disarmed changes nothing."""
    back = on.own.mknonnuma(vma, on.own.mknuma(vma, made))
    return on.own.same(on.own.mknonnuma(vma, back), back)


@law("disarmed-is-no-hint", LEAVES, HINTS)
def disarmed_is_no_hint(on: Subject, vma: Mapping, made: Word) -> Truth:
    """A disarmed entry is present and no hint any more."""
    back = on.own.mknonnuma(vma, on.own.mknuma(vma, made))
    return both(on.own.present(back), negate(on.own.numa(vma, back)))


@law("disarming-inverts-arming", LEAVES, HINTS)
def disarming_inverts_arming(on: Subject, vma: Mapping, made: Word) -> Truth:
    """Disarming gives back the very entry, marked used."""
    back = on.own.mknonnuma(vma, on.own.mknuma(vma, made))
    rebuilt = on.own.mkyoung(back)
    if on.write_policy is Write.LOST:
        # the engine asks again whether the page may be written, and grants it so
        rebuilt = where(on.own.write(made), on.own.mkwrite(rebuilt, vma), rebuilt)
    return on.own.same(settled(on, rebuilt), settled(on, on.own.mkyoung(made)))


@law("disarmed-has-rights-again", LEAVES, HINTS)
def disarmed_has_rights_again(on: Subject, vma: Mapping, made: Word) -> Truth:
    """After disarming the hardware lets user mode read and fetch as before."""
    back = on.own.mknonnuma(vma, on.own.mknuma(vma, made))
    return opens_alike(on, back, on.own.mkyoung(made), but=(Access.WRITE,))


@law("mprotect-forgets-the-hint", LEAVES, HINTS, source="1667918b")
def mprotect_forgets_the_hint(on: Subject, vma: Mapping, made: Word, mapping: Mapping) -> Truth:
    """Changing the protection of a hint is the same as changing that of the page."""
    hint = on.own.modify(on.own.mknuma(vma, made), mapping.vm_page_prot)
    plain = on.own.modify(made, mapping.vm_page_prot)
    return on.own.same(on.own.mkyoung(hint), on.own.mkyoung(plain))


@law("hint-survives-stray-flags", LEAVES, HINTS, source="00839ee3b299")
def hint_survives_stray_flags(on: Subject, vma: Mapping, made: Word) -> Truth:
    """A hint whose accessed and dirty flags the hardware set late is still that hint."""
    hint = on.own.mknuma(vma, made)
    return every(
        every((on.own.numa(vma, noisy), shut(on, noisy), same(on.own.pfn(noisy), on.own.pfn(made))))
        for noisy in (on.hw_mkaccessed(hint), on.hw_mkdirty(hint))
    )


@law("hint-advances", LEAVES, HINTS, ADVANCE, source="syzbot, September 2023")
def hint_advances(on: Subject, vma: Mapping, low_made: Word, step: int) -> Truth:
    """A hint can be moved on to a later frame, and stays a hint."""
    hint, pages = on.own.mknuma(vma, low_made), on.pages * step
    later = on.own.advance_pfn(hint, pages)
    return both(on.own.numa(vma, later), advances(on, hint, later, pages))


@law("marks-leave-a-hint-shut", LEAVES, HINTS)
def marks_leave_a_hint_shut(on: Subject, vma: Mapping, made: Word) -> Truth:
    """Marking a hint used or written leaves it a hint that the hardware refuses."""
    hint = on.own.mknuma(vma, made)
    own = on.own
    marked = (own.mkyoung(hint), own.mkold(hint), own.mkdirty(hint), own.mkclean(hint))
    return every(both(own.numa(vma, one), shut(on, one)) for one in marked)


@law("marks-of-a-hint-come-back", LEAVES, HINTS)
def marks_of_a_hint_come_back(on: Subject, vma: Mapping, made: Word) -> Truth:
    """What a hint is marked, written or not, the entry is when it comes back."""
    hint = on.own.mknuma(vma, made)
    dirty = on.own.mknonnuma(vma, on.own.mkdirty(hint))
    clean = on.own.mknonnuma(vma, on.own.mkclean(hint))
    return both(on.own.dirty(dirty), negate(on.own.dirty(clean)))


@law("wrprotect-reaches-a-hint", LEAVES, HINTS, source="Handle protnone ptes on fork, 2017")
def wrprotect_reaches_a_hint(on: Subject, vma: Mapping, made: Word) -> Truth:
    """A hint that was write-protected, as fork does, does not come back writable."""
    shared = on.own.wrprotect(on.own.mknuma(vma, made))
    back = on.own.mknonnuma(vma, shared)
    return either(vma.grants_write, both(negate(on.own.write(shared)), negate(on.own.write(back))))


@law("savedwrite-round-trip", LEAVES, HINTS, SAVEDWRITE, kernels=(None, "v6.1"))
def savedwrite_round_trip(on: Subject, made: Word, none: Mapping) -> Truth:
    """A closed entry remembers write permission when told to, forgets it when told to, no more."""
    closed = on.own.modify(made, none.vm_page_prot)
    saved = on.own.mk_savedwrite(on.own.clear_savedwrite(closed))
    forgot = on.own.clear_savedwrite(on.own.mk_savedwrite(closed))
    said = both(on.own.savedwrite(saved), negate(on.own.savedwrite(forgot)))
    spared = (both(shut(on, one), says_alike(on, closed, one, "write")) for one in (saved, forgot))
    return both(said, every(spared))
