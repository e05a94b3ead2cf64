"""A swap area: slots that hold the contents of pages nobody has in memory (mm/swapfile.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field

from archcore.errors import MachineError

if TYPE_CHECKING:
    from archcore.mm.engine import Engine

AREA = 0
"""The swap type of the one area there is."""


@define(eq=False)
class SwapArea:
    """``slots`` slots, numbered from 1; slot 0 is the header, as on disk.

    ``counts`` says how many entries refer to a slot (swap_map), ``data`` what was written to it,
    ``cache`` which page has its contents in memory still (the swap cache), with a reference.
    """

    slots: int
    counts: dict[int, int] = field(factory=dict)
    data: dict[int, bytes] = field(factory=dict)
    cache: dict[int, int] = field(factory=dict)

    def allocate(self) -> int | None:
        """Return a free slot, which one entry may refer to; None where there is none."""
        slot = next((one for one in range(1, self.slots + 1) if one not in self.counts), None)
        if slot is not None:
            self.counts[slot] = 0
        return slot

    def get(self, slot: int) -> None:
        """Count one more entry that refers to a slot (swap_duplicate)."""
        self.counts[slot] += 1

    def put(self, slot: int) -> None:
        """Count one less (swap_free); the last one frees the slot."""
        if not self.counts.get(slot):
            msg = f"swap slot {slot} is freed once more than it was taken"
            raise MachineError(msg)
        self.counts[slot] -= 1
        if not self.counts[slot]:
            self.release(slot)

    def free(self, slot: int) -> int | None:
        """Count one less, and return the page whose reference the cache gives up with the last."""
        self.put(slot)
        return None if slot in self.counts else self.cache.pop(slot, None)

    def users(self, pfn: int) -> int:
        """Return how many entries refer to a page by its place in swap (page_swapcount)."""
        return sum(self.counts[slot] for slot, cached in self.cache.items() if cached == pfn)

    def release(self, slot: int) -> None:
        """Free a slot that no entry refers to."""
        del self.counts[slot]
        self.data.pop(slot, None)


def swap_of(engine: Engine) -> SwapArea:
    """Return the swap area of a machine; raises MachineError where there is none."""
    if engine.swap is None:
        raise MachineError("the machine has no swap; give it some with Machine(..., swap_slots=N)")
    return engine.swap
