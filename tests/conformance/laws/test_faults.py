"""A machine shows what a wrong helper does to a running program."""

from __future__ import annotations

import pytest
from attrs import evolve, field, frozen
from changed_toy import ENTRY, TARGET, TOY, instead, otherwise, result

from archcore.conformance.verdict import Status
from archcore.encoding import NumaBit
from archcore.entry import helper
from archcore.hookspecs import hookimpl
from archcore.words import clear, put, xor

LAWS = (
    "reference-makes-progress",
    "hint-fault-is-settled",
    "refused-reference-leaves-the-entry",
    "used-page-is-young-again",
    "stores-reach-their-page",
    "mmu-cache-is-told-of-the-slot",
)
PARTS = {"numa_bit": ENTRY["HINT"], "present": ENTRY["V"], "accessed": ENTRY["A"]}
FRAME = 1 << ENTRY["PFN"].shift


class StaysHinted(NumaBit):
    """Disarming that leaves the hint."""

    def mknonnuma(self, entry):
        """Change nothing."""
        return entry


class StaysOpen(NumaBit):
    """Arming that leaves the entry open to the hardware."""

    def mknuma(self, entry):
        """Set the hint bit only."""
        return put(entry, ENTRY["HINT"])

    def numa(self, entry):
        """Ask for the hint bit only."""
        return clear(entry, ~ENTRY["HINT"]) == ENTRY["HINT"].value


class Astray(NumaBit):
    """Arming that hints another frame."""

    def mknuma(self, entry):
        """Flip a bit of the frame."""
        return xor(super().mknuma(entry), FRAME)


class NeverOld:
    """Taking the mark of use that takes nothing."""

    @helper("ptep_test_and_clear_young:after")
    def not_young(self, entry):
        """Leave the entry as it is."""
        return entry


@frozen(eq=False)
class Lazy:
    """An architecture that stores an entry only when its MMU cache is told of it."""

    due: dict = field(factory=dict)

    @hookimpl
    def set_pte_at(self, ptep, pte):
        """Put the entry off."""
        self.due[ptep.address] = pte

    @hookimpl
    def ptep_modify_prot_commit(self, ptep, pte):
        """Put the entry off until the next load."""
        self.due[ptep.address] = pte

    @hookimpl
    def ptep_get(self, ptep):
        """Store what was put off, then load."""
        self._settle(ptep)
        return ptep.load()

    @hookimpl
    def update_mmu_cache(self, ptep):
        """Store what was put off."""
        self._settle(ptep)

    def _settle(self, ptep):
        if ptep.address in self.due:
            ptep.store(self.due.pop(ptep.address))


def closed_stays_open(pte, newprot):
    """Give a protection without taking one away."""
    return put(pte, newprot)


MUTANTS = [
    ("reference-makes-progress", instead(pte_mkwrite=lambda pte: pte)),
    ("hint-fault-is-settled", otherwise(hint=StaysHinted(**PARTS))),
    ("hint-fault-is-settled", otherwise(hint=StaysOpen(**PARTS))),
    ("refused-reference-leaves-the-entry", instead(pte_modify=closed_stays_open)),
    ("used-page-is-young-again", otherwise(NeverOld())),
    ("stores-reach-their-page", otherwise(hint=Astray(**PARTS))),
    ("mmu-cache-is-told-of-the-slot", otherwise(Lazy())),
]


@pytest.mark.parametrize("name", LAWS)
def test_a_sound_target_runs(name):
    """The toy keeps every promise, and each was tried on several kinds of VMA."""
    found = result(TARGET, name)
    assert (found.status, found.method, found.reason) == (Status.SAMPLED, "machine", "")
    assert found.tried >= 4


@pytest.mark.parametrize(("name", "mutant"), MUTANTS)
def test_a_wrong_helper_stops_the_machine(name, mutant):
    """Each mistake breaks the law about it, and the reason says how it showed."""
    found = result(mutant, name)
    assert found.status is Status.REFUTED
    assert found.reason


def test_an_endless_fault_is_named():
    """An entry that never lets the store through is reported with access and address."""
    found = result(instead(pte_mkwrite=lambda pte: pte), "reference-makes-progress")
    assert "EndlessFaultError" in found.reason
    assert "write at 0x" in found.reason
    assert "still faults" in found.reason


def test_hardware_that_gives_more_than_the_vma_is_noticed():
    """Where the MMU lets a reference through that the VMA refuses, no signal comes."""

    class Generous(TOY.ToyMmu):
        """Hardware that overlooks rights and takes a hint for valid."""

        def allows(self, _level, _entry, _access):
            """Allow everything."""
            return True

        def valid(self, _level, entry):
            """Find a hint valid."""
            return clear(entry, ~ENTRY.mask("V", "HINT")) != 0

    generous = evolve(TARGET, mmu=evolve(TARGET.mmu, format=Generous()))
    found = result(generous, "refused-reference-leaves-the-entry")
    assert found.status is Status.REFUTED
    assert " of 0x" in found.reason
    assert ": no signal, 0x" in found.reason
