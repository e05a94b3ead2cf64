"""Broken sound architectures for the laws of huge pages, closed entries and tables."""

from __future__ import annotations

from mutants import helpers, idle, mutant
from mutants_of_hints import hinted
from sound_bits import CLOSED, DIRTY, FRAME, INVALID, LEAF, SPECIAL, VALID

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

OF_HUGE_PAGES = (
    mutant(
        "huge-is-leaf",
        "a huge page is not bad as a table",
        helpers(bad=lambda was, entry: both(was, has_none(entry, LEAF))),
        "pmd",
    ),
    mutant(
        "huge-is-trans-huge",
        "trans_huge is true of no valid entry",
        helpers(trans_huge=lambda was, entry: both(was, has_none(entry, VALID))),
        "pmd",
    ),
    mutant("invalid-is-shut", "mkinvalid does nothing", idle("mkinvalid")),
    mutant(
        "invalid-is-not-none",
        "none counts the entry of frame 0 that is closed for a moment",
        helpers(
            none=lambda was, own, entry: either(
                was, both(has_all(entry, INVALID), same(own.pfn(entry), 0))
            )
        ),
    ),
    mutant(
        "invalid-is-no-hint",
        "mkinvalid sets CLOSED",
        helpers(mkinvalid=lambda was: put(was, CLOSED)),
    ),
    mutant(
        "invalid-hint-is-no-hint",
        "mkinvalid keeps CLOSED",
        helpers(mkinvalid=lambda was, entry: put(was, clear(entry, ~CLOSED))),
        "pmd",
    ),
    mutant(
        "invalid-keeps-frame",
        "mkinvalid loses the dirtiness of a valid entry",
        helpers(mkinvalid=lambda was, entry: where(has_all(entry, VALID), clear(was, DIRTY), was)),
    ),
    mutant(
        "invalid-is-present",
        "mkinvalid leaves no mark",
        helpers(mkinvalid=lambda was: clear(was, INVALID)),
        "pmd",
    ),
    mutant(
        "invalid-is-trans-huge",
        "trans_huge asks for VALID or CLOSED",
        helpers(trans_huge=lambda was, entry: both(was, has_any(entry, VALID | CLOSED))),
        "pmd",
    ),
    mutant(
        "split-hint-keeps-frame",
        "mkinvalid moves the frame of a hint",
        helpers(mkinvalid=lambda was, entry: where(hinted(entry), xor(was, FRAME), was)),
    ),
    mutant(
        "split-equals-small-pages",
        "a fresh huge page is special",
        helpers(pfn_entry=lambda was: put(was, SPECIAL)),
        "pmd",
    ),
    mutant(
        "table-round-trip",
        "pxd_page_paddr reads the table beside",
        helpers(pxd_page_paddr=lambda was: xor(was, FRAME)),
        "pmd",
    ),
    mutant(
        "table-is-walked",
        "pxd_populate does not set VALID",
        helpers(pxd_populate=lambda table: table),
        "pmd",
    ),
    mutant(
        "table-is-present",
        "present asks for LEAF, too",
        helpers(present=lambda was, entry: both(was, has_all(entry, LEAF))),
        "pmd",
    ),
    mutant(
        "table-is-not-bad",
        "bad finds everything bad that is not empty",
        helpers(bad=lambda own, entry: negate(own.none(entry))),
        "pmd",
    ),
)
