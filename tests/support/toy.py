"""The bare toy: a target that defines no more than it must, for tests of everything around one.

Three levels of 32-bit entries, leaves at the lowest only, no swap types, and a none protection that
looks like a hint. The toy of the documentation is another one: the package ``archcore_toy``.
"""

from __future__ import annotations

import sys

from archcore.encoding import NumaBit
from archcore.entry import AtLevel
from archcore.hookspecs import hookimpl
from archcore.hw.mmu import Access, Mmu
from archcore.layout import Bit, Bits, EntryLayout, Geometry, Level
from archcore.target import Target
from archcore.vmflags import VM_EXEC, VM_READ, VM_SHARED, VM_WRITE
from archcore.words import bits, clear, either, has_all, negate, put, same, with_bits

ENTRY = EntryLayout(
    "toy entry",
    (
        Bit("V", 0, "clear: the walk stops and faults"),
        Bit("W", 1, "stores are allowed"),
        Bit("X", 2, "fetches are allowed"),
        Bit("A", 3, "set by the walker on first use"),
        Bit("D", 4, "set by the walker on first store"),
        Bit("LEAF", 5, "the entry maps memory, not a table"),
        Bit("HINT", 7, "software: a NUMA hint stands here", when="invalid"),
        Bit("SPECIAL", 8, "software: no struct page behind the mapping"),
        Bits("PFN", 12, 31, "frame number"),
    ),
    width=32,
    source="tests/support/toy.py",
)
SWAP = EntryLayout(
    "toy swap entry",
    (
        Bit("V", 0, "clear"),
        Bits("TYPE", 1, 5, "swap area"),
        Bit("HINT", 7, "clear, so that no swap entry looks hinted"),
        Bits("OFFSET", 8, 31, "offset in the area"),
    ),
    width=32,
)
GEOMETRY = Geometry(
    (
        Level("pte", 12, 10, ENTRY),
        Level("pmd", 22, 10, ENTRY, leaf=False),
        Level("pgd", 32, 10, ENTRY, leaf=False),
    ),
    pa_bits=32,
)
PAGE = ENTRY.mask("PFN", "A", "D", "SPECIAL", "LEAF")


@hookimpl
def pte_none(pte):
    """Ask for the empty word."""
    return same(pte, 0)


@hookimpl
def pte_present(pte):
    """Count a hint."""
    return either(has_all(pte, ENTRY["V"]), has_all(pte, ENTRY["HINT"]))


@hookimpl
def pte_write(pte):
    """Read W."""
    return has_all(pte, ENTRY["W"])


@hookimpl
def pte_dirty(pte):
    """Read D."""
    return has_all(pte, ENTRY["D"])


@hookimpl
def pte_young(pte):
    """Read A."""
    return has_all(pte, ENTRY["A"])


@hookimpl
def pte_special(pte):
    """Read SPECIAL."""
    return has_all(pte, ENTRY["SPECIAL"])


@hookimpl
def pte_pfn(pte):
    """Read the frame."""
    return bits(pte, ENTRY["PFN"])


@hookimpl
def pfn_pte(pfn, pgprot):
    """Place the frame, add the protection and LEAF."""
    return put(put(with_bits(0, ENTRY["PFN"], pfn), pgprot), ENTRY["LEAF"])


@hookimpl
def pte_modify(pte, newprot):
    """Keep what belongs to the page."""
    return put(clear(pte, ~PAGE), newprot)


@hookimpl
def pte_mkwrite(pte):
    """Set W."""
    return put(pte, ENTRY["W"])


@hookimpl
def pte_wrprotect(pte):
    """Clear W."""
    return clear(pte, ENTRY["W"])


@hookimpl
def pte_mkdirty(pte):
    """Set D."""
    return put(pte, ENTRY["D"])


@hookimpl
def pte_mkclean(pte):
    """Clear D."""
    return clear(pte, ENTRY["D"])


@hookimpl
def pte_mkyoung(pte):
    """Set A."""
    return put(pte, ENTRY["A"])


@hookimpl
def pte_mkold(pte):
    """Clear A."""
    return clear(pte, ENTRY["A"])


@hookimpl
def pte_mkspecial(pte):
    """Set SPECIAL."""
    return put(pte, ENTRY["SPECIAL"])


@hookimpl
def vm_get_page_prot(vm_flags):
    """Give a private mapping no W at first."""
    if not vm_flags & (VM_READ | VM_WRITE | VM_EXEC):
        return ENTRY["HINT"].value
    names = ["V"]
    names += ["W"] if vm_flags & VM_WRITE and vm_flags & VM_SHARED else []
    names += ["X"] if vm_flags & VM_EXEC else []
    return ENTRY.mask(*names).value


@hookimpl
def page_none():
    """Give no right: the bit of a hint."""
    return ENTRY["HINT"].value


@hookimpl
def pxd_populate(table):
    """Let everything through."""
    return put(table, ENTRY.mask("V", "W", "X"))


@hookimpl
def pxd_page_paddr(entry):
    """Drop the flags."""
    return clear(entry, ~ENTRY["PFN"])


@hookimpl
def arch_swp_entry(type, offset):  # noqa: A002 - the kernel's name
    """Place type and offset."""
    return with_bits(with_bits(0, SWAP["TYPE"], type), SWAP["OFFSET"], offset)


@hookimpl
def arch_swp_type(swp):
    """Read the area."""
    return bits(swp, SWAP["TYPE"])


@hookimpl
def arch_swp_offset(swp):
    """Read the offset."""
    return bits(swp, SWAP["OFFSET"])


@hookimpl
def arch_swp_entry_to_pte(swp):
    """Store it as it is."""
    return swp


@hookimpl
def arch_pte_to_swp_entry(pte):
    """Take it as it is."""
    return pte


HINT = NumaBit(numa_bit=ENTRY["HINT"], present=ENTRY["V"], accessed=ENTRY["A"])


class ToyMmu:
    """The walker's view of an entry; a page without LEAF is as wrong as a table with it."""

    def valid(self, level, entry):  # noqa: ARG002 - the protocol's
        """Ask for V."""
        return has_all(entry, ENTRY["V"])

    def leaf(self, level, entry):  # noqa: ARG002 - the protocol's
        """Ask for LEAF."""
        return has_all(entry, ENTRY["LEAF"])

    def reserved(self, level, entry):
        """Find LEAF where it may not be, and its lack where it must be."""
        misplaced = has_all(entry, ENTRY["LEAF"])
        return negate(misplaced) if level.name == "pte" else misplaced

    def allows(self, level, entry, access):  # noqa: ARG002 - the protocol's
        """Ask for V, W or X, of tables too."""
        wanted = {Access.READ: "V", Access.WRITE: "W", Access.EXECUTE: "X"}[access]
        return has_all(entry, ENTRY[wanted])

    def address(self, level, entry):  # noqa: ARG002 - the protocol's
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


TARGET = Target(
    id="toy-32bit-v1",
    arch="toy",
    era="v1",
    summary="toy: three levels of 32-bit entries, a software bit for the hint",
    geometry=GEOMETRY,
    architecture=sys.modules[__name__],
    encoding=AtLevel("pte", HINT),
    mmu=Mmu(ToyMmu()),
    swap=SWAP,
    sources=("tests/support/toy.py",),
)


@hookimpl
def archcore_targets():
    """Return the one target."""
    return (TARGET,)


def module():
    """Return this module, which is also a plugin."""
    return sys.modules[__name__]
