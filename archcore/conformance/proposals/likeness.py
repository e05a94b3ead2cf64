"""Whether a candidate is the encoding that the target ships: proved, hint by hint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.conformance.capability import HINTS
from archcore.conformance.declare import law
from archcore.conformance.proposals.examples import Examples
from archcore.conformance.subject import subject
from archcore.conformance.verdict import Status
from archcore.words import both, same

if TYPE_CHECKING:
    from archcore.conformance.judge import Court
    from archcore.conformance.law import Law
    from archcore.conformance.mapping import Mapping
    from archcore.conformance.subject import Subject
    from archcore.target import Target
    from archcore.words.types import Truth, Word


def arms_alike(court: Court, target: Target) -> bool:
    """Say whether every page is armed and disarmed as another target does at that level."""
    other = subject(target, court.on.name)
    if not HINTS.found(other):
        return False
    promise = _arms_as(other)
    if Examples(court.on).against(promise) is not None:
        return False
    return court.hold(promise).status is Status.PROVED


def _arms_as(other: Subject) -> Law:
    @law("arms-as-shipped")
    def alike(on: Subject, vma: Mapping, made: Word) -> Truth:
        """Arming and disarming give the very words that the shipped encoding gives."""
        hint, same_hint = on.own.mknuma(vma, made), other.own.mknuma(vma, made)
        back, same_back = on.own.mknonnuma(vma, hint), other.own.mknonnuma(vma, same_hint)
        return both(same(hint, same_hint), same(back, same_back))

    return alike
