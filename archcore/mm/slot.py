"""A slot: the place of an entry in simulated physical memory, what kernels call a ptep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.errors import MachineError

if TYPE_CHECKING:
    from typing import NoReturn

    import numpy as np
    from numpy.typing import NDArray

    from archcore.hw.memory import PhysicalMemory
    from archcore.layout import Geometry


@frozen(eq=False)
class Slot:
    """The entry stored at a physical address, in the byte order of the target.

    ``empty`` is what its level calls empty.
    """

    memory: PhysicalMemory
    geometry: Geometry
    address: int
    empty: int = 0

    def load(self) -> int:
        """Return the stored word."""
        return self.memory.load(self.address, self.geometry.width, self.geometry.byteorder)

    def store(self, word: int) -> None:
        """Store a word."""
        self.memory.store(self.address, word, self.geometry.width, self.geometry.byteorder)

    def clear(self) -> None:
        """Store what the level calls empty."""
        self.store(self.empty)

    def stored(self, count: int) -> NDArray[np.uint64]:
        """Return a view onto this and the following slots, in stored byte order."""
        return self.memory.words(self.address, count, self.geometry.width, self.geometry.byteorder)

    def load_many(self, count: int) -> NDArray[np.uint64]:
        """Return copies of ``count`` words from this slot on, in this machine's byte order."""
        view = self.stored(count)
        return view.astype(view.dtype.newbyteorder("="))

    def store_many(self, words: NDArray[np.uint64]) -> None:
        """Store words from this slot on."""
        self.stored(len(words))[:] = words

    def at(self, index: int) -> Slot:
        """Return the slot ``index`` entries further on."""
        address = self.address + index * self.geometry.width // 8
        return Slot(self.memory, self.geometry, address, self.empty)


class NotASlot(int):
    """An entry handed over where its slot is wanted (B01); raises MachineError when it is used."""

    def load(self) -> NoReturn:
        """Refuse: what stands at this address is anybody's guess."""
        msg = f"a hook reads the slot of an entry and was given the entry, {int(self):#x} (B01)"
        raise MachineError(msg)
