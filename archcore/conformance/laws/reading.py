"""Entries in themselves: empty, the same, present; and what protections make of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.conformance.capability import ADVANCE, LEAVES
from archcore.conformance.declare import law
from archcore.conformance.made import fresh
from archcore.conformance.terms import advances, alike, every, says_alike
from archcore.hookspecs import LEVELS
from archcore.hw.mmu import Access
from archcore.vmflags import VM_EXEC, VM_READ, VM_WRITE
from archcore.words import both, has_none, implies, negate, same

if TYPE_CHECKING:
    from archcore.conformance.mapping import Mapping
    from archcore.conformance.subject import Subject
    from archcore.words.types import Truth, Word

LOWEST = LEVELS[:1]
DEBUG = "mm/debug_vm_pgtable.c, Linux 6.1"


@law("same-is-reflexive", LEAVES, source=DEBUG)
def same_is_reflexive(on: Subject, entry: Word) -> Truth:
    """Every word is the same as itself."""
    return on.own.same(entry, entry)


@law("same-tells-apart", LEAVES)
def same_tells_apart(on: Subject, made: Word, other_made: Word) -> Truth:
    """Two entries that are the same say the same of their pages."""
    return implies(on.own.same(made, other_made), says_alike(on, made, other_made))


@law("nothing-is-none", LEAVES, source=DEBUG)
def nothing_is_none(on: Subject, vma: Mapping) -> Truth:
    """What a fresh table is full of is none: no page, no hint, and nothing to the hardware."""
    empty = on.level.empty
    seen = [on.own.present(empty), on.hw_valid(empty)]
    if on.offers("numa"):
        seen.append(on.own.numa(vma, empty))
    return both(on.own.none(empty), every(negate(one) for one in seen))


@law("page-is-not-none", LEAVES)
def page_is_not_none(on: Subject, made: Word) -> Truth:
    """An entry that maps a page is not empty."""
    return negate(on.own.none(made))


@law("page-is-present", LEAVES)
def page_is_present(on: Subject, made: Word) -> Truth:
    """An entry that maps a page is present."""
    return on.own.present(made)


@law("frame-round-trip", LEAVES)
def frame_round_trip(on: Subject, kind: Mapping, frame: Word) -> Truth:
    """A fresh entry names the frame that it was made of, whatever the VMA allows."""
    return same(on.own.pfn(fresh(on, frame, kind.vm_page_prot)), frame)


@law("page-uses-named-bits", LEAVES)
def page_uses_named_bits(on: Subject, made: Word) -> Truth:
    """An entry sets no bit that its layout has no name for."""
    return has_none(made, ~on.level.layout.mask(*on.level.layout.masks))


@law("page-has-rights-of-vma", LEAVES)
def page_has_rights_of_vma(on: Subject, kind: Mapping, frame: Word) -> Truth:
    """A used page lets user mode do what its VMA allows, and stores only where they are shared."""
    used = on.own.mkyoung(fresh(on, frame, kind.vm_page_prot))
    read, write, execute = (on.hw_allows(used, one) for one in Access)
    readable = read if kind.vm_flags & on.target.reads & (VM_READ | VM_WRITE) else True
    fetches = alike(execute, bool(kind.vm_flags & VM_EXEC))
    return both(both(readable, fetches), alike(write, kind.grants_write))


@law("mkwrite-opens-to-stores", LEAVES)
def mkwrite_opens_to_stores(on: Subject, vma: Mapping, made: Word) -> Truth:
    """In a VMA that may be written, stores go through once write permission is granted."""
    if not vma.writable:
        return True
    return on.hw_allows(on.own.mkwrite(made, vma), Access.WRITE)


@law("wrprotect-closes-to-stores", LEAVES)
def wrprotect_closes_to_stores(on: Subject, made: Word) -> Truth:
    """No store goes through once write permission is taken away."""
    return negate(on.hw_allows(on.own.wrprotect(made), Access.WRITE))


@law("advance-moves-the-frame", LEAVES, ADVANCE)
def advance_moves_the_frame(on: Subject, low_made: Word, step: int) -> Truth:
    """Advancing an entry by whole pages of its level names a later frame and says the same else."""
    pages = on.pages * step
    return advances(on, low_made, on.own.advance_pfn(low_made, pages), pages)
