"""Protections of VMAs, and entries that point to tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.hookspecs.marks import ask

if TYPE_CHECKING:
    from archcore.words.types import Word


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
def pxd_page_paddr(level: str, entry: Word) -> Word:
    """Return the physical address of the table an upper-level entry points to."""
