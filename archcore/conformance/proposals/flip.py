"""Single bits that shut an entry, found by asking the hardware model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.words import Mask, clear, has_all, has_none, put
from archcore.words.lineage import TracedTruth, traced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

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

    def denies(self, question: Callable[[Word], Truth]) -> bool:
        """Say whether the answer to a question is no for every word with the bit so."""
        width = self.mask.width
        ones, zeros = (self.mask, None) if self.sets else (None, self.mask)
        answer = question(traced(width, ones=ones, zeros=zeros))
        return answer.origin.constant == 0 if isinstance(answer, TracedTruth) else answer is False


def flips(width: int) -> Iterator[Flip]:
    """Yield each bit of a word cleared, then each set."""
    for sets in (False, True):
        for at in range(width):
            yield Flip(Mask(1 << at, width), sets)


def closings(subjects: Sequence[Subject]) -> tuple[Flip, ...]:
    """Return the bits that make entries of all these levels invalid to the hardware."""
    return tuple(
        flip
        for flip in flips(subjects[0].width)
        if all(flip.denies(on.hw_valid) for on in subjects)
    )


def refusals(subjects: Sequence[Subject]) -> tuple[Flip, ...]:
    """Return the bits that take every right from user mode while the hardware still finds pages."""
    return tuple(
        flip
        for flip in flips(subjects[0].width)
        if all(flip.denies(on.hw_opens) and not flip.denies(on.hw_leaf) for on in subjects)
    )
