"""The entry helpers of the sound architecture: a page of any level, and what huge pages add."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

from attrs import frozen

from archcore.entry import helper
from archcore.words import (
    Mask,
    add_bits,
    bits,
    both,
    clear,
    either,
    has_all,
    has_any,
    has_none,
    negate,
    put,
    same,
    with_bits,
    xor,
)

if TYPE_CHECKING:
    from archcore.layout import EntryLayout

SHOWN_BY = ("VALID", "CLOSED", "INVALID")
FLUSHED = ("VALID", "LEAF", "READ", "WRITE", "EXEC", "DIRTY")
"""What a TLB must not keep once it is gone."""


@frozen
class Entry:
    """Entries of one level: ``frame`` spans the frame in base pages, ``replaced`` is the VMA's."""

    layout: EntryLayout
    frame: Mask
    replaced: Mask

    # -- reading ------------------------------------------------------------------------------

    def none(self, entry):
        """Overlook what the hardware may set in an empty entry."""
        return same(clear(entry, self.layout.mask("ACCESSED", "DIRTY")), 0)

    def present(self, entry):
        """Count an entry closed on purpose, or for a moment."""
        return has_any(entry, self.layout.mask(*SHOWN_BY))

    def same(self, a, b):
        """Overlook NOTES."""
        return same(clear(a, self.layout["NOTES"]), clear(b, self.layout["NOTES"]))

    def young(self, entry):
        """Read ACCESSED."""
        return has_all(entry, self.layout["ACCESSED"])

    def dirty(self, entry):
        """Read DIRTY."""
        return has_all(entry, self.layout["DIRTY"])

    def write(self, entry):
        """Read WRITE, or the permission that a hint saves."""
        return has_any(entry, self.layout.mask("WRITE", "SAVED"))

    def savedwrite(self, entry):
        """Read the same."""
        return has_any(entry, self.layout.mask("WRITE", "SAVED"))

    def protnone(self, entry):
        """Ask for CLOSED without VALID."""
        return both(has_all(entry, self.layout["CLOSED"]), has_none(entry, self.layout["VALID"]))

    def pfn(self, entry):
        """Read the frame in base pages."""
        return bits(entry, self.frame)

    def accessible(self, entry, flush_pending):
        """Ask for VALID, or for presence while a flush is pending."""
        return either(
            has_all(entry, self.layout["VALID"]), both(self.present(entry), flush_pending)
        )

    def needs_flush(self, old, new):
        """Owe one for another address, and for what is gone of FLUSHED."""
        gone = has_any(xor(put(old, new), new), self.layout.mask(*FLUSHED))
        moved = has_any(xor(old, new), self.frame)
        return both(has_all(old, self.layout["VALID"]), either(gone, moved))

    # -- making -------------------------------------------------------------------------------

    def pfn_entry(self, pfn, pgprot):
        """Place the frame and add the protection."""
        return put(with_bits(0, self.frame, pfn), pgprot)

    def modify(self, entry, newprot):
        """Take from the protection what is the VMA's."""
        return put(clear(entry, self.replaced), clear(newprot, ~self.replaced))

    def mkyoung(self, entry):
        """Set ACCESSED."""
        return put(entry, self.layout["ACCESSED"])

    def mkold(self, entry):
        """Clear ACCESSED."""
        return clear(entry, self.layout["ACCESSED"])

    def mkdirty(self, entry):
        """Set DIRTY and SOFT_DIRTY."""
        return put(entry, self.layout.mask("DIRTY", "SOFT_DIRTY"))

    def mkclean(self, entry):
        """Clear DIRTY."""
        return clear(entry, self.layout["DIRTY"])

    def mkwrite(self, entry):
        """Set READ and WRITE."""
        return put(entry, self.layout.mask("READ", "WRITE"))

    def wrprotect(self, entry):
        """Clear WRITE and what a hint saved of it."""
        return clear(entry, self.layout.mask("WRITE", "SAVED"))

    def mk_savedwrite(self, entry):
        """Set SAVED."""
        return put(entry, self.layout["SAVED"])

    def clear_savedwrite(self, entry):
        """Clear SAVED."""
        return clear(entry, self.layout["SAVED"])

    def mkinvalid(self, entry):
        """Close the entry for a moment, with its address out of the way."""
        opened = clear(entry, self.layout.mask("VALID", "CLOSED"))
        return put(opened, self.layout.mask("INVALID", "ASIDE"))

    def advance_pfn(self, entry, nr):
        """Move the frame on."""
        return add_bits(entry, self.frame, nr)

    def mkhuge(self, entry):
        """Set LEAF."""
        return put(entry, self.layout["LEAF"])


@frozen
class PageEntry(Entry):
    """Entries of the lowest level."""

    @helper("pte_huge")
    def huge(self, entry):
        """Read LEAF."""
        return has_all(entry, self.layout["LEAF"])


@frozen
class HugeEntry(Entry):
    """Entries of the levels where LEAF tells pages from tables."""

    def leaf(self, entry):
        """Read LEAF."""
        return has_all(entry, self.layout["LEAF"])

    def trans_huge(self, entry):
        """Ask for LEAF without DEVMAP."""
        return both(self.leaf(entry), has_none(entry, self.layout["DEVMAP"]))

    def bad(self, entry):
        """Find what no table has: flags other than VALID."""
        return negate(same(clear(entry, self.frame), self.layout["VALID"]))


def mark(name, bit):
    """Return the three helpers of something that one bit marks.

    They are ``name`` itself and, as in ``mkspecial``, ``swp_mkexclusive`` and ``clear_uffd_wp``,
    what sets and clears it; nothing clears SPECIAL or DEVMAP.
    """
    room, kind = ("swp_", name.removeprefix("swp_")) if name.startswith("swp_") else ("", name)
    helpers = {
        name: lambda entry: has_all(entry, bit),
        f"{room}mk{kind}": lambda entry: put(entry, bit),
    }
    if kind not in ("special", "devmap"):
        helpers[f"{room}clear_{kind}"] = lambda entry: clear(entry, bit)
    return SimpleNamespace(**helpers)


class Hugetlb:
    """Pages of hugetlbfs: the helpers of a PTE under names of their own."""

    @helper("huge_pte_none")
    def none(self, own, entry):
        """Ask for an empty entry."""
        return own.none(entry)

    @helper("huge_pte_write")
    def write(self, own, entry):
        """Read write permission."""
        return own.write(entry)

    @helper("huge_pte_dirty")
    def dirty(self, own, entry):
        """Read dirtiness."""
        return own.dirty(entry)

    @helper("huge_pte_mkwrite")
    def mkwrite(self, own, entry):
        """Grant write permission."""
        return own.mkwrite(entry, None)

    @helper("huge_pte_wrprotect")
    def wrprotect(self, own, entry):
        """Take write permission away."""
        return own.wrprotect(entry)

    @helper("huge_pte_mkdirty")
    def mkdirty(self, own, entry):
        """Mark as written."""
        return own.mkdirty(entry)

    @helper("huge_pte_modify")
    def modify(self, own, entry, newprot):
        """Give another protection."""
        return own.modify(entry, newprot)
