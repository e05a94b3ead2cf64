"""A whole architecture, invented: every law is asked of it at some level, and all of them hold.

Broken copies of it show that a law notices what it is about. It has whatever a law may need: three
levels that all hold pages, protection keys, swap entries with every mark, and loads that follow
entries which are not valid. Its hint is PAGE_NONE with the write permission stashed.
"""

from __future__ import annotations

from functools import cache

from attrs import frozen
from sound_entry import HugeEntry, Hugetlb, PageEntry, mark
from sound_mmu import SoundMmu

from archcore.encoding import Protnone, Write
from archcore.entry import AtLevel, at_levels, helper, layer
from archcore.hookspecs import LEVELS, hookimpl
from archcore.hw.mmu import Mmu
from archcore.layout import Bit, Bits, EntryLayout, Geometry, Level
from archcore.swaptypes import SwapTypes
from archcore.target import Target
from archcore.vmflags import VM_ACCESS_FLAGS, VM_EXEC, VM_READ, VM_SHARED, VM_WRITE
from archcore.words import bits, clear, put, with_bits, xor

ERA = "v6.1"
PAGE_SHIFT, INDEX_BITS, PA_BITS = 12, 9, 46
ASIDE = Bit("ASIDE", PA_BITS, "set: the address lies above all memory; clear in a valid entry")
PAGE = (
    Bit("VALID", 0, "clear: the walk stops, every other bit is software's"),
    Bit("LEAF", 1, "the entry maps memory, not a table; in a PTE a mark of hugetlb's"),
    Bit("READ", 2, "loads are allowed"),
    Bit("WRITE", 3, "stores are allowed"),
    Bit("EXEC", 4, "fetches are allowed"),
    Bit("ACCESSED", 5, "set by the walker on first use"),
    Bit("DIRTY", 6, "set by the walker on first store"),
    Bit("CLOSED", 7, "no right, on purpose", when="invalid"),
    Bit("INVALID", 8, "closed for a moment", when="invalid"),
    Bit("SAVED", 9, "was writable when it was armed", when="invalid"),
    Bit("SPECIAL", 10, "no struct page behind the mapping"),
    Bit("DEVMAP", 11, "device memory with struct pages"),
    ASIDE,
    Bit("SOFT_DIRTY", 50, "written since the tracker last looked"),
    Bit("UFFD_WP", 51, "write-protected by userfaultfd"),
    Bit("UNCACHED", 52, "memory type: loads and stores go past the cache"),
    Bits("KEY", 56, 59, "protection key"),
    Bits("NOTES", 60, 62, "of those who fill a TLB; pte_same overlooks them"),
)
REPLACED = (
    *("VALID", "READ", "WRITE", "EXEC", "CLOSED", "INVALID", "SAVED", "ASIDE", "UNCACHED", "KEY"),
)
"""What pte_modify takes from the protection."""

SWAP = EntryLayout(
    "sound swap entry",
    (
        Bit("VALID", 0, "clear"),
        Bit("LEAF", 1, "clear"),
        Bit("EXCLUSIVE", 2, "the only reference to an anonymous page"),
        Bit("CLOSED", 7, "clear, so that no swap entry looks hinted"),
        Bit("INVALID", 8, "clear"),
        Bit("SPECIAL", 10, "clear"),
        Bits("OFFSET", PAGE_SHIFT, PA_BITS - 1, "offset in the area, inverted in a table"),
        ASIDE,
        Bit("SOFT_DIRTY", 50),
        Bit("UFFD_WP", 51),
        Bits("TYPE", 56, 60, "swap area"),
    ),
    source="invented",
)
TYPES = SwapTypes(
    max_swapfiles=27,
    hwpoison=27,
    migration_read=28,
    migration_read_exclusive=29,
    migration_write=30,
    pte_marker=31,
    swapin_error=None,
    pfn_bits=PA_BITS - PAGE_SHIFT,
    migration_ad=False,
)


def shift_of(level: str) -> int:
    """Return the logarithm of what an entry of a level maps, in bytes."""
    return PAGE_SHIFT + INDEX_BITS * LEVELS.index(level)


@cache
def layout(level: str) -> EntryLayout:
    """Return the layout of leaves of a level."""
    frame = Bits("PFN", shift_of(level), PA_BITS - 1, "frame number")
    return EntryLayout(f"sound {level}", (*PAGE, frame), source="invented")


