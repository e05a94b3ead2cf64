"""Which helpers of a format would answer wrongly of a hint, and can learn of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archcore.conformance.capability import DEVMAP, SPECIAL
from archcore.conformance.proposals.examples import Examples, holds_everywhere
from archcore.conformance.proposals.teach import ACCESSIBLE, QUESTIONS
from archcore.conformance.terms import alike

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from archcore.conformance.proposals.marking import Marking
    from archcore.conformance.subject import Subject
    from archcore.words.types import Truth, Word


def pages(on: Subject) -> Iterator[Word]:
    """Yield pages of every accessible VMA, the special and those of device memory among them."""
    examples = Examples(on)
    for vma in on.mappings:
        if vma.accessible:
            made = examples.made(vma)
            yield made
            if SPECIAL.found(on):
                yield on.own.mkspecial(made)
            if DEVMAP.found(on):
                yield on.own.mkdevmap(made)


def lessons(on: Subject, marking: Marking, known: Iterable[Word]) -> Iterator[str]:
    """Yield the helpers that answer otherwise of a hint than of its page, and must learn of it.

    One that reads the very bit of the hint is left out: it cannot learn what the bit said.
    """

    def reopened(page: Word) -> Word:
        return marking.plain(marking.armed(page))

    for name in QUESTIONS:
        ask: Any = getattr(on.own, name) if on.offers(name) else None
        if ask is not None and not _alike(ask, known, marking.armed):
            yield from (name,) if _alike(ask, known, reopened) else ()
    if on.offers(ACCESSIBLE) and _doubted(on, marking, known):
        yield ACCESSIBLE


def _alike(
    ask: Callable[[Word], Truth], known: Iterable[Word], change: Callable[[Word], Word]
) -> bool:
    """Say whether a helper answers alike of pages and of what is made of them."""
    return all(holds_everywhere(alike(ask(page), ask(change(page)))) for page in known)


def _doubted(on: Subject, marking: Marking, known: Iterable[Word]) -> bool:
    """Say whether a hint is denied to be in any TLB although a flush is pending."""
    pending = True
    hints = (marking.armed(page) for page in known)
    return not all(holds_everywhere(on.own.accessible(hint, pending)) for hint in hints)
