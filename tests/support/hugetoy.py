"""A toy architecture with huge pages: sixteen base pages each, so that a story is soon told.

The format is the same at both levels: a valid bit, rights, accessed and dirty, a frame. A hint
trades V for HINT. ``TARGET`` marks splits in the entry and can hint tables; ``UNMARKED`` leaves the
one to the engine and has not the other.
"""

from __future__ import annotations

from attrs import evolve, frozen

from archcore.encoding import NumaBit
from archcore.entry import at_levels, layer
from archcore.hookspecs import hookimpl
from archcore.hw.mmu import Access, Mmu
from archcore.layout import Bit, Bits, EntryLayout, Geometry, Level
from archcore.target import Target
from archcore.vmflags import VM_ACCESS_FLAGS, VM_EXEC, VM_SHARED, VM_WRITE
from archcore.words import bits, both, clear, either, has_all, has_any, negate, put, same, with_bits

ENTRY = EntryLayout(
    "huge toy entry",
    (
        Bit("V", 0),
        Bit("W", 1),
        Bit("X", 2),
        Bit("A", 3),
        Bit("D", 4),
        Bit("LEAF", 5),
        Bit("HINT", 6),
        Bit("SPECIAL", 7),
        Bit("SPLITTING", 8),
        Bit("CLOSED", 9),
        Bit("UFFD_WP", 10),
        Bits("PFN", 12, 47),
    ),
)
SWAP = EntryLayout("huge toy swap entry", (Bits("TYPE", 50, 54), Bits("OFFSET", 12, 47)))
REST = 4096 - 16 * 8  # a table has a frame of its own, as its address must have no lower bits
GEOMETRY = Geometry(
    (
        Level("pte", 12, 4, ENTRY, spare_bytes=REST),
        Level("pmd", 16, 4, ENTRY, spare_bytes=REST),
        Level("pgd", 20, 9, ENTRY, leaf=False),
    ),
    pa_bits=48,
)
PAGE, HUGE, NR = 1 << 12, 1 << 16, 16
KEPT = ENTRY.mask("PFN", "A", "D", "SPECIAL", "LEAF", "SPLITTING", "UFFD_WP")


class Entry:
    """The helpers of either level."""

    def none(self, entry):
        """Compare with zero."""
        return same(entry, 0)

    def present(self, entry):
        """Count what is closed on purpose."""
        return has_any(entry, ENTRY.mask("V", "HINT", "CLOSED"))

    def write(self, entry):
        """Read W."""
        return has_all(entry, ENTRY["W"])

    def dirty(self, entry):
        """Read D."""
        return has_all(entry, ENTRY["D"])

    def young(self, entry):
        """Read A."""
        return has_all(entry, ENTRY["A"])

    def special(self, entry):
        """Read SPECIAL."""
        return has_all(entry, ENTRY["SPECIAL"])

    def uffd_wp(self, entry):
        """Read UFFD_WP."""
        return has_all(entry, ENTRY["UFFD_WP"])

    def mkuffd_wp(self, entry):
        """Set UFFD_WP."""
        return put(entry, ENTRY["UFFD_WP"])

    def clear_uffd_wp(self, entry):
        """Clear UFFD_WP."""
        return clear(entry, ENTRY["UFFD_WP"])

    def leaf(self, entry):
        """Read LEAF."""
        return has_all(entry, ENTRY["LEAF"])

    def pfn(self, entry):
        """Read the frame."""
        return bits(entry, ENTRY["PFN"])

    def pfn_entry(self, pfn, pgprot):
        """Make a leaf."""
        return put(put(with_bits(0, ENTRY["PFN"], pfn), pgprot), ENTRY["LEAF"])

    def modify(self, entry, newprot):
        """Keep what belongs to the page."""
        return put(clear(entry, ~KEPT), newprot)

    def mkwrite(self, entry):
        """Set W."""
        return put(entry, ENTRY["W"])

    def wrprotect(self, entry):
        """Clear W."""
        return clear(entry, ENTRY["W"])

    def mkdirty(self, entry):
        """Set D."""
        return put(entry, ENTRY["D"])

    def mkclean(self, entry):
        """Clear D."""
        return clear(entry, ENTRY["D"])

    def mkyoung(self, entry):
        """Set A."""
        return put(entry, ENTRY["A"])

    def mkold(self, entry):
        """Clear A."""
        return clear(entry, ENTRY["A"])

    def mkspecial(self, entry):
        """Set SPECIAL."""
        return put(entry, ENTRY["SPECIAL"])

    def mkhuge(self, entry):
        """Set LEAF."""
        return put(entry, ENTRY["LEAF"])

    def mkinvalid(self, entry):
        """Trade V for CLOSED."""
        return put(clear(entry, ENTRY["V"]), ENTRY["CLOSED"])

    def accessible(self, entry, flush_pending):
        """Ask for V; a closed entry may be in a TLB while a flush is pending."""
        return either(
            has_all(entry, ENTRY["V"]), both(has_all(entry, ENTRY["HINT"]), flush_pending)
        )

    def swp_entry_to_entry(self, swp):
        """Store the value as it is."""
        return swp

    def to_swp_entry(self, entry):
        """Read the value as it is."""
        return entry


