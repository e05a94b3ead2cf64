"""s390x protections: vm_get_page_prot for every kind of VMA, and PAGE_NONE.

Source: protection_map in arch/s390/mm/mmap.c and PAGE_*, SEGMENT_* in pgtable.h, Linux 6.1. Every
PAGE_* of user space is closed: INVALID until the page is young, PROTECT until it is dirty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.hookspecs import hookimpl
from archcore.vmflags import VM_ACCESS_FLAGS, VM_EXEC, VM_SHARED, VM_WRITE
from archcore_s390x.layout import ENTRY, SEGMENT

if TYPE_CHECKING:
    from archcore.layout import EntryLayout

CLOSED = ("PRESENT", "INVALID", "PROTECT")
NONE = ENTRY.mask(*CLOSED).value
RO = ENTRY.mask(*CLOSED, "READ", "NOEXEC").value
RX = ENTRY.mask(*CLOSED, "READ").value
RW = ENTRY.mask(*CLOSED, "READ", "WRITE", "NOEXEC").value
RWX = ENTRY.mask(*CLOSED, "READ", "WRITE").value
KERNEL = ENTRY.mask("PRESENT", "READ", "WRITE", "YOUNG", "DIRTY", "NOEXEC").value
KERNEL_RO = ENTRY.mask("PRESENT", "READ", "YOUNG", "PROTECT", "NOEXEC").value

SEGMENTS = {
    NONE: SEGMENT.mask("INVALID", "PROTECT").value,
    RO: SEGMENT.mask("READ", "PROTECT", "NOEXEC").value,
    RX: SEGMENT.mask("READ", "PROTECT").value,
    RW: SEGMENT.mask("READ", "WRITE", "NOEXEC").value,
}
"""What massage_pgprot_pmd makes of a protection."""
SEGMENT_RWX = SEGMENT.mask("READ", "WRITE").value
"""What it makes of any other."""


@frozen
class Protections:
    """Protections over the layout of pages."""

    layout: EntryLayout

    @hookimpl
    def vm_get_page_prot(self, vm_flags: int) -> int:
        """Give a private mapping no WRITE at first; what may be executed may be read."""
        if not vm_flags & VM_ACCESS_FLAGS:
            return self.page_none()
        if vm_flags & VM_WRITE and vm_flags & VM_SHARED:
            return RWX if vm_flags & VM_EXEC else RW
        return RX if vm_flags & VM_EXEC else RO

    @hookimpl
    def page_none(self) -> int:
        """Give no right: closed, and without READ no fault opens it."""
        return NONE
