"""Bugs of powerpc kernels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve
from mutants import helpers
from mutants_history import Bug

from archcore.words import clear
from archcore_powerpc.eras import V61
from archcore_powerpc.shared_targets import target

if TYPE_CHECKING:
    from archcore.target import Target

BOOKKEEPING = ("BUSY", "COMBO", "HPTE_SUB")


def plain_store(whole: Target, level: str) -> Target:
    """Return the target in which a hint takes the place of an entry, bookkeeping and all."""
    layout = whole.geometry.level(level).layout
    return helpers(mknuma=lambda was: clear(was, layout.mask(*BOOKKEEPING)))(whole, level)


def wrprotect_by_the_bit(whole: Target, level: str) -> Target:
    """Return the target in which write permission is one bit, saved or not."""
    layout = whole.geometry.level(level).layout
    return helpers(wrprotect=lambda entry: clear(entry, layout["WRITE"]))(whole, level)


def unprivileged_none(*_: object) -> Target:
    """Return Linux 6.1 with the PAGE_NONE of 6.8."""
    return target(evolve(V61, privileged_none=False), "64k", hashes=False)


BUGS = (
    Bug(
        "B36",
        "56eecdb912b5, cee216a696b2",
        "arming stores an entry without what the hash table keeps in it",
        "powerpc-hash-64k-v3.14",
        ("hint-keeps-what-same-overlooks",),
        plain_store,
    ),
    Bug(
        "B37",
        "powerpc/mm: Handle protnone ptes on fork (2017)",
        "pte_wrprotect leaves the permission that a hint saves",
        "powerpc-radix-64k-v4.12",
        ("wrprotect-reaches-a-hint",),
        wrprotect_by_the_bit,
    ),
    Bug(
        "B38",
        "6a56ccbcf6c6",
        "PAGE_NONE loses PRIVILEGED while its absence still means a saved permission",
        "powerpc-radix-64k-v6.1",
        ("hint-grants-no-write",),
        unprivileged_none,
    ),
    Bug(
        "B38",
        "Drop _PAGE_PRIVILEGED from PAGE_NONE (2023)",
        "the PRIVILEGED of a hint makes disarming owe a flush",
        "powerpc-radix-64k-v6.1",
        ("disarming-owes-no-flush",),
    ),
)
