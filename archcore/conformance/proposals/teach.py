"""Helpers of the format that must learn of a new hint, as pte_present had to in Linux 3.8."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from archcore.words import both, either, negate, where

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from archcore.conformance.proposals.marking import Marking
    from archcore.words.types import Truth, Word

QUESTIONS = ("present", "leaf", "trans_huge", "special", "devmap")
"""What a hint must answer as its page does."""
ACCESSIBLE = "accessible"
"""What a hint must affirm while a flush is pending."""
MODIFY = "modify"
"""What must take a hint for its page when the protection changes."""


def taught(marking: Marking, names: Iterable[str]) -> SimpleNamespace:
    """Return these helpers with the hint known to them, to be published at a level."""
    return SimpleNamespace(**{name: _taught(marking, name) for name in names})


def _taught(marking: Marking, name: str) -> Callable[..., Word | Truth]:
    ask: Any = getattr(marking.bare, name)

    def question(entry: Word) -> Truth:
        known = marking.shows(entry)
        return either(both(known, ask(marking.plain(entry))), both(negate(known), ask(entry)))

    def accessible(entry: Word, flush_pending: Truth) -> Truth:
        return either(ask(entry, flush_pending), both(marking.shows(entry), flush_pending))

    def modify(entry: Word, newprot: Word) -> Word:
        plain = marking.plain(entry)
        return where(marking.shows(entry), ask(plain, newprot), ask(entry, newprot))

    return {ACCESSIBLE: accessible, MODIFY: modify}.get(name, question)
