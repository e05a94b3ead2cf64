"""An address space under a seam: its counters and flags are shared state, and told as such."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zlib import crc32

from archcore.hw.seam import Place, Use
from archcore.mm.mm import Mm
from archcore.mm.vma import Vma

if TYPE_CHECKING:
    from archcore.hw.seam import Seam
    from archcore.vmflags import VmFlags

# What never changes once the address space stands, what is only added up, and what a lock of its
# own protects.
STEADY = frozenset(
    {"hooks", "geometry", "cpus", "tables", "vmas", "users", "stored", "rss", "mmap", "empty"}
)
RIGHTS = frozenset({"vm_flags", "vm_page_prot", "accessible", "writable", "executable", "private"})


class WatchedMm(Mm):
    """An address space that tells its seam who reads and who writes its state."""

    def __init__(self, seam: Seam, *given: Any) -> None:  # noqa: ANN401 - those of Mm
        """Make an empty address space."""
        object.__setattr__(self, "_seam", seam)
        super().__init__(*given)

    def empty(self, *given: Any) -> Mm:  # noqa: ANN401 - those of Mm
        """Return an empty address space under the same seam."""
        return type(self)(object.__getattribute__(self, "_seam"), *given)

    def __getattribute__(self, name: str) -> Any:  # noqa: ANN401 - any attribute
        """Read an attribute."""
        if name not in STEADY and not name.startswith("_"):
            self._seam.uses(Place("state", crc32(name.encode())), Use.READ)
        return super().__getattribute__(name)

    def __setattr__(self, name: str, value: object) -> None:
        """Write an attribute."""
        if name not in STEADY:
            self._seam.uses(Place("state", crc32(name.encode())), Use.WRITE)
        super().__setattr__(name, value)

    def mmap(
        self,
        start: int,
        end: int,
        flags: VmFlags,
        *,
        hugetlb: bool = False,
        shares: Vma | None = None,
    ) -> Vma:
        """Add a mapping whose rights are watched."""
        return _watched(super().mmap(start, end, flags, hugetlb=hugetlb, shares=shares))


class WatchedVma(Vma):
    """A VMA that tells who reads and who changes its rights: migrations do without its lock."""

    __slots__ = ()

    def __getattribute__(self, name: str) -> Any:  # noqa: ANN401 - any attribute
        """Read an attribute."""
        if name in RIGHTS:
            self._tell(Use.READ)
        return super().__getattribute__(name)

    def set_flags(self, flags: VmFlags, prot: int) -> None:
        """Give other rights."""
        self._tell(Use.WRITE)
        super().set_flags(flags, prot)

    def part(self, start: int, end: int, *, moved: int = 0, mm: Mm | None = None) -> Vma:
        """Return a new VMA of the family."""
        return _watched(super().part(start, end, moved=moved, mm=mm))

    def _tell(self, use: int) -> None:
        mm = self.vm_mm
        if isinstance(mm, WatchedMm):
            seam: Seam = object.__getattribute__(mm, "_seam")
            seam.uses(Place("state", mm.tables.root), use)


def _watched(vma: Vma) -> Vma:
    """Watch a VMA from now on; it stays the object that others know."""
    vma.__class__ = WatchedVma
    return vma
