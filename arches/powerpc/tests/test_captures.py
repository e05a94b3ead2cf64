"""What running kernels wrote into page tables (data/README.md)."""

from __future__ import annotations

import csv
from pathlib import Path
from types import SimpleNamespace

import pytest

from archcore.decode import decode
from archcore.hw.mmu import Access
from archcore.specimens import flags_of, vma_view

DATA = Path(__file__).parent / "data"
CAPTURES = {
    "hash-64k-v6.1": "capture-6.1-hash-64k.csv",
    "radix-64k-v6.1": "capture-6.1-radix-64k.csv",
    "radix-64k-v6.12": "capture-6.12-radix-64k.csv",
}
STATES = {
    "mapped": "mapped",
    "not_in_pagemap": "mapped",
    "numa_hint": "hint",
    "prot_none": "genuine-none",
    "swap": "swap",
    "table": "table",
}
FRAME = (1 << 55) - 1
AREA, OFFSET = 31, (1 << 50) - 1


@pytest.fixture(params=CAPTURES)
def seen(request, by_id, hooks_of):
    """A target, its hooks and the entries that its kernel wrote, with what they were."""
    target, hooks = by_id[request.param], hooks_of[request.param]
    with (DATA / CAPTURES[request.param]).open(encoding="ascii", newline="") as lines:
        rows = list(csv.DictReader(lines))
    entries = [
        SimpleNamespace(
            level=target.geometry.level(row["level"]),
            truth=row["truth"],
            vma=vma_view(hooks, flags_of(row["perms"])) if row["perms"] else None,
            word=int(row["entry"], 16),
            page=int(row["page"], 16),
        )
        for row in rows
    ]
    return SimpleNamespace(target=target, hooks=hooks, walker=target.mmu.format, entries=entries)


def _wrong(entries, right):
    return [(one.level.name, one.truth, hex(one.word)) for one in entries if not right(one)]


def _ask(seen, one, helper):
    return getattr(seen.hooks, f"{one.level.name}_{helper}")(one.word)


def _tables(seen):
    return [one for one in seen.entries if one.truth == "table"]


def _leaves(seen):
    return [one for one in seen.entries if one.truth not in ("swap", "table")]


def test_every_entry_is_what_the_kernel_said(seen):
    """State, frame, area and offset are those of the kernel's own account of the page."""

    def right(one):
        found = decode(seen.target, seen.hooks, one.word, one.level.name, one.vma)
        if one.truth == "table":
            expected = (found.address, None) == (one.page, found.pfn)
        elif one.truth == "swap":
            expected = found.swap == (one.page & AREA, one.page >> 5 & OFFSET)
        else:
            expected = one.page in (0, found.pfn) or found.pfn == one.page & FRAME
        return found.state == STATES[one.truth] and expected

    assert _wrong(seen.entries, right) == []
    assert {one.truth for one in seen.entries} == set(STATES)


def test_hints_and_genuine_none_are_protnone(seen):
    """Hints and PROT_NONE pages are protnone and present, mapped pages are not protnone."""

    def right(one):
        closed = one.truth in ("numa_hint", "prot_none")
        return _ask(seen, one, "protnone") == closed and _ask(seen, one, "present")

    assert _wrong(_leaves(seen), right) == []


def test_a_hint_without_its_vma_is_left_open(seen):
    """The word of a hint or a genuine none does not say which of the two it is."""
    closed = [one for one in seen.entries if one.truth in ("numa_hint", "prot_none")]

    def right(one):
        found = decode(seen.target, seen.hooks, one.word, one.level.name)
        return found.state == "inaccessible"

    assert _wrong(closed, right) == []


def test_genuine_none_is_never_writable(seen):
    """PROT_NONE looks as if no write permission was saved in it."""
    genuine = [one for one in seen.entries if one.truth == "prot_none"]
    assert {one.level.name for one in genuine} == {"pte", "pmd"}
    assert _wrong(genuine, lambda one: not _ask(seen, one, "write")) == []


def test_user_mode_reads_what_was_mapped(seen):
    """A hint is a valid leaf to the walker, but only mapped pages allow any access."""

    def right(one):
        leaf = seen.walker.valid(one.level, one.word) and seen.walker.leaf(one.level, one.word)
        rights = [seen.walker.allows(one.level, one.word, access) for access in Access]
        return leaf and any(rights) == (one.truth in ("mapped", "not_in_pagemap"))

    assert _wrong(_leaves(seen), right) == []


def test_hints_are_out_of_the_hash_table(seen):
    """Only a mapped page is in the hash table: whatever closed the others took them out of it."""
    hashpte = seen.target.geometry.level("pte").layout["HASHPTE"].value
    hashed = {one.truth for one in _leaves(seen) if one.word & hashpte}
    on_hash = {"mapped", "not_in_pagemap"}
    assert hashed <= on_hash if "hash" in seen.target.id else hashed == set()


def test_swap_entries_are_stored_as_they_were(seen):
    """A swap entry is invalid to the walker and comes back from the codec bit for bit."""
    hooks = seen.hooks
    swapped = [one for one in seen.entries if one.truth == "swap"]

    def right(one):
        swap = hooks.arch_pte_to_swp_entry(one.word)
        back = hooks.arch_swp_entry_to_pte(swap) == one.word
        return back and not seen.walker.valid(one.level, one.word)

    assert len(swapped) > 1
    assert _wrong(swapped, right) == []


def test_tables_are_populated_as_the_kernel_does(seen):
    """pxd_populate writes the entry that the kernel wrote for a table, and reads it back."""

    def right(one):
        written = seen.hooks.pxd_populate(one.level.name, one.page) == one.word
        return written and seen.hooks.pxd_page_paddr(one.level.name, one.word) == one.page

    assert {one.level.name for one in _tables(seen)} == {"pmd", "pud", "pgd"}
    assert _wrong(_tables(seen), right) == []


def test_the_walk_goes_on_through_tables(seen):
    """To the walker a captured table is valid, no leaf, and takes no right."""

    def right(one):
        place = (one.level, one.word)
        goes_on = seen.walker.valid(*place) and not seen.walker.leaf(*place)
        rights = all(seen.walker.allows(*place, access) for access in Access)
        return goes_on and rights and not seen.walker.reserved(*place)

    assert _wrong(_tables(seen), right) == []


def test_the_kernel_takes_a_table_for_a_table(seen):
    """To the kernel a captured table is present, neither leaf nor bad."""
    tables = [one for one in _tables(seen) if one.level.name in ("pmd", "pud")]

    def right(one):
        return [_ask(seen, one, name) for name in ("present", "leaf", "bad", "none")] == [
            True,
            False,
            False,
            False,
        ]

    assert _wrong(tables, right) == []