class Splitting:
    """The mark of a split, as kernels had it until Linux 4.5."""

    @hookimpl
    def pmd_mksplitting(self, pmd):
        """Set the bit."""
        return put(pmd, ENTRY["SPLITTING"])

    @hookimpl
    def pmd_trans_splitting(self, pmd):
        """Read the bit."""
        return has_all(pmd, ENTRY["SPLITTING"])


class TableHints:
    """Tables that can be hints, as on x86 until Linux 3.12."""

    @hookimpl
    def pmd_hints_tables(self):
        """Affirm it."""
        return True


class Tables:
    """Protections, tables and swap values."""

    @hookimpl
    def vm_get_page_prot(self, vm_flags):
        """Leave stores to a private mapping to a fault."""
        if not vm_flags & VM_ACCESS_FLAGS:
            return ENTRY["HINT"].value
        names = ["V"]
        names += ["W"] if vm_flags & VM_WRITE and vm_flags & VM_SHARED else []
        names += ["X"] if vm_flags & VM_EXEC else []
        return ENTRY.mask(*names).value

    @hookimpl
    def page_none(self):
        """Return what is inaccessible."""
        return ENTRY["HINT"].value

    @hookimpl
    def pxd_populate(self, table):
        """Point to a table."""
        return put(table, ENTRY.mask("V", "W", "X"))

    @hookimpl
    def pxd_page_paddr(self, entry):
        """Read where a table lies."""
        return clear(entry, ~ENTRY["PFN"])

    @hookimpl
    def arch_swp_entry(self, type, offset):  # noqa: A002 - the kernel's name
        """Pack."""
        return with_bits(with_bits(0, SWAP["TYPE"], type), SWAP["OFFSET"], offset)

    @hookimpl
    def arch_swp_type(self, swp):
        """Read the type."""
        return bits(swp, SWAP["TYPE"])

    @hookimpl
    def arch_swp_offset(self, swp):
        """Read the offset."""
        return bits(swp, SWAP["OFFSET"])


@frozen
class Format:
    """What the hardware reads."""

    def valid(self, _level, entry):
        """Ask for V."""
        return has_all(entry, ENTRY["V"])

    def leaf(self, _level, entry):
        """Ask for LEAF."""
        return has_all(entry, ENTRY["LEAF"])

    def reserved(self, level, entry):
        """Refuse leaves where none may be."""
        return has_all(entry, ENTRY["LEAF"]) if level.name == "pgd" else negate(same(entry, entry))

    def allows(self, _level, entry, access):
        """Ask for the right."""
        wanted = {Access.READ: "V", Access.WRITE: "W", Access.EXECUTE: "X"}[access]
        return has_all(entry, ENTRY[wanted])

    def address(self, _level, entry):
        """Drop the flags."""
        return clear(entry, ~ENTRY["PFN"])

    def accessed(self, entry):
        """Read A."""
        return has_all(entry, ENTRY["A"])

    def dirty(self, entry):
        """Read D."""
        return has_all(entry, ENTRY["D"])

    def mkaccessed(self, entry):
        """Set A."""
        return put(entry, ENTRY["A"])

    def mkdirty(self, entry):
        """Set A and D."""
        return put(entry, ENTRY.mask("A", "D"))


HINT = NumaBit(numa_bit=ENTRY["HINT"], present=ENTRY["V"], accessed=ENTRY["A"])
UNMARKED = Target(
    id="hugetoy-64bit-v1",
    arch="hugetoy",
    era="v1",
    summary="a toy with huge pages of sixteen base pages",
    geometry=GEOMETRY,
    architecture=layer(at_levels(Entry(), "pte", "pmd"), Tables()),
    encoding=at_levels(HINT, "pte", "pmd"),
    mmu=Mmu(Format()),
    swap=SWAP,
    sources=("tests/support/hugetoy.py",),
)
MARKED = layer(at_levels(Entry(), "pte", "pmd"), Tables(), Splitting())
TARGET = evolve(UNMARKED, architecture=layer(MARKED, TableHints()))
