"""Phrases that laws share: what it means that two entries say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.hw.mmu import Access
from archcore.words import Mask, add_bits, both, either, has_none, negate, same, where, xor
from archcore.words.mask import full

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archcore.conformance.subject import Subject
    from archcore.words.types import Truth, Word

PREDICATES = (
    *("none", "present", "write", "dirty", "young", "special", "devmap"),
    *("soft_dirty", "uffd_wp", "protnone", "leaf", "trans_huge"),
)
"""The kernel's questions about an entry of a page, by helper."""


def alike(a: Truth, b: Truth) -> Truth:
    """Say whether two truths are the same."""
    return either(both(a, b), both(negate(a), negate(b)))


def every(truths: Iterable[Truth]) -> Truth:
    """Say whether all hold; of none, they do."""
    held: Truth = True
    for one in truths:
        held = both(held, one)
    return held


def asked(on: Subject, *but: str) -> tuple[str, ...]:
    """Return the predicates that the target itself implements at the level, without some."""
    return tuple(one for one in PREDICATES if one not in but and on.offers(one))


def says_alike(on: Subject, a: Word, b: Word, *but: str) -> Truth:
    """Say whether every predicate, but for some, answers alike for two entries of one frame."""
    answers = (getattr(on.own, one) for one in asked(on, *but))
    return both(same(on.own.pfn(a), on.own.pfn(b)), every(alike(one(a), one(b)) for one in answers))


def opens_alike(on: Subject, a: Word, b: Word, but: tuple[Access, ...] = ()) -> Truth:
    """Say whether the hardware gives user mode the same rights by both entries."""
    rights = (one for one in Access if one not in but)
    return every(alike(on.hw_allows(a, one), on.hw_allows(b, one)) for one in rights)


def maps_alike(on: Subject, a: Word, b: Word) -> Truth:
    """Say whether the hardware finds a page by both entries or by neither, and the same page."""
    found = alike(on.hw_leaf(a), on.hw_leaf(b))
    return both(found, same(on.hw_address(a), on.hw_address(b)))


def differs_within(a: Word, b: Word, mask: Mask) -> Truth:
    """Say whether two words are equal outside a mask."""
    return has_none(xor(a, b), ~mask)


def advances(on: Subject, before: Word, after: Word, step: int) -> Truth:
    """Say whether an entry is another one moved on by a number of frames, and else alike."""
    bits = on.target.geometry.pa_bits - on.target.geometry.page_shift
    later = add_bits(on.own.pfn(before), Mask(full(bits), on.width), step)
    answers = (getattr(on.own, one) for one in asked(on))
    said = every(alike(one(before), one(after)) for one in answers)
    return every((same(on.own.pfn(after), later), said, opens_alike(on, before, after)))


def shut(on: Subject, entry: Word) -> Truth:
    """Say whether the hardware refuses user mode everything."""
    return negate(on.hw_opens(entry))


def settled(on: Subject, entry: Word) -> Word:
    """Return an entry whose dirtiness, if any, stands where the kernel writes it."""
    return where(on.own.dirty(entry), on.own.mkdirty(entry), entry)
