"""Maintenance calls of the engine that no story misses: what holds them, and why that is so."""

from __future__ import annotations

from attrs import frozen


@frozen
class Excuse:
    """``test`` fails without the call; ``why`` says why no target minds."""

    test: str
    why: str


ORDER, HUGE_ORDER = "tests/mm/test_hook_order.py::", "tests/mm/test_huge_hook_order.py::"
RIGHTS = (
    "a cache holds data and no rights: the TLB is asked at each reference, and a line goes back to "
    "the frame it came from. The call is for caches that find a line only while its page is "
    "mapped, such as that of the HyperSPARC (Documentation/core-api/cachetlb.rst)"
)
EXCUSES = {
    "mm/generic.py: HugeStores.pmdp_splitting_flush: flush_tlb_range": Excuse(
        HUGE_ORDER + "test_a_page_that_is_marked_as_splitting_leaves_the_tlbs",
        "what is marked may still be used, and a flush follows before its table appears; this one "
        "only waits for get_user_pages_fast (mm/pgtable-generic.c, Linux 3.8)",
    ),
    "mm/huge_migrate.py: _set_pmd_migration_entry: flush_cache_range": Excuse(
        "tests/needs/test_needs.py::test_a_huge_page_moves_only_once_its_lines_are_out",
        "no architecture here has both migration entries for huge pages and a cache in which "
        "addresses alias; an invented one that has loses what was stored",
    ),
    "mm/hugetlb.py: hugetlb_change_protection: flush_cache_range": Excuse(
        HUGE_ORDER + "test_mprotect_of_hugetlb_flushes_before_and_after",
        RIGHTS,
    ),
    "mm/numa_fault.py: disarm: flush_cache_page": Excuse(
        ORDER + "test_disarming_calls_what_its_kernel_calls[seed]",
        "the frame of a hint stays what it is, so that nothing is stale: the answer to M6 of "
        "`archcore review`. Only the patch of 2012 makes the call",
    ),
    "mm/protect.py: change_protection: begin": Excuse(
        ORDER + "test_secondary_mmus_wait_as_long_as_each_kernel_lets_them[v3.8]",
        "the first table of the range begins what has not begun, and no entry changes before",
    ),
    "mm/protect.py: change_protection: flush_cache_range": Excuse(
        ORDER + "test_mprotect_is_one_transaction_between_the_flushes[v6.1]",
        RIGHTS,
    ),
    "mm/protect.py: change_protection: finish": Excuse(
        ORDER + "test_secondary_mmus_wait_as_long_as_each_kernel_lets_them[v6.1]",
        "the call after the TLB flush ends what has not ended, and a device waits a little longer",
    ),
}
