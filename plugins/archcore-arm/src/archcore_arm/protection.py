"""Protections: protection_map of arch/arm/mm/mmu.c over the constants of pgtable.h, Linux 6.1."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from attrs import frozen

from archcore.hookspecs import hookimpl
from archcore.vmflags import VM_ACCESS_FLAGS, VM_EXEC, VM_SHARED, VM_WRITE

if TYPE_CHECKING:
    from archcore.layout import EntryLayout


@frozen(slots=False)
class Protections:
    """``shown_by`` is L_PTE_PRESENT, ``user`` what build_mem_type_table adds for user pages."""

    layout: EntryLayout
    shown_by: tuple[str, ...]
    user: int

    @cached_property
    def _default(self) -> int:
        """_L_PTE_DEFAULT with the memory type: every protection is of a page in use."""
        return self.layout.mask(*self.shown_by, "YOUNG").value | self.user

    @hookimpl
    def vm_get_page_prot(self, vm_flags: int) -> int:
        """Give USER, RDONLY unless stores to a shared mapping are allowed, XN unless fetches are.

        Whoever may store or fetch may load.
        """
        if not vm_flags & VM_ACCESS_FLAGS:
            return self.page_none()
        names = ["USER"]
        if not (vm_flags & VM_WRITE and vm_flags & VM_SHARED):
            names.append("RDONLY")
        if not vm_flags & VM_EXEC:
            names.append("XN")
        return self._default | self.layout.mask(*names).value

    @hookimpl
    def page_none(self) -> int:
        """Give XN, RDONLY and NONE, and no USER (__PAGE_NONE)."""
        return self._default | self.layout.mask("XN", "RDONLY", "NONE").value
