"""Broken sound architectures for the laws that are tried: slots, machines, helpers at large."""

from __future__ import annotations

from types import SimpleNamespace

from mutants import bringing, helpers, idle, lacking, mutant
from mutants_of_protections import without_rights
from sound_bits import CLOSED, DEVMAP, DIRTY, FRAME, PAGE, SPECIAL, VALID, WRITE

from archcore.entry import helper
from archcore.hookspecs import hookimpl
from archcore.mm.generic import Stores
from archcore.words import clear, has_all, put, xor


def pointed(name, function):
    """Return the change that brings a kernel helper about what a pointer leads to."""
    return bringing(SimpleNamespace(brought=helper(name)(function)))


def stores(**functions):
    """Return the change that brings plain stores, with some done by other functions."""
    made = Stores()
    others = {name: hookimpl(function) for name, function in functions.items()}
    kept = {
        name: getattr(made, name)
        for name in dir(Stores)
        if not name.startswith("_") and name not in others
    }
    return bringing(SimpleNamespace(**kept, **others))


def _closing(ptep):
    word = ptep.load()
    ptep.store(put(clear(word, VALID), CLOSED))
    return word


def _protecting(ptep):
    ptep.store(clear(ptep.load(), WRITE))


POINTED = (
    mutant(
        "set-wrprotect-leaves-no-write",
        "ptep_set_wrprotect leaves the entry as it is",
        pointed("ptep_set_wrprotect", lambda entry: entry),
    ),
    mutant(
        "access-flags-give-what-is-asked",
        "ptep_set_access_flags leaves the old entry behind",
        pointed("ptep_set_access_flags:after", lambda old, entry, dirty: old),  # noqa: ARG005
    ),
    mutant(
        "access-flags-take-nothing",
        "ptep_set_access_flags leaves the frame beside behind",
        pointed("ptep_set_access_flags:after", lambda old, entry, dirty: xor(entry, FRAME)),  # noqa: ARG005
    ),
    mutant(
        "access-flags-say-what-changed",
        "ptep_set_access_flags says that everything changed",
        pointed("ptep_set_access_flags", lambda old, entry, dirty: True),  # noqa: ARG005
    ),
    mutant(
        "test-and-clear-young-clears",
        "ptep_test_and_clear_young takes dirtiness, too",
        pointed(
            "ptep_test_and_clear_young:after", lambda own, entry: clear(own.mkold(entry), DIRTY)
        ),
    ),
)

STORES = (
    mutant(
        "stored-is-read",
        "set_pte_at loses DIRTY",
        stores(set_pte_at=lambda ptep, pte: ptep.store(clear(pte, DIRTY))),
    ),
    mutant(
        "hardware-reads-what-is-stored",
        "ptep_get reads every entry as written",
        stores(ptep_get=lambda ptep: put(ptep.load(), DIRTY) if ptep.load() else 0),
    ),
    mutant(
        "cleared-is-none",
        "ptep_get_and_clear returns nothing of what was there",
        stores(ptep_get_and_clear=lambda ptep: ptep.store(0) or 0),
    ),
    mutant(
        "wrprotected-slot-is-closed",
        "ptep_set_wrprotect clears SAVED alone",
        pointed("ptep_set_wrprotect", lambda entry: entry),
    ),
    mutant(
        "access-flags-are-raised",
        "ptep_set_access_flags stores nothing",
        stores(ptep_set_access_flags=lambda ptep, entry: ptep.load() != entry),
    ),
    mutant(
        "transaction-stores-what-it-commits",
        "ptep_modify_prot_commit stores the old entry",
        stores(ptep_modify_prot_commit=lambda ptep, old_pte: ptep.store(old_pte)),
    ),
    mutant(
        "transaction-is-shut-meanwhile",
        "ptep_modify_prot_start leaves the entry to the hardware",
        stores(ptep_modify_prot_start=lambda ptep: ptep.load()),
    ),
    mutant(
        "transaction-is-no-hint",
        "ptep_modify_prot_start takes VALID away and leaves CLOSED",
        stores(ptep_modify_prot_start=_closing),
    ),
    mutant(
        "batch-equals-single-transactions",
        "a batch is stored back to front",
        stores(modify_prot_commit_ptes=lambda ptep, pte: ptep.store_many(pte[::-1])),
    ),
)

MACHINE = (
    mutant("reference-makes-progress", "mkwrite does nothing", idle("mkwrite")),
    mutant("hint-fault-is-settled", "disarming does nothing", idle("mknonnuma")),
    mutant(
        "refused-reference-leaves-the-entry",
        "a VMA without rights may be read",
        without_rights(PAGE.mask("VALID", "READ")),
    ),
    mutant(
        "used-page-is-young-again",
        "ptep_test_and_clear_young leaves the mark of use",
        pointed("ptep_test_and_clear_young:after", lambda entry: entry),
    ),
    mutant(
        "stores-reach-their-page",
        "a hint names the frame beside",
        helpers(mknuma=lambda was: xor(was, FRAME)),
    ),
    mutant(
        "mmu-cache-is-told-of-the-slot",
        "update_mmu_cache write-protects the slot",
        bringing(SimpleNamespace(update_mmu_cache=hookimpl(_protecting))),
    ),
    mutant(
        "maintenance-is-enough",
        "flush_tlb_range leaves every TLB as it is",
        bringing(SimpleNamespace(flush_tlb_range=hookimpl(lambda vma: None))),  # noqa: ARG005
    ),
)

KINSHIP = (
    mutant("pages-have-their-helpers", "there is no pmd_bad", lacking("pmd_bad"), "pmd"),
    mutant(
        "helpers-have-their-kin",
        "nothing clears soft-dirty",
        lacking("pte_clear_soft_dirty"),
    ),
    mutant(
        "levels-have-the-same-helpers",
        "huge pages are not accessible",
        lacking("pmd_accessible"),
        "pmd",
    ),
    mutant(
        "swap-keeps-marks-of-pages",
        "swap entries have no place for uffd-wp",
        lacking("pte_swp_uffd_wp", "pte_swp_mkuffd_wp", "pte_swp_clear_uffd_wp"),
    ),
    mutant(
        "huge-pages-can-be-closed", "there is no pmd_mkinvalid", lacking("pmd_mkinvalid"), "pmd"
    ),
    mutant(
        "helper-answers-every-word",
        "young wants a word that is not empty",
        helpers(young=lambda was, entry: was if entry else None),
    ),
    mutant(
        "array-equals-single-words",
        "present answers for the first of many words",
        helpers(present=lambda was: was.all() if hasattr(was, "all") else was),
    ),
    mutant(
        "recorded-answers",
        "SPECIAL and DEVMAP have changed places",
        helpers(
            special=lambda entry: has_all(entry, DEVMAP),
            mkspecial=lambda entry: put(entry, DEVMAP),
            devmap=lambda entry: has_all(entry, SPECIAL),
            mkdevmap=lambda entry: put(entry, SPECIAL),
        ),
    ),
)

OF_TRIALS = (*POINTED, *STORES, *MACHINE, *KINSHIP)
