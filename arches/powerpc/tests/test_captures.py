"""What a running kernel wrote into radix page tables (data/README.md)."""

from __future__ import annotations

from archcore.hw.mmu import Access
from archcore_powerpc.radix_targets import RADIX_64K_V61

WALKER = RADIX_64K_V61.mmu.format
PAGE_SHIFT = RADIX_64K_V61.geometry.page_shift
FRAME = (1 << 55) - 1


def _call(hooks, one, helper, *arguments):
    return getattr(hooks, f"{one.level.name}_{helper}")(*arguments, one.entry)


def _entries(captured):
    return [one for one in captured if one.truth != "table"]


def _leaves(captured):
    return [one for one in captured if one.truth not in ("swap", "table")]


def _wrong(entries, right):
    return [(one.level.name, one.truth, hex(one.entry)) for one in entries if not right(one)]


def test_hints_and_nothing_else_are_hints(radix_v61, captured):
    """An entry is a hint in its VMA exactly when NUMA balancing had marked the page."""

    def right(one):
        return _call(radix_v61, one, "numa", one.vma) == (one.truth == "numa_hint")

    assert _wrong(_entries(captured), right) == []


def test_hints_and_genuine_none_are_protnone(radix_v61, captured):
    """Hints and PROT_NONE pages are protnone, mapped pages are not."""

    def right(one):
        closed = one.truth in ("numa_hint", "prot_none")
        return _call(radix_v61, one, "protnone") == closed

    assert _wrong(_entries(captured), right) == []


def test_genuine_none_is_never_writable(radix_v61, captured):
    """PROT_NONE carries PRIVILEGED, so that no write permission looks saved in it."""
    genuine = [one for one in captured if one.truth == "prot_none"]
    assert {one.level.name for one in genuine} == {"pte", "pmd"}
    assert _wrong(genuine, lambda one: not _call(radix_v61, one, "write")) == []


def test_the_frame_is_the_one_pagemap_gave(radix_v61, captured):
    """The kernel's view and the hardware's view of a page's address agree with pagemap."""

    def right(one):
        frame = one.page & FRAME
        hardware = WALKER.address(one.level, one.entry) >> PAGE_SHIFT
        return _call(radix_v61, one, "pfn") == hardware == frame

    assert _wrong([one for one in _leaves(captured) if one.page], right) == []


def test_user_mode_reads_what_was_mapped(captured):
    """A hint is a valid leaf to the walker, but only mapped pages allow any access."""

    def right(one):
        leaf = WALKER.valid(one.level, one.entry) and WALKER.leaf(one.level, one.entry)
        rights = [WALKER.allows(one.level, one.entry, access) for access in Access]
        return leaf and any(rights) == (one.truth in ("mapped", "not_in_pagemap"))

    assert _wrong(_leaves(captured), right) == []


def test_every_page_is_present(radix_v61, captured):
    """Mapped, hinted and PROT_NONE pages are present to the kernel, swapped ones are not."""

    def right(one):
        return _call(radix_v61, one, "present") == (one.truth != "swap")

    assert _wrong(_entries(captured), right) == []


def test_huge_pages_are_leaves(radix_v61, captured):
    """Every captured huge page is a transparent huge page and no table, hinted or not."""
    huge = [one for one in _leaves(captured) if one.level.name == "pmd"]
    assert {one.truth for one in huge} == {"mapped", "numa_hint", "prot_none"}

    def right(one):
        return all(_call(radix_v61, one, name) for name in ("leaf", "trans_huge", "bad"))

    assert _wrong(huge, right) == []


def test_swap_entries_name_area_and_offset(radix_v61, captured):
    """A swap entry decodes to the area and offset that pagemap gave, and is invalid to hardware."""

    def right(one):
        swap = radix_v61.arch_pte_to_swp_entry(one.entry)
        found = (radix_v61.arch_swp_type(swap), radix_v61.arch_swp_offset(swap))
        back = radix_v61.arch_swp_entry_to_pte(swap) == one.entry
        decoded = found == (one.page & 31, one.page >> 5 & (1 << 50) - 1)
        return back and decoded and not WALKER.valid(one.level, one.entry)

    swapped = [one for one in captured if one.truth == "swap"]
    assert len(swapped) > 1
    assert _wrong(swapped, right) == []


def test_tables_are_populated_as_the_kernel_does(radix_v61, captured):
    """pxd_populate writes the entry that the kernel wrote for a table, and reads it back."""

    def right(one):
        written = radix_v61.pxd_populate(one.level.name, one.page) == one.entry
        return written and radix_v61.pxd_page_paddr(one.level.name, one.entry) == one.page

    tables = [one for one in captured if one.truth == "table"]
    assert {one.level.name for one in tables} == {"pmd", "pud", "pgd"}
    assert _wrong(tables, right) == []


def test_the_walk_goes_on_through_tables(radix_v61, captured):
    """To the walker a captured table is valid, of the right size, no leaf, and takes no right."""

    def right(one):
        place = (one.level, one.entry)
        goes_on = WALKER.valid(*place) and not (WALKER.leaf(*place) or WALKER.reserved(*place))
        rights = all(WALKER.allows(*place, access) for access in Access)
        return goes_on and rights and WALKER.address(*place) == one.page

    assert _wrong([one for one in captured if one.truth == "table"], right) == []


def test_the_kernel_takes_a_table_for_a_table(radix_v61, captured):
    """To the kernel a captured PMD table is present, neither leaf nor bad, and no hint."""
    tables = [one for one in captured if one.truth == "table" and one.level.name == "pmd"]

    def right(one):
        asked = [_call(radix_v61, one, name) for name in ("present", "leaf", "bad", "protnone")]
        return asked == [True, False, False, False]

    assert _wrong(tables, right) == []
