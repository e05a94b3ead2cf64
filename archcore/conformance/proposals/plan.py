"""What a hint of one bit consists of, level by level: marking, telling, lessons, swap entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.conformance.proposals.bit import BitHint
from archcore.conformance.proposals.teach import taught

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archcore.conformance.proposals.flip import Flip
    from archcore.conformance.proposals.marking import Marking
    from archcore.conformance.proposals.room import SwapRoom


@frozen
class Plan:
    """Markings by level; how hints are told; which helpers learn of them; which swap entries move.

    A level whose swap entries stay as they are is not in ``rooms``. ``mended`` says that more of
    the target was changed than a hint needs.
    """

    mark: Flip
    markings: Mapping[str, Marking]
    telling: type[BitHint] = BitHint
    learn: Mapping[str, tuple[str, ...]] = field(factory=dict)
    rooms: Mapping[str, SwapRoom] = field(factory=dict)
    mended: bool = False

    def parts(self) -> Mapping[str, tuple[object, ...]]:
        """Return what is published at each level."""
        return {level: tuple(self._parts(level)) for level in self.markings}

    def _parts(self, level: str) -> Iterator[object]:
        yield self.telling(self.markings[level])
        yield taught(self.markings[level], self.learn.get(level, ()))
        if level in self.rooms:
            yield self.rooms[level]
