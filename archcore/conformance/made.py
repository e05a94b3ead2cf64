"""Entries as the kernel and the hardware make them: every frame, every mix of marks.

A word of choices picks the marks, so that one formula speaks of all of them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from archcore.hw.mmu import Access
from archcore.layout import Bit, EntryLayout
from archcore.words import both, has_all, where

if TYPE_CHECKING:
    from archcore.conformance.mapping import Mapping
    from archcore.conformance.subject import Subject
    from archcore.words.types import Truth, Word

MARKS = (
    Bit("young", 0),
    Bit("dirty", 1),
    Bit("writable", 2, "where the VMA allows it and its protection does not grant it"),
    Bit("protected", 3, "write permission was taken away again, as fork does"),
    Bit("dirty-last", 4, "marked dirty after write permission was granted, not before"),
    Bit("soft-dirty", 5),
    Bit("uffd-wp", 6, "write-protected by userfaultfd"),
    Bit("used", 7, "the hardware set its accessed flag"),
    Bit("stored-to", 8, "the hardware let a store through"),
)


@cache
def choices(width: int) -> EntryLayout:
    """Return the layout of a word of choices."""
    return EntryLayout("choices of an entry", MARKS, width)


def fresh(on: Subject, frame: Word, pgprot: Word) -> Word:
    """Return a new leaf of the level for a frame."""
    entry = on.own.pfn_entry(frame, pgprot)
    return on.own.mkhuge(entry) if on.upper else entry


def made(on: Subject, vma: Mapping, frame: Word, marks: Word) -> Word:
    """Return the entry of a page in an accessible VMA, with the marks chosen."""
    own, chosen = on.own, choices(on.width)

    def picked(name: str) -> Truth:
        return has_all(marks, chosen[name])

    entry = fresh(on, frame, vma.vm_page_prot)
    early = where(picked("dirty"), own.mkdirty(entry), own.mkclean(entry))
    late = _written(on, vma, entry, picked)
    late = where(picked("dirty"), own.mkdirty(late), own.mkclean(late))
    entry = where(picked("dirty-last"), late, _written(on, vma, early, picked))
    entry = where(picked("young"), own.mkyoung(entry), own.mkold(entry))
    if on.offers("mksoft_dirty"):
        soft, hard = own.mksoft_dirty(entry), own.clear_soft_dirty(entry)
        entry = where(picked("soft-dirty"), soft, hard)
    if on.offers("mkuffd_wp") and not vma.grants_write:
        watched = own.mkuffd_wp(own.wrprotect(entry))
        entry = where(picked("uffd-wp"), watched, own.clear_uffd_wp(entry))
    return _used(on, entry, picked)


def _written(on: Subject, vma: Mapping, entry: Word, picked: object) -> Word:
    """Give write permission as the VMA allows, and take it away again if that is chosen."""
    if vma.grants_write or not vma.writable:
        return entry
    writable = on.own.mkwrite(entry, vma)
    kept = where(picked("protected"), on.own.wrprotect(writable), writable)  # type: ignore[operator]
    return where(picked("writable"), kept, entry)  # type: ignore[operator]


def _used(on: Subject, entry: Word, picked: object) -> Word:
    """Let the hardware set its flags, where it sets them and the entry lets it."""
    mmu = on.target.mmu
    if mmu.sets_accessed:
        used = both(picked("used"), on.hw_opens(entry))  # type: ignore[operator]
        entry = where(used, on.hw_mkaccessed(entry), entry)
    if mmu.sets_dirty:
        stored = both(picked("stored-to"), on.hw_allows(entry, Access.WRITE))  # type: ignore[operator]
        entry = where(stored, on.hw_mkdirty(entry), entry)
    return entry
