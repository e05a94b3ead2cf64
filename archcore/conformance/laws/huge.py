"""Huge pages: leaves among tables, closed for a moment, and split into small ones.

Rows 7, 14 and 28 to 30 of mm/debug_vm_pgtable.c of Linux 6.1, law (n), and tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.conformance.capability import (
    HINTS,
    HUGE,
    INVALIDATION,
    LEAVES,
    TRANS_HUGE,
    UPPER,
)
from archcore.conformance.declare import law
from archcore.conformance.made import fresh
from archcore.conformance.premises import TABLE
from archcore.conformance.subject import subject
from archcore.conformance.terms import PREDICATES, alike, every, shut
from archcore.hookspecs import LEVELS
from archcore.hw.mmu import Access
from archcore.words import both, either, negate, put, same, where

if TYPE_CHECKING:
    from archcore.conformance.mapping import Mapping
    from archcore.conformance.subject import Subject
    from archcore.words.types import Truth, Word

DEBUG = "mm/debug_vm_pgtable.c, Linux 6.1"
PMD = LEVELS[1:2]
OF_PAGES = tuple(one for one in PREDICATES if one not in ("leaf", "trans_huge"))


@law("huge-is-leaf", LEAVES, HUGE, source=DEBUG)
def huge_is_leaf(on: Subject, made: Word) -> Truth:
    """A huge page is a leaf to the kernel and to the hardware, and bad as a table."""
    return every((on.own.leaf(made), on.hw_leaf(made), on.own.bad(made)))


@law("huge-is-trans-huge", LEAVES, TRANS_HUGE, source=DEBUG)
def huge_is_trans_huge(on: Subject, made: Word) -> Truth:
    """A huge page is a transparent huge page."""
    return on.own.trans_huge(made)


@law("invalid-is-shut", LEAVES, INVALIDATION)
def invalid_is_shut(on: Subject, made: Word) -> Truth:
    """An entry closed for a moment is refused by the hardware."""
    return shut(on, on.own.mkinvalid(made))


@law("invalid-is-not-none", LEAVES, INVALIDATION, source="5a6dac3ec5f5")
def invalid_is_not_none(on: Subject, vma: Mapping, made: Word) -> Truth:
    """An entry closed for a moment never looks empty, hinted or not."""
    closed = negate(on.own.none(on.own.mkinvalid(made)))
    if not on.offers("mknuma"):
        return closed
    return both(closed, negate(on.own.none(on.own.mkinvalid(on.own.mknuma(vma, made)))))


@law("invalid-is-no-hint", LEAVES, INVALIDATION, HINTS)
def invalid_is_no_hint(on: Subject, vma: Mapping, made: Word) -> Truth:
    """An entry closed for a moment is not taken for a hint."""
    return negate(on.own.numa(vma, on.own.mkinvalid(made)))


@law("invalid-keeps-frame", LEAVES, INVALIDATION)
def invalid_keeps_frame(on: Subject, made: Word) -> Truth:
    """An entry closed for a moment keeps its frame and its marks."""
    closed = on.own.mkinvalid(made)
    kept = ("dirty", "young", "write", "soft_dirty", "uffd_wp")
    asked = (getattr(on.own, one) for one in kept if on.offers(one))
    said = every(alike(one(made), one(closed)) for one in asked)
    return both(same(on.own.pfn(closed), on.own.pfn(made)), said)


@law("invalid-hint-is-no-hint", LEAVES, INVALIDATION, HINTS, levels=PMD, source="67f87463d3a3")
def invalid_hint_is_no_hint(on: Subject, vma: Mapping, made: Word) -> Truth:
    """A hint that is closed for a moment is not taken for one, so that nobody disarms it."""
    return negate(on.own.numa(vma, on.own.mkinvalid(on.own.mknuma(vma, made))))


@law(
    "invalid-is-present",
    *(LEAVES, INVALIDATION),
    levels=PMD,
    kernels=("v5.9", None),
    source="b65399f6111b",
    leaves_open="before, both answers were shipped: 5bb1cc0ff9a6 wanted it not to be present",
)
def invalid_is_present(on: Subject, vma: Mapping, made: Word) -> Truth:
    """An entry closed for a moment is present to the kernel, hinted or not."""
    closed = on.own.present(on.own.mkinvalid(made))
    if not on.offers("mknuma"):
        return closed
    return both(closed, on.own.present(on.own.mkinvalid(on.own.mknuma(vma, made))))


@law("invalid-is-trans-huge", LEAVES, INVALIDATION, TRANS_HUGE, levels=PMD, source=DEBUG)
def invalid_is_trans_huge(on: Subject, made: Word) -> Truth:
    """A huge page closed for a moment is still one."""
    closed = on.own.mkinvalid(made)
    return both(on.own.trans_huge(closed), on.own.leaf(closed))


@law("split-hint-keeps-frame", LEAVES, INVALIDATION, HINTS, source="67f87463d3a3")
def split_hint_keeps_frame(on: Subject, vma: Mapping, made: Word) -> Truth:
    """A hint that is closed for a moment, as a split does, still names its frame and dirtiness."""
    closed = on.own.mkinvalid(on.own.mknuma(vma, made))
    dirty = alike(on.own.dirty(closed), on.own.dirty(made))
    return every((same(on.own.pfn(closed), on.own.pfn(made)), dirty, shut(on, closed)))


@law("split-equals-small-pages", LEAVES, HUGE, levels=PMD)
def split_equals_small_pages(on: Subject, vma: Mapping, made: Word) -> Truth:
    """Small entries made of a huge one map the same memory with the same rights and marks."""
    small = subject(on.target, LEVELS[0])
    places = (0, 1, on.pages // 2, on.pages - 1)
    return every(_part(on, small, vma, made, at) for at in places)


def _part(on: Subject, small: Subject, vma: Mapping, huge: Word, at: int) -> Truth:
    """Say whether the page at a place in a huge page is mapped alike by a small entry."""
    entry = fresh(small, put(on.own.pfn(huge), at), vma.vm_page_prot)
    for asked, sets, clears in (("dirty", "mkdirty", "mkclean"), ("young", "mkyoung", "mkold")):
        marks, plain = getattr(small.own, sets)(entry), getattr(small.own, clears)(entry)
        entry = where(getattr(on.own, asked)(huge), marks, plain)
    writable = where(on.own.write(huge), small.own.mkwrite(entry, vma), small.own.wrprotect(entry))
    entry = entry if vma.grants_write else writable
    for name in ("soft_dirty", "uffd_wp"):
        if on.offers(name) and small.offers(name):
            marked, plain = getattr(small.own, f"mk{name}"), getattr(small.own, f"clear_{name}")
            entry = where(getattr(on.own, name)(huge), marked(entry), plain(entry))
    both_ask = (one for one in OF_PAGES if on.offers(one) and small.offers(one))
    said = every(alike(getattr(on.own, x)(huge), getattr(small.own, x)(entry)) for x in both_ask)
    rights = every(alike(on.hw_allows(huge, x), small.hw_allows(entry, x)) for x in Access)
    offset = at << on.target.geometry.page_shift
    return every((said, rights, same(small.hw_address(entry), put(on.hw_address(huge), offset))))


# -- tables ---------------------------------------------------------------------------------------


@law("table-round-trip", UPPER, given=TABLE)
def table_round_trip(on: Subject, table: Word) -> Truth:
    """An entry that points to a table leads kernel and hardware to that table."""
    entry = on.hooks.pxd_populate(on.name, table)
    led = same(on.hooks.pxd_page_paddr(on.name, entry), table)
    return both(led, same(on.hw_address(entry), table))


@law("table-is-walked", UPPER, given=TABLE)
def table_is_walked(on: Subject, table: Word) -> Truth:
    """The hardware walks on through an entry that points to a table, whatever the access."""
    entry = on.hooks.pxd_populate(on.name, table)
    form = on.target.mmu.format
    through = every(form.allows(on.level, entry, one) for one in Access)
    stops = either(form.leaf(on.level, entry), form.reserved(on.level, entry))
    return every((on.hw_valid(entry), through, negate(stops)))


@law("table-is-present", UPPER, HUGE, given=TABLE)
def table_is_present(on: Subject, table: Word) -> Truth:
    """An entry that points to a table is present."""
    return on.own.present(on.hooks.pxd_populate(on.name, table))


@law("table-is-not-bad", UPPER, HUGE, given=TABLE, source=DEBUG)
def table_is_not_bad(on: Subject, table: Word) -> Truth:
    """An entry that points to a table is neither bad, empty nor a huge page."""
    entry = on.hooks.pxd_populate(on.name, table)
    own = on.own
    return every(negate(one(entry)) for one in (own.bad, own.none, own.leaf, own.trans_huge))
