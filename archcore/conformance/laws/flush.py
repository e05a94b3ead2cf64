"""What a TLB may still hold, and which change owes it a flush: laws (h) and (i)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.conformance.capability import ACCESSIBLE, HINTS, LEAVES, NEEDS_FLUSH
from archcore.conformance.declare import law
from archcore.conformance.laws.swap import swapped
from archcore.conformance.premises import OPEN, WHOLE
from archcore.conformance.terms import every
from archcore.hw.mmu import Access
from archcore.words import both, either, implies, negate, same

if TYPE_CHECKING:
    from archcore.conformance.mapping import Mapping
    from archcore.conformance.subject import Subject
    from archcore.words.types import Truth, Word


@law("lost-rights-owe-a-flush", LEAVES, NEEDS_FLUSH, given=WHOLE)
def lost_rights_owe_a_flush(on: Subject, entry: Word, other: Word) -> Truth:
    """Whatever entry replaces an open one, a right less or another page owes a flush."""
    lost: Truth = False
    for access in Access:
        gone = both(on.hw_allows(entry, access), negate(on.hw_allows(other, access)))
        lost = either(lost, gone)
    moved = negate(same(on.hw_address(entry), on.hw_address(other)))
    return implies(either(lost, moved), on.own.needs_flush(entry, other))


@law("forgotten-stores-owe-a-flush", LEAVES, NEEDS_FLUSH, given=WHOLE)
def forgotten_stores_owe_a_flush(on: Subject, entry: Word, other: Word) -> Truth:
    """An entry that the hardware no longer takes for written owes a flush: it would not say so."""
    if not on.target.mmu.sets_dirty:
        return True
    cleaned = both(on.hw_dirty(entry), negate(on.hw_dirty(other)))
    return implies(both(cleaned, on.hw_opens(other)), on.own.needs_flush(entry, other))


@law("arming-owes-a-flush", LEAVES, HINTS, NEEDS_FLUSH)
def arming_owes_a_flush(on: Subject, vma: Mapping, made: Word) -> Truth:
    """Arming an open entry owes a flush, or the next access would not fault."""
    hint = on.own.mknuma(vma, made)
    return implies(on.hw_opens(made), on.own.needs_flush(made, hint))


@law("same-entry-owes-no-flush", LEAVES, NEEDS_FLUSH)
def same_entry_owes_no_flush(on: Subject, made: Word) -> Truth:
    """An entry that is stored again as it was owes no flush."""
    return negate(on.own.needs_flush(made, made))


@law("mkyoung-owes-no-flush", LEAVES, NEEDS_FLUSH)
def mkyoung_owes_no_flush(on: Subject, made: Word) -> Truth:
    """Marking a page used owes no flush: what a TLB holds of it is still right."""
    return negate(on.own.needs_flush(made, on.own.mkyoung(made)))


@law("disarming-owes-no-flush", LEAVES, HINTS, NEEDS_FLUSH)
def disarming_owes_no_flush(on: Subject, vma: Mapping, made: Word) -> Truth:
    """Disarming a hint owes no flush: no TLB holds an entry that refuses everything."""
    hint = on.own.mknuma(vma, made)
    return negate(on.own.needs_flush(hint, on.own.mknonnuma(vma, hint)))


@law("open-is-accessible", LEAVES, ACCESSIBLE, given=OPEN, source="07509e10dcc7")
def open_is_accessible(on: Subject, entry: Word, pending: bool) -> Truth:  # noqa: FBT001 - a case
    """An entry that the hardware can use may be in a TLB, flush pending or not."""
    return on.own.accessible(entry, pending)


@law("hint-stays-while-pending", LEAVES, HINTS, ACCESSIBLE, source="20841405940e")
def hint_stays_while_pending(on: Subject, vma: Mapping, made: Word) -> Truth:
    """A hint may still be in a TLB as what it was before, as long as a flush is pending."""
    return on.own.accessible(on.own.mknuma(vma, made), True)


@law("none-stays-while-pending", LEAVES, ACCESSIBLE, source="20841405940e")
def none_stays_while_pending(on: Subject, made: Word, none: Mapping) -> Truth:
    """An entry that mprotect closed may still be in a TLB as long as a flush is pending."""
    return on.own.accessible(on.own.modify(made, none.vm_page_prot), True)


@law("absent-is-not-accessible", LEAVES, ACCESSIBLE)
def absent_is_not_accessible(on: Subject, type: Word, offset: Word, pending: bool) -> Truth:  # noqa: A002, FBT001
    """No TLB holds an empty entry or a swapped page, flush pending or not."""
    absent: list[Word] = [on.level.empty]
    if on.offers("swp_entry_to_entry"):
        absent.append(swapped(on, type, offset))
    return every(negate(on.own.accessible(entry, pending)) for entry in absent)


@law("old-needs-no-access", LEAVES, ACCESSIBLE)
def old_needs_no_access(on: Subject, made: Word) -> Truth:
    """Whether a TLB may hold an entry does not depend on its being marked used."""
    old, young = on.own.mkold(made), on.own.mkyoung(made)
    return every((on.own.accessible(old, False), on.own.accessible(young, False)))
