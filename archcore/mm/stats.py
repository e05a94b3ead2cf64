"""Counters with the names and units of /proc/vmstat (mm/vmstat.c, include/linux/vm_event_item.h).

``numa_hint_faults`` counts faults; ``numa_pte_updates``, ``numa_pages_migrated`` and
``pgmigrate_*`` count base pages; ``numa_huge_pte_updates`` and ``thp_*`` count huge ones. A fault
that lost its race counts nowhere but in ``pgfault``.
"""

from __future__ import annotations

from attrs import asdict, define


@define
class Vmstat:
    """The counters of one machine."""

    pgfault: int = 0
    pswpin: int = 0
    pswpout: int = 0
    numa_pte_updates: int = 0
    numa_huge_pte_updates: int = 0
    numa_hint_faults: int = 0
    numa_hint_faults_local: int = 0
    numa_pages_migrated: int = 0
    pgmigrate_success: int = 0
    pgmigrate_fail: int = 0
    pgpromote_success: int = 0
    pgpromote_candidate: int = 0
    thp_fault_alloc: int = 0
    thp_fault_fallback: int = 0
    thp_split_page: int = 0
    thp_split_pmd: int = 0
    thp_migration_success: int = 0
    thp_migration_fail: int = 0

    def snapshot(self) -> dict[str, int]:
        """Return the counters by name."""
        return asdict(self)


def autonuma_cost(pte_updates: int, hint_faults: int, pages_migrated: int) -> float:
    """Return MMTests' "AutoNUMA cost" of three counters.

    The weights are those of MMTests' vmstat monitor, without its page-copy term, which stands
    behind a stray semicolon there and is never added.
    """
    return (7 * pte_updates + 5000 * hint_faults + 19 * pages_migrated) / 1_000_000
