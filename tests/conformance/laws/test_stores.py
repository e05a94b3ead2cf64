"""Stores that go wrong in one way each are refuted by the law about that."""

from __future__ import annotations

import pytest
from changed_toy import ENTRY, TARGET, otherwise, result

from archcore.conformance.verdict import Status
from archcore.entry import helper
from archcore.hookspecs import hookimpl
from archcore.mm.generic import Stores
from archcore.words import clear, put

LAWS = (
    "stored-is-read",
    "hardware-reads-what-is-stored",
    "cleared-is-none",
    "wrprotected-slot-is-closed",
    "access-flags-are-raised",
    "transaction-stores-what-it-commits",
    "transaction-is-shut-meanwhile",
    "transaction-is-no-hint",
    "batch-equals-single-transactions",
)
FRAME = 1 << ENTRY["PFN"].shift


class Forgetful(Stores):
    """Stores that lose a bit."""

    @hookimpl
    def set_pte_at(self, ptep, pte):
        """Store all but the mark of written pages."""
        ptep.store(clear(pte, ENTRY["D"]))


class Inventive(Stores):
    """Loads that say more than is stored."""

    @hookimpl
    def ptep_get(self, ptep):
        """Return every entry as used."""
        word = ptep.load()
        return put(word, ENTRY["A"]) if word else word


class Sticky(Stores):
    """Emptied slots that keep a mark."""

    @hookimpl
    def ptep_get_and_clear(self, ptep):
        """Leave what marks a leaf."""
        word = ptep.load()
        ptep.store(ENTRY["LEAF"].value)
        return word


class Amnesiac(Stores):
    """Emptied slots of which nobody learns what they held."""

    @hookimpl
    def ptep_get_and_clear(self, ptep):
        """Return nothing of what was there."""
        ptep.store(0)
        return 0


class Protecting:
    """Write protection that protects nothing."""

    @helper("ptep_set_wrprotect")
    def set_wrprotect(self, entry):
        """Leave the entry as it is."""
        return entry


def flags(function):
    """Return stores that set access flags by another function of slot, entry and dirty."""

    class Flags(Stores):
        """Stores with other access flags."""

        @hookimpl
        def ptep_set_access_flags(self, ptep, entry, dirty):
            """Do as the function does."""
            return function(ptep, entry, dirty)

    return Flags()


def _storing(ptep, entry, changed):
    differs = ptep.load() != entry
    ptep.store(changed)
    return differs


class Stubborn(Stores):
    """Transactions that store the old entry again."""

    @hookimpl
    def ptep_modify_prot_commit(self, ptep, old_pte):
        """Store what was there."""
        ptep.store(old_pte)


class Open(Stores):
    """Transactions that do not close the entry."""

    @hookimpl
    def ptep_modify_prot_start(self, ptep):
        """Leave the entry to the hardware."""
        return ptep.load()


class Hinting(Stores):
    """Transactions that close the entry with the very mark of a hint."""

    @hookimpl
    def ptep_modify_prot_start(self, ptep):
        """Leave a hint."""
        word = ptep.load()
        ptep.store(put(clear(word, ENTRY["V"]), ENTRY["HINT"]))
        return word


class Short(Stores):
    """Batches that leave the last slot out."""

    @hookimpl
    def modify_prot_start_ptes(self, ptep, nr):
        """Empty all but the last."""
        words = ptep.load_many(nr)
        ptep.stored(nr)[: nr - 1] = 0
        return words


class Shifted(Stores):
    """Batches that are stored back to front."""

    @hookimpl
    def modify_prot_commit_ptes(self, ptep, pte):
        """Store the entries in the wrong order."""
        ptep.store_many(pte[::-1])


class Swapped:
    """A kernel helper that tells the bytes in memory in the wrong order."""

    @helper("pte_raw")
    def raw(self, entry):
        """Return the bytes in reverse."""
        return int.from_bytes(entry.to_bytes(4, "big"), "little")


MUTANTS = [
    ("stored-is-read", Forgetful()),
    ("stored-is-read", Inventive()),
    ("hardware-reads-what-is-stored", Inventive()),
    ("hardware-reads-what-is-stored", Swapped()),
    ("cleared-is-none", Sticky()),
    ("cleared-is-none", Amnesiac()),
    ("wrprotected-slot-is-closed", Protecting()),
    ("access-flags-are-raised", flags(lambda ptep, entry, _: ptep.load() != entry)),
    ("access-flags-are-raised", flags(lambda ptep, entry, _: _storing(ptep, entry, entry) and 0)),
    ("access-flags-are-raised", flags(lambda ptep, entry, _: _storing(ptep, entry, entry) or 1)),
    (
        "access-flags-are-raised",
        flags(lambda ptep, entry, _: _storing(ptep, entry, clear(entry, ENTRY["W"]))),
    ),
    ("access-flags-are-raised", flags(lambda ptep, e, _: _storing(ptep, e, e ^ FRAME))),
    (
        "access-flags-are-raised",
        flags(lambda ptep, e, _: _storing(ptep, e, put(e, ENTRY["SPECIAL"]))),
    ),
    ("transaction-stores-what-it-commits", Stubborn()),
    ("transaction-is-shut-meanwhile", Open()),
    ("transaction-is-no-hint", Hinting()),
    ("batch-equals-single-transactions", Short()),
    ("batch-equals-single-transactions", Shifted()),
]


@pytest.mark.parametrize("name", LAWS)
def test_plain_stores_hold(name):
    """The generic stores keep every promise, and each was tried."""
    found = result(TARGET, name)
    assert (found.status, found.reason) == (Status.SAMPLED, "")
    assert found.tried >= 8


@pytest.mark.parametrize(
    ("name", "stores"), MUTANTS, ids=lambda one: one if isinstance(one, str) else type(one).__name__
)
def test_wrong_stores_are_refuted(name, stores):
    """Each mistake in a store breaks the law about it, and the reason shows entries."""
    found = result(otherwise(stores), name)
    assert found.status is Status.REFUTED
    assert "0x" in found.reason or "slots from place" in found.reason


def test_the_same_slots_are_tried_every_time():
    """A refutation can be repeated: chance has a seed of its own."""
    mutant = otherwise(Forgetful())
    assert result(mutant, "stored-is-read") == result(mutant, "stored-is-read")
