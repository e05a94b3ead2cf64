"""What running kernels wrote into page tables (data/README.md)."""

from __future__ import annotations

import pytest

from archcore.decode import decode
from archcore.specimens import vma_view

FRAME = (1 << 55) - 1
STATES = {
    "mapped": "mapped",
    "not_in_pagemap": "mapped",
    "numa_hint": "hint",
    "prot_none": "genuine-none",
    "swap": "swap",
}
SHAPES = ["x86-", "x86-la57-"]


@pytest.fixture(params=SHAPES)
def decoded(request, captured, targets, hooks_of):
    """Each captured leaf with what four or five levels make of it."""
    found = []
    for one in captured:
        if one.truth != "table":
            name = f"{request.param}{one.era}"
            hooks = hooks_of[name]
            view = vma_view(hooks, one.vma_flags)
            found.append((one, decode(targets[name], hooks, one.entry, one.level, view)))
    return found


def test_every_state_is_the_kernels(decoded):
    """Mapped, hinted, genuine none and swapped pages are told apart as the kernel did."""
    wrong = [(hex(one.entry), seen) for one, seen in decoded if seen.state != STATES[one.truth]]

    assert wrong == []


def test_every_frame_is_the_one_pagemap_gave(decoded):
    """Inversion undone, a page has pagemap's frame, one of hugetlbfs with its own mask too."""
    unframed = ("swap", "not_in_pagemap")
    framed = [(one, seen) for one, seen in decoded if one.truth not in unframed]
    wrong = [hex(one.entry) for one, seen in framed if seen.pfn != one.pagemap & FRAME]

    assert len(framed) == 110
    assert wrong == []


def test_every_swap_entry_names_area_and_offset(decoded):
    """A swap entry decodes to the area and offset that pagemap gave."""
    swapped = [(one, seen) for one, seen in decoded if one.truth == "swap"]

    assert len(swapped) == 8
    assert [seen.swap for _, seen in swapped] == [
        (one.pagemap & 31, one.pagemap >> 5 & (1 << 50) - 1) for one, _ in swapped
    ]


def test_hardware_opens_what_was_mapped(decoded):
    """Mapped pages allow something to user mode; hints and genuine nones are not valid."""
    wrong = [
        (hex(one.entry), seen.hardware)
        for one, seen in decoded
        if seen.valid != (one.truth in ("mapped", "not_in_pagemap"))
    ]

    assert wrong == []


def test_tables_are_populated_as_kernels_do(captured, hooks_of):
    """pxd_populate writes the entry that a kernel wrote for a user table, and reads it back."""
    tables = [one for one in captured if one.truth == "table"]

    assert {one.level for one in tables} == {"pmd", "pud", "pgd"}
    for one in tables:
        hooks, address = hooks_of[f"x86-{one.era}"], one.pagemap << 12
        assert hooks.pxd_populate(one.level, address) == one.entry
        assert hooks.pxd_page_paddr(one.level, one.entry) == address
        assert one.level == "pgd" or not getattr(hooks, f"{one.level}_bad")(one.entry)


def test_hints_are_made_of_live_entries_as_captured(captured, hooks_of):
    """Disarming a captured hint and arming it again gives the captured word."""
    hints = [one for one in captured if one.truth == "numa_hint"]
    wrong = []
    for one in hints:
        hooks = hooks_of[f"x86-{one.era}"]
        view = vma_view(hooks, one.vma_flags)
        live = getattr(hooks, f"{one.level}_mknonnuma")(view, one.entry)
        again = getattr(hooks, f"{one.level}_mknuma")(view, live)
        young = getattr(hooks, f"{one.level}_mkyoung")(one.entry)
        if again != young:
            wrong.append((hex(one.entry), hex(live), hex(again)))

    assert len(hints) == 44
    assert wrong == []
