"""Broken sound architectures for the laws of the hint."""

from __future__ import annotations

from mutants import hardware, helpers, idle, mutant
from sound_bits import (
    ACCESSED,
    CLOSED,
    DEVMAP,
    DIRTY,
    EXEC,
    FRAME,
    INVALID,
    KEY,
    LEAF,
    NAMELESS,
    NOTES,
    PFN,
    SAVED,
    SOFT_DIRTY,
    SPECIAL,
    UFFD_WP,
    VALID,
    WRITE,
)

from archcore.words import (
    add_bits,
    both,
    clear,
    either,
    has_all,
    has_any,
    has_none,
    negate,
    put,
    where,
    xor,
)


def hinted(entry):
    """Say that an entry is closed and not valid."""
    return both(has_all(entry, CLOSED), has_none(entry, VALID))


RECOGNITION = (
    mutant("hint-is-hint", "numa recognises nothing", helpers(numa=lambda: False)),
    mutant(
        "page-is-no-hint",
        "numa takes a page that userfaultfd watches for a hint",
        helpers(numa=lambda was, entry: either(was, has_all(entry, UFFD_WP | VALID))),
    ),
    mutant(
        "genuine-none-is-no-hint",
        "numa does not ask the VMA",
        helpers(numa=hinted),
    ),
    mutant(
        "hint-is-shut",
        "the walker goes through an entry that is CLOSED",
        hardware(
            valid=lambda entry: has_any(entry, VALID | CLOSED),
            reserved=lambda was, entry: both(has_all(entry, VALID), was),
            allows=lambda was, entry: either(was, has_all(entry, CLOSED)),
        ),
    ),
    mutant(
        "hint-is-present",
        "a hint is EXEC without VALID, of which present knows nothing",
        helpers(
            mknuma=lambda was: put(clear(was, CLOSED), EXEC),
            numa=lambda vma, entry: both(
                both(has_all(entry, EXEC), has_none(entry, VALID | INVALID)), vma.accessible
            ),
        ),
    ),
    mutant(
        "disarmed-is-no-hint",
        "disarming leaves CLOSED behind, and numa asks for nothing else",
        helpers(
            mknonnuma=lambda was: put(was, CLOSED),
            numa=lambda vma, entry: both(has_all(entry, CLOSED), vma.accessible),
        ),
    ),
    mutant(
        "hint-survives-stray-flags",
        "numa denies a hint that is used and written",
        helpers(numa=lambda was, entry: both(was, negate(has_all(entry, ACCESSED | DIRTY)))),
    ),
)

KEEPING = (
    mutant(
        "hint-keeps-frame",
        "a hint names the frame beside, until it is disarmed",
        helpers(
            mknuma=lambda was, entry: where(hinted(entry), was, xor(was, FRAME)),
            mknonnuma=lambda was, entry: where(hinted(entry), xor(was, FRAME), was),
        ),
    ),
    mutant(
        "hint-keeps-dirty",
        "disarming marks the page written",
        helpers(mknonnuma=lambda was: put(was, DIRTY)),
    ),
    mutant(
        "hint-keeps-young",
        "arming marks the page unused",
        helpers(mknuma=lambda was: clear(was, ACCESSED)),
    ),
    mutant(
        "hint-keeps-old",
        "arming marks the page used",
        helpers(mknuma=lambda was: put(was, ACCESSED)),
    ),
    mutant(
        "hint-keeps-write",
        "arming forgets write permission",
        helpers(mknuma=lambda was: clear(was, SAVED)),
    ),
    mutant(
        "hint-grants-no-write",
        "disarming makes a dirty page writable",
        helpers(mknonnuma=lambda was: where(has_all(was, DIRTY), put(was, WRITE), was)),
    ),
    mutant(
        "hint-keeps-soft-dirty",
        "disarming marks the page soft-dirty",
        helpers(mknonnuma=lambda was: put(was, SOFT_DIRTY)),
    ),
    mutant(
        "hint-keeps-uffd-wp",
        "disarming takes the page from userfaultfd",
        helpers(mknonnuma=lambda was: clear(was, UFFD_WP)),
    ),
    mutant(
        "hint-keeps-special",
        "arming loses SPECIAL",
        helpers(mknuma=lambda was: clear(was, SPECIAL)),
    ),
    mutant(
        "hint-keeps-devmap",
        "arming loses DEVMAP",
        helpers(mknuma=lambda was: clear(was, DEVMAP)),
    ),
    mutant(
        "hint-keeps-huge",
        "arming clears LEAF, and disarming sets it again",
        helpers(mknuma=lambda was: clear(was, LEAF), mknonnuma=lambda was: put(was, LEAF)),
        "pmd",
    ),
    mutant(
        "hint-restores-the-key",
        "disarming forgets the protection key",
        helpers(mknonnuma=lambda was: clear(was, KEY)),
    ),
    mutant(
        "hint-keeps-what-same-overlooks",
        "arming clears NOTES",
        helpers(mknuma=lambda was: clear(was, NOTES)),
    ),
    mutant(
        "hint-uses-named-bits",
        "a hint has a bit set that has no name, until its protection changes",
        helpers(mknuma=lambda was: put(was, NAMELESS), modify=lambda was: clear(was, NAMELESS)),
    ),
)

DISARMING = (
    mutant(
        "arming-twice-is-once",
        "arming a hint forgets the permission that it saves",
        helpers(mknuma=lambda was, entry: where(hinted(entry), clear(was, SAVED), was)),
    ),
    mutant(
        "disarming-twice-is-once",
        "disarming a page that is no hint write-protects it",
        helpers(mknonnuma=lambda was, entry: where(hinted(entry), was, clear(was, WRITE))),
    ),
    mutant(
        "disarming-inverts-arming",
        "disarming sets a bit that nothing asks about",
        helpers(mknonnuma=lambda was: put(was, INVALID)),
    ),
    mutant(
        "disarmed-has-rights-again",
        "disarming an executable page leaves it closed to fetches",
        helpers(mknonnuma=lambda was: clear(was, EXEC)),
    ),
    mutant(
        "mprotect-forgets-the-hint",
        "modify keeps the permission that a hint saves",
        helpers(modify=lambda was, entry: put(was, clear(entry, ~SAVED))),
    ),
    mutant(
        "hint-advances",
        "the frame of a hint counts down",
        helpers(
            advance_pfn=lambda was, entry, nr: where(hinted(entry), add_bits(entry, PFN, -nr), was)
        ),
    ),
    mutant(
        "marks-leave-a-hint-shut",
        "mkyoung opens a hint",
        helpers(mkyoung=lambda was, entry: where(hinted(entry), put(was, VALID), was)),
    ),
    mutant(
        "marks-of-a-hint-come-back",
        "mkclean leaves a hint dirty",
        helpers(mkclean=lambda was, entry: where(hinted(entry), entry, was)),
    ),
    mutant(
        "wrprotect-reaches-a-hint",
        "wrprotect leaves the permission that a hint saves",
        helpers(wrprotect=lambda entry: clear(entry, WRITE)),
    ),
    mutant("savedwrite-round-trip", "clear_savedwrite does nothing", idle("clear_savedwrite")),
)

OF_HINTS = (*RECOGNITION, *KEEPING, *DISARMING)
