"""The shared format of one era, MMU and page size: its layouts, its masks, its entries."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from attrs import frozen

from archcore.encoding import Write
from archcore.words import Mask
from archcore_powerpc.entry import EVERYTHING, NOTHING, Making
from archcore_powerpc.geometry import RADIX, Shape, hash_shape
from archcore_powerpc.layout import PAGE_SHIFT_4K
from archcore_powerpc.radix_mmu import DIRECTORY
from archcore_powerpc.shared_entry import SharedEntry, SharedHuge

if TYPE_CHECKING:
    from archcore.layout import EntryLayout, Geometry
    from archcore_powerpc.era import Era


@frozen(slots=False)
class Format:
    """What an era is with one MMU (``hashes`` or not) and pages of ``2**shift`` bytes."""

    era: Era
    shift: int
    hashes: bool

    # -- layouts and masks ----------------------------------------------------------------------

    @cached_property
    def page(self) -> EntryLayout:
        """The layout of PTEs."""
        return self.era.page(self.shift)

    @cached_property
    def shape(self) -> Shape:
        """The levels."""
        if not self.hashes:
            return RADIX[self.shift]
        return hash_shape(self.shift, self.era.hash_pud, doubled_pud=self.era.hash_valid)

    @cached_property
    def geometry(self) -> Geometry:
        """The levels with the layouts of their leaves."""
        return self.shape.geometry(self.shift, self._layout_of, self.era.pa_bits)

    def _layout_of(self, level: str, shift: int) -> EntryLayout:
        return self.page if level == "pte" else self.era.huge(level, self.shift, shift)

    @property
    def hpteflags(self) -> Mask:
        """What belongs to the hash table, which pte_modify keeps on radix too (_PAGE_HPTEFLAGS)."""
        return self.page.mask(*self.era.hpteflags[self.shift])

    @property
    def rights(self) -> Mask:
        """What hardware may allow (_PAGE_RWX)."""
        return self.page.mask("READ", "WRITE", "EXEC")

    @property
    def live(self) -> Mask:
        """What hardware asks of a leaf."""
        return self.page.mask("PRESENT", "PTE")

    @property
    def stash(self) -> Mask:
        """What a saved write permission lacks."""
        return self.rights | self.page["PRIVILEGED"]

    @property
    def raised(self) -> Mask:
        """What set_access_flags may set."""
        return self.rights | self.page.mask("DIRTY", "ACCESSED", "SOFT_DIRTY")

    def named(self, *names: str) -> Mask:
        """Return those bits that the era has."""
        return self.page.mask(*(name for name in names if name in self.page.masks))

    @property
    def has_thp(self) -> bool:
        """Transparent huge pages: not in hash with 4K pages."""
        return not self.hashes or self.shift > PAGE_SHIFT_4K

    @property
    def huge_levels(self) -> tuple[str, ...]:
        """The levels with transparent huge pages, or pages of ZONE_DEVICE like them."""
        puds = ("pud",) if "huge_pud" in self.era.names and not self.hashes else ()
        return ("pmd", *puds) if self.has_thp else ()

    # -- entries --------------------------------------------------------------------------------

    def _common(self, layout: EntryLayout) -> dict[str, Any]:
        software = self.named("DIRTY", "ACCESSED", "PTE", "SOFT_DIRTY", "DEVMAP")
        return {
            "layout": layout,
            "frame": self.page["RPN"],
            "kept": self.page["RPN"] | self.hpteflags | software,
            "writable": layout["WRITE"],
            "grants": layout.mask("READ", "WRITE"),
            "dirties": layout.mask("DIRTY", "SOFT_DIRTY"),
            "incomparable": self.hpteflags if self.hashes else NOTHING,
            "live": self.live,
            "rights": self.rights,
            "stash": self.stash if self.era.write is Write.STASHED else NOTHING,
        }

    def pte(self) -> SharedEntry:
        """Return the lowest level."""
        common = self._common(self.page)
        common["kept"] |= self.page["SPECIAL"]
        return SharedEntry(
            unseen=self.hpteflags if self.hashes else self.page.mask("DIRTY", "ACCESSED"),
            shown_by=self.named("PRESENT", "INVALID"),
            shown_in=self.page["PTE"] if self.era.marked else NOTHING,
            **common,
        )

    def upper(self, level: str) -> SharedHuge:
        """Return an upper level; until Linux 4.19 whatever is not empty there is present."""
        layout = self.geometry.level(level).layout
        common = self._common(layout)
        huge = self.marks_of_huge(level, layout)
        common["kept"] |= layout.masks.get("THP_HUGE", NOTHING)
        shown = self.named("PRESENT", "INVALID") if level == "pmd" else layout["PRESENT"]
        return SharedHuge(
            shown_by=shown if self.era.marked else EVERYTHING,
            not_table=self._not_table(level),
            huge=huge,
            other=self.named("DEVMAP"),
            invalid=self.named("INVALID"),
            **common,
        )

    def marks_of_huge(self, level: str, layout: EntryLayout) -> Mask:
        """Return what marks a transparent huge page."""
        if level not in self.huge_levels:
            return NOTHING
        return layout.mask("PTE", "THP_HUGE") if self.hashes else layout["PTE"]

    def _not_table(self, level: str) -> Mask:
        """Return what is clear in a pointer to a table: of hash, what its alignment leaves so."""
        if not self.hashes:
            return DIRECTORY.mask("L", "reserved 2", "reserved 56:58")
        below = self.geometry.levels[self.shape.names().index(level) - 1]
        return Mask(below.table_bytes - 1)

    def making(self, level: str) -> Making:
        """Return how entries are made from frames.

        Linux 4.12 leaves setting PTE to set_pte_at; an entry here is one as tables hold it.
        """
        if level == "pte":
            return Making(self.era.place(self.shift), self.page["PTE"])
        leaf = self.geometry.level(level).layout["PTE"]
        marks = self.marks_of_huge(level, self.geometry.level(level).layout) | leaf
        if self.era.marked:
            return Making(self.page["RPN"], marks)
        return Making(self.page["RPN"], huge=marks)
