"""How a hint would be encoded on mips: a proposal, for Linux 6.1 has no NUMA balancing there.

A hint has the protection of a mapping without rights, as PAGE_NONE since Linux 4.0: present to the
kernel, inhibited for the TLB, and not VALID. That it is not VALID cannot be asked: handle_tlbl sets
VALID in whatever is present, and only then the TLB inhibits the read (arch/mips/mm/tlbex.c). The
VMA is asked instead, for a private mapping that may only be written has the very same protection;
one that inhibits reads itself has no hints. Write permission is rebuilt by an engine that does so
(Linux 6.2 on).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.encoding import Write
from archcore.words import both, has_all, has_none

if TYPE_CHECKING:
    from archcore.entry import LevelHooks
    from archcore.hookspecs import Vma
    from archcore.layout import EntryLayout
    from archcore.words.types import Truth, Word


@frozen
class Inhibited:
    """A hint inhibits what the VMA does not; write permission is the engine's affair."""

    layout: EntryLayout
    write: Write = Write.LOST

    def mknuma(self, own: LevelHooks, entry: Word) -> Word:
        """Give the entry the protection of a mapping without rights."""
        hinted: Word = own.modify(entry, own.page_none())
        return hinted

    def mknonnuma(self, own: LevelHooks, vma: Vma, entry: Word) -> Word:
        """Give the entry the VMA's protection back, and mark the page used."""
        ordinary: Word = own.mkyoung(own.modify(entry, vma.vm_page_prot))
        return ordinary

    def numa(self, vma: Vma, entry: Word) -> Truth:
        """Ask the entry for reads that are inhibited, and the VMA for ones that are not."""
        inhibited = has_all(entry, self.layout.mask("PRESENT", "NO_READ", "NO_EXEC"))
        closed = both(inhibited, has_none(entry, self.layout["WRITE"]))
        return both(closed, has_none(vma.vm_page_prot, self.layout["NO_READ"]))
