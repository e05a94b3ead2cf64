"""Kernel helpers that take a pointer to an entry, as functions of the entry that they find.

Rows 8, 10 and 12 of mm/debug_vm_pgtable.c of Linux 6.1 for every level, and law (g).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archcore.conformance.capability import LEAVES
from archcore.conformance.declare import law
from archcore.conformance.terms import alike, every, maps_alike, opens_alike, says_alike
from archcore.hw.mmu import Access
from archcore.words import both, implies, negate, same

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archcore.conformance.mapping import Mapping
    from archcore.conformance.subject import Subject
    from archcore.words.types import Truth, Word

DEBUG = "mm/debug_vm_pgtable.c, Linux 6.1"
AFTER = ":after"


@law("set-wrprotect-leaves-no-write", LEAVES, source=DEBUG)
def set_wrprotect_leaves_no_write(on: Subject, made: Word) -> Truth:
    """What set_wrprotect leaves behind may be written through by nobody."""
    left = _pointed(on, "set_wrprotect")(made)
    return both(negate(on.own.write(left)), negate(on.hw_allows(left, Access.WRITE)))


@law("access-flags-give-what-is-asked", LEAVES, source=DEBUG)
def access_flags_give_what_is_asked(on: Subject, vma: Mapping, made: Word) -> Truth:
    """For a store set_access_flags leaves an entry as used, dirty and writable as was asked."""
    given = []
    for wanted, dirty in _requests(on, vma, made):
        left = _pointed(on, "set_access_flags", AFTER)(made, wanted, dirty)
        asked = (getattr(on.own, one) for one in ("young", "dirty", "write"))
        given += [implies(one(wanted), one(left)) for one in asked if dirty]
    return every(given)


@law("access-flags-take-nothing", LEAVES)
def access_flags_take_nothing(on: Subject, vma: Mapping, made: Word) -> Truth:
    """What set_access_flags leaves behind has lost neither a right, a mark nor its frame."""
    kept = []
    for wanted, dirty in _requests(on, vma, made):
        left = _pointed(on, "set_access_flags", AFTER)(made, wanted, dirty)
        marks = (getattr(on.own, one) for one in ("young", "dirty", "write"))
        kept += [implies(one(made), one(left)) for one in marks]
        kept += [implies(on.hw_allows(made, x), on.hw_allows(left, x)) for x in Access]
        kept.append(same(on.own.pfn(left), on.own.pfn(made)))
    return every(kept)


@law("access-flags-say-what-changed", LEAVES)
def access_flags_say_what_changed(on: Subject, vma: Mapping, made: Word) -> Truth:
    """set_access_flags says that the entry changed exactly where another one was asked for."""
    asked = _pointed(on, "set_access_flags")
    requests = (*_requests(on, vma, made), (made, True))
    return every(
        alike(asked(made, wanted, dirty), negate(on.own.same(made, wanted)))
        for wanted, dirty in requests
    )


@law("test-and-clear-young-clears", LEAVES, source=DEBUG)
def test_and_clear_young_clears(on: Subject, made: Word) -> Truth:
    """test_and_clear_young says whether the page was used, and leaves it unused and else alike."""
    said = _pointed(on, "test_and_clear_young")(made)
    left = _pointed(on, "test_and_clear_young", AFTER)(made)
    spared = both(says_alike(on, made, left, "young"), maps_alike(on, made, left))
    cleared = both(negate(on.own.young(left)), negate(on.hw_accessed(left)))
    return every((alike(said, on.own.young(made)), cleared, spared, opens_alike(on, made, left)))


def _pointed(on: Subject, helper: str, what: str = "") -> Callable[..., Any]:
    """Return what a pointer helper of the level gives, or what it leaves behind."""
    function: Callable[..., Any] = getattr(on.own, f"{on.name}p_{helper}{what}")
    return function


def _requests(on: Subject, vma: Mapping, made: Word) -> Iterator[tuple[Word, bool]]:
    """Yield what faults ask for: the page used; used and dirty; and writable, if the VMA is."""
    young = on.own.mkyoung(made)
    dirty = on.own.mkdirty(young)
    yield young, False
    yield dirty, True
    if vma.writable:
        yield on.own.mkwrite(dirty, vma), True
