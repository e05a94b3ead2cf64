"""Engine profiles: one version of the generic code each, as a combination of declared knobs."""

from __future__ import annotations

from enum import Enum
from types import MappingProxyType

from attrs import frozen

from archcore.errors import UnknownNameError
from archcore.mm.reason import Reason


class Skip(Enum):
    """A page that arming passes over, in the order the kernel asks."""

    HINTED = "the entry is hinted already"
    NO_PAGE = "no ordinary page stands behind the entry"
    MAPPED_MORE_THAN_ONCE = "more than one entry maps the page"
    SHARED_COPY = "a private page has other references"
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


@frozen(kw_only=True)
class EngineProfile:
    """The knobs of one version; ``source`` names where they were read.

    ``disarm_flush_cache`` is the reason given for flushing the cache at disarm, None for no flush.
    ``disarm_transaction`` brackets the disarm with modify_prot_start and _commit.
    ``disarm_first`` restores the entry before placement, otherwise it stays hinted until after.
    ``first_node_gate`` starts scanning only once a task ran off the mm's first node.
    ``budget_counts_changes`` charges the scan budget with changed pages, otherwise with the chunk.
    """

    name: str
    skips: tuple[Skip, ...]
    filter: Filter
    arm_flush: Flush
    disarm_flush_cache: Reason | None = None
    disarm_transaction: bool
    disarm_first: bool
    first_node_gate: bool
    small_vmas: bool
    budget_counts_changes: bool
    source: str


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
    source="[PATCH 14/31] mm/mpol: Create special PROT_NONE infrastructure, October 2012",
)
V38 = EngineProfile(
    name="v3.8",
    skips=(Skip.HINTED, Skip.NO_PAGE, Skip.MAPPED_MORE_THAN_ONCE),
    filter=Filter.SAME_NODE_TWICE,
    arm_flush=Flush.IF_CHANGED,
    disarm_transaction=False,
    disarm_first=True,
    first_node_gate=True,
    small_vmas=False,
    budget_counts_changes=True,
    source="Linux 3.8 mm/mprotect.c, mm/memory.c, mm/mempolicy.c, kernel/sched/fair.c",
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
    source="Linux 6.1.192 mm/mprotect.c, mm/memory.c, mm/mempolicy.c, kernel/sched/fair.c",
)
PROFILES = MappingProxyType({profile.name: profile for profile in (SEED, V38, V61)})


def profile(name: str) -> EngineProfile:
    """Return a profile by name; raises UnknownNameError."""
    if name not in PROFILES:
        raise UnknownNameError("engine profile", name, tuple(PROFILES))
    return PROFILES[name]
