"""Huge pages: what a machine with transparent huge pages knows of them, and their entries."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from attrs import frozen

from archcore.mm.costs import Waste
from archcore.mm.pages import drop_contents

if TYPE_CHECKING:
    from archcore.binding import Hooks
    from archcore.layout import Geometry, Level
    from archcore.mm.engine import Engine
    from archcore.mm.frames import Frames
    from archcore.mm.slot import Slot
    from archcore.mm.snapshot import Snapshot
    from archcore.mm.vma import Vma

LEVEL = "pmd"
NEEDED = (
    *("pfn_pmd", "pmd_mkhuge", "pmd_trans_huge", "pmd_none", "pmd_present", "pmd_same", "pmd_pfn"),
    *("pmd_modify", "pmd_mkwrite", "pmd_wrprotect", "pmd_mkdirty", "pmd_mkyoung", "pmd_mkinvalid"),
    *("pmd_write", "pmd_dirty", "pmd_young", "pmd_numa", "pmd_mknuma", "pmd_mknonnuma"),
)
MIGRATION = ("arch_swp_entry_to_pmd", "arch_pmd_to_swp_entry")
MARK = "pmd_mksplitting"


class Pmd(Enum):
    """What an upper-level entry is."""

    NONE = "empty"
    TABLE = "a table"
    HUGE = "a huge page"
    MIGRATION = "a huge page on its way to another frame"


@frozen
class HugePages:
    """Transparent huge pages of one machine.

    ``zero`` is the head of the huge zero page, None where reads allocate. ``migrates`` says whether
    the target has migration entries of this level (thp_migration_supported), ``marks`` whether its
    entries can say that they are being split; otherwise the engine remembers it beside them.
    """

    level: Level
    order: int
    zero: int | None
    migrates: bool
    marks: bool

    @property
    def size(self) -> int:
        """The bytes of a huge page (HPAGE_PMD_SIZE)."""
        return self.level.size

    @property
    def nr(self) -> int:
        """The base pages of a huge page (HPAGE_PMD_NR)."""
        return 1 << self.order

    def start(self, address: int) -> int:
        """Return the first address of the huge page an address is in (haddr)."""
        return address & -self.level.size

    def fits(self, vma: Vma, address: int) -> bool:
        """Say whether the huge page of an address lies within its VMA."""
        start = self.start(address)
        return vma.vm_start <= start and start + self.size <= vma.vm_end


def huge_level(hooks: Hooks, geometry: Geometry) -> Level | None:
    """Return the level of a target's huge pages, None where it has none or not their helpers."""
    if not all(map(hooks.has, NEEDED)):
        return None
    return next((one for one in geometry.levels if one.name == LEVEL and one.leaf), None)


def huge_pages(
    hooks: Hooks, geometry: Geometry, frames: Frames, *, zero_page: bool
) -> HugePages | None:
    """Return the huge pages of a target, None where it has no leaves above the lowest level."""
    level = huge_level(hooks, geometry)
    if level is None:
        return None
    order = level.shift - geometry.page_shift
    return HugePages(
        level,
        order,
        zero=frames.allocate_huge(0, order) if zero_page else None,
        migrates=all(map(hooks.has, MIGRATION)),
        marks=hooks.offers[MARK][0] != "generic",
    )


def pmd_kind(hooks: Hooks, pmd: int) -> Pmd:
    """Return what an upper-level entry is."""
    if hooks.pmd_none(pmd):
        return Pmd.NONE
    if not hooks.pmd_present(pmd):
        return Pmd.MIGRATION
    return Pmd.HUGE if hooks.pmd_trans_huge(pmd) else Pmd.TABLE


def huge_of(engine: Engine) -> HugePages:
    """Return the huge pages of a machine that has them."""
    if engine.huge is None:
        msg = "huge page code runs on a machine without huge pages"
        raise AssertionError(msg)
    return engine.huge


def page_of(engine: Engine, pmd: int) -> int | None:
    """Return the head of the ordinary huge page behind a leaf (vm_normal_page_pmd), if any."""
    head: int = engine.hooks.pmd_pfn(pmd)
    zero = huge_of(engine).zero
    return None if head == zero or head >= engine.frames.total else head


def is_huge_zero(engine: Engine, pmd: int) -> bool:
    """Say whether a leaf maps the huge zero page (is_huge_zero_pmd)."""
    return bool(engine.hooks.pmd_pfn(pmd) == huge_of(engine).zero)


def mk_huge_pmd(engine: Engine, vma: Vma, head: int) -> int:
    """Return a leaf for a huge page with the VMA's protection."""
    hooks = engine.hooks
    pmd: int = hooks.pmd_mkhuge(hooks.pfn_pmd(head, vma.vm_page_prot))
    return pmd


def maybe_pmd_mkwrite(engine: Engine, vma: Vma, pmd: int) -> int:
    """Return the leaf writable if the VMA is."""
    if vma.writable:
        pmd = engine.hooks.pmd_mkwrite(pmd, vma)
    return pmd


def splitting(engine: Engine, slot: Slot, pmd: int) -> bool:
    """Say whether a leaf is being split (pmd_trans_splitting)."""
    if not engine.profile.marks_splitting:
        return False
    if huge_of(engine).marks:
        return bool(engine.hooks.pmd_trans_splitting(pmd))
    return slot.address in engine.splitting


def read_pmd(engine: Engine, vma: Vma, slot: Slot) -> Snapshot:
    """Return what an upper-level slot holds, read without its lock."""
    pmd = engine.hooks.pmdp_get(slot)
    marked = splitting(engine, slot, pmd)
    return engine.locks.pmd_snapshot(vma.vm_mm, slot, pmd, splitting=marked)


def still(engine: Engine, slot: Slot, orig: Snapshot) -> int | None:
    """Return what a slot holds now, under its lock, or None if it is not what was read before."""
    pmd: int = engine.hooks.pmdp_get(slot)
    marked = splitting(engine, slot, pmd)
    return pmd if orig.same(engine.hooks.pmd_same, pmd, splitting=marked) else None


def allocate(engine: Engine, nid: int, *, strict: bool = False) -> int | None:
    """Return the head of a new huge page, None where no node has so many neighbouring frames."""
    engine.costs.charge("huge_pages_allocated")
    return engine.frames.allocate_huge(nid, huge_of(engine).order, strict=strict)


def discard(engine: Engine, head: int, wasted: Waste) -> None:
    """Give a new huge page back that came too late; what was written to it was in vain."""
    engine.costs.discard(Waste.HUGE_PAGES)
    engine.costs.discard(wasted, huge_of(engine).size)
    forget(engine, head)
    engine.frames.free_huge(head)


def forget(engine: Engine, head: int) -> None:
    """Drop the contents of the frames of a huge page that is about to be freed."""
    drop_contents(engine, head, engine.frames.size(head))
