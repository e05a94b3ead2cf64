"""Bugs of arm64 kernels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve
from mutants import helpers
from mutants_history import Bug

from archcore.words import both, clear, either, has_all, put, where
from archcore_arm64.eras import V61, V612
from archcore_arm64.granule import Granule
from archcore_arm64.targets import target

if TYPE_CHECKING:
    from mutants import Change

    from archcore_arm64.era import Era

K4 = Granule(12, 48, 48)
PAGE = V61.leaves(K4)["pte"]


def era(whole: Era, **fields: object) -> Change:
    """Return the change to an era with other rules."""
    return lambda *_: target(evolve(whole, **fields), K4)


def read_only_again(was: object, newprot: object) -> object:
    """Return what pte_modify made before it looked at dirtiness a second time."""
    dirty = both(has_all(was, PAGE.mask("DIRTY", "WRITE")), has_all(newprot, PAGE["RDONLY"]))
    return where(dirty, put(was, PAGE["RDONLY"]), was)


def reaching(whole: Era, top: int) -> Change:
    """Return the change to an era whose swap offset ends at another bit."""
    fields = (
        evolve(one, high=top) if one.name == "OFFSET" else one
        for one in whole.swap.fields
        if one.name != "PROT_NONE"
    )
    return era(whole, swap=evolve(whole.swap, fields=tuple(fields)))


def young_only(was: object, own: object, entry: object, flush_pending: object) -> object:
    """Say that only used pages are in a TLB, unless a flush is pending."""
    pending = both(own.present(entry), flush_pending)
    return either(pending, both(was, own.young(entry)))


BUGS = (
    Bug(
        "B26",
        "07509e10dcc7",
        "pte_accessible takes an unused page to be in no TLB",
        "arm64-4k-v6.1",
        ("old-needs-no-access", "open-is-accessible"),
        helpers(accessible=young_only),
    ),
    Bug(
        "B26",
        "ff1712f953e2",
        "pte_wrprotect forgets what the hardware alone knew to be dirty",
        "arm64-4k-v6.1",
        ("dirty-survives-wrprotect",),
        helpers(wrprotect=lambda entry: put(clear(entry, PAGE["WRITE"]), PAGE["RDONLY"])),
    ),
    Bug(
        "B27",
        "3c0696076aad",
        "pte_modify leaves a dirty writable page clean to the hardware",
        "arm64-4k-v6.1",
        ("modify-settles-dirtiness",),
        helpers(modify=read_only_again),
    ),
    Bug(
        "B28",
        "b65399f6111b",
        "a huge page that is closed for a moment is not present",
        "arm64-4k-v6.1",
        ("invalid-is-present",),
        era(V61, shown_by=("VALID", "PROT_NONE")),
        "pmd",
    ),
    Bug(
        "B29",
        "3676f9ef5481",
        "the offset of a swap entry reaches the bit of PROT_NONE",
        "arm64-4k-v6.1",
        ("swap-is-no-hint", "swap-is-not-present"),
        reaching(V61, 58),
    ),
    Bug(
        "B29",
        "f0f5863a0fb0, 55564814a838",
        "PROT_NONE is told by the mark alone that a closed huge page has, too",
        "arm64-4k-v6.12",
        ("invalid-is-no-hint",),
        era(V612, marks=(), lacks=("VALID",)),
        "pmd",
    ),
)
