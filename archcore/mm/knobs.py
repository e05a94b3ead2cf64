"""The values that knobs of an engine profile take: where versions of the generic code differ."""

from __future__ import annotations

from enum import Enum


class Skip(Enum):
    """A page that arming passes over, in the order the kernel asks."""

    HINTED = "the entry is hinted already"
    NO_PAGE = "no ordinary page stands behind the entry"
    MAPPED_MORE_THAN_ONCE = "more than one entry maps the page"
    SHARED_COPY = "a private page has other references"
    MAPPED_SHARED = "more than one entry maps a private page (folio_maybe_mapped_shared)"
    PINNED = "a device may be using the page (folio_maybe_dma_pinned)"
    ALREADY_LOCAL = "the only thread already runs on the page's node"


class Filter(Enum):
    """When a misplaced page may move."""

    NEVER = "hint faults only restore the entry"
    SAME_NODE_TWICE = "the last fault came from the same node (page_xchg_last_nid)"
    CPUPID = "a new or private page, or the last fault came from the same node (last_cpupid)"


class Flush(Enum):
    """What arming flushes from the TLBs."""

    ALWAYS = "the whole range, whether anything changed or not"
    IF_CHANGED = "the whole range, if anything changed"
    GATHERED = "from the first to the last entry that needs it, by pte_needs_flush"


class FlushPending(Enum):
    """How an mm says that a TLB may be behind its tables (mm_tlb_flush_pending)."""

    ABSENT = "it does not"
    FLAG = "a truth value, which the first of two flushers to end takes away"
    COUNTER = "a count of those who have yet to flush"


class Scope(Enum):
    """What one page-table lock protects."""

    MM = "all tables of an address space (page_table_lock)"
    TABLE = "one table (split page-table locks)"


class Bracket(Enum):
    """How far the notifier bracket of a protection change reaches."""

    WHOLE = "the range that was asked for"
    POPULATED = "from the first populated entry of the upper level on, and none if there is none"


class GupRule(Enum):
    """When get_user_pages takes a hinted entry for none, so that the hint is settled first."""

    FOLLOWS = "never: a hint is followed like any present entry"
    FOLL_NUMA = "if FOLL_NUMA is set, which is so unless FOLL_FORCE is"
    NOT_FORCED = "unless FOLL_FORCE is set (gup_can_follow_protnone, Linux 6.1)"
    HONORED = "if FOLL_HONOR_NUMA_FAULT is set and the VMA is accessible (Linux 6.5 and later)"


class Reuse(Enum):
    """When a store may go to the private page it hit, without a copy."""

    MAPPED_ONCE = "one entry maps it (reuse_swap_page)"
    EXCLUSIVE = "it is marked as one process's own, or nobody else refers to it"


class Rebuild(Enum):
    """Which entries are looked at when the hints of a large folio are settled."""

    FOLIO = "as many as the folio has pages, wherever they lie"
    CLIPPED = "those within the folio, the page table and the VMA"


class GroupsBy(Enum):
    """What must allow stores for tasks that share a page to be grouped (TNF_NO_GROUP)."""

    NOTHING = "tasks are not grouped"
    VMA = "the VMA"
    ENTRY = "the entry, before it was hinted"


class AfterHint(Enum):
    """How a fault goes on once the hint of a huge page is settled."""

    FALL_ON = "with the entry read before; a store enters do_huge_pmd_wp_page with it"
    RETURN = "it returns"


class TakeOut(Enum):
    """How a protection change keeps hardware away from a huge page's entry."""

    EMPTY = "pmdp_huge_get_and_clear: the slot is empty for a moment"
    CLOSE = "pmdp_invalidate_ad: the slot stays present and keeps accessed and dirty"


class HugeDisarm(Enum):
    """How the ordinary entry of a huge page is stored again."""

    SET_ACCESS_FLAGS = "pmdp_set_access_flags, which may do no more than raise rights"
    SET_PMD_AT = "set_pmd_at, which replaces the entry"


class HugeMigration(Enum):
    """How a misplaced huge page moves."""

    NEVER = "it does not"
    IN_PLACE = "copied under its old entry, which is compared afterwards"
    ENTRY = "a migration entry stands in its place while it is copied"


class HugeCopy(Enum):
    """What a store to a shared huge page gets."""

    HUGE = "a huge page of its own, or base pages if there is none"
    SPLIT = "its page table split; the base page is copied"


class SplitRule(Enum):
    """What entries of base pages inherit from the huge entry they replace."""

    REBUILT = "write and young; they are dirty, and a hint is lost"
    CARRIED = "write and young; they are dirty, and hinted if it was"
    DROPPED = "write, young, dirty and the software marks; a hint is dropped on purpose"
