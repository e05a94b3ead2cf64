"""Broken sound architectures for the laws of entries, marks and the hardware's view of both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mutants import hardware, helpers, idle, mutant
from sound_bits import (
    ACCESSED,
    DIRTY,
    EXEC,
    FRAME,
    KEY_BIT,
    NAMELESS,
    SAVED,
    SOFT_DIRTY,
    SPECIAL,
    UFFD_WP,
    VALID,
)

from archcore.conformance.laws.marks import MARKS
from archcore.hw.mmu import Access
from archcore.vmflags import VM_ACCESS_FLAGS
from archcore.words import (
    both,
    clear,
    either,
    has_all,
    has_any,
    has_none,
    negate,
    put,
    same,
    where,
    xor,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mutants import Mutant


READING = (
    mutant(
        "same-is-reflexive",
        "same denies an entry with an unnamed bit set",
        helpers(same=lambda was, a: both(was, has_none(a, NAMELESS))),
    ),
    mutant(
        "same-tells-apart",
        "same overlooks SOFT_DIRTY",
        helpers(same=lambda again, a, b: again(clear(a, SOFT_DIRTY), clear(b, SOFT_DIRTY))),
    ),
    mutant(
        "nothing-is-none",
        "none denies the empty word",
        helpers(none=lambda was, entry: both(was, negate(same(entry, 0)))),
    ),
    mutant(
        "page-is-not-none",
        "none takes the page of frame 0 for empty",
        helpers(
            none=lambda was, own, entry: either(
                was, both(has_all(entry, VALID), same(own.pfn(entry), 0))
            )
        ),
        "pud",
    ),
    mutant(
        "page-is-present",
        "present denies the page of frame 0",
        helpers(present=lambda was, own, entry: both(was, negate(same(own.pfn(entry), 0)))),
        "pud",
    ),
    mutant(
        "frame-round-trip",
        "a fresh entry without rights names the frame beside",
        helpers(
            pfn_entry=lambda was, pgprot: where(has_all(pgprot, VALID), was, xor(was, FRAME)),
        ),
    ),
    mutant(
        "page-uses-named-bits",
        "a fresh entry has a bit set that has no name",
        helpers(pfn_entry=lambda was: put(was, NAMELESS)),
    ),
    mutant(
        "page-has-rights-of-vma",
        "a VMA that may be used may be executed",
        helpers(
            vm_get_page_prot=lambda was, vm_flags: (
                put(was, EXEC) if vm_flags & VM_ACCESS_FLAGS else was
            )
        ),
    ),
    mutant(
        "mkwrite-opens-to-stores",
        "mkwrite sets SAVED and not WRITE",
        helpers(mkwrite=lambda entry: put(entry, SAVED)),
    ),
    mutant(
        "wrprotect-closes-to-stores",
        "the walker lets stores to a soft-dirty page through",
        hardware(
            allows=lambda was, entry, access: either(
                was, access is Access.WRITE and has_all(entry, SOFT_DIRTY)
            )
        ),
    ),
    mutant(
        "advance-moves-the-frame",
        "advance_pfn loses the dirtiness of a valid entry",
        helpers(
            advance_pfn=lambda was, entry: where(has_all(entry, VALID), clear(was, DIRTY), was)
        ),
    ),
)


def _of_marks() -> Iterator[Mutant]:
    """Yield two mutants a maker of a mark: it does nothing, and it does too much."""
    for mark in MARKS:
        for maker, verb in ((mark.sets, "sets"), (mark.clears, "clears")):
            if maker is not None:
                name = maker.replace("_", "-")
                yield mutant(f"{name}-{verb}", f"{maker} does nothing", idle(maker))
                yield mutant(
                    f"{name}-spares-the-rest",
                    f"{maker} flips a bit of the protection key",
                    helpers(**{maker: lambda was: xor(was, KEY_BIT)}),
                )


DIRTYING = (
    mutant(
        "fresh-is-clean",
        "a fresh entry is dirty",
        helpers(pfn_entry=lambda was: put(was, DIRTY)),
    ),
    mutant(
        "fresh-is-unmarked",
        "a fresh entry without rights is special",
        helpers(
            pfn_entry=lambda was, pgprot: where(has_all(pgprot, VALID), was, put(was, SPECIAL))
        ),
    ),
    mutant(
        "dirty-and-writable-is-hardware-dirty",
        "the walker takes only a used page for written",
        hardware(dirty=lambda entry: has_all(entry, DIRTY | ACCESSED)),
    ),
    mutant(
        "dirty-survives-wrprotect",
        "wrprotect clears DIRTY",
        helpers(wrprotect=lambda was: clear(was, DIRTY)),
    ),
    mutant(
        "dirty-survives-mkwrite",
        "mkwrite marks an unused page written",
        helpers(mkwrite=lambda was, entry: where(has_none(entry, ACCESSED), put(was, DIRTY), was)),
    ),
    mutant(
        "write-survives-mkdirty",
        "mkdirty write-protects",
        helpers(mkdirty=lambda was, own: own.wrprotect(was)),
    ),
    mutant(
        "dirty-is-soft-dirty",
        "mkdirty sets DIRTY alone",
        helpers(mkdirty=lambda entry: put(entry, DIRTY)),
    ),
)

HARDWARE = (
    mutant(
        "open-is-present",
        "present denies an entry with an unnamed bit set",
        helpers(present=lambda was, entry: both(was, has_none(entry, NAMELESS))),
    ),
    mutant(
        "open-is-no-hint",
        "numa takes special mappings for hints",
        helpers(numa=lambda was, entry: either(was, has_all(entry, SPECIAL | VALID))),
    ),
    mutant(
        "page-is-found",
        "the walker refuses a soft-dirty page",
        hardware(reserved=lambda was, entry: either(was, has_all(entry, SOFT_DIRTY))),
    ),
    mutant(
        "open-has-one-frame",
        "of an entry with an unnamed bit set the walker goes to the frame beside",
        hardware(address=lambda was, entry: where(has_all(entry, NAMELESS), xor(was, FRAME), was)),
    ),
    mutant(
        "frames-agree",
        "the walker goes to the frame beside",
        hardware(address=lambda was: xor(was, FRAME)),
    ),
    mutant(
        "used-is-young",
        "young overlooks the use of special mappings",
        helpers(young=lambda was, entry: both(was, has_none(entry, SPECIAL))),
    ),
    mutant(
        "young-is-used",
        "young counts every special mapping",
        helpers(young=lambda was, entry: either(was, has_all(entry, SPECIAL))),
    ),
    mutant(
        "old-is-unused",
        "the walker takes a dirty page for used",
        hardware(accessed=lambda entry: has_any(entry, ACCESSED | DIRTY)),
    ),
    mutant(
        "hardware-dirty-is-dirty",
        "dirty overlooks stores to special mappings",
        helpers(dirty=lambda was, entry: both(was, has_none(entry, SPECIAL))),
    ),
    mutant(
        "clean-is-clean-to-hardware",
        "the walker takes a soft-dirty page for written",
        hardware(dirty=lambda entry: has_any(entry, DIRTY | SOFT_DIRTY)),
    ),
    mutant(
        "use-makes-young",
        "a use marks the page watched by userfaultfd",
        hardware(mkaccessed=lambda was: put(was, UFFD_WP)),
    ),
    mutant(
        "store-makes-dirty",
        "a store does not mark the page used",
        hardware(mkdirty=lambda entry: put(entry, DIRTY)),
    ),
    mutant(
        "write-agrees",
        "write denies permission for an unused page",
        helpers(
            write=lambda was, entry: both(
                was, negate(both(has_all(entry, VALID), has_none(entry, ACCESSED)))
            )
        ),
    ),
)

OF_ENTRIES = (*READING, *_of_marks(), *DIRTYING, *HARDWARE)
