"""A swap area: slots that hold the contents of pages nobody has in memory (mm/swapfile.c)."""

from __future__ import annotations

from attrs import define, field

from archcore.errors import MachineError

AREA = 0
"""The swap type of the one area there is."""


@define(eq=False)
class SwapArea:
    """``slots`` slots, numbered from 1; slot 0 is the header, as on disk.

    ``counts`` says how many entries refer to a slot (swap_map), ``data`` what was written to it.
    """

    slots: int
    counts: dict[int, int] = field(factory=dict)
    data: dict[int, bytes] = field(factory=dict)

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

    def release(self, slot: int) -> None:
        """Free a slot that no entry refers to."""
        del self.counts[slot]
        self.data.pop(slot, None)
