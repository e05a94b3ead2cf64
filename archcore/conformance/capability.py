"""What a law may need of a target; where it is missing, the law is not asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field, frozen

from archcore.conformance.calls import calls
from archcore.entry import hook_name
from archcore.hookspecs import LEVELS
from archcore.predicates import KEY

if TYPE_CHECKING:
    from collections.abc import Callable

    from archcore.conformance.subject import Subject


@frozen
class Capability:
    """Something a target has at a level, or has not."""

    name: str
    sentence: str
    found: Callable[[Subject], bool] = field(eq=False)


def _offered(name: str, sentence: str, *helpers: str) -> Capability:
    return Capability(name, sentence, lambda on: on.offers(*helpers))


def _has_leaves(on: Subject) -> bool:
    basic = ("pfn_entry", "pfn", "present", "none", "modify", "young", "dirty", "write")
    marks = ("mkyoung", "mkold", "mkdirty", "mkclean", "mkwrite", "wrprotect")
    return on.level.leaf and on.offers(*basic, *marks, *(("mkhuge",) if on.upper else ()))


def _has_key(on: Subject) -> bool:
    return any(KEY in one.note for one in on.level.layout.fields)


def _migrates(on: Subject) -> bool:
    return on.target.swap_types is not None and on.knows(f"is_swap_{on.name}")


LEAF_LEVEL = Capability(
    "leaf-level", "the geometry has pages of the level's size", lambda on: on.level.leaf
)


def _counts_swap(on: Subject) -> bool:
    return on.target.swap_types is not None and on.offers("swp_entry_to_entry")


LEAVES = Capability("leaves", "the kernel maps pages with entries of the level", _has_leaves)
HINTS = _offered("hints", "entries of the level can be hinted", "mknuma", "mknonnuma", "numa")
PROTNONE = _offered("protnone", "entries without rights are told by themselves", "protnone")
SPECIAL = _offered("special", "mappings without a struct page are marked", "special", "mkspecial")
DEVMAP = _offered("devmap", "device memory is marked", "devmap", "mkdevmap")
SOFT_DIRTY = _offered(
    "soft-dirty", "writes are tracked for user space", "soft_dirty", "mksoft_dirty"
)
UFFD_WP = _offered("uffd-wp", "userfaultfd write-protects pages", "uffd_wp", "mkuffd_wp")
SAVEDWRITE = _offered("savedwrite", "a hint can remember write permission", "savedwrite")
ADVANCE = _offered("advance-pfn", "an entry can be moved to a later frame", "advance_pfn")
ACCESSIBLE = _offered("accessible", "the kernel knows what a TLB may hold", "accessible")
NEEDS_FLUSH = _offered("needs-flush", "the kernel judges which change owes a flush", "needs_flush")
INVALIDATION = _offered("mkinvalid", "an entry can be closed for a moment", "mkinvalid")
SWAP = _offered("swap", "the level stores swap entries", "swp_entry_to_entry", "to_swp_entry")
SWAP_TYPES = Capability("swap-types", "what swap types mean is known", _counts_swap)
SWP_EXCLUSIVE = _offered(
    "swp-exclusive", "swap entries of exclusive pages are marked", "swp_exclusive"
)
SWP_SOFT_DIRTY = _offered("swp-soft-dirty", "swap entries keep soft-dirty", "swp_soft_dirty")
SWP_UFFD_WP = _offered("swp-uffd-wp", "swap entries keep uffd-wp", "swp_uffd_wp")
MIGRATION = Capability("migration", "the level stores migration entries", _migrates)
HUGE = Capability(
    "huge", "leaves stand at an upper level", lambda on: on.upper and on.offers("leaf")
)
TRANS_HUGE = Capability(
    "trans-huge",
    "transparent huge pages stand at the level",
    lambda on: on.upper and on.offers("trans_huge"),
)
HUGETLB = Capability(
    "hugetlb",
    "pages of hugetlbfs have helpers of their own",
    lambda on: on.knows("huge_pte_mkwrite"),
)
HUGETLB_LEAVES = Capability(
    "hugetlb-leaves",
    "hugetlb makes pages of the level with the helpers of a PTE",
    lambda on: on.offers("leaf") and on.hooks.has(hook_name("mkhuge", LEVELS[0])),
)
HUGE_PTE = Capability(
    "huge-pte",
    "a huge page may be marked in a PTE",
    lambda on: on.knows("pte_huge") and on.offers("mkhuge"),
)
SPECULATES = Capability(
    "speculates",
    "loads may be served from the address in an entry that is not valid",
    lambda on: on.target.mmu.speculates,
)
STRAYS = Capability(
    "strays",
    "the hardware may set flags of use in an entry that is not valid",
    lambda on: on.target.mmu.strays,
)
UPPER = Capability("tables", "entries of the level can point to tables", lambda on: on.upper)
KEYS = Capability("keys", "entries hold a protection key", _has_key)
MEMORY_TYPES = (
    *("pgprot_writecombine", "pgprot_writethrough", "pgprot_device", "pgprot_noncached_wc"),
)
"""The helpers that ask for memory of another type; noncached is left out, as a CPU may lack it."""

TYPED = Capability(
    "memory-types",
    "a protection can ask for memory of another type",
    lambda on: any(on.brings(one) for one in MEMORY_TYPES),
)
SPOKEN_OF = Capability(
    "spoken-of", "the target has helpers of the level", lambda on: bool(calls(on))
)
RECORDED = Capability(
    "recorded",
    "a file of recorded answers comes with the target",
    lambda on: bool(on.target.golden),
)
