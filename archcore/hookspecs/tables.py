"""Protections of VMAs, and entries that point to tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.hookspecs.marks import ask

if TYPE_CHECKING:
    from archcore.words.types import Truth, Word


@ask
def vm_get_page_prot(vm_flags: int) -> int:
    """Return the protection of the flags READ, WRITE, EXEC and SHARED of a VMA."""


@ask
def page_none() -> int:
    """Return the protection PAGE_NONE, which may differ from that of a VMA without rights."""


@ask
def pgprot_modify(oldprot: Word, newprot: Word) -> Word:
    """Return the new protection with the memory type of the old one."""


@ask
def pxd_populate(level: str, table: Word) -> Word:
    """Return the entry of an upper level that points to the table at a physical address."""


@ask
def pmd_hints_tables() -> Truth:
    """Say whether an entry that points to a table can be a hint as well (Linux 3.8 to 3.12).

    pmd_mknuma, pmd_numa and pmd_mknonnuma then take such an entry, too: the hint keeps hardware out
    of the table, while the kernel goes on through it.
    """


@ask
def pxd_page_paddr(level: str, entry: Word) -> Word:
    """Return the physical address of the table an upper-level entry points to."""