@frozen
class Protections:
    """Rights as they are written, and none as CLOSED beside an address above all memory."""

    layout: EntryLayout

    @hookimpl
    def vm_get_page_prot(self, vm_flags: int) -> int:
        """Give a private mapping no WRITE at first."""
        if not vm_flags & VM_ACCESS_FLAGS:
            return self.page_none()
        named = {
            "READ": vm_flags & (VM_READ | VM_WRITE),
            "WRITE": vm_flags & VM_WRITE and vm_flags & VM_SHARED,
            "EXEC": vm_flags & VM_EXEC,
        }
        return self.layout.mask("VALID", *(name for name, given in named.items() if given)).value

    @hookimpl
    def page_none(self) -> int:
        """Return CLOSED and ASIDE."""
        return self.layout.mask("CLOSED", "ASIDE").value

    @helper("pgprot_noncached")
    def noncached(self, pgprot):
        """Set UNCACHED."""
        return put(pgprot, self.layout["UNCACHED"])

    @helper("pgprot_writecombine")
    def writecombine(self, pgprot):
        """Set UNCACHED: there is nothing between."""
        return put(pgprot, self.layout["UNCACHED"])


@frozen
class Tables:
    """Entries that point to tables have VALID only."""

    layout: EntryLayout

    @hookimpl
    def pxd_populate(self, table):
        """Add VALID to the address."""
        return put(table, self.layout["VALID"])

    @hookimpl
    def pxd_page_paddr(self, entry):
        """Drop VALID."""
        return clear(entry, self.layout["VALID"])


@frozen
class SwapValues:
    """Area and offset, each in its field."""

    layout: EntryLayout

    @hookimpl
    def arch_swp_entry(self, type, offset):  # noqa: A002 - the kernel's name
        """Place both."""
        return with_bits(with_bits(0, self.layout["OFFSET"], offset), self.layout["TYPE"], type)

    @hookimpl
    def arch_swp_type(self, swp):
        """Read the area."""
        return bits(swp, self.layout["TYPE"])

    @hookimpl
    def arch_swp_offset(self, swp):
        """Read the offset."""
        return bits(swp, self.layout["OFFSET"])


@frozen
class SwapEntry:
    """Swap values stored with the offset inverted and the address out of the way."""

    layout: EntryLayout

    def swp_entry_to_entry(self, swp):
        """Turn the offset over and set ASIDE."""
        return xor(swp, self.layout.mask("OFFSET", "ASIDE"))

    def to_swp_entry(self, entry):
        """Turn the offset back and clear ASIDE."""
        return xor(entry, self.layout.mask("OFFSET", "ASIDE"))


SWAPPED = LEVELS[:2]
SWAP_MARKS = ("EXCLUSIVE", "SOFT_DIRTY", "UFFD_WP")


def _level(level: str):
    named, page = layout(level), layout(LEVELS[0])
    kind = PageEntry if level == LEVELS[0] else HugeEntry
    yield AtLevel(level, kind(named, page["PFN"], named.mask(*REPLACED)))
    for name in ("SPECIAL", "DEVMAP", "SOFT_DIRTY", "UFFD_WP"):
        yield AtLevel(level, mark(name.lower(), named[name]))
    if level in SWAPPED:
        yield AtLevel(level, SwapEntry(SWAP))
        for name in SWAP_MARKS:
            yield AtLevel(level, mark(f"swp_{name.lower()}", SWAP[name]))


def _target() -> Target:
    levels = (Level(one, shift_of(one), INDEX_BITS, layout(one)) for one in LEVELS)
    page = layout(LEVELS[0])
    return Target(
        id=f"sound-{ERA}",
        arch="sound",
        era=ERA,
        summary="an invented architecture that keeps every promise",
        geometry=Geometry(tuple(levels), pa_bits=PA_BITS),
        architecture=layer(
            *(part for level in LEVELS for part in _level(level)),
            Protections(page),
            Tables(page),
            SwapValues(SWAP),
            Hugetlb(),
        ),
        encoding=at_levels(Protnone(Write.STASHED)),
        mmu=Mmu(SoundMmu(PA_BITS), speculates=True, strays=True, source="invented"),
        swap=SWAP,
        sources=("invented",),
        swap_types=TYPES,
        golden="sound_answers:answers.jsonl",
    )


SOUND = _target()
"""The architecture as one target."""
