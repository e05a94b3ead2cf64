"""Notifier brackets: between start and end, secondary MMUs take nothing of a range."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from attrs import define

from archcore.mm.reason import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from archcore.mm.engine import Engine
    from archcore.mm.mm import Mm


@define
class Invalidation:
    """The bracket of a range; ``begin`` opens it once, ``finish`` closes it if it is open."""

    engine: Engine
    mm: Mm
    start: int
    end: int
    reason: Reason
    is_open: bool = False

    def begin(self) -> None:
        """Open the bracket, unless it is open."""
        if not self.is_open:
            self.is_open = True
            hooks = self.engine.hooks
            hooks.mmu_notifier_invalidate_range_start(self.mm, self.start, self.end, self.reason)

    def finish(self) -> None:
        """Close the bracket, if it is open."""
        if self.is_open:
            self.is_open = False
            hooks = self.engine.hooks
            hooks.mmu_notifier_invalidate_range_end(self.mm, self.start, self.end, self.reason)


def notifying_move(engine: Engine, mm: Mm, start: int, end: int) -> AbstractContextManager[None]:
    """Bracket a block in which a page leaves its frame, if the profile says so (B15)."""
    if not engine.profile.notifies_migration:
        return nullcontext()
    return invalidating(engine, mm, start, end, Reason.FRAME_CHANGES)


@contextmanager
def invalidating(engine: Engine, mm: Mm, start: int, end: int, reason: Reason) -> Iterator[None]:
    """Bracket the block."""
    bracket = Invalidation(engine, mm, start, end, reason)
    bracket.begin()
    yield
    bracket.finish()
