"""The records of a vector file, gathered by helper into columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from attrs import define, field, frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from archcore.vectors.signature import Signature


@frozen(eq=False)
class Group:
    """All records of one helper: ``words[i]`` are the arguments of the one that gave results[i].

    ``words`` has a row a record and a column an argument, ``lines`` the number of each record's
    line; records that end in a trap are counted in ``traps`` and left out of both.
    """

    helper: str
    signature: Signature
    words: NDArray[np.uint64]
    results: NDArray[np.uint64]
    lines: NDArray[np.int64]
    traps: int

    def __len__(self) -> int:
        """Return the number of records that gave a value."""
        return len(self.results)


@frozen(eq=False)
class VectorFile:
    """A vector file as it was read; ``truncated`` says how it ended too early, None if it did not.

    ``meta`` is the object of the first line, empty if there is none; ``constants`` are the values
    of macros.
    """

    source: str
    meta: Mapping[str, object]
    groups: Mapping[str, Group]
    constants: Mapping[str, int]
    truncated: str | None = None


@define
class Gathering:
    """A group in the making."""

    helper: str
    signature: Signature
    words: list[int] = field(factory=list)
    results: list[int] = field(factory=list)
    lines: list[int] = field(factory=list)
    traps: int = 0

    def group(self) -> Group:
        """Return what was gathered, as arrays."""
        shape = (len(self.results), len(self.signature.arguments))
        return Group(
            self.helper,
            self.signature,
            np.array(self.words, np.uint64).reshape(shape),
            np.array(self.results, np.uint64),
            np.array(self.lines, np.int64),
            self.traps,
        )
