"""Snapshots: what may be done with an entry read without its lock."""

from __future__ import annotations

from huge_machine import stage

from archcore.hw.seam import Seam
from archcore.mm.findings import Kind
from archcore.mm.hugepages import read_pmd, still


def fresh():
    """Return a watched stage and a snapshot of its first huge page."""
    found = stage("v6.1", seam=Seam())
    return found, read_pmd(found.engine, found.vma, found.slot)


def taken(found):
    """Take the slot's lock and drop it."""
    with found.engine.locks.pmd(found.vma.vm_mm, found.slot):
        pass


def test_a_fresh_snapshot_chooses():
    """It says which handler a fault enters."""
    found, orig = fresh()

    assert orig.choose("here") == found.pmd
    assert found.engine.findings.all() == ()


def test_a_stale_one_is_a_finding_that_names_the_place():
    """Its reader has dropped the lock since."""
    found, orig = fresh()
    taken(found)

    assert orig.choose("there") == found.pmd
    (finding,) = found.engine.findings.all()
    assert (finding.kind, finding.place) == (Kind.STALE_SNAPSHOT, "there")
    assert "pmd_lock" in str(finding)


def test_a_stale_one_may_be_compared():
    """That is what pmd_same is for."""
    found, orig = fresh()
    taken(found)

    assert still(found.engine, found.slot, orig) == found.pmd
    assert found.engine.findings.all() == ()


def test_another_actors_lock_makes_nothing_stale():
    """The epoch is the reader's: that others came and went is what same() finds out."""
    found, orig = fresh()
    found.engine.seam.actor = lambda: "other"
    taken(found)
    found.engine.seam.actor = lambda: "alone"

    orig.choose("here")

    assert found.engine.findings.all() == ()


def test_an_entry_that_has_begun_to_split_is_not_the_same():
    """Also where only the engine knows that it splits."""
    found = stage("seed", seam=Seam())
    orig = read_pmd(found.engine, found.vma, found.slot)
    found.hooks.pmdp_splitting_flush(found.vma, 4 << 16, found.slot)

    assert still(found.engine, found.slot, orig) is None
