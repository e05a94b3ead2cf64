"""Broken sound architectures for the laws of protections and of hugetlb's helpers."""

from __future__ import annotations

from mutants import at, hardware, helpers, idle, mutant
from sound_bits import (
    ACCESSED,
    ASIDE,
    DEVMAP,
    DIRTY,
    FRAME,
    KEY,
    LEAF,
    PAGE,
    SOFT_DIRTY,
    SPECIAL,
    UFFD_WP,
    UNCACHED,
    VALID,
    WRITE,
)

from archcore.vmflags import VM_ACCESS_FLAGS
from archcore.words import both, clear, either, has_all, has_none, put, where, xor


def modify(condition, loses):
    """Return the change that flips bits of what modify returns, where a condition holds."""
    return helpers(
        modify=lambda was, entry, newprot: where(condition(entry, newprot), xor(was, loses), was)
    )


def from_open_to_open(mask):
    """Return the condition that an entry with some bits set stays valid."""
    return lambda entry, newprot: both(has_all(entry, mask | VALID), has_all(newprot, VALID))


def without_rights(pgprot):
    """Return the change that gives VMAs without rights another protection."""
    return helpers(
        vm_get_page_prot=lambda was, vm_flags: was if vm_flags & VM_ACCESS_FLAGS else pgprot.value
    )


PROTECTION = (
    mutant(
        "modify-remakes",
        "a fresh writable entry is soft-dirty, one that becomes writable is not",
        helpers(
            pfn_entry=lambda was, pgprot: where(has_all(pgprot, WRITE), put(was, SOFT_DIRTY), was)
        ),
    ),
    mutant(
        "modify-undoes-none",
        "modify marks a closed page used when it opens it",
        helpers(
            modify=lambda was, entry, newprot: where(
                both(has_all(newprot, VALID), has_none(entry, VALID)), put(was, ACCESSED), was
            )
        ),
    ),
    mutant(
        "modify-keeps-frame",
        "modify moves device memory",
        modify(lambda entry, _: has_all(entry, DEVMAP), FRAME),
    ),
    mutant(
        "modify-keeps-young",
        "modify to a protection with rights marks the page unused",
        helpers(
            modify=lambda was, newprot: where(has_all(newprot, VALID), clear(was, ACCESSED), was)
        ),
    ),
    mutant(
        "modify-keeps-old",
        "modify to a protection with rights marks a written page used",
        helpers(
            modify=lambda was, entry, newprot: where(
                both(has_all(entry, DIRTY), has_all(newprot, VALID)), put(was, ACCESSED), was
            )
        ),
    ),
    mutant(
        "modify-keeps-dirty", "modify clears DIRTY", helpers(modify=lambda was: clear(was, DIRTY))
    ),
    mutant(
        "modify-keeps-soft-dirty",
        "modify clears SOFT_DIRTY",
        helpers(modify=lambda was: clear(was, SOFT_DIRTY)),
    ),
    mutant(
        "modify-keeps-uffd-wp",
        "modify clears UFFD_WP",
        helpers(modify=lambda was: clear(was, UFFD_WP)),
    ),
    mutant(
        "modify-keeps-special",
        "modify between protections with rights loses SPECIAL",
        modify(from_open_to_open(SPECIAL), SPECIAL),
    ),
    mutant(
        "modify-keeps-devmap",
        "modify between protections with rights loses DEVMAP",
        modify(from_open_to_open(DEVMAP), DEVMAP),
    ),
    mutant(
        "modify-keeps-huge",
        "modify between protections with rights loses LEAF",
        modify(from_open_to_open(LEAF), LEAF),
        "pmd",
    ),
    mutant(
        "modify-settles-dirtiness",
        "the walker takes only a soft-dirty page for written",
        hardware(dirty=lambda entry: has_all(entry, DIRTY | SOFT_DIRTY)),
    ),
    mutant(
        "modify-takes-the-key",
        "modify keeps the key of the entry",
        helpers(modify=lambda was, entry: put(clear(was, KEY), clear(entry, ~KEY))),
    ),
    mutant(
        "mprotect-keeps-the-memory-type",
        "modify takes every protection for cached",
        helpers(modify=lambda was: clear(was, UNCACHED)),
    ),
    mutant(
        "memory-type-is-told",
        "whoever asks for combined writes gets ordinary memory",
        helpers(pgprot_writecombine=lambda pgprot: pgprot),
    ),
    mutant(
        "none-is-shut",
        "a VMA without rights may be read",
        without_rights(PAGE.mask("VALID", "READ")),
    ),
    mutant(
        "page-none-is-shut",
        "PAGE_NONE is ASIDE alone",
        helpers(page_none=lambda: ASIDE.value),
    ),
    mutant(
        "none-is-present",
        "entries of a VMA without rights have no mark",
        without_rights(ASIDE),
    ),
    mutant(
        "none-is-protnone",
        "entries of a VMA without rights are closed as if for a moment",
        without_rights(PAGE.mask("INVALID", "ASIDE")),
    ),
    mutant(
        "page-is-not-protnone",
        "protnone counts a page that userfaultfd watches",
        helpers(protnone=lambda was, entry: either(was, has_all(entry, UFFD_WP | VALID))),
    ),
)

HUGETLB = (
    mutant("hugetlb-marks", "huge_pte_mkwrite does nothing", idle("huge_pte_mkwrite")),
    mutant("hugetlb-page-is-huge", "mkhuge does nothing", idle("mkhuge")),
    mutant(
        "hugetlb-page-is-leaf",
        "the mkhuge of a PTE does nothing",
        at("pte", idle("mkhuge")),
        "pmd",
    ),
    mutant(
        "hugetlb-modify-is-modify",
        "huge_pte_modify marks the page used",
        helpers(huge_pte_modify=lambda was: put(was, ACCESSED)),
    ),
)

OF_PROTECTIONS = (*PROTECTION, *HUGETLB)
