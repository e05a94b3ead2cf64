"""Engine profiles: one version of the generic code each, as a combination of declared knobs."""

from __future__ import annotations

from types import MappingProxyType

from attrs import evolve

from archcore.errors import UnknownNameError
from archcore.mm.change import Cause
from archcore.mm.engine_profile import EngineProfile
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
    Reuse,
    Scope,
    Skip,
    SplitRule,
    TakeOut,
)
from archcore.mm.reason import Reason

__all__ = ["PROFILES", "EngineProfile", "Filter", "Flush", "Scope", "Skip", "profile"]


SEED = EngineProfile(
    name="seed",
    skips=(Skip.NO_PAGE,),
    filter=Filter.NEVER,
    arm_flush=Flush.ALWAYS,
    disarm_flush_cache=Reason.UNSTATED,
    disarm_transaction=True,
    disarm_first=True,
    first_node_gate=False,
    small_vmas=True,
    budget_counts_changes=False,
    trylock=False,
    bracket=Bracket.WHOLE,
    flush_pending=FlushPending.ABSENT,
    flushes_batched=False,
    counts_swap_entries=False,
    mprotect_disarms=False,
    reuse=Reuse.MAPPED_ONCE,
    fork_copies_pinned=False,
    gup=GupRule.FOLLOWS,
    scales_period=False,
    groups_by=GroupsBy.NOTHING,
    migrates_shared=False,
    reclaim_batches=False,
    huge_skips=(),
    huge_take_out=TakeOut.EMPTY,
    after_hint=AfterHint.FALL_ON,
    huge_disarm=HugeDisarm.SET_ACCESS_FLAGS,
    passes_value=True,
    marks_splitting=True,
    split=SplitRule.REBUILT,
    huge_migration=HugeMigration.NEVER,
    huge_copy=HugeCopy.HUGE,
    counts_huge_updates=False,
    tells_of_zeros=False,
    pmd_lock=Scope.MM,
    source="[PATCH 14/31] mm/mpol: Create special PROT_NONE infrastructure, October 2012",
)
REVIEW = "the review of that patch, 1 November 2012: "
SEED_RECHECK = evolve(
    SEED,
    name="seed+recheck",
    rechecks_splitting=True,
    source=REVIEW + "re-check whether the huge page is splitting, return 0 if so",
)
SEED_REREAD = evolve(
    SEED,
    name="seed+reread",
    rereads=True,
    source=REVIEW + "read orig_pmd again after the hint is settled",
)
SEED_BOTH = evolve(
    SEED_REREAD, name="seed+both", rechecks_splitting=True, source=REVIEW + "both suggestions"
)
V38 = EngineProfile(
    name="v3.8",
    skips=(Skip.HINTED, Skip.NO_PAGE, Skip.MAPPED_MORE_THAN_ONCE),
    filter=Filter.SAME_NODE_TWICE,
    arm_flush=Flush.IF_CHANGED,
    disarm_transaction=False,
    disarm_first=True,
    accounts_races=True,
    hints_tables=True,
    first_node_gate=True,
    small_vmas=False,
    budget_counts_changes=True,
    trylock=False,
    bracket=Bracket.WHOLE,
    flush_pending=FlushPending.ABSENT,
    flushes_batched=False,
    counts_swap_entries=True,
    mprotect_disarms=False,
    reuse=Reuse.MAPPED_ONCE,
    fork_copies_pinned=False,
    gup=GupRule.FOLL_NUMA,
    scales_period=False,
    groups_by=GroupsBy.NOTHING,
    migrates_shared=False,
    arrival_asks_vma=False,
    reclaim_batches=False,
    huge_skips=(Skip.HINTED, Skip.MAPPED_MORE_THAN_ONCE),
    huge_take_out=TakeOut.EMPTY,
    reads_emptied=True,
    after_hint=AfterHint.RETURN,
    huge_disarm=HugeDisarm.SET_PMD_AT,
    marks_splitting=True,
    split=SplitRule.CARRIED,
    huge_migration=HugeMigration.IN_PLACE,
    notifies_migration=False,
    huge_copy=HugeCopy.HUGE,
    counts_huge_updates=False,
    tells_of_zeros=False,
    pmd_lock=Scope.MM,
    source="Linux 3.8 mm/mprotect.c, mm/huge_memory.c, mm/memory.c, mm/mempolicy.c, mm/migrate.c, "
    "kernel/sched/fair.c",
)
V61 = EngineProfile(
    name="v6.1",
    skips=(Skip.HINTED, Skip.NO_PAGE, Skip.SHARED_COPY, Skip.ALREADY_LOCAL),
    filter=Filter.CPUPID,
    arm_flush=Flush.GATHERED,
    disarm_transaction=True,
    disarm_first=False,
    first_node_gate=False,
    small_vmas=True,
    budget_counts_changes=False,
    trylock=True,
    bracket=Bracket.POPULATED,
    flush_pending=FlushPending.COUNTER,
    flushes_batched=True,
    counts_swap_entries=False,
    mprotect_disarms=True,
    upgrades=(Cause.MPROTECT,),
    reuse=Reuse.EXCLUSIVE,
    fork_copies_pinned=True,
    gup=GupRule.NOT_FORCED,
    scales_period=True,
    groups_by=GroupsBy.ENTRY,
    migrates_shared=True,
    reclaim_batches=True,
    huge_skips=(Skip.NO_PAGE, Skip.HINTED),
    huge_take_out=TakeOut.CLOSE,
    after_hint=AfterHint.RETURN,
    huge_disarm=HugeDisarm.SET_PMD_AT,
    marks_splitting=False,
    split=SplitRule.DROPPED,
    huge_migration=HugeMigration.ENTRY,
    huge_copy=HugeCopy.SPLIT,
    counts_huge_updates=True,
    pmd_lock=Scope.TABLE,
    source="Linux 6.1.192 mm/mprotect.c, mm/huge_memory.c, mm/memory.c, mm/mempolicy.c, "
    "mm/migrate.c, kernel/sched/fair.c",
)
UNIFIED = (Skip.HINTED, Skip.NO_PAGE, Skip.MAPPED_SHARED, Skip.PINNED, Skip.ALREADY_LOCAL)
V70 = evolve(
    V61,
    name="v7.0",
    skips=UNIFIED,
    huge_skips=UNIFIED,
    recomputes_write=True,
    gup=GupRule.HONORED,
    per_vma=True,
    prepares_under_lock=True,
    large_folios=True,
    source="Linux 7.0 mm/mprotect.c, mm/huge_memory.c, mm/memory.c, mm/mempolicy.c, mm/migrate.c, "
    "kernel/sched/fair.c",
)
PROFILES = MappingProxyType(
    {
        profile.name: profile
        for profile in (SEED, SEED_RECHECK, SEED_REREAD, SEED_BOTH, V38, V61, V70)
    }
)


def profile(name: str) -> EngineProfile:
    """Return a profile by name; raises UnknownNameError."""
    if name not in PROFILES:
        raise UnknownNameError("engine profile", name, tuple(PROFILES))
    return PROFILES[name]
