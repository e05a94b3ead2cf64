"""Leaves as columns: what a walk hands over, a few thousand at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import fields, frozen

from archcore.decode import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from archcore.image.memory import Addresses
    from archcore.words.arrays import Truths, Words

STATES = tuple(State)
CODE = {state: np.uint8(at) for at, state in enumerate(STATES)}


@frozen(eq=False)
class Batch:
    """Leaves by ascending address, one a row.

    ``level`` counts from the lowest, ``state`` indexes STATES, ``raw`` is the entry in this
    machine's byte order. ``framed`` says whether the entry names a frame; ``pfn`` is 0 elsewhere.
    """

    va: Addresses
    level: NDArray[np.uint8]
    state: NDArray[np.uint8]
    framed: Truths
    pfn: Addresses
    raw: Words

    def __len__(self) -> int:
        """Return the number of leaves."""
        return len(self.va)

    def take(self, rows: Any) -> Batch:  # noqa: ANN401 - whatever indexes an array
        """Return some of the rows."""
        return Batch(*(column[rows] for column in self.columns()))

    def columns(self) -> tuple[NDArray[Any], ...]:
        """Return the columns, in the order of the attributes."""
        return tuple(getattr(self, one.name) for one in fields(Batch))

    def merged(self, other: Batch) -> Batch:
        """Return the rows of two batches by ascending address."""
        pairs = zip(self.columns(), other.columns(), strict=True)
        both = Batch(*(np.concatenate(pair) for pair in pairs))
        return both.take(np.argsort(both.va, kind="stable"))


def interleaved(own: Batch, deeper: Iterator[Batch]) -> Iterator[Batch]:
    """Yield the batches of lower levels with the leaves that stand between them."""
    at = 0
    for batch in deeper:
        upto = int(np.searchsorted(own.va, batch.va[-1]))
        yield own.take(slice(at, upto)).merged(batch) if upto > at else batch
        at = max(at, upto)
    if at < len(own):
        yield own.take(slice(at, None))
