"""Helpers that the engine never calls, beside what the compiled ones answered (test_oracle.py)."""

from __future__ import annotations

import pytest

LIVE, HINT, SAVED = 0xC000000012340186, 0xC000000012340188, 0xC000000012340180


@pytest.fixture
def helpers(radix_v61):
    """The helpers of radix in Linux 6.1."""
    return radix_v61.helpers


def test_the_real_write_permission_is_not_the_saved_one(radix_v61, helpers):
    """__pte_write denies what pte_write grants a hint of a writable page."""
    assert [helpers["__pte_write"](word) for word in (LIVE, SAVED)] == [True, False]
    assert radix_v61.pte_write(SAVED)


@pytest.mark.parametrize(
    ("entry", "read", "write"),
    [(LIVE, True, True), (LIVE & ~0x2, True, False), (HINT, False, False), (SAVED, False, False)],
)
def test_what_may_be_accessed_in_place(helpers, entry, read, write):
    """pte_access_permitted refuses a hint, so that get_user_pages takes the slow road."""
    permitted = helpers["pte_access_permitted"]
    assert [permitted(entry, store) for store in (False, True)] == [read, write]


def test_a_huge_page_under_way_may_not_be_accessed(helpers):
    """pmd_access_permitted refuses INVALID without PRESENT, which is still present."""
    paused = LIVE & ~(1 << 63) | 1 << 61
    assert helpers["pmd_is_serializing"](paused)
    assert not helpers["pmd_access_permitted"](paused, False)
    assert helpers["pmd_access_permitted"](LIVE, True)


def test_what_a_transaction_leaves_in_the_slot(helpers, radix_v61):
    """ptep_modify_prot_start trades PRESENT for INVALID and returns what was there."""
    assert helpers["ptep_modify_prot_start"](LIVE) == LIVE
    left = helpers["ptep_modify_prot_start:after"](LIVE)
    assert left == LIVE & ~(1 << 63) | 1 << 61
    assert radix_v61.pte_present(left)


def test_set_access_flags_only_adds(helpers):
    """Rights, DIRTY, ACCESSED and SOFT_DIRTY are raised; neither frame nor privilege changes."""
    after = helpers["__ptep_set_access_flags:after"]
    assert after(0xC000000000000000, 2**64 - 1) == 0xC000000000000387
    assert after(LIVE, 0) == LIVE


@pytest.mark.parametrize(
    ("old", "new", "upgrade"),
    [(0x4, 0x6, True), (0x0, 0x6, False), (0x6, 0x6, False), (0x4, 0x4, False)],
)
def test_a_read_only_page_that_becomes_writable(helpers, old, new, upgrade):
    """is_pte_rw_upgrade asks for READ before and WRITE after; a hint has no READ."""
    assert helpers["is_pte_rw_upgrade"](old, new) == upgrade


def test_access_is_checked_with_its_privilege(helpers):
    """check_pte_access wants each bit of the access, and PRIVILEGED to be the same."""
    check = helpers["check_pte_access"]
    user = 0xC000000000000004
    assert [check(user, word) for word in (LIVE, HINT, LIVE | 0x8)] == [True, False, False]


def test_the_age_of_helpers(hooks_of):
    """What an era does not have is not there to be asked."""
    having = {
        name: {one for one, hooks in hooks_of.items() if name in hooks.helpers and "64k" in one}
        for name in ("__pte_write", "pte_mkuser", "pmd_large", "pmd_is_serializing")
    }
    two, one = {"radix-64k-v6.1", "hash-64k-v6.1"}, {"radix-64k-v6.12", "hash-64k-v6.12"}
    old = {"radix-64k-v4.12", "hash-64k-v4.12"}
    assert having == {
        "__pte_write": old | two,
        "pte_mkuser": two,
        "pmd_large": old | two,
        "pmd_is_serializing": two | one,
    }


def test_sizes_of_tables_are_unset_in_vectors_of_hash(hooks_of):
    """pmd_bad of the vectors was asked before boot; the hook knows the size of a PTE table."""
    hooks = hooks_of["hash-64k-v6.1"]
    table = 0x80000000024C8000
    assert hooks.helpers["pmd_bad"](table)
    assert not hooks.pmd_bad(table)
    assert not hooks.helpers["pmd_bad"](1 << 32)
