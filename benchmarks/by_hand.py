"""The hooks of a hint fault on x86-64 of Linux 6.1, put together without the plug-in system.

Twice: ``assemble`` calls the same helpers as the bound hooks do, through functions written out for
the engine's arguments; ``hard_code`` does the arithmetic in place, as generic code would that knew
one architecture only. The bits still come from the layout.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcore.words import both, where

if TYPE_CHECKING:
    from typing import Any

    from archcore.binding import Hooks
    from archcore.mm.slot import Slot
    from archcore.mm.vma import Vma
    from archcore.target import Target

TARGET = "x86-v6.1"
KEPT = ("PWT", "PCD", "ACCESSED", "DIRTY", "PAT", "SPECIAL", "UFFD_WP", "SOFT_DIRTY", "DEVMAP")
HOOKS = (
    "pte_none",
    "pte_present",
    "pte_same",
    "pte_special",
    "pte_pfn",
    "pte_numa",
    "pte_mknonnuma",
    "ptep_get",
    "ptep_modify_prot_start",
    "ptep_modify_prot_commit",
    "pxd_page_paddr",
    "mpol_misplaced",
    "should_numa_migrate_memory",
    "update_mmu_cache",
)


def assemble(hooks: Hooks, _: Target) -> None:
    """Replace the hooks of a hint fault by functions over the helpers that they are made of."""
    raw: dict[str, Any] = {name: offer.function for name, (_, offer) in hooks.offers.items()}
    none, present, protnone = raw["pte_none"], raw["pte_present"], raw["pte_protnone"]
    same, special, pfn = raw["pte_same"], raw["pte_special"], raw["pte_pfn"]
    modify, mkyoung, mkwrite = raw["pte_modify"], raw["pte_mkyoung"], raw["pte_mkwrite"]
    writable, page_paddr = raw["pte_write"], raw["pxd_page_paddr"]

    def numa(vma: Vma, pte: int) -> bool:
        return both(protnone(pte), vma.accessible)

    def mknonnuma(vma: Vma, pte: int) -> int:
        ordinary = mkyoung(modify(pte, vma.vm_page_prot))
        return where(writable(pte), mkwrite(ordinary), ordinary)

    def pxd_page_paddr(_: str, pxd: int) -> int:
        return page_paddr(pxd)

    hooks.pte_none, hooks.pte_present, hooks.pte_same = none, present, same
    hooks.pte_special, hooks.pte_pfn = special, pfn
    hooks.pte_numa, hooks.pte_mknonnuma = numa, mknonnuma
    hooks.pxd_page_paddr = pxd_page_paddr
    hooks.mpol_misplaced = raw["mpol_misplaced"]
    hooks.should_numa_migrate_memory = raw["should_numa_migrate_memory"]
    _store(hooks)


def hard_code(hooks: Hooks, target: Target) -> None:
    """Replace the hooks of a hint fault by arithmetic on plain numbers."""
    assemble(hooks, target)
    layout = target.geometry.levels[0].layout
    bit = {name: mask.value for name, mask in layout.masks.items()}
    frame, shift = bit["PFN"], layout["PFN"].shift
    shown, ignored = bit["PRESENT"] | bit["PROTNONE"], bit["ACCESSED"] | bit["DIRTY"]
    valid, closed, special, rw = bit["PRESENT"], bit["PROTNONE"], bit["SPECIAL"], bit["RW"]
    accessed, kept = bit["ACCESSED"], layout.mask("PFN", *KEPT).value
    full = (1 << layout.width) - 1

    def mknonnuma(vma: Vma, pte: int) -> int:
        ordinary = pte & kept | vma.vm_page_prot & ~kept & full
        if pte and not pte & valid:  # the frame of a hint is stored inverted
            ordinary ^= frame
        ordinary |= accessed
        return ordinary | rw if pte & rw else ordinary

    hooks.pte_none = lambda pte: not pte & ~ignored
    hooks.pte_present = lambda pte: pte & shown != 0
    hooks.pte_same = lambda a, b: a == b
    hooks.pte_special = lambda pte: pte & special != 0
    hooks.pte_pfn = lambda pte: ((pte if pte & valid or not pte else pte ^ frame) & frame) >> shift
    hooks.pte_numa = lambda vma, pte: pte & (valid | closed) == closed and vma.accessible
    hooks.pte_mknonnuma = mknonnuma
    hooks.pxd_page_paddr = lambda _, pxd: pxd & frame


def _store(hooks: Hooks) -> None:
    """Reach slots as the generic layer does."""

    def modify_prot_start(_: Vma, __: int, ptep: Slot) -> int:
        word = ptep.load()
        ptep.clear()
        return word

    def modify_prot_commit(_: Vma, __: int, ptep: Slot, ___: int, pte: int) -> None:
        ptep.store(pte)

    def update_mmu_cache(*_: object) -> None:
        return None

    def ptep_get(ptep: Slot) -> int:
        return ptep.load()

    hooks.ptep_get, hooks.update_mmu_cache = ptep_get, update_mmu_cache
    hooks.ptep_modify_prot_start = modify_prot_start
    hooks.ptep_modify_prot_commit = modify_prot_commit
