"""Historic bugs of the generic engine, each as the knobs that bring it back.

The numbers are those of the project's catalogue of bugs; commits are of Linux, by the first digits
or, where no hash is certain, by subject. ``archcore.mm.mutants`` makes profiles of them.
"""

from __future__ import annotations

from archcore.errors import UnknownNameError
from archcore.mm.bug import NOT_EXPRESSED, Bug
from archcore.mm.change import Cause
from archcore.mm.knobs import (
    Bracket,
    Flush,
    FlushPending,
    GroupsBy,
    GupRule,
    HugeMigration,
    Rebuild,
    Skip,
    SplitRule,
    TakeOut,
)
from archcore.mm.profile import profile

__all__ = ["BUGS", "NOT_EXPRESSED", "Bug", "bug"]


def _without(base: str, knob: str, skip: Skip) -> dict[str, tuple[Skip, ...]]:
    return {knob: tuple(one for one in getattr(profile(base), knob) if one is not skip)}


BOTH = (Cause.MPROTECT, Cause.HINT)
EMPTIES = {"huge_take_out": TakeOut.EMPTY}

BUGS = (
    Bug(
        "B01",
        "update_mmu_cache_pmd gets the entry and not its slot",
        '"thp: fix update_mmu_cache_pmd() calls", 2012-11-16',
        "v6.1",
        {"passes_value": True},
    ),
    Bug(
        "B03",
        "tasks are grouped by what the VMA allows and not by what the entry did",
        "bea66fbd11af",
        "v6.1",
        {"groups_by": GroupsBy.VMA},
    ),
    Bug(
        "B04",
        "a store through a TLB entry older than the hint is lost when the page moves",
        "20841405940e",
        "v6.1",
        {"honours_pending": False},
    ),
    Bug(
        "B05",
        "the first of two flushers takes the warning of both away",
        "16af97dc5a89",
        "v6.1",
        {"flush_pending": FlushPending.FLAG},
    ),
    Bug(
        "B06",
        "a protection change does not make up for flushes that reclaim put off",
        "3ea277194daa",
        "v6.1",
        {"flushes_batched": False},
    ),
    Bug(
        "B07",
        "a huge page's entry is empty for a moment while it is armed",
        '"mm: numa: do not clear PMD during PTE update scan"',
        "v6.1",
        EMPTIES,
    ),
    Bug(
        "B08",
        "page and hint are looked for in the emptied slot",
        '"mm: numa: do not clear PMD during PTE update scan"',
        "v3.8",
        {"reads_emptied": True},
        {"reads_emptied": False},
    ),
    Bug(
        "B09",
        "MADV_DONTNEED passes a huge page over that is being armed",
        "ced108037c2a",
        "v6.1",
        EMPTIES,
    ),
    Bug(
        "B10",
        "a second fault and another hint let a stale copy of a huge page pass for the page",
        "3f926ab945b6",
        "v6.1",
        {"huge_migration": HugeMigration.IN_PLACE},
    ),
    Bug(
        "B12",
        "get_user_pages_fast takes a huge page that is being copied under its hint",
        "2b4847e73004",
        "v3.8",
        {"gup_fast_follows": True},
        {"reads_emptied": False},
    ),
    Bug(
        "B13",
        "a fault that lost its race is accounted to the task",
        "0c3a775e1e0b",
        "v6.1",
        {"accounts_races": True},
    ),
    Bug(
        "B14",
        "a huge page counts as one update",
        "72403b4a0fbd",
        "v6.1",
        {"counts_huge_as_one": True},
    ),
    Bug(
        "B15",
        "secondary MMUs keep the old frame of a page that moved",
        "f714f4f20e59",
        "v6.1",
        {"notifies_migration": False},
    ),
    Bug("B17", "a hint survives mprotect", "1667918b", "v6.1", {"mprotect_disarms": False}),
    Bug(
        "B18",
        "the TLBs are flushed although nothing was armed",
        "f123d74abf91",
        "v6.1",
        {"arm_flush": Flush.ALWAYS},
    ),
    Bug(
        "B19",
        "a table is armed as if it were the huge page it has replaced",
        "1ad9f620c3a2",
        "v6.1",
        {"rechecks_huge": False},
    ),
    Bug(
        "B20",
        "a fault takes a hint that came after its first look for impossible",
        "107437febd49",
        "v6.1",
        {"bugs_on_hint": True},
    ),
    Bug(
        "B21",
        "arming a page makes it writable",
        "9d85d5863fa4",
        "v6.1",
        {"upgrades": BOTH},
    ),
    Bug(
        "B22",
        "the huge zero page is hinted",
        "e944fd67b625",
        "v6.1",
        _without("v6.1", "huge_skips", Skip.NO_PAGE),
    ),
    Bug(
        "B23",
        "a split hands the hint of a huge page to each of its parts",
        '"mm: numa: Do not mark PTEs pte_numa when splitting huge pages"',
        "v6.1",
        {"split": SplitRule.CARRIED},
    ),
    Bug(
        "B24",
        "a page arrives writable in a VMA that is read-only by now",
        "d3cb8bf6081b",
        "v6.1",
        {"arrival_asks_vma": False},
    ),
    Bug(
        "B25",
        "migrations that fail do not slow the scanner down",
        "074c238177a7",
        "v6.1",
        {"slows_on_failure": False},
    ),
    Bug(
        "B35",
        "a fault is accounted although its entry has vanished",
        "40b760cfd445",
        "v7.0",
        {"accounts_races": True},
    ),
    Bug(
        "B42",
        "a genuinely inaccessible page is taken for a hint",
        "38e088546522",
        "v6.1",
        {"asks_vma": False},
    ),
    Bug(
        "B43",
        "a private page that others refer to is hinted",
        "80d47f5de5e3",
        "v6.1",
        _without("v6.1", "skips", Skip.SHARED_COPY),
    ),
    Bug(
        "B44",
        "a huge page that could not move loses its write permission",
        '"mm: numa: preserve PMD write permissions in migrate_misplaced_transhuge_page", 2026-05',
        "v6.1",
        {"failure_keeps_write": False},
    ),
    Bug(
        "B45",
        "a hint lets stores pass that userfaultfd should have seen",
        "51d3d5eb74ff",
        "v7.0",
        {"keeps_uffd_wp": False},
    ),
    Bug(
        "B46",
        "who does not care for hints gets no hinted page",
        "d74943a2f3cd",
        "v7.0",
        {"gup": GupRule.NOT_FORCED},
    ),
    Bug(
        "B47",
        "settling a folio reaches beyond its page table",
        "cfdd12b48202",
        "v7.0",
        {"rebuild": Rebuild.FOLIO},
    ),
    Bug(
        "B49",
        "two scanners make the state of one VMA",
        "5f1b64e9a9b7",
        "v7.0",
        {"numab_once": False},
    ),
    Bug(
        "B51",
        "VMAs made late are not scanned",
        "84db47ca7146",
        "v7.0",
        {"exempts_new_vmas": False},
    ),
    Bug(
        "B53",
        "a scan that finds nothing invalidates secondary MMUs",
        "a5338093bfb4",
        "v6.1",
        {"bracket": Bracket.WHOLE},
    ),
    Bug(
        "B54",
        "all pages of a table become writable because the first one may",
        "none: a mistake near at hand, which AnonExclusive batches avoid",
        "v7.0",
        {"upgrades_by_first": True},
    ),
    Bug(
        "B55",
        "one failed migration slows scanning for ever",
        "none found: a patch of 2020-08-11 describes it",
        "v6.1",
        {"failure_sticks": True},
        {"failure_sticks": False},
    ),
)
"""In the order of their numbers."""

_BY_NUMBER = {bug.number: bug for bug in BUGS}


def bug(number: str) -> Bug:
    """Return a bug by its number; raises UnknownNameError."""
    if number not in _BY_NUMBER:
        raise UnknownNameError("engine bug", number, tuple(_BY_NUMBER))
    return _BY_NUMBER[number]
