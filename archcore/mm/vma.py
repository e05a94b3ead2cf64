"""VMAs: what a process may do where."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from attrs import define, field

from archcore.errors import MachineError
from archcore.vmflags import VM_ACCESS_FLAGS, VM_EXEC, VM_SHARED, VM_WRITE, VmFlags

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcore.mm.mm import Mm
    from archcore.mm.numab import NumabState


ALIKE = ("vm_flags", "anon_vma", "moved", "hugetlb", "migratable", "mempolicy")


@define(eq=False)
class AnonVma:
    """The family of VMAs that may map the same pages: what fork, split and mremap made of one.

    Mappings that share another's pages belong to its family, in one address space or in several.

    ``mms`` are the address spaces its members are in; ``number`` tells its lock from others.
    """

    number: int
    mms: list[Mm] = field(factory=list, repr=False)


@define(eq=False)
class Vma:
    """The addresses from ``vm_start`` up to ``vm_end`` of one mm, with one protection.

    ``private`` is True when a store makes a copy of its own. ``moved`` is how far mremap has
    carried it, in bytes: less that, the addresses of one page are the same in its whole family.
    ``hugetlb`` mappings belong to pages of a fixed size, ``migratable`` says whether their pages
    may change frames, and ``mempolicy`` is whatever the policy in use makes of it.
    """

    vm_mm: Mm = field(repr=False)
    vm_start: int = field(repr=hex)
    vm_end: int = field(repr=hex)
    vm_flags: VmFlags
    vm_page_prot: int = field(repr=hex)
    anon_vma: AnonVma | None = field(default=None, repr=False, kw_only=True)
    moved: int = field(default=0, repr=hex, kw_only=True)
    hugetlb: bool = field(default=False, kw_only=True)
    migratable: bool = field(default=True, kw_only=True)
    mempolicy: object = field(default=None, repr=False, kw_only=True)
    numab_state: NumabState | None = field(default=None, init=False, repr=False)
    accessible: bool = field(init=False, repr=False)
    writable: bool = field(init=False, repr=False)
    executable: bool = field(init=False, repr=False)
    private: bool = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Refuse an empty range; note what every fault asks of the flags, which answer slowly."""
        if not 0 <= self.vm_start < self.vm_end:
            msg = f"a VMA cannot span {self.vm_start:#x} to {self.vm_end:#x}"
            raise MachineError(msg)
        self.set_flags(self.vm_flags, self.vm_page_prot)

    def set_flags(self, flags: VmFlags, prot: int) -> None:
        """Give other rights (vm_flags_reset and vma_set_page_prot)."""
        self.vm_flags, self.vm_page_prot = flags, prot
        self.accessible = bool(flags & VM_ACCESS_FLAGS)
        self.writable = bool(flags & VM_WRITE)
        self.executable = bool(flags & VM_EXEC)
        self.private = not flags & VM_SHARED

    def part(self, start: int, end: int, *, moved: int = 0, mm: Mm | None = None) -> Vma:
        """Return a new VMA of the family over part of the range, carried ``moved`` bytes further.

        It is of another address space if ``mm`` is given.
        """
        return Vma(
            self.vm_mm if mm is None else mm,
            start + moved,
            end + moved,
            self.vm_flags,
            self.vm_page_prot,
            anon_vma=self.anon_vma,
            moved=self.moved + moved,
            hugetlb=self.hugetlb,
            migratable=self.migratable,
            mempolicy=self.mempolicy,
        )

    def follows(self, other: Vma) -> bool:
        """Say whether this VMA can be one with another that ends where it starts (vma_merge)."""
        return other.vm_end == self.vm_start and all(
            getattr(self, name) == getattr(other, name) for name in ALIKE
        )


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

    def remove(self, vma: Vma) -> None:
        """Take a VMA out."""
        at = self._vmas.index(vma)
        del self._starts[at], self._vmas[at]

    def find(self, address: int) -> Vma | None:
        """Return the VMA that contains an address."""
        at = bisect_right(self._starts, address)
        if at and address < self._vmas[at - 1].vm_end:
            return self._vmas[at - 1]
        return None

    def overlapping(self, start: int, end: int) -> tuple[Vma, ...]:
        """Return the VMAs that have addresses between two."""
        at = bisect_left(self._starts, end)
        return tuple(vma for vma in self._vmas[:at] if vma.vm_end > start)

    def split(self, vma: Vma, address: int) -> Vma:
        """Cut a VMA in two and return the upper part; the VMA itself becomes the lower one."""
        upper = vma.part(address, vma.vm_end)
        vma.vm_end = address
        self.insert(upper)
        return upper

    def isolate(self, vma: Vma, start: int, end: int) -> Vma:
        """Cut off what lies outside a range and return what lies within it."""
        if vma.vm_start < start:
            vma = self.split(vma, start)
        if vma.vm_end > end:
            self.split(vma, end)
        return vma

    def merge(self) -> None:
        """Join neighbours that are alike; the lower one of two stays."""
        kept: list[Vma] = []
        for vma in self._vmas:
            if kept and vma.follows(kept[-1]):
                kept[-1].vm_end = vma.vm_end
            else:
                kept.append(vma)
        self._vmas = kept
        self._starts = [vma.vm_start for vma in kept]

    def __iter__(self) -> Iterator[Vma]:
        """Yield the VMAs in address order."""
        return iter(self._vmas)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._vmas)
