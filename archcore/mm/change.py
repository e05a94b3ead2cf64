"""What a protection change is for, and what it came to."""

from __future__ import annotations

from enum import Enum

from attrs import frozen


class Cause(Enum):
    """Why protections change."""

    HINT = "the scanner arms"
    MPROTECT = "the VMA's rights change"


@frozen
class Change:
    """A cause and, for MPROTECT, the new protection; that of a hint is the target's own affair."""

    cause: Cause
    newprot: int = 0

    @property
    def hints(self) -> bool:
        """True when entries are armed."""
        return self.cause is Cause.HINT


HINT = Change(Cause.HINT)


@frozen
class Changed:
    """What a walk changed.

    ``entries`` are base pages, ``huge`` the upper-level entries among them; the addresses from
    ``flush_start`` up to ``flush_end`` are those whose TLB entries must go. ``one_node`` is whether
    all pages that were looked at lie on one node (all_same_node), where tables are hinted.
    """

    entries: int = 0
    flush_start: int | None = None
    flush_end: int = 0
    huge: int = 0
    one_node: bool = False

    def __add__(self, other: Changed) -> Changed:
        """Join two walks."""
        starts = [s for s in (self.flush_start, other.flush_start) if s is not None]
        return Changed(
            self.entries + other.entries,
            min(starts, default=None),
            max(self.flush_end, other.flush_end),
            self.huge + other.huge,
        )


NOTHING = Changed()
