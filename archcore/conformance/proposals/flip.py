"""Single bits that shut an entry: tried on pages, then proved of the hardware model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.conformance.declare import FIRST
from archcore.conformance.law import Law
from archcore.conformance.proposals.examples import Examples, some
from archcore.conformance.verdict import Status
from archcore.words import Mask, clear, has_all, has_none, negate, put

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from archcore.conformance.judge import Judge
    from archcore.conformance.subject import Subject
    from archcore.words.types import Truth, Word


@frozen
class Flip:
    """One bit of an entry, and whether it is to be set or cleared."""

    mask: Mask
    sets: bool

    @property
    def position(self) -> int:
        """The position of the bit."""
        return self.mask.shift

    def done(self, entry: Word) -> Word:
        """Return the entry with the bit as wanted."""
        return put(entry, self.mask) if self.sets else clear(entry, self.mask)

    def undone(self, entry: Word) -> Word:
        """Return the entry with the bit the other way round."""
        return clear(entry, self.mask) if self.sets else put(entry, self.mask)

    def shows(self, entry: Word) -> Truth:
        """Say whether the bit is as wanted."""
        return has_all(entry, self.mask) if self.sets else has_none(entry, self.mask)


def closings(subjects: Sequence[Subject], judge: Judge) -> tuple[Flip, ...]:
    """Return the bits that make every entry invalid to the hardware, at all these levels."""
    found = _flips(subjects[0].width)
    return tuple(
        flip for flip in found if all(_denies(flip, on, on.hw_valid, judge) for on in subjects)
    )


def refusals(subjects: Sequence[Subject], judge: Judge) -> tuple[Flip, ...]:
    """Return the bits that take every right from user mode while the hardware still finds pages."""
    found = (flip for flip in _flips(subjects[0].width) if _finds_pages(flip, subjects))
    return tuple(
        flip for flip in found if all(_denies(flip, on, on.hw_opens, judge) for on in subjects)
    )


def _flips(width: int) -> Iterator[Flip]:
    for sets in (False, True):
        for at in range(width):
            yield Flip(Mask(1 << at, width), sets)


def _pages(on: Subject) -> Iterator[Word]:
    examples = Examples(on)
    return (examples.made(vma) for vma in on.mappings if vma.accessible)


def _finds_pages(flip: Flip, subjects: Sequence[Subject]) -> bool:
    """Say whether pages are still found by their entries."""
    return all(some(on.hw_leaf(flip.done(page))) for on in subjects for page in _pages(on))


def _denies(flip: Flip, on: Subject, question: Callable[[Word], Truth], judge: Judge) -> bool:
    """Say whether the answer to a question is no for every word with the bit so."""
    if any(some(question(flip.done(page))) for page in _pages(on)):
        return False

    def denied(_on: Subject, entry: Word) -> Truth:
        return negate(question(flip.done(entry)))

    name = f"{question.__name__}-{flip.position}-{flip.sets}"
    law = Law(name, FIRST, "The bit denies it.", denied)
    return judge.court(on).hold(law).status is Status.PROVED
