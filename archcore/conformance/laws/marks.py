"""Marks of an entry: what a maker sets is there, what it clears is gone, the rest stays.

Rows 1 and 3 to 6 of mm/debug_vm_pgtable.c of Linux 6.1, and 20, 22, 23 with their twins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import frozen

from archcore.conformance.capability import DEVMAP, LEAVES, SOFT_DIRTY, SPECIAL, UFFD_WP
from archcore.conformance.declare import FIRST, law
from archcore.conformance.law import Law
from archcore.conformance.terms import (
    alike,
    differs_within,
    every,
    maps_alike,
    opens_alike,
    says_alike,
)
from archcore.hw.mmu import Access
from archcore.words import both, implies, negate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.conformance.capability import Capability
    from archcore.conformance.mapping import Mapping
    from archcore.conformance.subject import Subject
    from archcore.words import Mask
    from archcore.words.types import Truth, Word

MEMORY_DUMP = "mm/debug_vm_pgtable.c, Linux 6.1"


@frozen
class Mark:
    """Something an entry can say: ``asked`` reads it, ``sets`` and ``clears`` change it.

    ``carries`` are predicates that may change with it, ``rights`` those of the hardware.
    """

    asked: str
    sets: str
    clears: str | None
    needs: tuple[Capability, ...] = ()
    carries: tuple[str, ...] = ()
    rights: tuple[Access, ...] = ()

    def touched(self, on: Subject) -> Mask:
        """Return the bits by which the mark and what it carries are known, to either side."""
        mask = on.reads(self.asked, *(one for one in self.carries if on.offers(one)))
        if self.asked == "young":
            mask |= on.hw_reads(on.hw_accessed)
        if "dirty" in (self.asked, *self.carries):
            mask |= on.hw_reads(on.hw_dirty)
        if self.rights:
            mask |= on.hw_reads(*(lambda e, one=one: on.hw_allows(e, one) for one in Access))
        return mask


WRITING = (Access.READ, Access.WRITE)  # what may be written may be read
MARKS = (
    Mark("young", "mkyoung", "mkold"),
    Mark("dirty", "mkdirty", "mkclean", carries=("soft_dirty",)),
    Mark("write", "mkwrite", "wrprotect", carries=("dirty",), rights=WRITING),
    Mark("special", "mkspecial", None, (SPECIAL,)),
    Mark("devmap", "mkdevmap", None, (DEVMAP,), carries=("special", "leaf", "trans_huge")),
    Mark("soft_dirty", "mksoft_dirty", "clear_soft_dirty", (SOFT_DIRTY,)),
    Mark("uffd_wp", "mkuffd_wp", "clear_uffd_wp", (UFFD_WP,), ("write", "dirty"), rights=WRITING),
)


def apply(on: Subject, maker: str, vma: Mapping, entry: Word) -> Word:
    """Return what a maker makes of an entry."""
    function: Any = getattr(on.own, maker)
    return function(entry, vma) if maker == "mkwrite" else function(entry)


def _sets(mark: Mark) -> Law:
    def holds(on: Subject, vma: Mapping, made: Word) -> Truth:
        return getattr(on.own, mark.asked)(apply(on, mark.sets, vma, made))

    sentence = f"{mark.sets} leaves an entry of which {mark.asked} is true."
    return _law(f"{mark.sets}-sets", sentence, holds, mark)


def _clears(mark: Mark) -> Law:
    def holds(on: Subject, vma: Mapping, made: Word) -> Truth:
        before = apply(on, mark.sets, vma, made)
        after = apply(on, str(mark.clears), vma, before)
        return negate(getattr(on.own, mark.asked)(after))

    sentence = f"{mark.clears} leaves an entry of which {mark.asked} is false."
    return _law(f"{mark.clears}-clears", sentence, holds, mark)


def _spares(mark: Mark, maker: str) -> Law:
    def holds(on: Subject, vma: Mapping, made: Word) -> Truth:
        # soft-dirty follows dirty, but nothing makes it go away with it
        after = apply(on, maker, vma, made)
        return every(
            (
                says_alike(on, made, after, mark.asked, *mark.carries),
                maps_alike(on, made, after),
                opens_alike(on, made, after, mark.rights),
                differs_within(made, after, mark.touched(on)),
            )
        )

    sentence = f"{maker} changes nothing but {mark.asked}, nor what it carries with it."
    return _law(f"{maker}-spares-the-rest", sentence, holds, mark)


def _law(name: str, sentence: str, holds: Any, mark: Mark) -> Law:  # noqa: ANN401 - a body
    name = name.replace("_", "-")
    return Law(name, FIRST, sentence, holds, None, (LEAVES, *mark.needs), source=MEMORY_DUMP)


def _laws() -> Iterator[Law]:
    for mark in MARKS:
        yield _sets(mark)
        if mark.clears is not None:
            yield _clears(mark)
        for maker in (mark.sets, mark.clears):
            if maker is not None:
                yield _spares(mark, maker)


OF_MARKS = tuple(_laws())


@law("fresh-is-clean", LEAVES, source=MEMORY_DUMP)
def fresh_is_clean(on: Subject, kind: Mapping, frame: Word) -> Truth:
    """A fresh entry that is write-protected is not dirty, whatever the VMA."""
    from archcore.conformance.made import fresh

    return negate(on.own.dirty(on.own.wrprotect(fresh(on, frame, kind.vm_page_prot))))


@law("fresh-is-unmarked", LEAVES)
def fresh_is_unmarked(on: Subject, kind: Mapping, frame: Word) -> Truth:
    """A fresh entry has none of the marks that software gives, whatever the VMA."""
    from archcore.conformance.made import fresh

    entry = fresh(on, frame, kind.vm_page_prot)
    marks = (one for one in ("special", "devmap", "soft_dirty", "uffd_wp") if on.offers(one))
    return every(negate(getattr(on.own, one)(entry)) for one in marks)


@law("dirty-survives-wrprotect", LEAVES, source=MEMORY_DUMP)
def dirty_survives_wrprotect(on: Subject, made: Word) -> Truth:
    """Taking write permission away neither loses nor makes dirtiness."""
    protected = on.own.wrprotect(on.own.mkdirty(made))
    clean = on.own.wrprotect(on.own.mkclean(made))
    kept = alike(on.own.dirty(on.own.wrprotect(made)), on.own.dirty(made))
    return every((on.own.dirty(protected), negate(on.own.dirty(clean)), kept))


@law("dirty-survives-mkwrite", LEAVES, source="mm/debug_vm_pgtable.c, Linux 7.0")
def dirty_survives_mkwrite(on: Subject, vma: Mapping, made: Word) -> Truth:
    """Giving write permission neither loses nor makes dirtiness."""
    own = on.own
    dirty = own.mkwrite(own.mkdirty(own.wrprotect(made)), vma)
    clean = own.mkwrite(own.mkclean(own.wrprotect(made)), vma)
    kept = alike(own.dirty(own.mkwrite(made, vma)), own.dirty(made))
    return every((own.dirty(dirty), negate(own.dirty(clean)), kept))


@law("dirty-and-writable-is-hardware-dirty", LEAVES, source="143937ca51cc, cb974263ba15")
def dirty_and_writable_is_hardware_dirty(on: Subject, vma: Mapping, made: Word) -> Truth:
    """A dirty page that may be written is dirty to the hardware: its next store takes no fault."""
    if not on.target.mmu.sets_dirty or not vma.writable:
        return True
    own = on.own
    last, first = own.mkdirty(own.mkwrite(made, vma)), own.mkwrite(own.mkdirty(made), vma)
    return both(on.hw_dirty(last), on.hw_dirty(first))


@law("write-survives-mkdirty", LEAVES, source="mm/debug_vm_pgtable.c, Linux 7.0")
def write_survives_mkdirty(on: Subject, vma: Mapping, made: Word) -> Truth:
    """Marking a writable entry dirty leaves it writable."""
    return on.own.write(on.own.mkdirty(on.own.mkwrite(made, vma)))


@law(
    "dirty-is-soft-dirty", LEAVES, SOFT_DIRTY, source="Documentation/admin-guide/mm/soft-dirty.rst"
)
def dirty_is_soft_dirty(on: Subject, made: Word) -> Truth:
    """Marking an entry dirty marks it soft-dirty, and marking it clean does not take that back."""
    soft = on.own.soft_dirty(on.own.mkdirty(on.own.clear_soft_dirty(made)))
    kept = implies(on.own.soft_dirty(made), on.own.soft_dirty(on.own.mkclean(made)))
    return both(soft, kept)
