"""The VMAs that laws are tried in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.specimens import perms_of, vma_kinds
from archcore.vmflags import VM_ACCESS_FLAGS, VM_SHARED, VM_WRITE, VmFlags

if TYPE_CHECKING:
    from archcore.binding import Hooks
    from archcore.words.types import Word


@frozen
class Mapping:
    """A VMA as entry helpers see one; ``notify`` says that first writes to it are to be noticed.

    Then its protection grants no write permission although it is shared (vma_wants_writenotify,
    mm/mmap.c), and entries get it one by one as in a private mapping.
    """

    vm_flags: VmFlags
    vm_page_prot: Word
    notify: bool = False

    @property
    def perms(self) -> str:
        """The rights as /proc/PID/maps writes them; ``notify`` is said besides."""
        return perms_of(self.vm_flags) + (" (notifies of writes)" if self.notify else "")

    @property
    def accessible(self) -> bool:
        """True when the VMA gives any right."""
        return bool(self.vm_flags & VM_ACCESS_FLAGS)

    @property
    def writable(self) -> bool:
        """True when the VMA lets its owner write."""
        return bool(self.vm_flags & VM_WRITE)

    @property
    def grants_write(self) -> bool:
        """True when a fresh entry is writable."""
        return self.writable and bool(self.vm_flags & VM_SHARED) and not self.notify


def kinds(hooks: Hooks) -> tuple[Mapping, ...]:
    """Return a VMA of each combination of rights, private and shared."""
    return tuple(Mapping(one.vm_flags, one.vm_page_prot) for one in vma_kinds(hooks))


def mappings(hooks: Hooks) -> tuple[Mapping, ...]:
    """Return VMAs that differ in protection, in having rights, or in what a fresh entry grants.

    Of those that do not, the one with the most rights stands for the others: entries of a VMA that
    may only be read are among those of one that may be written, too.
    """
    found: dict[object, Mapping] = {}
    several = [one for kind in kinds(hooks) for one in _variants(hooks, kind)]
    for one in sorted(several, key=_rank):
        found[one.vm_page_prot, one.accessible, one.grants_write] = one
    return tuple(found.values())


def _rank(mapping: Mapping) -> tuple[bool, bool, int]:
    """Put the plainest VMA with the most rights last."""
    return not mapping.notify, mapping.writable, (mapping.vm_flags & VM_ACCESS_FLAGS).bit_count()


def _variants(hooks: Hooks, mapping: Mapping) -> tuple[Mapping, ...]:
    if not mapping.grants_write:
        return (mapping,)
    private = hooks.vm_get_page_prot(mapping.vm_flags & ~VM_SHARED)
    return Mapping(mapping.vm_flags, private, notify=True), mapping
