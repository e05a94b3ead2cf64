"""sparc64 protections: sun4u_pgprot_init, sun4v_pgprot_init, prot_init_common of mm/init_64.c."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.hookspecs import hookimpl
from archcore.vmflags import VM_ACCESS_FLAGS, VM_EXEC, VM_SHARED, VM_WRITE

if TYPE_CHECKING:
    from archcore.layout import EntryLayout

NONE = ("PRESENT", "ACCESSED", "CP", "CV")  # page_none
ALLOWED = (*NONE, "VALID", "READ")  # with __ACCESS_BITS


@frozen
class Protections:
    """Protections over the layout of pages."""

    layout: EntryLayout

    @hookimpl
    def vm_get_page_prot(self, vm_flags: int) -> int:
        """Give READ and VALID to any right, WRITE to shared stores, EXEC to fetches."""
        if not vm_flags & VM_ACCESS_FLAGS:
            return self.page_none()
        names = list(ALLOWED)
        if vm_flags & VM_WRITE and vm_flags & VM_SHARED:
            names.append("WRITE")
        if vm_flags & VM_EXEC:
            names.append("EXEC")
        return self.layout.mask(*names).value

    @hookimpl
    def page_none(self) -> int:
        """Give PRESENT without VALID and READ."""
        return self.layout.mask(*NONE).value
