"""Entries that running kernels wrote, hints among them, against what those kernels said of them."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from pathlib import Path

import pytest

CAPTURED = Path(__file__).parent / "data" / "captured_entries.csv"
STATES = {
    "mapped": "mapped",
    "not_in_pagemap": "mapped",
    "numa_hint": "hint",
    "prot_none": "genuine-none",
    "swap": "swap",
}
CLOSED = ("hint", "genuine-none")


def groups():
    """Return the entries by target, level and rights of their mapping."""
    found = defaultdict(list)
    with CAPTURED.open(newline="") as lines:
        for row in csv.DictReader(lines):
            found[row["target"], row["level"], row["vma_perms"]].append(row)
    return found


GROUPS = groups()


@pytest.mark.parametrize(("target", "level", "perms"), GROUPS)
def test_explain_agrees_with_the_kernel_that_wrote_the_entry(call, target, level, perms):
    """With the rights of the mapping, each entry has the kernel's state and frame."""
    pytest.importorskip(f"archcore_{target.partition('-')[0]}")
    rows = GROUPS[target, level, perms]
    found = explained(call, target, level, rows, "--vma", perms)

    assert [one["state"] for one in found] == [STATES[row["truth"]] for row in rows]
    for one, row in zip(found, rows, strict=True):
        assert row["pfn"] in ("", one["pfn"])


@pytest.mark.parametrize(("target", "level", "perms"), GROUPS)
def test_without_the_mapping_nothing_is_claimed_that_is_not_so(call, target, level, perms):
    """The state is the true one, or one that says that the VMA would decide.

    A none that hardware may walk (arm64's contiguous huge pages) looks like a kernel page.
    """
    pytest.importorskip(f"archcore_{target.partition('-')[0]}")
    rows = GROUPS[target, level, perms]
    for one, row in zip(explained(call, target, level, rows), rows, strict=True):
        true = STATES[row["truth"]]
        open_to_none = set(one["why"].values()) == {"no permission"}
        allowed = {true} | ({"inaccessible"} if true in CLOSED else set())
        allowed |= {"mapped"} if true == "genuine-none" and open_to_none else set()

        assert one["state"] in allowed


def explained(call, target, level, rows, *more):
    """Return what explain says of the entries, asked in one call through standard input."""
    words = "\n".join(row["entry"] for row in rows).encode()
    answer = call("explain", target, "-", "--level", level, *more, "--json", stdin=words)
    assert answer.code == 0, answer.err
    return json.loads(answer.out)["words"]


@pytest.mark.parametrize(("target", "level", "perms"), GROUPS)
def test_what_a_kernel_swapped_is_in_a_swap_area(call, target, level, perms):
    """Nothing else was met in the captures, and no entry of a page has such a kind."""
    pytest.importorskip(f"archcore_{target.partition('-')[0]}")
    rows = GROUPS[target, level, perms]
    for one, row in zip(explained(call, target, level, rows), rows, strict=True):
        assert one["kind"] == ("swap area" if row["truth"] == "swap" else None)


@pytest.mark.parametrize(("target", "level", "perms"), GROUPS)
def test_only_hints_in_writable_mappings_remember_write(call, target, level, perms):
    """A kernel that saves the permission saves it from a page that had it."""
    pytest.importorskip(f"archcore_{target.partition('-')[0]}")
    rows = GROUPS[target, level, perms]
    for one, row in zip(explained(call, target, level, rows), rows, strict=True):
        if "savedwrite" in one["flags"]:
            assert (row["truth"], "w" in perms) == ("numa_hint", True)


def test_kernels_that_save_write_left_hints_that_say_so(call):
    """Hints of Linux 6.1 in writable mappings remember it, on each architecture."""
    met = set()
    for (target, level, perms), rows in GROUPS.items():
        if "w" not in perms:
            continue
        pytest.importorskip(f"archcore_{target.partition('-')[0]}")
        for one in explained(call, target, level, rows):
            met |= {target} if "savedwrite" in one["flags"] else set()

    assert met == {"x86-v6.1", "arm64-4k-v6.1", "powerpc-radix-64k-v6.1"}
