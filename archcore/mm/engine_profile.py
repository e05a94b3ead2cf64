"""What an engine profile decides: the knobs of one version of the generic code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from archcore.mm.costs import Payer
from archcore.mm.knobs import (
    AfterHint,
    Bracket,
    Filter,
    Flush,
    FlushPending,
    GroupsBy,
    GupRule,
    HugeCopy,
    HugeDisarm,
    HugeMigration,
    Rebuild,
    Reuse,
    Scope,
    Skip,
    SplitRule,
    TakeOut,
)

if TYPE_CHECKING:
    from archcore.mm.change import Cause
    from archcore.mm.reason import Reason


@frozen(kw_only=True)
class EngineProfile:
    """The knobs of one version; ``source`` names where they were read.

    Arming and disarming base pages:
    ``skips`` and ``arm_flush`` shape arming; ``filter`` says when a misplaced page may move.
    ``disarm_flush_cache`` is the reason given for flushing the cache at disarm, None for no flush.
    ``disarm_transaction`` brackets the disarm with modify_prot_start and _commit.
    ``disarm_first`` restores the entry before placement, otherwise it stays hinted until after.
    ``recomputes_write`` gives write permission back by what page and VMA allow at disarm
    (can_change_pte_writable), whatever the encoding remembers; ``keeps_uffd_wp`` not where
    userfaultfd protects the page (B45).
    ``accounts_races`` tells the task of a fault although its entry has changed (B13).
    ``hints_tables`` hints the table as well, where the target can, if the pages it was armed for
    lie on one node; one fault then settles all hints in it (do_pmd_numa_page).

    Scanning:
    ``first_node_gate`` starts scanning only once a task ran off the mm's first node.
    ``budget_counts_changes`` charges the scan budget with changed pages, otherwise with the chunk.
    ``scales_period`` adapts periods to memory size and faults; failed migrations double them if
    it ``slows_on_failure`` (B25), for ever if ``failure_sticks`` (B55). ``groups_by`` says which
    tasks are grouped (B03). ``per_vma`` keeps a state for each VMA, made ``numab_once`` (B49); it
    ``exempts_new_vmas`` from the rule that only who uses a VMA scans it (B51).
    ``trylock`` gives a scan up when a writer has the mmap lock, otherwise it waits.

    Changing protections:
    ``bracket`` is the reach of the notifiers. ``flush_pending`` says what others learn of a flush
    to come, and ``flushes_batched`` whether flushes that reclaim put off come first (B06).
    ``counts_swap_entries`` counts each of them as updated. ``mprotect_disarms`` settles hints
    before the protection changes (B17). ``upgrades`` are the causes for which a page its process
    owns alone becomes writable at once, if the VMA is (B21); ``upgrades_by_first`` asks the first
    page of a table only (B54).

    Who uses a page: ``asks_vma`` looks for hints in accessible VMAs only (B42). ``reuse`` is when a
    store needs no copy, ``fork_copies_pinned`` gives the child a copy of what a device may use, and
    ``gup`` is when get_user_pages takes a hinted page for none.

    Huge pages:
    ``huge_skips`` shape arming; ``huge_take_out`` keeps hardware away meanwhile, and
    ``reads_emptied`` looks for page and hint in the emptied slot (B07, B08).
    ``after_hint``, ``rechecks_splitting`` and ``rereads`` say how a fault goes on after a hint;
    ``huge_disarm`` and ``passes_value`` (update_mmu_cache_pmd gets the entry and not its slot, B01)
    how the hint goes. ``marks_splitting`` is the state of a split until Linux 4.5, ``split`` its
    rule. ``huge_migration`` and, for its notifier bracket, ``notifies_migration`` (B15) say how a
    huge page moves, ``huge_copy`` what a store to a shared one does.
    ``failure_keeps_write`` gives a huge page that stayed its write permission back (B44),
    ``counts_huge_as_one`` counts its change as one page's (B14), ``rechecks_huge`` looks again
    under the lock whether an entry is a huge page's (B19). ``bugs_on_hint`` stops the machine at a
    hint that came after the first look (B20).
    ``counts_huge_updates`` is whether numa_huge_pte_updates exists. ``tells_of_zeros`` calls
    update_mmu_cache_pmd for the huge zero page ("update tlb entry if pmd is changed", Linux 5.9).

    Large pages that tables map: ``large_folios`` settles the hints of all of one at once, and
    ``rebuild`` is how far that reaches (B47).

    Moving base pages: ``migrates_shared`` moves what several entries map, ``prepares_under_lock``
    isolates before the lock of the hint is dropped. ``honours_pending`` flushes an entry that is
    closed while a flush is to come (B04), ``arrival_asks_vma`` whether the new entry may be written
    (B24). ``reclaim_batches`` puts flushes off until a batch is unmapped. ``gup_fast_follows`` lets
    walks without locks take hinted pages (B12), which ``gup_rechecks`` compare again with a
    reference in hand.

    Locks and costs: ``pmd_lock`` and ``pte_lock`` are the scopes of page-table locks,
    ``migration_payer`` is who moves misplaced pages.
    """

    name: str
    skips: tuple[Skip, ...]
    filter: Filter
    arm_flush: Flush
    disarm_flush_cache: Reason | None = None
    disarm_transaction: bool
    disarm_first: bool
    recomputes_write: bool = False
    keeps_uffd_wp: bool = True
    accounts_races: bool = False
    hints_tables: bool = False
    first_node_gate: bool
    small_vmas: bool
    budget_counts_changes: bool
    scales_period: bool
    slows_on_failure: bool = True
    failure_sticks: bool = True
    groups_by: GroupsBy
    per_vma: bool = False
    exempts_new_vmas: bool = True
    numab_once: bool = True
    failure_keeps_write: bool = True
    counts_huge_as_one: bool = False
    rechecks_huge: bool = True
    bugs_on_hint: bool = False
    upgrades_by_first: bool = False
    trylock: bool
    bracket: Bracket
    flush_pending: FlushPending
    flushes_batched: bool
    counts_swap_entries: bool
    mprotect_disarms: bool
    upgrades: tuple[Cause, ...] = ()
    asks_vma: bool = True
    reuse: Reuse
    fork_copies_pinned: bool
    gup: GupRule
    huge_skips: tuple[Skip, ...]
    huge_take_out: TakeOut
    reads_emptied: bool = False
    after_hint: AfterHint
    rechecks_splitting: bool = False
    rereads: bool = False
    huge_disarm: HugeDisarm
    passes_value: bool = False
    marks_splitting: bool
    split: SplitRule
    huge_migration: HugeMigration
    notifies_migration: bool = True
    migrates_shared: bool
    prepares_under_lock: bool = False
    large_folios: bool = False
    rebuild: Rebuild = Rebuild.CLIPPED
    honours_pending: bool = True
    arrival_asks_vma: bool = True
    reclaim_batches: bool
    gup_fast_follows: bool = False
    gup_rechecks: bool = True
    huge_copy: HugeCopy
    counts_huge_updates: bool
    tells_of_zeros: bool = True
    pmd_lock: Scope
    pte_lock: Scope = Scope.TABLE
    migration_payer: Payer = Payer.FAULT
    source: str
