"""What running kernels wrote into page tables (data/README.md)."""

from __future__ import annotations

from archcore.hw.mmu import Access

FRAME = (1 << 55) - 1


def _leaves(captured):
    return [one for one in captured if one.truth not in ("swap", "table")]


def _call(one, helper, *arguments):
    return getattr(one.hooks, f"{one.level.name}_{helper}")(*arguments)


def _wrong(entries, right):
    return [(one.target.id, one.truth, hex(one.entry)) for one in entries if not right(one)]


def test_hints_and_nothing_else_are_hints(captured):
    """An entry is a hint in its VMA exactly when NUMA balancing had marked the page."""

    def right(one):
        return _call(one, "numa", one.vma, one.entry) == (one.truth == "numa_hint")

    assert _wrong([one for one in captured if one.truth != "table"], right) == []


def test_hints_and_genuine_none_are_protnone(captured):
    """Hints and PROT_NONE are protnone, but for contiguous hugetlbfs entries, which stay valid."""

    def right(one):
        closed = one.truth in ("numa_hint", "prot_none")
        valid = one.target.mmu.format.valid(one.level, one.entry)
        return _call(one, "protnone", one.entry) == (closed and not valid)

    assert _wrong(_leaves(captured), right) == []


def test_the_frame_is_the_one_pagemap_gave(captured):
    """The kernel's view and the hardware's view of a page's address agree with pagemap."""

    def right(one):
        hardware = one.target.mmu.format
        frame = one.pagemap & FRAME
        same = _call(one, "pfn", one.entry) == frame
        shift = one.target.geometry.page_shift
        return same and hardware.address(one.level, one.entry) >> shift == frame

    assert _wrong([one for one in _leaves(captured) if one.pagemap], right) == []


def test_user_mode_reads_what_was_mapped(captured):
    """The walker lets EL0 read mapped pages, and neither hints nor PROT_NONE."""

    def right(one):
        hardware = one.target.mmu.format
        valid = hardware.valid(one.level, one.entry)
        may = valid and hardware.allows(one.level, one.entry, Access.READ)
        return may == (one.truth in ("mapped", "not_in_pagemap"))

    assert _wrong(_leaves(captured), right) == []


def test_every_page_is_present(captured):
    """Mapped, hinted and PROT_NONE pages are present to the kernel, swapped ones are not."""

    def right(one):
        return _call(one, "present", one.entry) == (one.truth != "swap")

    assert _wrong([one for one in captured if one.truth != "table"], right) == []


def test_huge_pages_are_leaves(captured):
    """Every captured huge page is a leaf and no table, hinted or not."""

    def right(one):
        leaf = _call(one, "leaf", one.entry) and _call(one, "trans_huge", one.entry)
        return leaf and _call(one, "bad", one.entry)

    assert _wrong([one for one in _leaves(captured) if one.level.name == "pmd"], right) == []


def test_swap_entries_name_area_and_offset(captured):
    """A swap entry decodes to the area and offset that pagemap gave."""

    def right(one):
        swap = one.hooks.arch_pte_to_swp_entry(one.entry)
        found = (one.hooks.arch_swp_type(swap), one.hooks.arch_swp_offset(swap))
        return found == (one.pagemap & 31, one.pagemap >> 5 & (1 << 50) - 1)

    swapped = [one for one in captured if one.truth == "swap"]
    assert {one.target.id for one in swapped} == {"arm64-4k-v6.1", "arm64-4k-v6.12"}
    assert _wrong(swapped, right) == []


def test_tables_are_populated_as_kernels_do(captured):
    """pxd_populate writes the entry that a kernel wrote for a user table, and reads it back."""

    def right(one):
        table = one.pagemap << one.target.geometry.page_shift
        written = one.hooks.pxd_populate(one.level.name, table) == one.entry
        return written and one.hooks.pxd_page_paddr(one.level.name, one.entry) == table

    tables = [one for one in captured if one.truth == "table"]
    assert {one.level.name for one in tables} == {"pmd", "pud", "pgd"}
    assert _wrong(tables, right) == []


def test_the_walk_goes_on_through_tables(captured):
    """To the walker a captured table is valid, no leaf, takes no right and names the next table."""

    def right(one):
        hardware = one.target.mmu.format
        walks = hardware.valid(one.level, one.entry) and not hardware.leaf(one.level, one.entry)
        rights = all(hardware.allows(one.level, one.entry, access) for access in Access)
        address = hardware.address(one.level, one.entry)
        return walks and rights and address == one.pagemap << one.target.geometry.page_shift

    assert _wrong([one for one in captured if one.truth == "table"], right) == []
