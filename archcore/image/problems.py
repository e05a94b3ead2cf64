"""What is wrong with an entry, so that a walk does not follow it."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen


class Fault(StrEnum):
    """Why an entry is not followed, or not to be trusted."""

    OUTSIDE = "the table it points to, at {address}, is not in the image"
    LOOP = "the table it points to, at {address}, is one that led here"
    RESERVED = "a reserved bit is set"


@frozen
class Problem:
    """A broken entry: its level, its physical place, its word, and the first address it maps."""

    fault: Fault
    va: int
    level: str
    place: int
    word: int
    address: int = 0

    @property
    def reason(self) -> str:
        """What is wrong."""
        return self.fault.format(address=hex(self.address))

    def __str__(self) -> str:
        """Say where the entry stands and what is wrong."""
        return f"{self.va:#x}: {self.level} entry {self.word:#x} at {self.place:#x}: {self.reason}"
