"""VMAs: what a process may do where."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.errors import MachineError
from archcore.vmflags import VM_ACCESS_FLAGS, VM_EXEC, VM_SHARED, VM_WRITE, VmFlags

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.mm.mm import Mm


@frozen(eq=False)
class Vma:
    """The addresses from ``vm_start`` up to ``vm_end`` of one mm, with one protection.

    ``private`` is True when a store makes a copy of its own.
    """

    vm_mm: Mm = field(repr=False)
    vm_start: int = field(repr=hex)
    vm_end: int = field(repr=hex)
    vm_flags: VmFlags
    vm_page_prot: int = field(repr=hex)
    accessible: bool = field(init=False, repr=False)
    writable: bool = field(init=False, repr=False)
    executable: bool = field(init=False, repr=False)
    private: bool = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Refuse an empty range; note what every fault asks of the flags, which answer slowly."""
        if not 0 <= self.vm_start < self.vm_end:
            msg = f"a VMA cannot span {self.vm_start:#x} to {self.vm_end:#x}"
            raise MachineError(msg)
        flags = self.vm_flags
        object.__setattr__(self, "accessible", bool(flags & VM_ACCESS_FLAGS))
        object.__setattr__(self, "writable", bool(flags & VM_WRITE))
        object.__setattr__(self, "executable", bool(flags & VM_EXEC))
        object.__setattr__(self, "private", not flags & VM_SHARED)


class VmaList:
    """The VMAs of an mm in address order, found by address."""

    def __init__(self) -> None:
        """Start without any."""
        self._starts: list[int] = []
        self._vmas: list[Vma] = []

    def insert(self, vma: Vma) -> None:
        """Add a VMA; raises MachineError if it overlaps another."""
        at = bisect_right(self._starts, vma.vm_start)
        before = self._vmas[at - 1 : at] if at else []
        after = self._vmas[at : at + 1]
        if any(b.vm_end > vma.vm_start for b in before) or any(
            a.vm_start < vma.vm_end for a in after
        ):
            msg = f"VMA {vma.vm_start:#x}-{vma.vm_end:#x} overlaps another"
            raise MachineError(msg)
        self._starts.insert(at, vma.vm_start)
        self._vmas.insert(at, vma)

    def find(self, address: int) -> Vma | None:
        """Return the VMA that contains an address."""
        at = bisect_right(self._starts, address)
        if at and address < self._vmas[at - 1].vm_end:
            return self._vmas[at - 1]
        return None

    def __iter__(self) -> Iterator[Vma]:
        """Yield the VMAs in address order."""
        return iter(self._vmas)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._vmas)
