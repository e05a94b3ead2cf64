"""In which order laws are asked of a candidate: what says most about why it fails comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.conformance.capability import HINTS, MIGRATION, SWAP
from archcore.conformance.laws import LAWS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archcore.conformance.law import Law
    from archcore.conformance.subject import Subject

FORGETS = "mprotect-forgets-the-hint"
TELLING = (
    "hint-is-shut",
    "hint-keeps-frame",
    "hint-keeps-special",
    "hint-keeps-devmap",
    "hint-keeps-huge",
    "hint-keeps-soft-dirty",
    "hint-keeps-uffd-wp",
    "hint-keeps-dirty",
    "hint-keeps-old",
    "hint-keeps-young",
    "hint-keeps-write",
    "hint-grants-no-write",
    "hint-restores-the-key",
    FORGETS,
    "swap-is-no-hint",
    "marked-swap-is-no-hint",
)
"""First whether it is shut, then what it overwrites, then what else looks like it."""
NAMES = (*TELLING, *(one.name for one in LAWS if one.name not in TELLING))
WEIGHT = {name: at for at, name in enumerate(NAMES)}


def weight(law: str) -> int:
    """Return the place of a law, by name, among all."""
    return WEIGHT.get(law, len(WEIGHT))


def of_hints(on: Subject, laws: Iterable[Law] = LAWS) -> tuple[Law, ...]:
    """Return the laws about hints that are asked of a target at a level, most telling first."""
    asked = (one for one in laws if HINTS in one.needs and one.speaks_of(on))
    return tuple(sorted(asked, key=lambda one: weight(one.name)))


def of_the_rest(on: Subject, laws: Iterable[Law] = LAWS) -> tuple[Law, ...]:
    """Return the other laws that are asked of a target at a level."""
    return tuple(one for one in laws if HINTS not in one.needs and one.speaks_of(on))


def about_swap(law: Law) -> bool:
    """Say whether a law speaks of swap entries."""
    return SWAP in law.needs or MIGRATION in law.needs


def about_mprotect(law: Law) -> bool:
    """Say whether a law speaks of hints whose protection changes."""
    return law.name == FORGETS
